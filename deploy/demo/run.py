"""`make run`: the whole product in the foreground. Ctrl-C ends everything it started."""

import os
import signal
import sys
import time
from pathlib import Path
from types import FrameType

from deploy.demo.display import live_view, port_is_taken, virtual_display
from deploy.demo.processes import Processes
from deploy.demo.product import CHECKOUT, Product
from deploy.demo.street import drawn
from hardware.panel.parts import USUAL

DEFAULT_PORT = 8470
ALLOWED_PORTS = range(1024, 65_536)


def main() -> int:
    """Start, say where everything is, stay until told to end or a part ends."""
    signal.signal(signal.SIGTERM, _interrupt)
    port = _port()
    if port is None:
        return 2
    product = Product(state=_state(port), port=port, has_panel=True)
    try:
        with Processes(product.state / "log") as processes:
            return _run(product, processes)
    except KeyboardInterrupt:
        return 0
    except (RuntimeError, TimeoutError) as error:
        _say("Stopped", str(error))
        return 1


def _run(product: Product, processes: Processes) -> int:
    said = product.prepare()
    product.command("central", "demo", "--pictures", str(drawn(product.state / "pictures")))
    product.start(processes)
    display = os.environ.get("DISPLAY", "")
    if display:
        _say("Kiosk", f"its window is on display {display}")
    else:
        display = virtual_display(processes, *product.size)
        _say("Kiosk", live_view(processes, display))
    product.start_glass(processes, display)
    _say("Central", f"{product.central_url}/")
    _say("Officers", f"{product.central_url}/staff/")
    _say("Slips", str(product.tray.relative_to(CHECKOUT)))
    press = f"{sys.executable} -m hardware.fake.panel press {product.board.relative_to(CHECKOUT)}"
    _say("Buttons", f"{press} {USUAL['face_5'].bcm}")
    _say("Logs", str((product.state / "log").relative_to(CHECKOUT)))
    _say("", said.strip())
    while (name := processes.ended()) is None:
        time.sleep(0.5)
    raise RuntimeError(f"{name} ended: see {processes.log(name)}")


def _port() -> int | None:
    """`CENTRAL_PORT`, or None after saying what is wrong with it."""
    given = os.environ.get("CENTRAL_PORT") or str(DEFAULT_PORT)
    if not given.isdecimal() or int(given) not in ALLOWED_PORTS:
        sys.stderr.write(f"CENTRAL_PORT: {given!r} is not a port from 1024 to 65535\n")
        return None
    if port_is_taken(int(given)):
        sys.stderr.write(f"CENTRAL_PORT: somebody listens on {given} already; choose another\n")
        return None
    return int(given)


def _state(port: int) -> Path:
    """A box belongs to one central address, so another port is another box."""
    run = CHECKOUT / "var/run"
    return run if port == DEFAULT_PORT else run / f"port-{port}"


def _say(name: str, words: str) -> None:
    if words:
        print(f"{name:<10}{words}", flush=True)


def _interrupt(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 a signal handler
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
