"""Papers that go with a rating or a sign-up: kept with it, once, and nobody stands on them."""

from datetime import timedelta
from uuid import UUID

import msgspec
from uuid6 import uuid7

from kiosk.form.model import Joining, Rating
from kiosk.intake import Intake
from kiosk.papers.joined import JoinedWords
from kiosk.papers.voucher import VoucherWords
from sync.bulletin import ACTIVITY, Item, Said
from sync.case import Instant
from sync.guarding import GAP_S, MOST_IN_A_RUN
from sync.profile import Text
from sync.store import Store
from tests.kiosk.test_intake import IDENTITY, NOON, PROFILE, store  # noqa: F401  a fixture

PROMISE = Text(th="รับน้ำดื่มฟรี 1 ขวด", en="A free bottle of water")
GENEROUS = msgspec.structs.replace(PROFILE, voucher=PROMISE)
DREDGING = Item(
    item_id=UUID(int=7),
    kind=ACTIVITY,
    title=Said(th="ขุดลอกคลอง", en="Dredging the canal"),
    words=Said(th="วันเสาร์ที่ 5 ธันวาคม ที่ศาลาริมคลอง"),
    places=40,
)


class Clock:
    """The boot's own clock, moved on by hand."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> Instant:
        wall = NOON + timedelta(seconds=self.seconds)
        return Instant(wall=wall, boot_id="boot", monotonic_s=self.seconds, trusted=True)


def rating() -> Rating:
    return Rating(rating_id=uuid7(), division_code="works", score=4)


def papers(store: Store) -> list[str]:  # noqa: F811
    return [job.paper for job in store.slip_jobs(100)]


def test_a_rating_is_thanked_for_where_the_municipality_gives_something(store: Store) -> None:  # noqa: F811
    assert Intake(IDENTITY, GENEROUS, store, Clock(), lambda: None).rate(rating(), "en")
    [job] = store.slip_jobs(10)
    words = msgspec.json.decode(job.slip, type=VoucherWords)
    assert (job.paper, job.reference) == ("voucher", "")
    assert (words.text, words.text_th) == (PROMISE.en, PROMISE.th)
    assert words.division == "Public Works Division"
    assert words.given_on == NOON.date()


def test_without_a_promise_no_paper_comes(store: Store) -> None:  # noqa: F811
    assert not Intake(IDENTITY, PROFILE, store, Clock(), lambda: None).rate(rating(), "th")
    assert papers(store) == []


def test_fifty_taps_of_a_child_give_no_fifty_vouchers(store: Store) -> None:  # noqa: F811
    clock = Clock()
    intake = Intake(IDENTITY, GENEROUS, store, clock, lambda: None)
    for _ in range(50):
        intake.rate(rating(), "th")
        clock.seconds += 0.5
    assert papers(store) == ["voucher"] * MOST_IN_A_RUN
    clock.seconds += GAP_S
    intake.rate(rating(), "th")
    assert papers(store) == ["voucher"] * (MOST_IN_A_RUN + 1)


def test_one_rating_that_is_given_again_gets_one_voucher_and_is_one_touch(store: Store) -> None:  # noqa: F811
    clock, once = Clock(), rating()
    intake = Intake(IDENTITY, GENEROUS, store, clock, lambda: None)
    for _ in range(5):
        is_printed = intake.rate(once, "th")
    assert not is_printed, "it was, the first time"
    intake.rate(rating(), "th")
    assert papers(store) == ["voucher"] * 2


def test_a_voucher_leads_back_to_no_rating(store: Store) -> None:  # noqa: F811
    given = rating()
    Intake(IDENTITY, GENEROUS, store, Clock(), lambda: None).rate(given, "th")
    [job] = store.slip_jobs(10)
    assert str(given.rating_id).encode() not in job.slip
    assert b"score" not in job.slip


def joining() -> Joining:
    item = str(DREDGING.item_id)
    return Joining(sign_up_id=uuid7(), item_id=item, name="สมชาย", phone="0812345678")


def test_who_signs_up_takes_the_activity_home_and_no_name_on_it(store: Store) -> None:  # noqa: F811
    Intake(IDENTITY, PROFILE, store, Clock(), lambda: None).join(joining(), "en", DREDGING)
    [job] = store.slip_jobs(10)
    words = msgspec.json.decode(job.slip, type=JoinedWords)
    assert (job.paper, words.title, words.title_th) == ("joined", "Dredging the canal", "ขุดลอกคลอง")
    assert words.about == words.about_th == DREDGING.words.th
    for told in ("สมชาย", "0812345678"):
        assert told.encode() not in job.slip


def test_an_activity_that_is_over_prints_nothing(store: Store) -> None:  # noqa: F811
    assert not Intake(IDENTITY, PROFILE, store, Clock(), lambda: None).join(joining(), "th", None)
    assert papers(store) == []
    assert store.outbox_counts().waiting == 1
