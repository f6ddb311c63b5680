"""`make tour`: a resident's visit through the real glass, from touch to track page.

Fresh state under `var/tour/`. Leaves `tour.json`, `screens/*.png`, `slip.bin` (the bytes
sent to the printer), `slip.png` (drawn from those bytes), `track.html` and `track.png`.
Exit 0 only if all of it worked.
"""

import json
import shutil
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import zxingcpp

from deploy.demo.display import free_port, virtual_display
from deploy.demo.processes import Processes
from deploy.demo.product import CHECKOUT, Product
from hardware.fake.interpreter import picture_of
from tests.journey.browser import open_page
from tests.journey.glass import Hand

WORDS = "ไฟดับที่ปากซอย"
WAIT_S = 30
SETTLE_S = 0.8
"""A look at the screen before the next touch: sooner, it could be half a double tap."""


class Tour:
    """One visit: a complaint and a rating, with what was seen and measured."""

    def __init__(self, folder: Path, size: tuple[int, int] = (1280, 800)) -> None:
        self.folder = folder
        self.product = Product(state=folder / "state", port=free_port(), size=size)
        self._screens = folder / "screens"
        self.ms: dict[str, float] = {}
        self.url = self.reference = ""

    def walk(self, then: Callable[["Tour"], None] = lambda _: None) -> dict[str, Any]:
        """Make the visit and return what `tour.json` holds.

        `then` is called at the end, while everything still runs.
        """
        shutil.rmtree(self.folder, ignore_errors=True)
        self._screens.mkdir(parents=True)
        with Processes(self.folder / "log") as processes:
            self.said = self.product.prepare()
            self.product.start(processes)
            self._open_glass(processes)
            complaint = self._complain()
            rating = self._rate()
            then(self)
        report = {"complaint": complaint, "rating": rating, "ms": self.ms}
        (self.folder / "tour.json").write_text(json.dumps(report, indent=2) + "\n")
        return report

    def _open_glass(self, processes: Processes) -> None:
        display = virtual_display(processes, *self.product.size)
        map_file = self.folder / "map.json"
        self._hand = Hand(display, map_file)
        self._log = processes.log
        before = time.time()
        self.glass = self.product.start_glass(processes, display, "--map", str(map_file))
        self._hand.wait_for("home")
        self.ms["cold_start_to_first_frame"] = self._ms_until("ui", "first frame", before)
        self._see("home")

    def _complain(self) -> dict[str, Any]:
        """Home to track page, in Thai, with a look at English on the way."""
        self._go("kind:complaint", "topic")
        self._go("topic:street_light", "words")
        self._hand.type(WORDS)
        self._see("words-typed")
        self._hand.touch("language:en")
        self._see("words-english")
        self._hand.touch("language:th")
        self._go("next", "place")
        self._go("village:village-3", "contact")
        self._go("next", "review")
        sent = self._go("next", "done")
        return self._follow_the_slip(sent)

    def _follow_the_slip(self, sent: float) -> dict[str, Any]:
        self.ms["tap_to_saved"] = self._ms_until("ui", "case kept", sent)
        self.ms["tap_to_first_print_byte"] = self._ms_until("print", "slip started", sent)
        entry = self._acknowledged(1)[0]
        acknowledged_at = datetime.fromisoformat(entry["acknowledged_at"])
        self.ms["tap_to_acknowledged"] = round((acknowledged_at.timestamp() - sent) * 1000, 1)
        self._see("done-printed")
        self.url, self.reference = self._url_on_the_slip(), entry["reference"]
        page = open_page(self.url, self.folder / "track.png")
        (self.folder / "track.html").write_text(page)
        expect(entry["reference"] in page, "the track page does not show the reference")
        expect("ไฟฟ้าสาธารณะ" in page, "the track page does not show the topic")
        self._go("finish", "home")
        return {
            "case_id": entry["record_id"],
            "reference": entry["reference"],
            "tracking_url": self.url,
            "acknowledged_at": entry["acknowledged_at"],
        }

    def _url_on_the_slip(self) -> str:
        """Decode the QR code from the very bytes that went to the printer."""
        [sent] = sorted(self.product.tray.glob("slip-*.bin"))
        shutil.copy(sent, self.folder / "slip.bin")
        picture = picture_of(sent.read_bytes())
        picture.save(self.folder / "slip.png")
        [code] = zxingcpp.read_barcodes(picture.convert("L"), formats=zxingcpp.BarcodeFormat.QRCode)
        return str(code.text)

    def _rate(self) -> dict[str, Any]:
        self._go("division:works", "rating")
        self._go("face:4", "thanks")
        entry = self._acknowledged(2)[-1]
        return {"rating_id": entry["record_id"], "score": 4}

    def _go(self, target: str, screen: str) -> float:
        """Touch, wait for the screen it leads to, take its picture."""
        touched = self._hand.touch(target)
        self._hand.wait_for(screen)
        self._see(screen)
        return touched

    def _see(self, name: str) -> None:
        time.sleep(SETTLE_S)
        count = len(list(self._screens.iterdir()))
        self._hand.picture().save(self._screens / f"{count + 1:02}-{name}.png")

    def _acknowledged(self, count: int) -> list[dict[str, Any]]:
        """The outbox's entries once `count` of them are acknowledged."""
        deadline = time.monotonic() + WAIT_S
        while time.monotonic() < deadline:
            outbox = json.loads(self.product.command("kiosk", "outbox", "--json"))
            entries = [e for e in outbox["entries"] if e["state"] == "acknowledged"]
            if len(entries) >= count:
                return sorted(entries, key=lambda entry: str(entry["kept_at"]))
            time.sleep(0.1)
        raise TimeoutError(f"central acknowledged fewer than {count} records in {WAIT_S} s")

    def _ms_until(self, process: str, words: str, since: float) -> float:
        """Milliseconds from `since` to the first later log line with `words`."""
        return round((moment_of(words, self._log(process), since) - since) * 1000, 1)


def moment_of(words: str, log: Path, since: float = 0.0) -> float:
    """Unix time of the first line with `words` at or after `since`.

    Raises:
        TimeoutError: no such line within 30 s.
    """
    deadline = time.monotonic() + WAIT_S
    while time.monotonic() < deadline:
        for line in log.read_text().splitlines() if log.exists() else ():
            if words in line and (at := _moment(line)) and at >= since:
                return at
        time.sleep(0.05)
    raise TimeoutError(f"{log.name} never said {words!r}")


def expect(so: bool, words: str) -> None:
    """Raises RuntimeError: what the visit promised is not so."""
    if not so:
        raise RuntimeError(words)


def _moment(line: str) -> float | None:
    try:
        return datetime.fromisoformat(line.split(" ", 1)[0]).timestamp()
    except ValueError:
        return None


def main() -> int:
    """Walk, and say where it led."""
    tour = Tour(CHECKOUT / "var/tour")
    try:
        report = tour.walk()
    except (RuntimeError, TimeoutError, OSError, ValueError) as error:
        sys.stderr.write(f"tour: {error}\n")
        return 1
    print(json.dumps(report, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
