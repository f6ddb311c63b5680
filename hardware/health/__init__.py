"""How the machine is: each vital with its unit, its limits and one line of advice.

`READERS` is all of them, in the order in which a technician would look; a reader asks a
`Machine`, and gets how grave its vital was at the last look.
"""

from collections.abc import Callable, Iterable, Mapping

from hardware.health import board, disk, network, timekeeping, watchdog
from hardware.health.machine import Machine
from hardware.health.vital import Severity, Vital, not_told

Reader = Callable[[Machine, Severity], Vital]

READERS: dict[str, Reader] = {
    "voltage": board.voltage,
    "throttling": board.throttling,
    "temperature": board.temperature,
    "disk_mount": disk.disk_mount,
    "disk_free": disk.disk_free,
    "disk_errors": disk.disk_errors,
    "disk_wear": disk.disk_wear,
    "disk_test": disk.disk_test,
    "memory": board.memory,
    "pressure": board.pressure,
    "load": board.load,
    "uptime": board.uptime,
    "watchdog": watchdog.watchdog,
    "clock": timekeeping.clock,
    "rtc": timekeeping.rtc,
    "network": network.network,
}


def measure(
    machine: Machine, before: Mapping[str, Severity], names: Iterable[str] = READERS
) -> list[Vital]:
    """Look at the vitals called `names`; `before` is how grave each was at the last look."""
    return [_look(machine, name, before.get(name, "fine")) for name in names]


def _look(machine: Machine, name: str, before: Severity) -> Vital:
    """One vital. What a kernel of tomorrow writes differently is not told, and costs no other."""
    try:
        return READERS[name](machine, before)
    except (ValueError, IndexError):
        return not_told(name, "what the kernel says is not understood")
