"""The bulletin's pictures on a device: fetched, checked and kept by their SHA-256.

They lie in a folder of the state directory. What the bulletin no longer names goes, what is
not what its name says is fetched again, and so the folder holds 30 MiB at most.
"""

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from sync.bulletin import BULLETIN_FILE, LARGEST_PICTURE, open_bulletin
from sync.errors import BadMessage, Refused
from sync.identity import write_private
from sync.wire import digest_of

if TYPE_CHECKING:  # the glass only reads pictures, and the client's libraries load slowly
    from sync.client import Client

log = logging.getLogger(__name__)

PICTURES = "pictures"
"""The folder, in the state directory; a picture's name is its address."""
MOST_AT_ONCE = 8
"""So many are fetched with one pass of the agent."""


class Pictures:
    """Keeps the pictures that the bulletin in `state_dir` names."""

    def __init__(self, client: "Client", state_dir: Path) -> None:
        self._client, self._state_dir = client, state_dir
        self._folder = state_dir / PICTURES
        self._refused: set[str] = set()

    def refresh(self) -> bool:
        """Let go of what is not shown any more and fetch what is lacking; False while more is.

        What central refuses, or answers otherwise than it should, waits for the next hour.

        Raises:
            Unreachable: central did not answer.
        """
        try:
            named = self._named()
            sound = self._sound(set(named))
            to_fetch = [each for each in named if each not in sound | self._refused]
            for address in to_fetch[:MOST_AT_ONCE]:
                self._fetch(address)
        except (OSError, BadMessage) as error:
            log.warning("pictures not kept: %s", type(error).__name__)
            return True
        if len(to_fetch) > MOST_AT_ONCE:
            return False
        self._refused.clear()
        return True

    def _named(self) -> list[str]:
        """Addresses in the order in which they are shown, each once."""
        try:
            envelope = (self._state_dir / BULLETIN_FILE).read_bytes()
        except FileNotFoundError:
            return []
        bulletin = open_bulletin(envelope, self._client.identity.central_key_called)
        found = [each.address for item in bulletin.items for each in item.pictures]
        return list(dict.fromkeys(found))

    def _sound(self, named: set[str]) -> set[str]:
        """Those that are here as they should be; whatever else lies in the folder goes."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        sound = set()
        for path in self._folder.iterdir():
            if path.name in named and picture_at(path) is not None:
                sound.add(path.name)
            else:
                path.unlink()
        return sound

    def _fetch(self, address: str) -> None:
        try:
            raw = self._client.picture(address)
        except Refused as refusal:
            problem = refusal.code
        else:
            if is_picture(raw, address):
                write_private(self._folder / address, raw)
                return
            problem = "not what its address says"
        self._refused.add(address)
        log.warning("picture %.12s not taken: %s", address, problem)


def picture_at(path: Path) -> bytes | None:
    """A picture's bytes; None where they are not what the file's name says, or not there."""
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST_PICTURE + 1)
    except OSError:
        return None
    return raw if is_picture(raw, path.name) else None


def is_picture(raw: bytes, address: str) -> bool:
    """Whether these are the bytes that were announced, and not too many."""
    return len(raw) <= LARGEST_PICTURE and digest_of(raw) == address
