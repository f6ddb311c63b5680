"""The glass does not wait for an answer, and one that nobody waits for is dropped."""

import threading
from datetime import UTC, datetime
from pathlib import Path

from kiosk.enquiring import Enquirer
from sync.desk import AGENT_AWAY, Desk
from sync.inquiry import Inquiry, InquiryAnswer

FIRST = Inquiry(reference="A1-0042-9", key="K7QM2R9XK7QM2R9X")
SECOND = Inquiry(reference="A1-0043-X", key="K7QM2R9XK7QM2R9X")


def answer_to(inquiry: Inquiry) -> InquiryAnswer:
    now = datetime(2026, 11, 24, tzinfo=UTC)
    return InquiryAnswer(
        device_code="A1", reference=inquiry.reference, found="nothing", answered_at=now
    )


def test_an_answer_rings_and_is_told_once(tmp_path: Path) -> None:
    rung = threading.Event()
    enquirer = Enquirer(tmp_path / "desk.sock", rung.set)
    with Desk(tmp_path / "desk.sock", answer_to):
        enquirer.ask(FIRST)
        assert rung.wait(5)
    told = enquirer.told()
    assert told is not None
    assert told.answer is not None
    assert told.answer.reference == FIRST.reference
    assert enquirer.told() is None


def test_without_an_agent_it_is_told_that_nobody_is_there(tmp_path: Path) -> None:
    rung = threading.Event()
    enquirer = Enquirer(tmp_path / "desk.sock", rung.set)
    enquirer.ask(FIRST)
    assert rung.wait(5)
    told = enquirer.told()
    assert told is not None
    assert told.failure == AGENT_AWAY


def test_an_answer_that_nobody_waits_for_any_more_is_dropped(tmp_path: Path) -> None:
    released, rings = threading.Event(), []

    def slow(inquiry: Inquiry) -> InquiryAnswer:
        released.wait(5)
        return answer_to(inquiry)

    second_rang = threading.Event()

    def ring() -> None:
        rings.append(1)
        second_rang.set()

    enquirer = Enquirer(tmp_path / "desk.sock", ring)
    with Desk(tmp_path / "desk.sock", slow):
        enquirer.ask(FIRST)
        enquirer.drop()
        enquirer.ask(SECOND)
        released.set()
        assert second_rang.wait(5)
    told = enquirer.told()
    assert told is not None
    assert told.answer is not None
    assert told.answer.reference == SECOND.reference
    assert rings == [1]
