"""What central publishes for its devices: the keyring and the municipality's profile.

Both are fetched once an hour and when there is a reason, and taken only when they are
signed as they must be and newer than what is here. What is refused changes nothing.
"""

import contextlib
import logging
import time
from pathlib import Path

from sync.client import Client
from sync.errors import BadMessage, Refused, Unreachable
from sync.identity import take_keyring, write_private
from sync.release import RELEASE_FILE, open_release

log = logging.getLogger(__name__)

EVERY_S = 60 * 60
"""Where a key is lost, kiosks go on sealing to it for as long; to ask costs next to nothing."""


class Guidance:
    """Keeps one device's keyring and profile up to date, in `state_dir`."""

    def __init__(self, client: Client, state_dir: Path) -> None:
        self._client = client
        self._state_dir = state_dir
        self._due_s = 0.0

    def refresh(self) -> None:
        """Fetch what is newer, once an hour; where central is away, with the next pass."""
        if time.monotonic() < self._due_s:
            return
        try:
            self.fetch_keyring()
            self._fetch_profile()
        except Refused:
            pass  # a central from before this was published
        except Unreachable:
            return
        self._due_s = time.monotonic() + EVERY_S

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
        key_of, path = self._client.identity.central_key_called, self._state_dir / RELEASE_FILE
        version = 0
        with contextlib.suppress(OSError, BadMessage):
            version = open_release(path.read_bytes(), key_of).version
        envelope = self._client.published("profile", version)
        if envelope is None:
            return
        try:
            newer = open_release(envelope, key_of)
            if newer.version <= version:
                raise BadMessage(f"profile {newer.version} is not newer")
            write_private(path, envelope)
        except (BadMessage, OSError) as error:
            log.warning("profile not taken: %s", type(error).__name__)
        else:
            log.info("profile %d", newer.version)
