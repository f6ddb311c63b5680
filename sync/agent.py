"""The agent: sends what waits in the outbox, and tells central that the device lives.

One pass enrols (once), sends batch after batch until nothing waits, and beats. Between
passes it sleeps on its doorbell. While central is away a ring changes nothing, unless it
is urgent: a technician's, or the network's coming up.
"""

import contextlib
import logging
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sync import outbox, reached
from sync.case import Instant
from sync.client import Client
from sync.courier import Courier
from sync.desk import DESK_SOCKET, Desk
from sync.doorbell import SYNC_BELL, UI_BELL, Doorbell, ring
from sync.errors import KeyUnknown, Refused, StoreFull, SyncError, Unreachable
from sync.formers import Formers
from sync.guidance import Guidance
from sync.identity import Identity, Renewing, load_identity
from sync.inquiry import Inquiry, InquiryAnswer
from sync.store import STORE_FILE, Store
from sync.tallying import Tallies
from sync.tls import PUBLIC, Certificates
from sync.wire import Beat, ItemShown

log = logging.getLogger(__name__)

Vitals = dict[str, str | int | float | bool | None]

SEAL_REFUSED = "seal_refused"
"""Central does not know the key this was sealed to: there may be a newer keyring."""

REMEMBERED_EVERY_S = 60 * 60
"""How often the store hears that central still answers: each note costs a card 40 kB. In
between it stands in memory, and when central is lost the last time is kept with that."""

INQUIRY_TIMEOUT_S = 5.0
"""For each phase of a request that a resident waits for."""

_CHANCE = secrets.SystemRandom()


@dataclass(frozen=True, kw_only=True)
class AgentSettings:
    """Where the device keeps what, and the agent's rhythm in seconds.

    `alive_every_s` is the longest sleep before `Surroundings.alive` is called again, None
    where nobody watches; a single request may take four times `timeout_s`, so a watchdog
    must allow for more. What central acknowledged is kept for `grace` more.
    Where no spooler runs, slips are wiped here once they are `slips_expire_after` old.
    """

    state_dir: Path
    runtime_dir: Path
    beat_every_s: float = 300
    timeout_s: float = 20
    alive_every_s: float | None = None
    grace: timedelta = timedelta(days=30)
    slips_expire_after: timedelta | None = None
    certificates: Certificates = PUBLIC


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What the agent cannot know by itself. Set `stop`, then ring its bell, to end it."""

    clock: Callable[[], Instant]
    stop: threading.Event
    vitals: Callable[[], Vitals] = dict
    shown: Callable[[], list[ItemShown]] = list
    alive: Callable[[str], None] = lambda _status: None
    version: str = ""
    jitter: Callable[[], float] = _CHANCE.random


class Agent:
    """One device's agent. `reachable` is None until the first pass is through."""

    def __init__(
        self, store: Store, client: Client, settings: AgentSettings, surroundings: Surroundings
    ) -> None:
        self._store = store
        self._client = client
        self._settings = settings
        self._state_dir = settings.state_dir
        self._around = surroundings
        self._renewing = Renewing(settings.state_dir, client.identity)
        self._guidance = Guidance(client, settings.state_dir)
        self._courier = Courier(
            store, client, surroundings.clock, surroundings.stop, self._progressed
        )
        self._tallies = Tallies(store, surroundings.clock, settings.grace)
        self._formers = Formers(
            store,
            client,
            surroundings.clock,
            surroundings.stop,
            settings.state_dir,
            settings.grace,
        )
        self._enrolled = self._courier.is_enrolled()
        self._dated_boot = ""
        self._asked_s = 0.0
        self._failures = 0
        self._trouble: str | None = None
        self._beat_due_s = 0.0
        self._remember_due_s = 0.0
        self._reached_at: datetime | None = None
        self.reachable: bool | None = None

    def run(self, doorbell: Doorbell) -> None:
        """Pass after pass until told to stop."""
        while not self._around.stop.is_set():
            self.pass_once()
            self._sleep(doorbell)

    def pass_once(self) -> bool:
        """Enrol if need be, send what waits, beat if due; False if central has to wait.

        Raises:
            StoreDamaged: the store cannot be trusted; nobody should go on as if it could.
        """
        self._client.take_on(self._renewing.now())
        if self._settings.slips_expire_after:
            self._store.expire_slips(self._around.clock(), self._settings.slips_expire_after)
        try:
            self._talk()
            self._guidance.refresh()
        except (Unreachable, Refused, StoreFull) as failure:
            self._note_failing(failure)
            return False
        finally:
            self._client.close()
        return True

    def _talk(self) -> None:
        """All that a pass says; again with the newest keyring where an answer needs it."""
        try:
            self._say_all()
        except KeyUnknown:
            if not self._guidance.fetch_keyring():
                raise
            self._say_all()

    def _say_all(self) -> None:
        self._enrol()
        self._carry()
        if not self._around.stop.is_set() and self._tallies.compare(self._client):
            self._carry()
            self._tallies.compare(self._client)
        self._beat()
        self._formers.carry()

    def _enrol(self) -> None:
        if self._enrolled:
            return
        self._courier.enrol()
        self._enrolled = True
        self._guidance.hurry()
        self._tallies.hurry()
        self._note_reached()

    def _carry(self) -> None:
        self._courier.carry()
        if SEAL_REFUSED in self._courier.parked:
            self._guidance.hurry()
        self._courier.parked.clear()

    def _progressed(self) -> None:
        self._note_reached()
        self._around.alive(self._status())

    def _beat(self) -> None:
        now_s = time.monotonic()
        if self._around.stop.is_set() or (self.reachable and now_s < self._beat_due_s):
            return
        vitals = self._around.vitals()  # takes its time; central compares `sent` with its clock
        counts = self._store.outbox_counts()
        heard_at = self._client.beat(
            Beat(
                sent=self._around.clock(),
                version=self._around.version,
                waiting=counts.waiting,
                parked=counts.parked,
                vitals=vitals,
                shown=self._around.shown(),
                oldest_waiting_at=counts.oldest_waiting_at,
            )
        )
        self._beat_due_s = now_s + self._settings.beat_every_s
        self._date_boot(heard_at)
        self._note_reached()

    def _date_boot(self, central_now: datetime) -> None:
        """Keep when this boot began by central's clock, for records sent after the next."""
        now = self._around.clock()
        if now.boot_id != self._dated_boot:
            began_at = central_now - timedelta(seconds=now.monotonic_s)
            self._store.note_boot(now.boot_id, began_at)
            self._dated_boot = now.boot_id

    def _note_reached(self) -> None:
        """Log and tell the glass when central is back, not each time it answers."""
        self._failures, self._asked_s = 0, 0.0
        self._remember(self._around.clock())
        if self.reachable:
            return
        log.info("central reachable")
        self.reachable, self._trouble = True, None
        self._ring_ui()

    def _remember(self, now: Instant) -> None:
        """That central answered: at once in memory; on the disk where it is back, or hourly."""
        code, self._reached_at = self._client.device_code, now.wall
        reached.note(self._settings.runtime_dir, code, now.wall)
        if not self.reachable or now.monotonic_s >= self._remember_due_s:
            self._store.note_reached(code, now.wall)
            self._remember_due_s = now.monotonic_s + REMEMBERED_EVERY_S

    def _note_failing(self, failure: SyncError) -> None:
        """Log and tell the glass when central is lost, or lost in another way."""
        self._failures += 1
        self._asked_s = failure.retry_after_s if isinstance(failure, Unreachable) else 0.0
        if failure.code == "device_unknown":
            self._enrolled = False  # central may have lost us: introduce ourselves again
        if self.reachable is False and failure.code == self._trouble:
            return
        self.reachable, self._trouble = False, failure.code
        log.warning("sending waits: %s", failure)
        with contextlib.suppress(StoreFull):
            now = self._around.clock().wall
            self._store.note_failing(self._client.device_code, failure.code, now, self._reached_at)
        self._ring_ui()

    def _ring_ui(self) -> None:
        ring(self._settings.runtime_dir / UI_BELL)

    def _sleep(self, doorbell: Doorbell) -> None:
        """Until due, or rung: a plain ring counts only while central is there."""
        due_s = time.monotonic() + self._pause_s()
        while not self._around.stop.is_set():
            left_s = due_s - time.monotonic()
            if left_s <= 0:
                return
            self._around.alive(self._status())
            if not doorbell.wait(min(left_s, self._settings.alive_every_s or left_s)):
                continue
            if doorbell.urgent:
                self._failures = 0
                self._formers.hurry()
                return
            if self.reachable:
                return

    def _pause_s(self) -> float:
        if self.reachable:
            return max(0.0, self._beat_due_s - time.monotonic())
        return outbox.wait_after(
            self._failures, self._around.jitter(), self._asked_s
        ).total_seconds()

    def _status(self) -> str:
        return "central reachable" if self.reachable else f"waiting for central: {self._trouble}"


def _inquirer(
    settings: AgentSettings, around: Surroundings, identity: Identity
) -> Callable[[Inquiry], InquiryAnswer]:
    """Asks central on a line of its own: residents wait for it, the outbox does not."""
    renewing = Renewing(settings.state_dir, identity)
    timeout_s = min(settings.timeout_s, INQUIRY_TIMEOUT_S)
    client = Client(identity, around.clock, timeout_s, settings.certificates)

    def inquire(inquiry: Inquiry) -> InquiryAnswer:
        client.take_on(renewing.now())
        try:
            return client.inquire(inquiry)
        finally:
            client.close()

    return inquire


def run(settings: AgentSettings, surroundings: Surroundings) -> None:
    """What `kiosk sync` does until it is stopped.

    Raises:
        FileNotFoundError: the device has not joined.
        BadMessage: its identity is not readable as one.
        StoreFull, StoreDamaged: the store does not open.
    """
    identity = load_identity(settings.state_dir)
    client = Client(identity, surroundings.clock, settings.timeout_s, settings.certificates)
    with (
        Store.open(settings.state_dir / STORE_FILE) as store,
        Doorbell(settings.runtime_dir / SYNC_BELL, network=True) as doorbell,
        Desk(settings.runtime_dir / DESK_SOCKET, _inquirer(settings, surroundings, identity)),
    ):
        Agent(store, client, settings, surroundings).run(doorbell)
