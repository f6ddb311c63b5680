"""All three services of a box together, and how soon the glass of another release draws."""

import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from deploy.demo.display import free_port, virtual_display
from deploy.demo.processes import Processes
from deploy.demo.product import Product, program
from tests.bench.glass import SETTLE_S, SIZE
from tests.bench.processes import pss_mib
from tests.bench.row import Row, row
from tests.journey.glass import Hand
from tests.journey.tour import moment_of

STARTS = 5
SERVICES = ("sync", "print")
MEMORY_MIB = 250 * 1e6 / 2**20
"""Of the whole appliance, at most."""
BARE = """
import os
os.environ["KIVY_NO_ARGS"] = os.environ["KIVY_NO_CONFIG"] = os.environ["KIVY_NO_FILELOG"] = "1"
from datetime import UTC, datetime
from kivy.base import runTouchApp
from kivy.core.window import Window
from kivy.uix.label import Label
def drawn(*_):
    Window.unbind(on_flip=drawn)
    print(datetime.now(UTC).isoformat(), "first frame", flush=True)
Window.bind(on_flip=drawn)
runTouchApp(Label(text="bare"))
"""


def appliance() -> Iterator[Row]:
    """Warm starts of the glass beside a bare Kivy window, then the memory of glass and services."""
    ours, theirs = [], []
    with tempfile.TemporaryDirectory(dir="var") as folder, Processes(Path(folder, "log")) as run:
        product = Product(state=Path(folder).absolute(), port=free_port(), size=SIZE)
        product.prepare()
        display = virtual_display(run, *SIZE)
        for _ in range(STARTS):
            theirs.append(_start_bare(run, display))
            ours.append(_start_glass(run, product, display)[1])
            run.stop("ui")
        yield row("glass_start", "s", ours, "a window of bare Kivy with one word", theirs)
        environment = product.environment()
        services = [run.start(each, [program("kiosk"), each], environment) for each in SERVICES]
        pids = [*(each.pid for each in services), _start_glass(run, product, display)[0]]
        time.sleep(SETTLE_S)
        memory = sum(pss_mib(pid) for pid in pids)
    peer = "the most we allow ourselves; a software renderer counts too"
    yield row("appliance_pss", "MiB", [memory], peer, [MEMORY_MIB])


def _start_glass(run: Processes, product: Product, display: str) -> tuple[int, float]:
    """Its process id, and the seconds to its first frame."""
    map_file = product.state / "map.json"
    map_file.unlink(missing_ok=True)
    run.log("ui").unlink(missing_ok=True)
    started = time.time()
    child = product.start_glass(run, display, "--map", str(map_file))
    Hand(display, map_file).wait_for("home")
    return child.pid, moment_of("first frame", run.log("ui")) - started


def _start_bare(run: Processes, display: str) -> float:
    run.log("bare").unlink(missing_ok=True)
    started = time.time()
    run.start("bare", [Path(sys.executable), "-c", BARE], {"DISPLAY": display})
    drawn_at = moment_of("first frame", run.log("bare"))
    run.stop("bare")
    return drawn_at - started
