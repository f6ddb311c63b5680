"""The spooler with the real store, real doorbells and a printer that can really fail."""

import json
import logging
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import msgspec
import pytest

from hardware.fake.interpreter import picture_of
from hardware.fake.printer import VirtualPrinter
from hardware.printer.escpos import sever
from hardware.printer.paper import PAPER_80
from hardware.printer.printer import Outcome, Printer, Verdict
from kiosk import printing, slip
from kiosk.clock import instant
from kiosk.config import Config, Device, PrinterSettings
from kiosk.errors import ConfigError
from kiosk.papers import TRIAL
from kiosk.papers.trial import TrialWords
from kiosk.roll import PAPER_CHANGED, Roll
from kiosk.trial_print import PaperRequest, ask, owning_printer
from sync.case import Instant
from sync.doorbell import Doorbell, ring
from sync.store import Paper, SlipState, Store, Submission

CHECKOUT = Path(__file__).parents[2]
KEY = "K7QM2R9XH4TBW0ZD"
NOON = datetime(2026, 11, 23, 5, tzinfo=UTC)
WAIT_S = 15


def words(reference: str) -> slip.SlipWords:
    return slip.SlipWords(
        municipality="เทศบาลตำบลท่าเกษม",
        complaint_centre="ศูนย์รับเรื่องราวร้องทุกข์",
        reference=reference,
        tracking_key=KEY,
        tracking_url=f"HTTPS://RAPFANG.EXAMPLE/T/{reference}/{KEY}",
        submitted_on=date(2026, 11, 23),
    )


class Clock:
    """Clocks that move when they are told to."""

    def __init__(self) -> None:
        self.now = Instant(wall=NOON, boot_id="boot-1", monotonic_s=100, trusted=True)

    def __call__(self) -> Instant:
        return self.now

    def pass_s(self, seconds: float) -> None:
        """Time passes; the wall clock notices too."""
        self.now = msgspec.structs.replace(
            self.now,
            wall=self.now.wall + timedelta(seconds=seconds),
            monotonic_s=self.now.monotonic_s + seconds,
        )

    def leap(self, wall: datetime) -> None:
        """The wall clock is set; no time passes."""
        self.now = msgspec.structs.replace(self.now, wall=wall)


class Desk:
    """A spooler's surroundings in one folder."""

    def __init__(self, folder: Path) -> None:
        self.config = Config(
            device=Device(
                state_dir=str(folder / "state"),
                runtime_dir=str(folder / "run"),
                profile=str(CHECKOUT / "deploy/profiles/tha-kasem/profile.toml"),
            ),
            printer=PrinterSettings(tray_dir=str(folder / "tray"), slip_expires_s=60),
        )
        self.tray = folder / "tray"
        for path in (self.tray, self.config.runtime_dir, self.config.state_dir):
            path.mkdir()
        self.clock, self.roll_m = Clock(), 0.0
        self.store = Store.open(self.config.state_dir / "store.db")
        self.ui = Doorbell(self.config.runtime_dir / "ui.sock")

    def spooler(self, link: VirtualPrinter | None = None) -> printing.Spooler:
        link = link or VirtualPrinter(self.tray, PAPER_80, patience_s=0.2)
        spooler = printing.Spooler(
            self.store,
            Printer(link, done_s=0.2),
            self.config.runtime_dir,
            self.config.printer,
            self.clock,
            Roll(self.config.state_dir, self.roll_m),
        )
        spooler.start()
        return spooler

    def submit(self, kept_at: Instant | None = None) -> UUID:
        case_id = uuid4()

        def compose(number: int) -> Submission:
            reference = f"A1-{number:04d}-X"
            made = slip.encode(words(reference))
            return Submission(record=case_id.bytes, reference=reference, slip=made)

        self.store.submit(case_id, kept_at or self.clock.now, compose)
        return case_id

    def control(self, **controls: object) -> None:
        fresh = self.tray / "control.new"
        fresh.write_text(json.dumps(controls))
        fresh.replace(self.tray / "control.json")

    def slips(self) -> list[str]:
        return sorted(path.stem for path in self.tray.glob("slip-*.bin"))

    def printer_state(self) -> str:
        told = json.loads((self.config.runtime_dir / "printer.json").read_text())
        assert datetime.fromisoformat(told["since"]).tzinfo is not None
        return str(told["state"])

    def keeps_key(self) -> bool:
        """Whether the tracking key can be found anywhere in the store's files."""
        found = self.config.state_dir.glob("store.db*")
        return any(KEY.encode() in path.read_bytes() for path in found)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.ui.close()
    desk.store.close()


def test_a_slip_is_printed_once_and_its_key_is_wiped(desk: Desk) -> None:
    spooler, case_id = desk.spooler(), desk.submit()
    assert desk.keeps_key()
    assert spooler.run_once() is False
    assert spooler.run_once() is False
    assert desk.slips() == ["slip-0001"]
    assert desk.store.slip_state(case_id) == (SlipState.PRINTED, "")
    assert not desk.keeps_key()


def test_slips_come_out_in_the_order_of_submission(desk: Desk) -> None:
    spooler = desk.spooler()
    for _ in range(3):
        desk.submit()
    spooler.run_once()
    expected = [
        printing.job_for(slip.document_for(words(f"A1-{n:04d}-X")), desk.config.printer)
        for n in (1, 2, 3)
    ]
    assert [path.read_bytes() for path in sorted(desk.tray.glob("*.bin"))] == expected


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ({"paper": False}, "paper_out"),
        ({"cover_open": True}, "cover_open"),
        ({"missing": True}, "device_missing"),
        ({"answers": "none"}, "device_busy"),
        ({"answers": "garbage"}, "device_busy"),
    ],
)
def test_a_slip_waits_until_the_printer_is_well_and_comes_out_once(
    desk: Desk, fault: dict[str, object], code: str
) -> None:
    spooler = desk.spooler()
    desk.control(**fault)
    case_id = desk.submit()
    assert spooler.run_once() is True
    assert spooler.run_once() is True
    assert desk.store.slip_state(case_id) == (SlipState.WAITING, code)
    assert desk.printer_state() == code
    desk.control()
    assert spooler.run_once() is False
    assert desk.slips() == ["slip-0001"]
    assert desk.store.slip_state(case_id)[0] is SlipState.PRINTED
    assert desk.printer_state() == "ok"


def test_a_printer_that_goes_away_in_mid_slip_is_never_sent_it_again(desk: Desk) -> None:
    spooler, case_id = desk.spooler(), desk.submit()
    desk.control(lost_after_bytes=3000)
    spooler.run_once()
    assert desk.store.slip_state(case_id) == (SlipState.UNKNOWN, "device_lost")
    desk.control()
    spooler.run_once()
    assert desk.slips() == []
    desk.spooler().run_once()
    assert desk.store.slip_state(case_id)[0] is SlipState.EXPIRED
    assert desk.slips() == []
    assert not desk.keeps_key()


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ({"stall_after_bytes": 1024}, "device_busy"),
        ({"lost_after_bytes": 1024}, "device_lost"),
        ({"cover_opens_after_bytes": 1024}, "cover_open"),
    ],
)
def test_a_slip_that_broke_off_is_asked_for_and_comes_out_once_more_at_most(
    desk: Desk, fault: dict[str, object], code: str
) -> None:
    spooler, case_id = desk.spooler(), desk.submit()
    desk.control(**fault)
    spooler.run_once()
    assert desk.store.slip_state(case_id) == (SlipState.UNKNOWN, code)
    desk.control()
    spooler.run_once()
    assert desk.slips() == [], "nobody has said anything yet"
    assert desk.store.print_copy(case_id, desk.clock.now, 2)
    for _ in range(2):
        spooler.run_once()
    assert len(desk.slips()) == 1
    assert desk.store.slip_state(case_id)[0] is SlipState.PRINTED


class Recorded(VirtualPrinter):
    """Remembers all that was sent to it, apart from questions."""

    sent = b""

    def write(self, data: bytes) -> None:
        """As it is."""
        super().write(data)
        self.sent += b"" if data.startswith(b"\x10\x04") else data


def test_half_a_slip_is_cut_off_before_the_next_resident_has_theirs(desk: Desk) -> None:
    link = Recorded(desk.tray, PAPER_80, patience_s=0.2)
    spooler = desk.spooler(link)
    desk.submit()
    desk.control(lost_after_bytes=3000)
    spooler.run_once()
    desk.control()
    link.sent = b""
    desk.submit()
    desk.submit()
    spooler.run_once()
    alone, together = link.sent.count(b"\x1b@"), link.sent.count(b"\x1dV")
    assert (alone, together) == (3, 3), "one scrap, two slips"
    assert link.sent.startswith(sever())
    assert len(desk.slips()) == 2


def test_a_roll_that_ends_in_mid_slip_is_asked_for_and_its_copy_waits_for_the_refill(
    desk: Desk,
) -> None:
    (desk.tray / "roll.json").write_text('{"roll_mm": 60}')
    spooler, case_id = desk.spooler(), desk.submit()
    spooler.run_once()
    assert desk.store.slip_state(case_id) == (SlipState.UNKNOWN, "paper_out")
    assert desk.store.print_copy(case_id, desk.clock.now, 2)
    assert spooler.run_once() is True
    assert desk.store.slip_state(case_id)[0] is SlipState.WAITING
    (desk.tray / "roll.json").unlink()
    for _ in range(2):
        spooler.run_once()
    assert len(desk.slips()) == 1
    assert desk.store.slip_state(case_id)[0] is SlipState.PRINTED


def test_a_copy_says_so_and_is_printed_once(desk: Desk) -> None:
    spooler, case_id = desk.spooler(), desk.submit()
    desk.control(lost_after_bytes=3000)
    spooler.run_once()
    desk.control()
    assert desk.store.print_copy(case_id, desk.clock.now, 2)
    spooler.run_once()
    spooler.run_once()
    copy = slip.document_for(msgspec.structs.replace(words("A1-0001-X"), is_copy=True))
    [printed] = desk.tray.glob("*.bin")
    assert printed.read_bytes() == printing.job_for(copy, desk.config.printer)
    assert desk.store.slip_state(case_id)[0] is SlipState.PRINTED
    assert not desk.keeps_key()


def test_low_paper_is_told_before_it_is_out_and_slips_go_on(desk: Desk) -> None:
    (desk.tray / "roll.json").write_text('{"roll_mm": 3100}')
    spooler = desk.spooler()
    told = [desk.printer_state()]
    for _ in range(40):
        desk.submit()
        spooler.run_once()
        if desk.printer_state() != told[-1]:
            told.append(desk.printer_state())
    assert told == ["ok", "paper_low", "paper_out"]
    printed = desk.store.slip_counts()["printed"]
    assert printed == len(desk.slips()) > 10


def test_paper_is_counted_where_no_sensor_tells_of_its_end(desk: Desk) -> None:
    desk.roll_m = 1
    spooler = desk.spooler()
    while desk.printer_state() == "ok":
        desk.submit()
        spooler.run_once()
    assert desk.printer_state() == "paper_low"
    assert 5 <= len(desk.slips()) < 10
    (desk.config.runtime_dir / PAPER_CHANGED).touch()
    spooler.run_once()
    assert desk.printer_state() == "ok"
    spooler.run_once()
    assert not (desk.config.runtime_dir / PAPER_CHANGED).exists()


def test_a_roll_that_was_changed_unasked_begins_anew(desk: Desk) -> None:
    desk.roll_m = 0.1
    spooler = desk.spooler()
    desk.submit()
    spooler.run_once()
    assert desk.printer_state() == "paper_low"
    desk.control(paper=False)
    spooler.run_once()
    desk.control()
    spooler.run_once()
    assert desk.printer_state() == "ok"


def test_a_slip_that_waited_too_long_never_comes_out(desk: Desk) -> None:
    spooler = desk.spooler()
    desk.control(paper=False)
    case_id = desk.submit()
    spooler.run_once()
    desk.clock.pass_s(61)
    desk.control()
    assert spooler.run_once() is False
    assert desk.store.slip_state(case_id)[0] is SlipState.EXPIRED
    assert desk.slips() == []
    assert not desk.keeps_key()


def test_yesterdays_slip_found_at_start_never_comes_out(desk: Desk) -> None:
    case_id = desk.submit(msgspec.structs.replace(desk.clock.now, boot_id="boot-0"))
    desk.spooler().run_once()
    assert desk.store.slip_state(case_id)[0] is SlipState.EXPIRED
    assert desk.slips() == []


@pytest.mark.parametrize("year", [1970, 2099])
def test_a_leap_of_the_clock_holds_no_fresh_slip_back(desk: Desk, year: int) -> None:
    spooler, case_id = desk.spooler(), desk.submit()
    desk.clock.pass_s(50)
    desk.clock.leap(datetime(year, 1, 1, tzinfo=UTC))
    spooler.run_once()
    assert desk.store.slip_state(case_id)[0] is SlipState.PRINTED


def test_a_job_that_cannot_be_set_holds_up_nobody(desk: Desk) -> None:
    spooler, broken = desk.spooler(), uuid4()
    desk.store.submit(
        broken, desk.clock.now, lambda _: Submission(record=b"r", reference="A1-0001-X", slip=b"{}")
    )
    good = desk.submit()
    spooler.run_once()
    assert desk.store.slip_state(broken) == (SlipState.EXPIRED, "slip_unreadable")
    assert desk.store.slip_state(good)[0] is SlipState.PRINTED


def test_a_paper_of_a_later_release_holds_up_nobody(desk: Desk) -> None:
    spooler, unheard_of = desk.spooler(), uuid4()
    desk.store.keep_paper(unheard_of, Paper("postcard", b"{}"), desk.clock.now)
    good = desk.submit()
    spooler.run_once()
    assert desk.store.slip_state(unheard_of) == (SlipState.EXPIRED, "slip_unreadable")
    assert desk.store.slip_state(good)[0] is SlipState.PRINTED


def test_the_glass_is_rung_at_each_change_and_only_then(desk: Desk) -> None:
    spooler = desk.spooler()
    assert desk.ui.wait(0), "the printer's first state"
    spooler.run_once()
    assert not desk.ui.wait(0), "nothing changed"
    desk.control(paper=False)
    spooler.run_once()
    assert desk.printer_state() == "paper_out", "seen though no slip waits"
    assert desk.ui.wait(0)
    desk.control()
    desk.submit()
    spooler.run_once()
    assert desk.ui.wait(0)


def test_the_log_tells_the_start_and_never_the_key(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    spooler = desk.spooler()
    desk.submit()
    spooler.run_once()
    desk.submit()
    desk.control(lost_after_bytes=3000)
    spooler.run_once()
    assert "slip started reference=A1-0001-X" in caplog.text
    assert "slip printed reference=A1-0001-X" in caplog.text
    assert "slip unknown reference=A1-0002-X device_lost" in caplog.text
    for private in (KEY, "K7QM", "RAPFANG.EXAMPLE", "ท่าเกษม"):
        assert private not in caplog.text


def test_a_waiting_slip_is_logged_once_and_not_at_each_try(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    spooler = desk.spooler()
    desk.control(paper=False)
    desk.submit()
    spooler.run_once()
    spoken = len(caplog.records)
    for _ in range(3):
        spooler.run_once()
    assert len(caplog.records) == spoken


def test_a_test_slip_is_printed_here_when_no_spooler_runs(desk: Desk) -> None:
    assert printing.request_test_print(desk.config) is None
    assert desk.slips() == ["slip-0001"]
    desk.control(cover_open=True)
    assert printing.request_test_print(desk.config) == "not printed: cover_open"


def test_a_spooler_that_does_not_answer_loses_the_request(desk: Desk) -> None:
    with owning_printer(desk.config.runtime_dir):
        hindrance = printing.request_test_print(desk.config, 0.1)
    assert hindrance == "not printed: device_busy"
    desk.spooler().run_once()
    assert desk.slips() == []


def test_a_test_slip_is_printed_by_the_spooler_that_has_the_printer(desk: Desk) -> None:
    outcomes: list[Outcome] = []
    trial = TrialWords(municipality="เทศบาล", day=date(2026, 11, 23))
    request = PaperRequest(paper=TRIAL, words=msgspec.json.encode(trial))
    runtime_dir = desk.config.runtime_dir
    with Doorbell(runtime_dir / "print.sock") as bell:
        spooler = desk.spooler()
        asking = threading.Thread(target=lambda: outcomes.append(ask(runtime_dir, request, WAIT_S)))
        asking.start()
        assert bell.wait(WAIT_S)
        spooler.run_once()
        asking.join()
    assert outcomes == [Outcome(Verdict.PRINTED)]
    assert not list(runtime_dir.glob("test-print.*"))


@pytest.mark.parametrize("paper", ["postcard", "trial"])
def test_a_paper_that_cannot_be_set_is_said_not_to_have_begun(desk: Desk, paper: str) -> None:
    """A later release asks, or another program."""
    runtime_dir = desk.config.runtime_dir
    request = PaperRequest(paper=paper, words=b"[]")
    question = runtime_dir / "test-print.1.request"
    question.write_bytes(msgspec.json.encode(request))
    desk.spooler().run_once()
    answer = msgspec.json.decode((runtime_dir / "test-print.1.answer").read_bytes(), type=Outcome)
    assert answer.verdict is Verdict.NOT_STARTED
    assert answer.code == {"postcard": "paper_unknown", "trial": "slip_unreadable"}[paper]
    assert desk.slips() == []


class Service:
    """`kiosk print` as its own process."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        code = "from kiosk.cli import main; raise SystemExit(main(['print']))"
        settings = desk.config.state_dir / "kiosk.toml"
        settings.write_text(as_toml(desk.config))
        self.log = desk.config.state_dir / "log"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", code],
                env={**os.environ, "KIOSK_CONFIG": str(settings)},
                cwd=CHECKOUT,
                stderr=log,
            )

    def __enter__(self) -> "Service":
        wait_until(lambda: self._desk.printer_state() == "ok")
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        (self._desk.config.runtime_dir / "printer.json").unlink()

    def ring(self) -> None:
        ring(self._desk.config.runtime_dir / "print.sock")


def as_toml(config: Config) -> str:
    sections = {"device": config.device, "printer": config.printer}
    return "\n".join(
        line
        for name, section in sections.items()
        for line in (
            f"[{name}]",
            *(
                f"{key} = {json.dumps(value)}"
                for key, value in msgspec.to_builtins(section).items()
                if value is not None
            ),
        )
    )


def wait_until(fact: Callable[[], object]) -> None:
    give_up_at = time.monotonic() + WAIT_S
    while time.monotonic() < give_up_at:
        try:
            if fact():
                return
        except (OSError, ValueError):
            pass
        time.sleep(0.02)
    raise AssertionError("it did not happen in time")


def test_the_service_prints_at_a_ring_and_ends_cleanly(desk: Desk) -> None:
    with Service(desk) as service:
        case_id = desk.submit(instant(desk.config))
        service.ring()
        wait_until(lambda: desk.store.slip_state(case_id)[0] is SlipState.PRINTED)
        [printed] = desk.tray.glob("slip-*.bin")
        assert picture_of(printed.read_bytes()).width == 576
        assert printing.request_test_print(desk.config) is None
        service.process.send_signal(signal.SIGTERM)
        assert service.process.wait(WAIT_S) == 0
    assert KEY not in service.log.read_text()


LETTERS = {
    "libfribidi0": [Path("/usr/lib") / sysconfig.get_config_var("MULTIARCH") / "libfribidi.so.0"],
    "fonts-tlwg-loma-otf": [
        Path("/usr/share/fonts/opentype/tlwg"),
        Path("/usr/share/fonts/truetype/tlwg"),
    ],
    "fonts-noto-core": [Path("/usr/share/fonts/truetype/noto")],
}
"""What a Debian package brings; each is hidden from a spooler in its turn."""
HIDDEN = """
import subprocess, sys
for place in sys.argv[2:]:
    subprocess.run(["mount", "--bind", sys.argv[1] if "fonts" in place else "/dev/null", place],
                   check=True)
from kiosk.cli import main
sys.exit(main(["print"]))
"""


@pytest.mark.parametrize("package", LETTERS)
def test_a_spooler_that_cannot_set_every_script_refuses_and_names_the_package(
    desk: Desk, tmp_path: Path, package: str
) -> None:
    if os.geteuid() or not shutil.which("unshare"):
        pytest.skip("hiding a package's files is for root")
    settings, nothing = tmp_path / "kiosk.toml", tmp_path / "nothing"
    settings.write_text(as_toml(desk.config))
    nothing.mkdir()
    places = [path.resolve() for path in LETTERS[package] if path.exists()]
    refused = subprocess.run(
        ["unshare", "--mount", sys.executable, "-c", HIDDEN, nothing, *places],
        env={**os.environ, "KIOSK_CONFIG": str(settings)},
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert refused.returncode == 2, refused.stderr
    assert package in refused.stderr
    assert len(refused.stderr.splitlines()) == 1, "one line, and no traceback"


@pytest.mark.parametrize(("wait", "watched_s"), [("connect_s", 30), ("write_s", 12)])
def test_a_wait_that_would_get_the_spooler_killed_in_mid_slip_is_refused(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, wait: str, watched_s: int
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", str(watched_s * 1_000_000))
    monkeypatch.delenv("WATCHDOG_PID", raising=False)
    settings = msgspec.structs.replace(desk.config.printer, **{wait: watched_s / 2 + 1})
    with pytest.raises(ConfigError, match=rf"WatchdogSec= \({watched_s} s\).*printer\.{wait}"):
        printing.run(msgspec.structs.replace(desk.config, printer=settings))


def test_a_spooler_that_shall_end_prints_the_slip_on_its_way_and_no_other(desk: Desk) -> None:
    spooler = desk.spooler()
    under_way, waiting = desk.submit(), desk.submit()
    spooler.run_once(is_over=lambda: bool(desk.slips()))
    assert desk.store.slip_state(under_way)[0] is SlipState.PRINTED
    assert desk.store.slip_state(waiting)[0] is SlipState.WAITING


def test_a_second_spooler_is_refused(desk: Desk) -> None:
    with Service(desk):
        second = Service(desk)
        assert second.process.wait(WAIT_S) == 2
        assert "the spooler has the printer" in second.log.read_text()


def test_a_spooler_killed_in_mid_slip_never_prints_it_again(desk: Desk) -> None:
    with Service(desk) as service:
        desk.control(stall_after_bytes=3000)
        case_id = desk.submit(instant(desk.config))
        service.ring()
        wait_until(lambda: list(desk.tray.glob("slip-*.part")))
        assert desk.store.slip_state(case_id)[0] is SlipState.PRINTING
        service.process.kill()
    desk.control()
    with Service(desk) as service:
        wait_until(lambda: desk.store.slip_state(case_id)[0] is SlipState.EXPIRED)
        later = desk.submit(instant(desk.config))
        service.ring()
        wait_until(lambda: desk.store.slip_state(later)[0] is SlipState.PRINTED)
    assert desk.slips() == ["slip-0002"]
    assert not desk.keeps_key()
