"""What follows a rating: taken in, opened, refused, and kept while a key is lost."""

import json
import shutil
import uuid

import pytest

from sync.central.intake.models import Record, Revision
from sync.central.keys import Reloaded, load
from sync.central.keys.changing import bring_back, declare_lost, find_root
from sync.central.surveys.models import Answers, Explanation
from sync.central.surveys.unopened import open_waiting_opinions
from sync.central.worker import pass_once
from sync.opinion import Explanation as Explained
from sync.opinion import SurveyAnswers
from sync.records import RatingExplained, SurveyAnswered
from sync.seal import seal
from sync.wire import encode
from tests.sync.central.kiosk import instant, rating


def explanation(kiosk, said=None, **changes):
    said = Explained(reason="slow", words="รอนาน", language="en") if said is None else said
    facts = {
        "explanation_id": uuid.uuid4(),
        "rating_id": uuid.uuid4(),
        "captured": instant(),
        "sealed_to": kiosk.facts.intake_key_id,
        "sealed": seal(said if isinstance(said, bytes) else encode(said), kiosk.facts.intake_key),
    }
    return encode(RatingExplained(**{**facts, **changes}))


def answers(kiosk, said=None, **changes):
    said = said or SurveyAnswers(scores={"fast": 4, "polite": 5}, about={"age": "20-39"})
    facts = {
        "answers_id": uuid.uuid4(),
        "survey_code": "counter",
        "survey_version": 1,
        "division_code": "works",
        "captured": instant(),
        "sealed_to": kiosk.facts.intake_key_id,
        "sealed": seal(said if isinstance(said, bytes) else encode(said), kiosk.facts.intake_key),
    }
    return encode(SurveyAnswered(**{**facts, **changes}))


def outcomes(found):
    return [(answer.outcome, answer.code) for answer in found]


def test_why_a_rating_was_given_is_opened_and_kept_beside_it(kiosk):
    rating_id = uuid.uuid4()
    found = kiosk.send(rating(2, rating_id), explanation(kiosk, rating_id=rating_id))
    assert outcomes(found) == [("acknowledged", "")] * 2
    kept = Explanation.objects.get()
    assert (kept.rating_id, kept.reason, kept.words) == (rating_id, "slow", "รอนาน")
    assert (kept.language, kept.device_id, kept.sealed_to) == ("en", "A1", "")


def test_it_is_kept_though_its_rating_has_not_come_yet(kiosk):
    assert outcomes(kiosk.send(explanation(kiosk))) == [("acknowledged", "")]
    assert Explanation.objects.count() == 1


def test_a_questionnaire_is_kept_with_its_version(kiosk):
    assert outcomes(kiosk.send(answers(kiosk))) == [("acknowledged", "")]
    kept = Answers.objects.get()
    assert json.loads(kept.scores) == {"fast": 4, "polite": 5}
    assert json.loads(kept.about) == {"age": "20-39"}
    assert (kept.survey_code, kept.survey_version, kept.division_code) == ("counter", 1, "works")


@pytest.mark.parametrize("make", [explanation, answers])
def test_the_same_again_is_kept_once_and_other_bytes_are_a_revision(kiosk, make):
    name = "explanation_id" if make is explanation else "answers_id"
    key = uuid.uuid4()
    first, other = make(kiosk, **{name: key}), make(kiosk, **{name: key})
    assert outcomes(kiosk.send(first, first, other)) == [("acknowledged", "")] * 3
    assert (Record.objects.count(), Revision.objects.count()) == (1, 1)
    assert Explanation.objects.count() + Answers.objects.count() == 1


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (explanation, b"no JSON"),
        (explanation, b'{"reason":"Slow!"}'),
        (explanation, b'{"words":"a\\u0000b"}'),
        (answers, b'{"scores":{"fast":6}}'),
        (answers, b'{"scores":{"fast":0}}'),
        (answers, b'{"scores":{"":3}}'),
        (answers, b'{"about":{"age":"\xe0\xb8\x81"}}'),
        (answers, json.dumps({"scores": {f"q{n}": 3 for n in range(41)}}).encode()),
    ],
)
def test_what_is_no_answer_is_refused_and_nothing_else_with_it(kiosk, make, said):
    found = kiosk.send(make(kiosk, said), rating())
    assert outcomes(found) == [("refused", "record_unreadable"), ("acknowledged", "")]
    assert not Explanation.objects.exists()
    assert not Answers.objects.exists()


@pytest.mark.parametrize("make", [explanation, answers])
def test_what_was_sealed_to_a_stranger_is_refused(kiosk, make):
    assert outcomes(kiosk.send(make(kiosk, sealed_to="intake-9"))) == [("refused", "seal_refused")]
    assert outcomes(kiosk.send(make(kiosk, sealed=b"x" * 99))) == [("refused", "seal_refused")]


def test_while_the_key_is_lost_both_are_kept_and_opened_once_it_is_back(kiosk, settings, tmp_path):
    shutil.copytree(settings.ENVIRONMENT.state_dir / "keys", tmp_path / "keys")
    settings.KEYS = Reloaded(tmp_path, load(tmp_path))
    (tmp_path / "keys" / "intake-1.key").rename(tmp_path / "safe")
    declare_lost(tmp_path, find_root(tmp_path, None), "intake-1")
    found = kiosk.send(explanation(kiosk), answers(kiosk))
    assert outcomes(found) == [("acknowledged", "")] * 2
    assert Explanation.objects.get().words == ""
    assert (Answers.objects.get().scores, Answers.objects.get().sealed_to) == ("{}", "intake-1")
    assert open_waiting_opinions() == 0
    bring_back(tmp_path, tmp_path / "safe")
    pass_once(instant().wall)
    assert Explanation.objects.get().words == "รอนาน"
    assert json.loads(Answers.objects.get().scores) == {"fast": 4, "polite": 5}
    assert open_waiting_opinions() == 0
