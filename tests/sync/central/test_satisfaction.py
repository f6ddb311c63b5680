"""Satisfaction in numbers: the statistics, the guard, and the officers' page."""

import re
import statistics
import uuid
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.central.content.releasing import release_profile
from sync.central.errors import SettingsWrong
from sync.central.surveys.models import Answers, Explanation, Rating
from sync.central.surveys.period import periods
from sync.central.surveys.statistics import BANDS, levels, share, statistic_of
from sync.guarding import GAP_S, MOST_IN_A_RUN, Touch, counted
from sync.opinion import Explanation as Explained
from sync.opinion import SurveyAnswers
from tests.sync.central.conftest import PROFILE
from tests.sync.central.kiosk import HOST, instant, rating
from tests.sync.central.test_opinions import answers, explanation
from tests.sync.central.test_staff import desk, officer

__all__ = ["desk", "officer"]

TEXT = PROFILE.read_text(encoding="utf-8")
NOW = datetime(2026, 11, 1, tzinfo=UTC)


def test_the_numbers_are_those_of_a_municipal_report():
    found = statistic_of(levels([5, 4, 4, 3, 5]))
    assert (found.n, found.mean, found.sd) == (5, Decimal("4.20"), Decimal("0.84"))
    assert (found.percent, found.band) == (Decimal("84.00"), "much")


def test_the_mean_is_rounded_before_percent_and_band_follow_from_it():
    found = statistic_of({5: 101, 4: 99})
    assert Decimal(901) / 200 == Decimal("4.505")
    assert (found.mean, found.percent, found.band) == (Decimal("4.51"), Decimal("90.20"), "most")
    assert statistic_of({5: 1009, 4: 991}).band == "much"


@pytest.mark.parametrize(
    ("mean", "band"),
    [
        *(("5.00", "most"), ("4.51", "most"), ("4.50", "much"), ("3.51", "much")),
        *(("3.50", "moderate"), ("2.51", "moderate"), ("2.50", "little"), ("1.51", "little")),
        *(("1.50", "least"), ("1.00", "least")),
    ],
)
def test_each_band_ends_where_the_next_begins(mean, band):
    hundredths = int(Decimal(mean) * 100) - 100
    low, high = 1 + hundredths // 100, hundredths % 100
    counts = {low: 100 - high, low + 1: high}
    assert (str(statistic_of(counts).mean), statistic_of(counts).band) == (mean, band)


@given(st.lists(st.integers(1, 5), min_size=2, max_size=200))
def test_any_answers_have_the_deviation_of_a_sample(scores):
    found = statistic_of(levels(scores))
    assert abs(float(found.sd) - statistics.stdev(scores)) <= 0.005001
    assert abs(float(found.mean) - statistics.fmean(scores)) <= 0.005001
    assert found.percent == found.mean * 20
    assert found.band in [name for _, name in BANDS]


def test_of_one_answer_no_deviation_is_told_and_of_none_nothing():
    assert (statistic_of({3: 1}).sd, statistic_of({3: 1}).mean) == (None, Decimal("3.00"))
    empty = statistic_of(levels([]))
    assert (empty.n, empty.mean, empty.sd, empty.percent, empty.band) == (0, *[None] * 4)
    assert (share(1, 3), share(0, 0)) == (Decimal("33.33"), Decimal("0.00"))


def touches(*at_s, device="A1", boot="b"):
    return [Touch(device, boot, each, "works", 5) for each in at_s]


def test_a_child_that_taps_fifty_times_counts_as_little_as_two_people():
    hammering = touches(*(n * 0.7 for n in range(50)))
    assert list(counted(hammering)) == hammering[:MOST_IN_A_RUN]


def test_people_who_come_one_after_the_other_all_count():
    queue = touches(*(n * GAP_S for n in range(30)))
    assert list(counted(queue)) == queue


def test_after_a_pause_the_next_person_counts_again():
    found = [touch.monotonic_s for touch in counted(touches(0, 1, 2, 3, 3 + GAP_S, 8, 9))]
    assert found == [0, 1, 3 + GAP_S, 8]


def test_two_kiosks_and_two_boots_are_not_one_hand():
    mixed = [
        *touches(1, 2, device="A1"),
        *touches(2.5, 3, device="B2"),
        *touches(3.1, 3.2, device="B2", boot="c"),
    ]
    assert list(counted(mixed)) == mixed


@given(st.lists(st.floats(0, 100), max_size=60))
def test_nothing_is_invented_and_who_stands_alone_always_counts(at_s):
    all_of_them = touches(*sorted(at_s))
    found = list(counted(all_of_them))
    rest = iter(all_of_them)
    assert all(any(touch is each for each in rest) for touch in found)
    for before, touch in zip([None, *all_of_them], all_of_them, strict=False):
        if before is None or touch.monotonic_s - before.monotonic_s >= GAP_S:
            assert touch in found


def test_a_fiscal_year_begins_in_october():
    names = [(p.name, p.since) for p in periods(date(2026, 9, 30))]
    assert names[:2] == [("month", date(2026, 9, 1)), ("year", date(2025, 10, 1))]
    assert periods(date(2026, 10, 1))[1].since == date(2026, 10, 1)
    assert periods(date(2026, 10, 1))[1].since_at == datetime(2026, 9, 30, 17, tzinfo=UTC)
    assert periods(date(2026, 10, 1))[2].since_at is None


def page(desk, period="all"):
    path = f"/staff/satisfaction?period={period}&lang=en"
    desk.get(path, SERVER_NAME=HOST)
    shown = desk.get(path, SERVER_NAME=HOST)
    assert shown.status_code == 200
    text = re.sub(r"<style.*?</style>|<[^>]+>", " ", shown.content.decode(), flags=re.DOTALL)
    return " ".join(text.split())


def at(seconds):
    return instant(monotonic_s=1000.0 + seconds)


def test_raw_and_counted_stand_beside_each_other_with_the_rule(kiosk, desk):
    hammered = [rating(1, captured=at(n * 0.5)) for n in range(50)]
    kiosk.send(*hammered, sent=at(1000))
    honest = [rating(5, captured=at(100 + n * 10)) for n in range(8)]
    kiosk.send(*honest, rating(4, division_code="health", captured=at(400)), sent=at(1000))
    shown = page(desk)
    assert "Public Works Division 58 10 4.20 1.69 84.00 high 1.55" in shown
    assert "Public Health and Environment Division 1 1 4.00 – 80.00 high 4.00" in shown
    assert "All divisions 59 11 4.18" in shown
    assert "less than 4 seconds" in shown
    assert "the first 2 of them count" in shown
    assert Rating.objects.count() == 59


def test_a_run_that_came_in_two_batches_is_one_run(kiosk, desk):
    for n in range(4):
        kiosk.send(rating(1, captured=at(n)), sent=at(100 + n * 500))
    assert "Public Works Division 4 2 " in page(desk)


def test_reasons_are_counted_and_words_shown_beside_what_was_rated(kiosk, desk):
    ids = [uuid.uuid4() for _ in range(3)]
    kiosk.send(*[rating(2, key, captured=at(n * 60)) for n, key in enumerate(ids)], sent=at(500))
    kiosk.send(
        *[explanation(kiosk, Explained(reason="slow"), rating_id=key) for key in ids[:2]],
        explanation(kiosk, Explained(reason="gone-from-profile"), rating_id=ids[2]),
        explanation(kiosk, Explained(words="<b>รอนาน</b>\nมาก"), rating_id=ids[0]),
        explanation(kiosk, Explained(words="ไม่รู้ว่าของใคร"), rating_id=uuid.uuid4()),
    )
    shown = page(desk)
    assert "Public Works Division Long wait 2" in shown
    assert "gone-from-profile 1" in shown
    assert "&lt;b&gt;รอนาน&lt;/b&gt; มาก Public Works Division · Dissatisfied" in shown
    assert "ไม่รู้ว่าของใคร" in shown
    assert Explanation.objects.count() == 5


def test_a_questionnaire_is_told_by_aspect_by_question_and_by_who_answered(kiosk, desk):
    for quick, polite, age in ((4, 5, "60-up"), (5, 5, "60-up"), (3, 5, "20-39")):
        said = SurveyAnswers(
            scores={"simple": 2, "quick": quick, "polite": polite}, about={"age": age}
        )
        kiosk.send(answers(kiosk, said))
    kiosk.send(answers(kiosk, SurveyAnswers(scores={"quick": 4})))
    shown = page(desk)
    assert "Public Works Division · version 1" in shown
    assert "4 people answered." in shown
    assert "Steps and time 7 3.14 1.21 62.80 moderate" in shown
    assert "The steps are simple 3 2.00 0.00 40.00 low" in shown
    assert "The service is quick 4 4.00 0.82 80.00 high" in shown
    assert "Officers are polite and willing 3 5.00 0.00 100.00 very high" in shown
    assert "Signs are clear 0 – – – –" in shown
    assert "All together 10 3.70" in shown
    assert "60 or older 2 50.00" in shown
    assert "not said 1 25.00" in shown


def test_an_older_version_keeps_its_own_questions(kiosk, desk):
    release_profile(
        TEXT.replace("version = 1\n", "version = 7\n").replace(
            "The service is quick", "It went fast"
        ),
        NOW,
    )
    release_profile(TEXT.replace("version = 1\n", "version = 8\n"), NOW)
    kiosk.send(answers(kiosk, SurveyAnswers(scores={"quick": 4}), survey_version=7))
    kiosk.send(answers(kiosk, SurveyAnswers(scores={"quick": 2}), survey_version=8))
    kiosk.send(answers(kiosk, SurveyAnswers(scores={"quick": 1}), survey_version=9))
    shown = page(desk)
    assert "It went fast 1 4.00" in shown
    assert "The service is quick 1 2.00" in shown
    assert "version 9 1 person answered. Question n x̄ S.D. % Level quick 1 1.00" in shown


def test_the_questions_of_a_version_that_was_published_never_change(db):
    release_profile(TEXT, NOW)
    with pytest.raises(SettingsWrong, match=r"'counter': version 1 .* Give it version 2"):
        release_profile(TEXT.replace("ให้บริการรวดเร็ว", "ให้บริการทันใจ"), NOW)
    other = TEXT.replace("ให้บริการรวดเร็ว", "ให้บริการทันใจ").replace("version = 1\n", "version = 2\n")
    assert release_profile(other, NOW) == 2
    assert release_profile(TEXT, NOW) == 3


def test_only_the_period_asked_for_is_told(kiosk, desk):
    long_ago = datetime.now(UTC) - timedelta(days=800)
    kiosk.send(rating(1, captured=instant(wall=long_ago, boot_id="then")), rating(5))
    kiosk.send(answers(kiosk, captured=instant(wall=long_ago, boot_id="then")))
    assert "Public Works Division 2 2 3.00" in page(desk)
    for period in ("month", "year", "nonsense"):
        shown = page(desk, period)
        assert "Public Works Division 1 1 5.00" in shown
        assert "answered." not in shown


def test_answers_that_cannot_be_opened_yet_are_not_counted(kiosk, desk):
    kiosk.send(answers(kiosk))
    Answers.objects.update(sealed_to="intake-9", scores="{}", about="{}")
    assert "answered." not in page(desk)


def test_the_page_is_for_officers_and_says_so_when_there_is_nothing(db, client, officer):
    answer = client.get("/staff/satisfaction", SERVER_NAME=HOST)
    assert answer.status_code == 302
    client.force_login(officer)
    assert "Nobody has rated anything in this time." in page(client)
    assert 'href="/staff/satisfaction"' in client.get("/staff/", SERVER_NAME=HOST).content.decode()
