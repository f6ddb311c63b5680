"""What central publishes for its devices: keyring, profile, the bulletin and its pictures.

All are fetched once an hour and when there is a reason, and taken only when they are
signed as they must be and newer than what is here. What is refused changes nothing.
"""

import contextlib
import logging
import time
from collections.abc import Callable
from pathlib import Path

from sync.bulletin import BULLETIN_FILE, Bulletin, open_bulletin
from sync.client import Client
from sync.errors import BadMessage, Refused, Unreachable
from sync.identity import take_keyring, write_private
from sync.pictures import Pictures
from sync.release import RELEASE_FILE, ProfileRelease, open_release

log = logging.getLogger(__name__)

EVERY_S = 60 * 60
"""Where a key is lost, kiosks go on sealing to it for as long; to ask costs next to nothing."""


class Guidance:
    """Keeps one device's keyring, profile and bulletin up to date, in `state_dir`."""

    def __init__(self, client: Client, state_dir: Path) -> None:
        self._client = client
        self._state_dir = state_dir
        self._pictures = Pictures(client, state_dir)
        self._due_s = 0.0

    def refresh(self) -> None:
        """Fetch what is newer, once an hour; where central is away, with the next pass.

        Pictures come a few with each pass, so that a case never waits long for them.
        """
        if time.monotonic() < self._due_s:
            return
        try:
            for fetch in (self.fetch_keyring, self._fetch_profile, self._fetch_bulletin):
                with contextlib.suppress(Refused):  # a central from before this was published
                    fetch()
            is_all = self._pictures.refresh()
        except Unreachable:
            return
        self._due_s = time.monotonic() + (EVERY_S if is_all else 0.0)

    def hurry(self) -> None:
        """Have the next refresh fetch whatever the hour says."""
        self._due_s = 0.0

    def fetch_keyring(self) -> bool:
        """Fetch and keep the newest keyring; True when it is newer and taken.

        Raises:
            Unreachable, Refused: central gave none.
        """
        identity = self._client.identity
        envelope = self._client.published("keys", identity.keyring_version)
        if envelope is None:
            return False
        try:
            newer = take_keyring(self._state_dir, identity, envelope)
        except (BadMessage, OSError) as error:
            log.warning("keyring not taken: %s", type(error).__name__)
            return False
        self._client.take_on(newer)
        log.info("keyring %d: intake %s", newer.keyring_version, newer.intake_key_id)
        return True

    def _fetch_profile(self) -> None:
        self._fetch("profile", RELEASE_FILE, open_release)

    def _fetch_bulletin(self) -> None:
        self._fetch("bulletin", BULLETIN_FILE, open_bulletin)

    def _fetch(
        self,
        what: str,
        file: str,
        open_: Callable[[bytes, Callable[[str], bytes]], ProfileRelease | Bulletin],
    ) -> None:
        key_of, path = self._client.identity.central_key_called, self._state_dir / file
        version = 0
        with contextlib.suppress(OSError, BadMessage):
            version = open_(path.read_bytes(), key_of).version
        envelope = self._client.published(what, version)
        if envelope is None:
            return
        try:
            newer = open_(envelope, key_of)
            if newer.version <= version:
                raise BadMessage(f"{what} {newer.version} is not newer")
            write_private(path, envelope)
        except (BadMessage, OSError) as error:
            log.warning("%s not taken: %s", what, type(error).__name__)
        else:
            log.info("%s %d", what, newer.version)
