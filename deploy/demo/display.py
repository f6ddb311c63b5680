"""A display where there is none: Xvfb, and a live view of it in the browser."""

import os
import socket
import time
from pathlib import Path

from deploy.demo.processes import Processes

NOVNC = Path("/usr/share/novnc")
WAIT_S = 20


def virtual_display(processes: Processes, width: int, height: int) -> str:
    """Start Xvfb on a free number and return its name, as in `:99`.

    Raises:
        RuntimeError: it did not start; its log tells why.
    """
    reader, writer = os.pipe()
    screen = f"{width}x{height}x24"
    # without -noreset it begins anew, and answers nobody meanwhile, when its last client goes
    command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", screen, "-noreset"]
    command += ["-nolisten", "tcp"]
    processes.start("xvfb", command, keep_open=(writer,))
    os.close(writer)
    with os.fdopen(reader) as answer:
        number = answer.readline().strip()
    if not number:
        raise RuntimeError(f"no virtual display: see {processes.log('xvfb')}")
    return f":{number}"


def live_view(processes: Processes, display: str) -> str:
    """Show `display` in the browser, on loopback only; returns the address."""
    vnc, web = free_port(), free_port()
    share = ["-display", display, "-localhost", "-rfbport", str(vnc)]
    processes.start("x11vnc", ["x11vnc", *share, "-forever", "-shared", "-nopw", "-quiet"])
    wait_for_port(vnc)
    processes.start("novnc", ["websockify", "--web", NOVNC, f"127.0.0.1:{web}", f"127.0.0.1:{vnc}"])
    wait_for_port(web)
    return f"http://127.0.0.1:{web}/vnc.html?autoconnect=true&resize=scale"


def free_port() -> int:
    """A TCP port of loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def port_is_taken(port: int) -> bool:
    """Whether somebody listens on this port of loopback."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_for_port(port: int, wait_s: float = WAIT_S) -> None:
    """Return once somebody listens. Raises TimeoutError after `wait_s` seconds."""
    deadline = time.monotonic() + wait_s
    while not port_is_taken(port):
        if time.monotonic() > deadline:
            raise TimeoutError(f"nobody listens on port {port}")
        time.sleep(0.05)
