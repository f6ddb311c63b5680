"""`kiosk test-panel`: through every part, with the glass's panel or its own."""

import io
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from hardware.fake.panel import VirtualPanel
from hardware.panel.parts import INPUTS, PARTS
from kiosk.config import Config, Fitted
from kiosk.panel.bench import Borrowed, NotLent
from kiosk.panel.front import FrontPanel
from kiosk.panel.trial import IN_USE, TRIAL_SOCKET, Begin, Lent
from kiosk.panel.walk import Terminal, Walked, run
from tests.kiosk.panel.rig import BCM, Acting, Looping, closed_cabinet, config_of


class Typing(io.StringIO):
    """A terminal at which a technician sits: `does` what each line says."""

    def __init__(self, does: Callable[[str], str | None]) -> None:
        super().__init__()
        self._does = does
        taken, self._given = os.pipe()
        self.typed, self._is_gone = os.fdopen(taken), False

    def write(self, words: str) -> int:
        written = super().write(words)
        for line in words.splitlines():
            if (answer := self._does(line)) is not None and not self._is_gone:
                os.write(self._given, f"{answer}\n".encode())
        return written

    def hang_up(self) -> None:
        if not self._is_gone:
            self._is_gone = True
            os.close(self._given)

    def close(self) -> None:
        self.hang_up()
        self.typed.close()
        super().close()


@pytest.fixture
def board(tmp_path: Path) -> Iterator[VirtualPanel]:
    with VirtualPanel(tmp_path / "board.sock") as board:
        closed_cabinet(board)
        yield board


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return config_of(tmp_path)


@pytest.fixture
def glass(config: Config, board: VirtualPanel, tmp_path: Path) -> Iterator[Acting]:
    """A glass that runs and owns the panel."""
    acting = Acting()
    front = FrontPanel(config, acting)
    with Looping(front, tmp_path):
        yield acting
    front.close()


def technician(board: VirtualPanel) -> Callable[[str], str | None]:
    """Presses what is asked for, and sees every light."""

    def does(line: str) -> str | None:
        if "(Enter: I see" in line:
            return ""
        named = line.partition(" ")[2].partition(":")[0].replace(" ", "_")
        if named in INPUTS and line[0].isdigit():
            move = board.release if named == "cabinet" else board.press
            move(BCM[named])
            if named != "cabinet":
                threading.Timer(0.06, board.release, [BCM[named]]).start()
        return None

    return does


def walked(config: Config, does: Callable[[str], str | None], **how: object) -> tuple[Walked, str]:
    with Typing(does) as out:
        told = run(config, Terminal(out, out.typed), **how)
        out.hang_up()
        return told, out.getvalue()


def test_every_part_is_tried_and_nothing_of_it_reaches_the_glass(
    glass: Acting, board: VirtualPanel, config: Config
) -> None:
    told, said = walked(config, technician(board))
    assert told.is_fine, told
    assert [each.part for each in told.tried] == list(PARTS)
    assert told.text() == "all 18 parts work"
    assert glass.done == [("cabinet_opened", False)], "a cabinet that is open is no trial"
    assert max(map(len, said.splitlines())) <= 60
    assert "  face 1: on" in said


def test_while_no_glass_runs_the_pins_are_taken_for_it(board: VirtualPanel, config: Config) -> None:
    told, _ = walked(config, technician(board))
    assert told.is_fine
    assert not any(board.level(BCM[part]) for part in ("light_1", "buzzer", "fan"))


def test_a_dark_light_and_a_dead_button_are_named(
    glass: Acting, board: VirtualPanel, config: Config
) -> None:
    good = technician(board)

    def does(line: str) -> str | None:
        if "face 2: press it" in line:
            return ""
        dark.append("light 3" in line) if "it is on" in line else None
        if "(Enter: I see" in line:
            return "n" if dark[-1] else ""
        return good(line)

    dark: list[bool] = []
    told, _ = walked(config, does)
    assert not told.is_fine
    assert told.text().splitlines() == [
        "BAD face 2: nothing came of it",
        "    -> its wires at BCM 6 and ground; [panel] in kiosk.toml",
        "BAD light 3: not seen or heard",
        "    -> its wires at BCM 20 and ground; [panel] in kiosk.toml",
    ]
    assert max(map(len, told.text().splitlines())) <= 60


def test_a_program_gets_what_was_heard_without_being_asked(
    glass: Acting, board: VirtualPanel, tmp_path: Path
) -> None:
    only = config_of(tmp_path, face_1=Fitted())
    out = io.StringIO()
    told = run(only, Terminal(out, None), patience_s=0.01)
    outcomes = {each.part: each.outcome for each in told.tried}
    assert outcomes["light_1"] == "shown"
    assert outcomes["face_1"] == "silent"


def test_a_resident_is_not_disturbed_unless_it_is_said_so(
    glass: Acting, board: VirtualPanel, config: Config
) -> None:
    glass.is_in_use = True
    told, _ = walked(config, technician(board))
    assert (told.hindrance, told.tried) == ("in_use", [])
    assert "--now" in told.text()
    assert walked(config, technician(board), now=True)[0].is_fine


def test_the_panel_is_lent_to_one_at_a_time(glass: Acting, config: Config, tmp_path: Path) -> None:
    with Borrowed(tmp_path / "run" / TRIAL_SOCKET, now=False):
        told, _ = walked(config, lambda _: None)
        assert told.hindrance == "another_trial"


def asking(folder: Path, *, now: bool) -> socket.socket:
    """Somebody who asks the glass for its panel."""
    line = socket.socket(socket.AF_UNIX)
    line.settimeout(5)
    line.connect(os.fspath(folder / "run" / TRIAL_SOCKET))
    line.sendall(msgspec.json.encode(Begin(now=now)) + b"\n")
    return line


@pytest.mark.parametrize("was_lent", [False, True])
def test_who_asks_right_after_another_is_not_taken_for_the_second(
    board: VirtualPanel, config: Config, tmp_path: Path, was_lent: bool
) -> None:
    glass = Acting()
    glass.is_in_use = True
    front = FrontPanel(config, glass)
    loop = Looping(front, tmp_path)
    answers = []
    with asking(tmp_path, now=was_lent) as first:
        loop.turn()
        loop.turn()
        answers.append(msgspec.json.decode(first.recv(4096).splitlines()[0], type=Lent).refused)
        if was_lent:
            first.close()
        with asking(tmp_path, now=True) as second:
            loop.turn()
            loop.turn()
            told = second.recv(4096).splitlines()[0]
            answers.append(msgspec.json.decode(told, type=Lent).refused)
    front.close()
    assert answers == ["" if was_lent else IN_USE, ""]


@pytest.mark.parametrize("how", ["interrupt", "hangup", "terminal"])
def test_whatever_breaks_it_off_everything_is_as_it_was(
    glass: Acting, board: VirtualPanel, config: Config, how: str
) -> None:
    def does(line: str) -> str | None:
        if "light 1: it is on" not in line:
            return technician(board)(line)
        lit.append(True)
        if how == "terminal":
            out.hang_up()
            return None
        os.kill(os.getpid(), signal.SIGINT if how == "interrupt" else signal.SIGHUP)
        return None

    lit: list[bool] = []
    with Typing(does) as out:
        told = run(config, Terminal(out, out.typed))
    assert lit
    assert told.hindrance == ("terminal_gone" if how == "terminal" else "broken_off")
    assert len(told.tried) == len(INPUTS)
    _until(lambda: board.level(BCM["status"]) and not board.level(BCM["light_1"]))
    board.press(BCM["face_2"])
    _until(lambda: 2 in glass.done)


@pytest.mark.parametrize(
    "nonsense",
    [
        b"{}",
        b'{"type":"show","part":"light_1","pattern":{"on_s":0,"off_s":0}}',
        b'{"type":"show","part":"light_1","pattern":{"on_s":1e-9}}',
    ],
)
def test_nonsense_at_the_socket_ends_the_line_and_nothing_else(
    glass: Acting, board: VirtualPanel, tmp_path: Path, nonsense: bytes
) -> None:
    with Borrowed(tmp_path / "run" / TRIAL_SOCKET, now=False) as borrowed:
        line = borrowed._line
        line.sendall(nonsense + b"\n")
        line.settimeout(10)
        assert line.recv(1) == b""
    board.press(BCM["face_5"])
    _until(lambda: glass.done == [5])


def test_a_glass_without_its_panel_says_why(tmp_path: Path, config: Config) -> None:
    front = FrontPanel(config, Acting())
    with Looping(front, tmp_path), pytest.raises(NotLent, match="device_missing"):
        Borrowed(tmp_path / "run" / TRIAL_SOCKET, now=False)
    front.close()


def test_a_box_without_a_panel_says_so(tmp_path: Path) -> None:
    told, _ = walked(config_of(tmp_path, driver="none"), lambda _: None)
    assert told.hindrance == "none_fitted"


def _until(is_so: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(1000):
        if is_so():
            return
        pause.wait(0.01)
    raise AssertionError("not within ten seconds")
