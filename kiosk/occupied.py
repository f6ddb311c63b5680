"""Whether a resident is at the glass: asked of the glass, by whatever would disturb them.

The glass answers at a Unix socket (`kiosk.door`); where none runs nobody is at it.
"""

import contextlib
import os
import socket
from typing import Annotated, Literal

import msgspec

from kiosk.config import Config
from kiosk.errors import Occupied
from sync.doorbell import UI_BELL, is_answered

DOOR_SOCKET = "glass.sock"
"""Where the glass answers, in the runtime folder."""
ANSWER_S = 5.0
"""How long a glass that draws may take; one that draws nothing answers nothing."""
LONGEST = 64 * 1024
LONGEST_CLOSED_S = 300.0
"""For no longer a glass takes nobody because somebody asked it to."""

Use = Literal["free", "in_use", "silent", "no_glass"]


class AskUse(msgspec.Struct, tag="use", frozen=True):
    """Is a resident at the glass?"""


class AskClose(msgspec.Struct, tag="close", frozen=True):
    """Let nobody come to the glass for `for_s` seconds, where nobody is there; 0 opens it again.

    It ends by itself: whoever asked may die, and the glass be left to nobody.
    """

    for_s: Annotated[float, msgspec.Meta(ge=0.0, le=LONGEST_CLOSED_S)]


class Used(msgspec.Struct, frozen=True):
    """The answer to `AskUse`; `touched_s` is how many seconds ago the glass was touched.

    To `AskClose` too: the glass is closed if it is not `in_use`.
    """

    in_use: bool
    touched_s: float | None = None


def use_of(config: Config) -> Use:
    """How the glass of this box is used now; `silent` runs and does not answer."""
    return touched(config)[0]


def touched(config: Config) -> tuple[Use, float | None]:
    """The same, and how many seconds ago it was touched, where it tells.

    Raises PermissionError: this user may not ask.
    """
    return _ask(config, AskUse())


def close(config: Config, for_s: float) -> Use:
    """Have the glass let nobody come for so many seconds; `free` where it does, or is looked at.

    A glass of an older release hangs up at the question; then it is looked at once more.
    Raises PermissionError.
    """
    use, _ = _ask(config, AskClose(for_s))
    return use_of(config) if use == "silent" else use


def _ask(config: Config, question: AskUse | AskClose) -> tuple[Use, float | None]:
    try:
        with call(config, question) as line:
            told = msgspec.json.decode(line.recv(LONGEST), type=Used)
    except (ConnectionRefusedError, FileNotFoundError):
        runs = is_answered(config.runtime_dir / UI_BELL)
        return ("silent" if runs else "no_glass"), None
    except PermissionError:
        raise
    except (OSError, msgspec.MsgspecError):
        return "silent", None
    return ("in_use" if told.in_use else "free"), told.touched_s


def insist_on_free(config: Config) -> None:
    """Let nobody be disturbed.

    Raises:
        Occupied: a resident is at the glass, or nobody knows; says so with what to do.
    """
    insist_on(use_of(config))


def insist_on(use: Use) -> None:
    """The same, of what the glass has told. Raises Occupied."""
    if use == "in_use":
        raise Occupied("a resident is at the glass; next: wait, or add --now")
    if use == "silent":
        raise Occupied("the glass does not say if it is used; next: kiosk doctor, or add --now")


def call(config: Config, question: msgspec.Struct) -> socket.socket:
    """A line to the glass on which `question` was asked.

    Raises:
        ConnectionRefusedError, FileNotFoundError: no glass runs, or an older release's.
        PermissionError: this user may not ask it.
        OSError: it does not take the question.
    """
    line = socket.socket(socket.AF_UNIX)
    with contextlib.ExitStack() as undone:
        undone.callback(line.close)
        line.settimeout(ANSWER_S)
        path = os.fspath(config.runtime_dir / DOOR_SOCKET)
        try:
            line.connect(path)
        except PermissionError as error:  # the system leaves the name out
            raise PermissionError(error.errno, error.strerror, path) from error
        line.sendall(msgspec.json.encode(question))
        undone.pop_all()
    return line
