"""A virtual panel at a Unix socket: lines with switches and lamps, and a hand that moves them.

`VirtualPanel` is the board, `VirtualPins` the driver that takes its lines. The driver's
thread is as unprotected as lgpio's: whatever a handler raises would end it, and a garbled
message does (`end_thread`). From a shell:

    python -m hardware.fake.panel serve SOCKET
    python -m hardware.fake.panel press SOCKET BCM
"""

import contextlib
import logging
import socket
import sys
import threading
import time
from pathlib import Path
from typing import Literal, Self

import msgspec

from hardware.errors import DeviceBusy, DeviceLost, DeviceMissing
from hardware.panel.parts import INPUTS, Wiring
from hardware.panel.pins import Told, guarded

log = logging.getLogger(__name__)

BOUNCES_S = (0.0, 0.0012, 0.002, 0.0041, 0.0043, 0.009)
"""Edges of a worn switch after the first, each turning the level over once more."""
HOLD_S = 0.1
"""How long a finger stays on a button."""
_ANSWERS_S = 5.0
_LONGEST = 64 * 1024


class Claim(msgspec.Struct, tag="claim", frozen=True, kw_only=True):
    """A driver takes a line, as an input with a pull or as an output at a level."""

    bcm: int
    pull: Literal["up", "down", "none"] = "none"
    output: bool | None = None


class Write(msgspec.Struct, tag="write", frozen=True):
    """A driver sets an output."""

    bcm: int
    level: bool


class Hand(msgspec.Struct, tag="hand", frozen=True):
    """Somebody presses a line's switch, or lets go of it."""

    bcm: int
    is_down: bool


class Ask(msgspec.Struct, tag="ask", frozen=True):
    """Which level has this line?"""

    bcm: int


class Level(msgspec.Struct, tag="level", frozen=True):
    """The answer to a claim or a question; None where somebody else has the line."""

    bcm: int
    level: bool | None


class Edge(msgspec.Struct, tag="edge", frozen=True):
    """A line changed, at this moment of the monotonic clock."""

    bcm: int
    level: bool
    at_s: float


_said = msgspec.json.Decoder(Claim | Write | Ask | Hand)
_heard = msgspec.json.Decoder(Level | Edge)


class VirtualPanel:
    """The board. A line's level is what a hand drives it to, else where its pull draws it."""

    def __init__(self, device: Path) -> None:
        self._device = device
        self._lock = threading.RLock()
        self._driven: dict[int, bool] = {}
        self._claims: dict[int, Claim] = {}
        self._outputs: dict[int, bool] = {}
        self._others: set[int] = set()
        self._lines: list[socket.socket] = []
        self._owner: socket.socket | None = None
        self._socket: socket.socket | None = None
        self.plug_in()

    def plug_in(self) -> None:
        """Put the board in."""
        self._device.parent.mkdir(parents=True, exist_ok=True)
        self._device.unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.bind(str(self._device))
        self._socket.listen()
        threading.Thread(target=self._serve, args=(self._socket,), daemon=True).start()

    def unplug(self) -> None:
        """Pull the board out."""
        with self._lock:
            ends = [*self._lines, *([self._socket] if self._socket else [])]
            self._lines, self._socket = [], None
            self._claims, self._outputs = {}, {}
        self._device.unlink(missing_ok=True)
        for end in ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def press(self, bcm: int, *, at_s: float | None = None) -> None:
        """Move a line away from where its pull draws it, and keep it there."""
        self.drive(bcm, level=not self._resting(bcm), at_s=at_s)

    def release(self, bcm: int, *, at_s: float | None = None) -> None:
        """Let go of a line."""
        self.drive(bcm, level=None, at_s=at_s)

    def bounce(self, bcm: int) -> None:
        """Press with a worn contact: many edges, and then it stays."""
        began_s = time.monotonic()
        for number, after_s in enumerate(BOUNCES_S):
            moved = self.press if number % 2 == 0 else self.release
            moved(bcm, at_s=began_s + after_s)
        self.press(bcm, at_s=began_s + 2 * BOUNCES_S[-1])

    def drive(self, bcm: int, *, level: bool | None, at_s: float | None = None) -> None:
        """Drive a line from outside to a level, or let go of it."""
        with self._lock:
            before = self.level(bcm)
            if level is None:
                self._driven.pop(bcm, None)
            else:
                self._driven[bcm] = level
            now = self.level(bcm)
            if now != before and bcm in self._claims and bcm not in self._outputs:
                self._tell(Edge(bcm, now, time.monotonic() if at_s is None else at_s))

    def level(self, bcm: int) -> bool:
        """The level of a line: of an output what it was set to."""
        with self._lock:
            if bcm in self._outputs:
                return self._outputs[bcm]
            return self._driven.get(bcm, self._resting(bcm))

    def take_elsewhere(self, *bcms: int) -> None:
        """Another program has these lines now; with none, it has let them go."""
        self._others = set(bcms)

    def end_thread(self) -> None:
        """Garble a message: the driver's thread ends on it, the line stays up."""
        with self._lock:
            if self._owner is not None:
                self._owner.sendall(b"?\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.unplug()

    def _resting(self, bcm: int) -> bool:
        claim = self._claims.get(bcm)
        return claim is not None and claim.pull == "up"

    def _tell(self, edge: Edge) -> None:
        if self._owner is not None:
            with contextlib.suppress(OSError):
                self._owner.sendall(msgspec.json.encode(edge) + b"\n")

    def _serve(self, listening: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                line, _ = listening.accept()
                self._lines.append(line)
                threading.Thread(target=self._attend, args=(line,), daemon=True).start()

    def _attend(self, line: socket.socket) -> None:
        with (
            contextlib.suppress(OSError, ValueError, msgspec.MsgspecError),
            line.makefile("rb") as said,
        ):
            for message in said:
                self._hear(line, _said.decode(message))
        with self._lock:
            if line is self._owner:
                self._fall_back()
            if line in self._lines:
                self._lines.remove(line)
                line.close()

    def _fall_back(self) -> None:
        """Whoever had the lines is gone."""
        self._owner, self._claims, self._outputs = None, {}, {}

    def _hear(self, line: socket.socket, said: Claim | Write | Ask | Hand) -> None:
        with self._lock:
            match said:
                case Claim():
                    _answer(line, said.bcm, self._claim(line, said))
                case Ask():
                    _answer(line, said.bcm, self.level(said.bcm))
                case Write() if line is self._owner:
                    self._outputs[said.bcm] = said.level
                case Hand():
                    (self.press if said.is_down else self.release)(said.bcm)

    def _claim(self, line: socket.socket, claim: Claim) -> bool | None:
        """The line's level; None where somebody else has it."""
        if self._owner not in (None, line) and _has_hung_up(self._owner):
            self._fall_back()
        is_taken = self._owner not in (None, line) and claim.bcm in self._claims
        if is_taken or claim.bcm in self._others:
            return None
        self._owner = line
        self._claims[claim.bcm] = claim
        if claim.output is not None:
            self._outputs[claim.bcm] = claim.output
        return self.level(claim.bcm)


class VirtualPins:
    """The driver of a virtual panel at `device`; see `hardware.panel.pins.Pins`."""

    def __init__(self, device: Path) -> None:
        self._device = device
        self._line: socket.socket | None = None
        self._thread: threading.Thread | None = None
        self._is_listening = False
        self._wiring: Wiring = {}
        self._parts: dict[int, str] = {}
        self._answered = threading.Condition()
        self._levels: dict[int, bool | None] = {}

    def open(self, wiring: Wiring, told: Told) -> None:
        """Take the lines, as `pins.Pins` says."""
        self.close()
        self._wiring, self._is_listening = wiring, True
        self._parts = {line.bcm: part for part, line in wiring.items()}
        self._line = socket.socket(socket.AF_UNIX)
        try:
            self._line.connect(str(self._device))
        except OSError as error:
            self.close()
            raise DeviceMissing(f"{self._device}: {error.strerror}") from error
        arguments = (self._line, guarded(told))
        self._thread = threading.Thread(target=self._listen, args=arguments, daemon=True)
        self._thread.start()
        for part in wiring:
            self._claim(part)

    def read(self, part: str) -> bool:
        """Whether an input is on now, as `pins.Pins` says."""
        line = self._wiring[part]
        level = self._ask(Ask(line.bcm))
        return line.is_on(level=bool(level))

    def write(self, part: str, on: bool) -> None:
        """Switch an output, as `pins.Pins` says."""
        line = self._wiring[part]
        self._say(Write(line.bcm, on == (line.active == "high")))

    @property
    def is_alive(self) -> bool:
        """Whether edges would still be told."""
        return self._thread is not None and self._is_listening

    def close(self) -> None:
        """Let the lines go."""
        if self._line is not None:
            with contextlib.suppress(OSError):
                self._line.shutdown(socket.SHUT_RDWR)
            self._line.close()
        if self._thread is not None:
            self._thread.join()
        self._line = self._thread = None

    def _claim(self, part: str) -> None:
        line = self._wiring[part]
        off = None if part in INPUTS else line.active == "low"
        try:
            level = self._ask(Claim(bcm=line.bcm, pull=line.pull, output=off))
        except DeviceLost as error:
            self.close()
            raise DeviceMissing(str(error)) from error
        if level is None:
            self.close()
            raise DeviceBusy(f"another program has BCM {line.bcm}")

    def _ask(self, question: Claim | Ask) -> bool | None:
        with self._answered:
            self._levels.pop(question.bcm, None)
            self._say(question)
            come = self._answered.wait_for(
                lambda: question.bcm in self._levels or not self._is_listening, _ANSWERS_S
            )
            if not come or question.bcm not in self._levels:
                raise DeviceLost("the virtual panel does not answer")
            return self._levels[question.bcm]

    def _say(self, message: Claim | Ask | Write) -> None:
        if self._line is None:
            raise DeviceLost("the virtual panel is not open")
        try:
            self._line.sendall(msgspec.json.encode(message) + b"\n")
        except OSError as error:
            raise DeviceLost(f"the virtual panel is gone: {error.strerror}") from error

    def _listen(self, line: socket.socket, told: Told) -> None:
        try:
            with contextlib.suppress(OSError), line.makefile("rb") as heard:
                for message in heard:
                    self._hear(_heard.decode(message), told)
        except msgspec.MsgspecError as error:
            log.error("the virtual panel's thread ends: %s", error)  # noqa: TRY400
        finally:
            with self._answered:
                self._is_listening = False
                self._answered.notify_all()

    def _hear(self, said: Level | Edge, told: Told) -> None:
        if isinstance(said, Edge):
            part = self._parts[said.bcm]
            told(part, self._wiring[part].is_on(level=said.level), said.at_s)
            return
        with self._answered:
            self._levels[said.bcm] = said.level
            self._answered.notify_all()


def press(device: Path, bcm: int, *, is_down: bool) -> None:
    """Press a switch of the virtual panel at `device` from another process, or let go of it.

    Raises:
        DeviceMissing: there is none.
    """
    with socket.socket(socket.AF_UNIX) as line:
        try:
            line.connect(str(device))
        except OSError as error:
            raise DeviceMissing(f"{device}: {error.strerror}") from error
        line.sendall(msgspec.json.encode(Hand(bcm, is_down)) + b"\n")


def _answer(line: socket.socket, bcm: int, level: bool | None) -> None:
    line.sendall(msgspec.json.encode(Level(bcm, level)) + b"\n")


def _has_hung_up(line: socket.socket | None) -> bool:
    """Whether the other end is gone, though its last words may not be read yet."""
    try:
        return line is None or line.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


def main(arguments: list[str]) -> None:
    """`serve SOCKET` until ended, or `press SOCKET BCM` once, as a hand would."""
    match arguments:
        case ["serve", device]:
            with VirtualPanel(Path(device)), contextlib.suppress(KeyboardInterrupt):
                threading.Event().wait()
        case ["press", device, bcm]:
            press(Path(device), int(bcm), is_down=True)
            time.sleep(HOLD_S)
            press(Path(device), int(bcm), is_down=False)
        case _:
            raise SystemExit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
