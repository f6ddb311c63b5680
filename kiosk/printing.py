"""`kiosk print`, the spooler: slip jobs from the store onto paper, each at most once.

Its own process, so that a wedged printer never holds up the glass. A job is durably
`printing` before its first byte goes out; one that this process finds so at its start
belongs to somebody who has left, and expires.

A full or damaged store ends the process: whoever restarts it starts it clean.
"""

import logging
import math
import signal
import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import FrameType

import msgspec

from hardware.errors import DeviceBusy, HardwareError, PaperOut
from hardware.printer.document import Document, Line
from hardware.printer.escpos import encode, sever
from hardware.printer.paper import DOTS_PER_MM
from hardware.printer.printer import Outcome, Verdict
from hardware.printer.raster import render
from kiosk import notify
from kiosk.clock import instant
from kiosk.config import Config, PrinterSettings, config_path
from kiosk.errors import ConfigError, PaperUnknown
from kiosk.files import write_atomically
from kiosk.papers import TRIAL, set_out, trial
from kiosk.papers.trial import TrialWords
from kiosk.printers import SlipPrinter, habits_for, make_printer, paper_for
from kiosk.roll import PAPER_CHANGED, Roll
from kiosk.trial_print import PaperRequest, answer_all, ask, owning_printer
from sync.case import Instant
from sync.doorbell import PRINT_BELL, Doorbell, ring
from sync.errors import StoreDamaged, StoreFull
from sync.store import SlipJob, SlipState, Store

log = logging.getLogger(__name__)

IDLE_S = 10.0
"""How often a printer that nobody needs is looked at."""
RETRY_S = 2.0
"""How often, while a slip waits for it."""

WELL = "ok"
PAPER_LOW = "paper_low"
"""Still prints; somebody should have a new roll at hand."""
_PRINTS = (WELL, PAPER_LOW)
_CUT_MM = 15.0
"""Paper that each slip takes beside its picture: from the head to the blade and a little more."""
STATE_FILE = "printer.json"
_EVERY_SCRIPT = Document(tuple(Line("ก ខ្មែរ မြန်မာ ລາວ", bold=bold) for bold in (False, True)))
"""What cannot be set here could not be set on a slip either: better no spooler than such."""
_UNREADABLE = "slip_unreadable"
_TRIAL_TIMEOUT_S = 30.0
_CANNOT_SAY = "all was sent, and this printer cannot say more"

_HINDRANCES = {
    Verdict.PRINTED: None,
    Verdict.NOT_STARTED: "not printed: {code}",
    Verdict.UNKNOWN: "perhaps not printed, look at the paper: {code}",
}


def run(config: Config) -> None:
    """Print slips until SIGTERM or SIGINT.

    Raises:
        ConfigError: another spooler runs, what sets Thai is not installed, or the store
            cannot be used; the message says which.
    """
    _require_patience(config.printer)
    bell = config.runtime_dir / PRINT_BELL
    stop = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()
        ring(bell)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    try:
        with (
            owning_printer(config.runtime_dir),
            Doorbell(bell) as doorbell,
            Store.open(config.state_dir / "store.db") as store,
        ):
            printer = make_printer(config.printer, notify.alive)
            now = partial(instant, config)
            roll = Roll(config.state_dir, config.printer.roll_m)
            spooler = Spooler(store, printer, config.runtime_dir, config.printer, now, roll)
            _serve(spooler, doorbell, stop)
    except (HardwareError, StoreFull, StoreDamaged) as error:
        raise ConfigError(f"{error}; next: kiosk doctor") from error


def _require_patience(settings: PrinterSettings) -> None:
    """Whoever watches must wait twice as long as any single wait: none ends in mid-slip.

    Raises:
        ConfigError: a wait is too long for it.
    """
    watched_s = notify.watchdog_s() or math.inf
    for key in ("connect_s", "write_s"):
        if getattr(settings, key) > watched_s / 2:
            words = f"more than half of WatchdogSec= ({watched_s:g} s) in kiosk-print.service"
            where = config_path()
            raise ConfigError(f"{where}: {words} - at `$.printer.{key}`; next: sudoedit {where}")


def _serve(spooler: "Spooler", doorbell: Doorbell, stop: threading.Event) -> None:
    spooler.start()
    notify.ready()
    idle_s = min(IDLE_S, (notify.watchdog_s() or math.inf) / 2)
    while not stop.is_set():
        slip_waits = spooler.run_once(stop.is_set)
        notify.alive()
        doorbell.wait(RETRY_S if slip_waits else idle_s)
    notify.stopping()


def insist_on_words(config: Config, paper: str) -> None:
    """Look whether this box can say what that paper says. Raises ConfigError: it cannot."""
    from kiosk.staff_papers import request_for

    request_for(paper, config)


def request_test_print(
    config: Config, timeout_s: float = _TRIAL_TIMEOUT_S, paper: str = TRIAL
) -> str | None:
    """Print a paper that staff ask for: the spooler does it; where none runs, this process.

    Returns None when it was printed, else what stood in the way.

    Raises:
        ConfigError: what the paper shall say cannot be read.
    """
    from kiosk.staff_papers import request_for  # profile and keys: the spooler needs neither

    request = request_for(paper, config)
    try:
        with owning_printer(config.runtime_dir):
            outcome, _ = _print_asked(make_printer(config.printer), config.printer, request)
    except DeviceBusy:
        outcome = ask(config.runtime_dir, request, timeout_s)
    hindrance = _HINDRANCES[outcome.verdict]
    return hindrance and hindrance.format(code=outcome.code or _CANNOT_SAY)


def job_for(document: Document, settings: PrinterSettings) -> bytes:
    """The bytes that print `document` on the paper that is loaded."""
    return _set(document, settings)[0]


def _set(document: Document, settings: PrinterSettings) -> tuple[bytes, float]:
    """A job's bytes, and how many millimetres of paper they take."""
    picture = render(document, paper_for(settings))
    return encode(picture, habits_for(settings)), picture.height / DOTS_PER_MM + _CUT_MM


class Spooler:
    """Prints the store's slip jobs, the oldest first.

    Args:
        store: whose jobs.
        printer: on what.
        runtime_dir: where `printer.json` goes and `ui.sock` is rung.
        settings: paper and expiry.
        now: the device's clocks; a slip's age counts on the boot's own.
        roll: the paper that is in.
    """

    def __init__(
        self,
        store: Store,
        printer: SlipPrinter,
        runtime_dir: Path,
        settings: PrinterSettings,
        now: Callable[[], Instant],
        roll: Roll,
    ) -> None:
        self._roll = roll
        self._store = store
        self._printer = printer
        self._runtime_dir = runtime_dir
        self._settings = settings
        self._now = now
        self._state = ""
        self._hangs = False

    def start(self) -> None:
        """Give up slips of an earlier run; load faces and dictionaries before the first tap.

        Raises:
            HardwareError: a face or a shaper is not installed; it names the package.
        """
        given_up = self._store.recover_slips()
        if given_up:
            log.warning("slips found half printed and given up: %d", given_up)
            self._hangs = True
        for document in (_EVERY_SCRIPT, trial.document_for(TrialWords(municipality=""))):
            job_for(document, self._settings)
        self._look()

    def run_once(self, is_over: Callable[[], bool] = lambda: False) -> bool:
        """Print what waits; True when something still does.

        Once it `is_over`, the slip on its way is the last.
        """
        self._hear_of_paper()
        answer_all(self._runtime_dir, self._print_asked)
        self._expire()
        while not is_over() and (self._state in _PRINTS or self._look()):
            job = self._store.claim_slip(self._now().wall)
            if job is None:
                break
            self._print(job)
        else:
            return self._store.slip_counts().get("waiting", 0) > 0
        self._look()
        return False

    def _print(self, job: SlipJob) -> None:
        """Print a claimed job and keep the verdict before anybody hears of it."""
        try:
            document = set_out(job.paper, job.slip, is_copy=job.copies > 0)
            data, length_mm = _set(document, self._settings)
        except (HardwareError, PaperUnknown, msgspec.MsgspecError):
            log.error("%s cannot be set reference=%s", job.paper, _called(job))  # noqa: TRY400  no words of a slip in a log
            self._store.give_up_slip(job.job_id, SlipState.PRINTING, _UNREADABLE)
        else:
            started = lambda: log.info("%s started reference=%s", job.paper, _called(job))  # noqa: E731
            outcome = self._printer.print(self._severed(data), started)
            self._keep(job, outcome)
            self._note_outcome(outcome, length_mm)
        self._ring_ui()

    def _keep(self, job: SlipJob, outcome: Outcome) -> None:
        match outcome.verdict:
            case Verdict.PRINTED:
                self._store.slip_printed(job.job_id, self._now().wall)
            case Verdict.NOT_STARTED:
                self._store.slip_not_started(job.job_id, outcome.code)
            case Verdict.UNKNOWN:
                self._store.slip_unknown(job.job_id, outcome.code)
        log.info("%s %s reference=%s %s", job.paper, outcome.verdict, _called(job), outcome.code)

    def _print_asked(self, request: PaperRequest) -> Outcome:
        outcome, length_mm = _print_asked(self._printer, self._settings, request)
        log.info("%s %s %s", request.paper, outcome.verdict, outcome.code)
        self._note_outcome(outcome, length_mm)
        return outcome

    def _note_outcome(self, outcome: Outcome, length_mm: float) -> None:
        """What a job tells of the printer, and the paper that it took."""
        if outcome.verdict is not Verdict.NOT_STARTED:
            self._roll.use(length_mm)
            self._hangs = outcome.verdict is Verdict.UNKNOWN and outcome.code != ""
        self._note(outcome.code or self._well(is_low=outcome.is_paper_low))

    def _severed(self, data: bytes) -> bytes:
        """A job, parted from half a slip that still hangs there: it may hold another's key."""
        return sever(habits_for(self._settings)) + data if self._hangs else data

    def _well(self, *, is_low: bool) -> str:
        """The state of a printer that prints, given what it says of its paper."""
        return PAPER_LOW if is_low or self._roll.is_low else WELL

    def _hear_of_paper(self) -> None:
        """The front desk says that there is a new roll."""
        told = self._runtime_dir / PAPER_CHANGED
        if told.exists():
            told.unlink()
            self._roll.renew()
            self._look()

    def _expire(self) -> None:
        """Yesterday's slip never comes out into today's hand."""
        after = timedelta(seconds=self._settings.slip_expires_s)
        count = self._store.expire_slips(self._now(), after)
        if count:
            log.info("slips expired: %d", count)
            self._ring_ui()

    def _look(self) -> bool:
        """Ask the printer how it is; True when it prints."""
        try:
            is_low = self._printer.check()
        except HardwareError as error:
            self._note(error.code)
        else:
            if self._state == PaperOut.code:
                self._roll.renew()
            self._note(self._well(is_low=is_low))
        return self._state in _PRINTS

    def _note(self, state: str) -> None:
        """Tell the glass and the technician, once for each change."""
        if state == self._state:
            return
        self._state = state
        log.info("printer %s", state)
        told = {"state": state, "since": self._now().wall.isoformat()}
        write_atomically(self._runtime_dir / STATE_FILE, msgspec.json.encode(told))
        self._ring_ui()

    def _ring_ui(self) -> None:
        ring(self._runtime_dir / "ui.sock")


def _called(job: SlipJob) -> str:
    """What the log calls a job; papers that are no slip have no reference."""
    return job.reference or str(job.job_id)


def _print_asked(
    printer: SlipPrinter, settings: PrinterSettings, request: PaperRequest
) -> tuple[Outcome, float]:
    """Print a paper that staff asked for, so many mm; one that cannot be set was not started."""
    try:
        data, length_mm = _set(set_out(request.paper, request.words), settings)
    except (HardwareError, PaperUnknown, msgspec.MsgspecError) as error:
        log.warning("%s cannot be set: %s", request.paper, error)
        return Outcome(Verdict.NOT_STARTED, getattr(error, "code", _UNREADABLE)), 0.0
    return printer.print(data), length_mm
