"""The way out: cable or radio, route, gateway. Nothing is sent to find out."""

import re

from hardware.health.machine import Machine
from hardware.health.vital import Severity, Vital, not_told

_UP = 0x1
_COMPLETE = 0x2
"""Flags in /proc/net/route (RTF_UP) and /proc/net/arp (ATF_COM)."""
_EVERYWHERE = "00000000"


def network(machine: Machine, _before: Severity) -> Vital:
    """Whether there is a way to central, as far as the kernel knows.

    Never bad: a box without a network goes on taking cases.
    """
    table = machine.read("proc/net/route")
    if table is None:
        return not_told("network", "/proc/net/route cannot be read")
    route = _default_route(table) or _default_route_6(machine.read("proc/net/ipv6_route") or "")
    if route is None:
        return _told("no way out", "warn", _links(machine))
    device, gateway = route
    if machine.read(f"sys/class/net/{device}/carrier") == "0":
        return _told(f"{device} has no link", "warn", f"plug in the cable of {device}")
    if gateway and _is_mute(machine.read("proc/net/arp") or "", gateway):
        advice = f"ping {gateway}; restart the router"
        return _told(f"{device}, the gateway does not answer", "warn", advice)
    return _told(f"{device} is up", "fine", f"ip addr show {device}")


def _told(value: str, severity: Severity, advice: str) -> Vital:
    return Vital(name="network", value=value, severity=severity, advice=advice)


def _default_route(table: str) -> tuple[str, str] | None:
    """Device and IPv4 gateway of the default route with the smallest metric (proc(5))."""
    rows = [line.split() for line in table.splitlines()[1:]]
    found = [
        (int(row[6]), row[0], _address(row[2]))
        for row in rows
        if len(row) >= 8 and row[1] == row[7] == _EVERYWHERE and int(row[3], 16) & _UP
    ]
    return min(found)[1:] if found else None


def _default_route_6(table: str) -> tuple[str, str] | None:
    """The device of an IPv6 default route; its neighbours stand in no file."""
    for row in (line.split() for line in table.splitlines()):
        if len(row) == 10 and row[0] == "0" * 32 and row[1] == "00" and row[9] != "lo":
            return row[9], ""
    return None


def _address(text: str) -> str:
    """Dotted, from the hexadecimal digits of a little-endian word."""
    return ".".join(str(byte) for byte in reversed(bytes.fromhex(text)))


def _is_mute(table: str, gateway: str) -> bool:
    """Whether the gateway was asked for its address and said nothing."""
    found = re.search(rf"^{re.escape(gateway)}\s+\S+\s+0x([0-9a-f]+)\s", table, re.MULTILINE)
    return found is not None and not int(found[1], 16) & _COMPLETE


def _links(machine: Machine) -> str:
    carriers = machine.read_each("sys/class/net/*/carrier")
    dark = [path.split("/")[3] for path, text in carriers.items() if text == "0"]
    return f"plug in the cable of {', '.join(dark)}" if dark else "ip addr; nmcli device"
