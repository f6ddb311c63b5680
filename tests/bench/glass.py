"""The kiosk beside Chromium: the same display, the same home screen, turn by turn."""

import os
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import msgspec

from deploy.demo.display import free_port, virtual_display
from deploy.demo.processes import Processes
from deploy.demo.product import Product
from tests.bench.page import home_page
from tests.bench.processes import cpu_s, pss_mib, wake_ups
from tests.bench.row import Row, row
from tests.journey.browser import QUIET
from tests.journey.glass import Hand
from tests.journey.tour import Tour, moment_of

STARTS = 5
IDLE_S = 30.0
SETTLE_S = 10.0
"""By then the glass has made the screens that nobody has asked for yet."""
PEER = "Chromium --kiosk, the same screen"
SIZE = (1280, 800)
TAPS = 5


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """One start: seconds to the first frame, MiB once settled, idle CPU percent and wake-ups/s."""

    start_s: float
    pss_mib: float
    cpu_percent: float
    wakes: float


def kiosk_beside_chromium() -> Iterator[Row]:
    """Cold start, memory, idle processor time and wake-ups of both, turn by turn."""
    ours, theirs = [], []
    with tempfile.TemporaryDirectory(dir="var") as folder, Processes(Path(folder, "log")) as run:
        product = Product(state=Path(folder).absolute(), port=free_port(), size=SIZE)
        product.prepare()
        display = virtual_display(run, *SIZE)
        with served_page() as (url, painted):
            for _ in range(STARTS):
                ours.append(_visit_kiosk(run, product, display))
                theirs.append(_visit_chromium(run, display, url, painted))
    for name, unit, field in (
        ("cold_start", "s", "start_s"),
        ("memory_pss", "MiB", "pss_mib"),
        ("idle_cpu", "%", "cpu_percent"),
        ("idle_wakeups", "1/s", "wakes"),
    ):
        mine, other = ([getattr(visit, field) for visit in side] for side in (ours, theirs))
        yield row(name, unit, mine, PEER, other)


def taps() -> Iterator[Row]:
    """From the last tap to durable, and to the printer's first byte, through real processes."""
    saved, printed = [], []
    for _ in range(TAPS):
        with tempfile.TemporaryDirectory(dir="var") as folder:
            report = Tour(Path(folder, "visit").absolute(), SIZE).walk()
        saved.append(report["ms"]["tap_to_saved"])
        printed.append(report["ms"]["tap_to_first_print_byte"])
    yield row("tap_to_durable", "ms", saved, "the most we allow ourselves", [50.0])
    yield row("tap_to_print", "ms", printed, "the most we allow ourselves", [300.0])


def _visit_kiosk(run: Processes, product: Product, display: str) -> Visit:
    map_file = product.state / "map.json"
    map_file.unlink(missing_ok=True)
    run.log("ui").unlink(missing_ok=True)
    _drop_page_cache()
    started = time.time()
    child = product.start_glass(run, display, "--map", str(map_file))
    Hand(display, map_file).wait_for("home")
    start_s = moment_of("first frame", run.log("ui")) - started
    visit = _settled(child.pid, start_s)
    run.stop("ui")
    return visit


def _visit_chromium(run: Processes, display: str, url: str, painted: "Painted") -> Visit:
    painted.forget()
    _drop_page_cache()
    started = time.time()
    with open_chromium(run, display, url) as pid:
        return _settled(pid, painted.wait() - started)


@contextmanager
def open_chromium(run: Processes, display: str, url: str) -> Iterator[int]:
    """Chromium over the whole display, with a profile of its own; its process id."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        flags = [flag for flag in QUIET if flag not in ("--headless", "--window-size=390,844")]
        size = "--window-size={},{}".format(*SIZE)
        words = ["chromium", "--kiosk", size, f"--user-data-dir={home}", *flags, url]
        yield run.start("chromium", words, {"DISPLAY": display}).pid
        run.stop("chromium")


def _settled(pid: int, start_s: float) -> Visit:
    """Memory and idle processor time once nothing moves any more."""
    time.sleep(SETTLE_S)
    memory, before, woken = pss_mib(pid), cpu_s(pid), wake_ups(pid)
    time.sleep(IDLE_S)
    percent = (cpu_s(pid) - before) / IDLE_S * 100
    wakes = (wake_ups(pid) - woken) / IDLE_S
    return Visit(start_s=start_s, pss_mib=memory, cpu_percent=percent, wakes=wakes)


def _drop_page_cache() -> None:
    """A cold start where it may be had (root, and a kernel that allows it)."""
    os.sync()
    with suppress(OSError):
        Path("/proc/sys/vm/drop_caches").write_text("3")


class Painted:
    """The moment the page told us that its first frame was drawn."""

    def __init__(self) -> None:
        self._drawn = threading.Event()
        self._at = 0.0

    def note(self) -> None:
        """The page's own word, two animation frames after it loaded."""
        if not self._drawn.is_set():
            self._at = time.time()
            self._drawn.set()

    def forget(self) -> None:
        """Before the next start."""
        self._drawn.clear()

    def wait(self) -> float:
        """Unix time of the first frame. Raises TimeoutError: none within a minute."""
        if not self._drawn.wait(60):
            raise TimeoutError("Chromium drew nothing in a minute")
        return self._at


@contextmanager
def served_page() -> Iterator[tuple[str, Painted]]:
    """Serve the home screen as HTML on loopback."""
    painted, page = Painted(), home_page(*SIZE)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/drawn":
                painted.note()
            body = page if self.path == "/" else b""
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words: object) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/", painted
        server.shutdown()
