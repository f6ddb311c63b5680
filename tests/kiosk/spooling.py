"""A spooler's surroundings: the real store, a printer that can fail, clocks that are told."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import msgspec

from hardware.fake.printer import VirtualPrinter
from hardware.printer.paper import PAPER_80
from hardware.printer.printer import Printer
from kiosk import printing, slip
from kiosk.config import Config, Device, PrinterSettings
from kiosk.roll import Roll
from sync.case import Instant
from sync.doorbell import Doorbell
from sync.store import Store, Submission

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

    def close(self) -> None:
        """Leave it."""
        self.ui.close()
        self.store.close()

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
