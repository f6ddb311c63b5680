"""Yesterday's box with today's central, today's box with yesterday's central, and tomorrow's."""

import json
import uuid
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from kiosk.form.model import Remark
from sync.case import Kind
from sync.client import Client
from sync.reference import make_key, reference_for
from sync.store import OutboxState
from sync.wire import PATHS
from tests.faults.released import wire_0_1_0 as old
from tests.faults.released.central_0_1_0 import OldCentral
from tests.faults.released.device_0_1_0 import OldDevice, instant
from tests.faults.town import Box, Town, assert_all_settled


@pytest.fixture
def old_device(town: Town) -> OldDevice:
    """A box that joined with release 0.1.0, before its central was updated."""
    known = set(old.JoinFile.__struct_fields__)
    facts = msgspec.toml.decode(town.join_file(), type=dict)
    return OldDevice(_toml({name: fact for name, fact in facts.items() if name in known}))


@pytest.fixture
def old_central() -> Iterator[OldCentral]:
    with OldCentral("A1") as running:
        yield running


@pytest.fixture
def box(old_central: OldCentral, tmp_path: Path) -> Iterator[Box]:
    """Today's box at yesterday's central."""
    device = Box(old_central.join_file(), tmp_path / "box")
    yield device
    device.close()


def _toml(facts: dict[str, object]) -> str:
    return "".join(f"{name} = {json.dumps(fact)}\n" for name, fact in facts.items())


def _old_case(device: OldDevice, number: int = 1) -> dict[str, object]:
    """A case as 0.1.0 sealed and worded it, as plain values."""
    reference = reference_for(device.facts.device_code, number)
    content = old.CaseContent(
        kind="complaint",
        topic_code="road",
        words="ถนนเป็นหลุม",
        tracking_key=make_key(device.facts.slip_secret, reference, bytes(7)),
        contact=old.Contact(name="สมชาย", phone="0812345678"),
    )
    record = old.CaseSubmitted(
        case_id=uuid.uuid4(),
        reference=str(reference),
        captured=instant(),
        sealed_to=device.facts.intake_key_id,
        sealed=device.seal(content),
    )
    return json.loads(msgspec.json.encode(record))


def _old_rating() -> bytes:
    return msgspec.json.encode(
        old.RatingGiven(rating_id=uuid.uuid4(), division_code="works", score=5, captured=instant())
    )


def test_an_old_box_goes_on_with_a_new_central(town: Town, old_device: OldDevice) -> None:
    old_device.enrol()
    case, rating = json.dumps(_old_case(old_device)).encode(), _old_rating()
    for _ in range(2):
        answers = old_device.send(case, rating)
        assert [answer.outcome for answer in answers] == ["acknowledged", "acknowledged"]
        assert [answer.digest for answer in answers] == [*map(old.digest_of, (case, rating))]
    old_device.beat()
    held = town.holds_of(old_device.facts.device_code)
    assert set(held.records.values()) == {case, rating}
    assert (held.cases, held.ratings, held.revisions) == (1, 1, 0)


def test_fields_of_a_later_release_survive_at_central_byte_for_byte(
    town: Town, old_device: OldDevice
) -> None:
    old_device.enrol()
    later = _old_case(old_device) | {"mood": {"colour": "เขียว"}, "zz": [1, 2.50, None]}
    case = json.dumps(later, ensure_ascii=False, indent=1).encode()
    rating = _old_rating().replace(b'"score":5', b'"score" : 5, "pressed_ms": 120')
    batch = b'{"records":[%b,%b],"sent":%b,"weather":"rain"}' % (
        case,
        rating,
        msgspec.json.encode(instant()).replace(b"{", b'{"leap_s":1,', 1),
    )
    assert [a.outcome for a in old_device.send_batch(batch)] == ["acknowledged"] * 2
    assert set(town.holds_of(old_device.facts.device_code).records.values()) == {case, rating}


def test_a_new_box_goes_on_with_an_old_central(old_central: OldCentral, box: Box) -> None:
    for kind in Kind:
        box.submit(kind=kind)
        box.rate()
        box.agent.pass_once()
        assert_all_settled(box)
    assert old_central.records == box.kept
    assert [content.kind for content in old_central.opened] == [kind.value for kind in Kind]
    assert old_central.beats


def test_what_a_new_box_says_after_a_rating_waits_parked_for_a_newer_central(
    old_central: OldCentral, box: Box
) -> None:
    box.rate()
    remark = Remark(explanation_id=uuid.uuid4(), rating_id=uuid.uuid4(), reason="slow")
    box.keeping(lambda intake: intake.explain(remark, "th"))
    box.agent.pass_once()
    states = {entry.record_id: (entry.state, entry.reason) for entry in box.entries()}
    assert states.pop(remark.explanation_id) == (OutboxState.PARKED, "record_unreadable")
    assert [state for state, _ in states.values()] == [OutboxState.ACKNOWLEDGED]


def test_what_an_old_central_does_not_know_is_asked_in_vain_and_holds_nothing_up(
    old_central: OldCentral, box: Box
) -> None:
    box.submit()
    box.agent.pass_once()
    known = {f"POST {path}" for path in old.PATHS.values()}
    assert set(old_central.asked) >= known - {f"POST {PATHS['openapi']}"}
    box.restart()
    box.submit()
    assert box.agent.pass_once(), "what is missing at central is not a failure of the link"
    assert_all_settled(box)
    assert box.store.link_state(box.code).reason == ""


def test_an_old_join_file_makes_a_new_box(old_central: OldCentral, box: Box) -> None:
    client = Client(box.identity, box.clock, 5)
    assert client.enrol().device_code == old_central.device_code
