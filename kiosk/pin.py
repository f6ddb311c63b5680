"""The front desk's PIN: what opens its page at the glass.

It is kept as argon2id (libsodium, `interactive`), so a copied card tells it to nobody
quickly. Tries are counted before they are made and survive a restart; how long a lock still
lasts counts from a boot's beginning where the box was restarted, for its clock may be a guess.
"""

import logging
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import msgspec
import nacl.exceptions
import nacl.pwhash.argon2id

from hardware.clock import Reading, read
from kiosk.errors import ConfigError
from sync.whole import put

log = logging.getLogger(__name__)

PIN_FILE = "front-desk.json"
SHORTEST, LONGEST = 6, 12
MOST_TRIES = 5
LOCKED_S = 900.0
"""A quarter of an hour."""

Entry = Literal["open", "wrong", "locked"]


def insist_on_pin(pin: str) -> None:
    """Raises ConfigError: not 6-12 digits."""
    if not (pin.isascii() and pin.isdecimal() and SHORTEST <= len(pin) <= LONGEST):
        raise ConfigError(
            f"a PIN has {SHORTEST} to {LONGEST} digits; next: another, or one that is made for "
            "you: kiosk front-desk-pin"
        )


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    hashed: str
    wrong: int = 0
    locked_in: str = ""
    locked_at_s: float = 0.0


class Pin:
    """The PIN in `state_dir`; `clock` reads boot and monotonic time."""

    def __init__(self, state_dir: Path, clock: Callable[[], Reading] = read) -> None:
        self._path = state_dir / PIN_FILE
        self._clock = clock

    @property
    def is_set(self) -> bool:
        """Whether there is one; without it there is no way in."""
        return self._path.exists()

    def make(self) -> str:
        """Set a PIN of six random digits and return it; it is told only here.

        Raises:
            OSError: it could not be kept.
        """
        pin = f"{secrets.randbelow(10**SHORTEST):0{SHORTEST}d}"
        self.set(pin)
        return pin

    def set(self, pin: str) -> None:
        """Take this one from now on; who was locked out may try again.

        Raises:
            ConfigError: not 6-12 digits.
            OSError: it could not be kept.
        """
        insist_on_pin(pin)
        argon = nacl.pwhash.argon2id
        hashed = argon.str(pin.encode(), argon.OPSLIMIT_INTERACTIVE, argon.MEMLIMIT_INTERACTIVE)
        self._keep(_Kept(hashed=hashed.decode()))

    def enter(self, pin: str) -> Entry:
        """Whether this is the PIN; after MOST_TRIES wrong ones nobody is asked for LOCKED_S.

        Raises:
            OSError: the try could not be counted, so it was not made.
        """
        kept, now = self._kept(), self._clock()
        if kept is None or self._is_locked(kept, now):
            return "locked"
        tried = 1 if kept.locked_in else kept.wrong + 1
        is_last = tried >= MOST_TRIES
        counted = msgspec.structs.replace(
            kept,
            wrong=tried,
            locked_in=now.boot_id if is_last else "",
            locked_at_s=now.monotonic_s if is_last else 0.0,
        )
        self._keep(counted)
        if not _fits(pin, kept.hashed):
            log.warning("a wrong PIN at the front desk, number %d", tried)
            return "locked" if is_last else "wrong"
        self._keep(_Kept(hashed=kept.hashed))
        return "open"

    def _is_locked(self, kept: _Kept, now: Reading) -> bool:
        if not kept.locked_in:
            return False
        since_s = kept.locked_at_s if kept.locked_in == now.boot_id else 0.0
        return now.monotonic_s - since_s < LOCKED_S

    def _kept(self) -> _Kept | None:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=_Kept)
        except FileNotFoundError:
            return None
        except msgspec.MsgspecError:
            log.warning("%s is damaged; next: kiosk front-desk-pin", self._path)
            return None

    def _keep(self, kept: _Kept) -> None:
        put(self._path, msgspec.json.encode(kept))


def _fits(pin: str, hashed: str) -> bool:
    try:
        return nacl.pwhash.argon2id.verify(hashed.encode(), pin.encode())
    except nacl.exceptions.InvalidkeyError:
        return False
