"""The glass asks the agent through a socket; nobody waits for long, and nothing is kept."""

import contextlib
import socket
import stat
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sync.desk import AGENT_AWAY, Desk, ask
from sync.errors import KeyUnknown, Refused, Unreachable
from sync.inquiry import Inquiry, InquiryAnswer

INQUIRY = Inquiry(reference="A1-0042-9", key="K7QM2R9XK7QM2R9X")
ANSWER = InquiryAnswer(
    device_code="A1",
    reference="A1-0042-9",
    found="nothing",
    answered_at=datetime(2026, 11, 24, tzinfo=UTC),
)


def answers(inquiry):
    assert inquiry == INQUIRY
    return ANSWER


def failing(error):
    def inquire(_inquiry):
        raise error

    return inquire


def test_a_question_gets_its_answer(tmp_path: Path) -> None:
    with Desk(tmp_path / "desk.sock", answers):
        for _ in range(3):
            assert ask(tmp_path / "desk.sock", INQUIRY, 5).answer == ANSWER


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (Unreachable("nobody"), "unreachable"),
        (KeyUnknown("other key"), "unreachable"),
        (Refused("device_unknown"), "device_unknown"),
    ],
)
def test_why_there_is_no_answer_is_told_by_a_code(tmp_path: Path, error, failure) -> None:
    with Desk(tmp_path / "desk.sock", failing(error)):
        told = ask(tmp_path / "desk.sock", INQUIRY, 5)
    assert (told.answer, told.failure) == (None, failure)


def test_only_the_services_user_may_ask(tmp_path: Path) -> None:
    with Desk(tmp_path / "desk.sock", answers):
        assert stat.S_IMODE((tmp_path / "desk.sock").stat().st_mode) == 0o600


def test_without_an_agent_the_question_comes_back_at_once(tmp_path: Path) -> None:
    assert ask(tmp_path / "desk.sock", INQUIRY, 5).failure == AGENT_AWAY
    with Desk(tmp_path / "desk.sock", answers):
        pass
    assert ask(tmp_path / "desk.sock", INQUIRY, 5).failure == AGENT_AWAY


def test_an_agent_that_says_nothing_is_not_waited_for(tmp_path: Path) -> None:
    released = threading.Event()

    def slow(_inquiry):
        released.wait(10)
        return ANSWER

    with Desk(tmp_path / "desk.sock", slow):
        assert ask(tmp_path / "desk.sock", INQUIRY, 0.05).failure == AGENT_AWAY
        released.set()


@pytest.mark.parametrize("noise", [b"", b"{", b'{"reference":"A1"}', b"x" * 100_000])
def test_noise_at_the_desk_does_not_stop_the_next_question(tmp_path: Path, noise) -> None:
    with Desk(tmp_path / "desk.sock", answers):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as visitor:
            visitor.connect(str(tmp_path / "desk.sock"))
            with contextlib.suppress(OSError):  # it hung up before the end of it
                visitor.sendall(noise)
        assert ask(tmp_path / "desk.sock", INQUIRY, 5).answer == ANSWER


def test_a_new_agent_takes_the_place_of_one_that_was_killed(tmp_path: Path) -> None:
    killed = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    killed.bind(str(tmp_path / "desk.sock"))
    killed.close()
    with Desk(tmp_path / "desk.sock", answers):
        assert ask(tmp_path / "desk.sock", INQUIRY, 5).answer == ANSWER


def test_neither_question_nor_answer_tells_its_key() -> None:
    assert INQUIRY.key not in repr(INQUIRY)
    assert "K7QM" not in repr(ANSWER)
