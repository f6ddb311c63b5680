"""What systemd wants to hear: ready, alive, stopping (sd_notify(3)); elsewhere silence.

`python-systemd` would be a compiled dependency for one datagram.
"""

import contextlib
import os
import socket

_MICROSECONDS = 1_000_000


def ready(status: str = "") -> None:
    """The service does its work from now on."""
    _tell("READY=1", status)


def alive(status: str = "") -> None:
    """The watchdog's ping, with what to show in `systemctl status`."""
    _tell("WATCHDOG=1", status)


def stopping() -> None:
    """The service is on its way out."""
    _tell("STOPPING=1", "")


def watchdog_s() -> float | None:
    """Seconds after which systemd takes us for dead; None when it does not watch us."""
    period = os.environ.get("WATCHDOG_USEC", "")
    watched = os.environ.get("WATCHDOG_PID", str(os.getpid()))
    if not period.isdigit() or watched != str(os.getpid()):
        return None
    return int(period) / _MICROSECONDS


def _tell(state: str, status: str) -> None:
    """One datagram; `@` stands for the zero byte of an abstract address."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    message = f"{state}\nSTATUS={status}" if status else state
    with (
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender,
        contextlib.suppress(OSError),
    ):
        sender.sendto(message.encode(), address)
