"""Whether this box refuses to start, since everybody knows a password of it.

`python -m kiosk.refusal`, root's, before glass, spooler and agent: it leaves the accounts'
names in memory, and units that find them there do not start. What was found well is
remembered by digests, for to try the words takes seconds on a Pi, and to start Python a good
part of one: the unit has sha256sum(1) compare them first. Where it cannot be looked at the box
starts: a fault of ours must not end its service.
"""

import hashlib
import logging
import signal
import sys
from contextlib import suppress
from pathlib import Path

from kiosk import log as logs
from kiosk import passwords
from kiosk.files import write_atomically
from kiosk.passwords import known

log = logging.getLogger(__name__)

SHADOW = "etc/shadow"
MARK = "run/rapfang/known-passwords"
"""Names, a line each; the units' `ConditionPathExists=` names it too."""
MEMORY = "var/lib/rapfang/passwords.sha256"
LONGEST_S = 60
"""A box with so many accounts, or so slow, starts and is left to the doctor."""


def at_start(system: Path) -> list[str]:
    """Look, and leave what was found where units, status and doctor see it; `system` is `/`.

    Raises OSError: it cannot be looked at, or not be left; nothing is refused then.
    """
    mark = system / MARK
    mark.unlink(missing_ok=True)
    found = look_and_remember(system)
    if found:
        write_atomically(mark, "".join(f"{name}\n" for name in found).encode())
        mark.chmod(0o644)
    return found


def look_and_remember(system: Path) -> list[str]:
    """As `look`; what is well is not tried again before it changes. Raises OSError as it does."""
    memory, digests = system / MEMORY, _digests(system)
    if _is_remembered(memory, digests):
        return []
    if found := known(_shadow(system)):
        return found
    with suppress(OSError):  # a full disk: the words are tried again at the next boot
        write_atomically(memory, digests)
        memory.chmod(0o600)
    return []


def look(system: Path) -> list[str]:
    """The accounts whose password everybody knows; nothing is written.

    Raises OSError: not root, or this system has no libcrypt.
    """
    if _is_remembered(system / MEMORY, _digests(system)):
        return []
    return known(_shadow(system))


def refused(system: Path) -> list[str]:
    """For whose password this box did not start; anybody may ask."""
    try:
        return (system / MARK).read_text().split()
    except OSError:
        return []


def advice(names: list[str]) -> str:
    """What a technician types."""
    return "\n".join([*(f"passwd {name}" for name in names), "systemctl start kiosk.target"])


def _shadow(system: Path) -> str:
    return (system / SHADOW).read_text(errors="replace")


def _digests(system: Path) -> bytes:
    """Of the accounts and of the words, of which another release may know more; as
    sha256sum(1) writes them."""
    words = Path(passwords.__file__).resolve()
    files = {f"/{SHADOW}": system / SHADOW, str(words): words}
    lines = (
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {name}\n" for name, path in files.items()
    )
    return "".join(lines).encode()


def _is_remembered(memory: Path, digests: bytes) -> bool:
    try:
        return memory.read_bytes() == digests
    except OSError:
        return False


def main() -> int:
    """1 where it could not be looked at, which refuses nothing."""
    logs.to_stderr()
    signal.alarm(LONGEST_S)
    try:
        found = at_start(Path("/"))
    except OSError as error:
        log.error("the kiosk starts, but its passwords were not looked at: %s", error)  # noqa: TRY400
        return 1
    if found:
        next_ = advice(found).replace("\n", "; ")
        log.error(
            "the kiosk does not start: everybody knows the password of %s; next: %s",
            ", ".join(found),
            next_,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
