"""How the suite is spread over several processes, one a core.

A module's tests stay together, and what takes longest begins first, or one core would wait at
the end for the other.
"""

from xdist.scheduler import LoadScopeScheduling

SLOWEST = (
    "kiosk/screens/test_layout.py",
    "kiosk/screens/test_monkey.py",
    "sync/central/test_losing_a_key.py",
    "journey/test_journey.py",
    "kiosk/test_forgetting.py",
    "journey/test_fleet.py",
    "sync/central/test_central_command.py",
    "sync/central/test_postgresql.py",
    "kiosk/screens/test_soak.py",
    "faults/test_network.py",
    "journey/test_stick.py",
    "faults/test_killed.py",
    "journey/test_bad_days.py",
    "kiosk/screens/test_idle_show.py",
    "journey/test_voice.py",
    "kiosk/screens/test_idle.py",
    "faults/test_clock.py",
    "sync/central/test_stolen_copy.py",
    "kiosk/screens/test_visit.py",
    "kiosk/screens/test_readying.py",
    "faults/test_power_cuts.py",
    "faults/test_privacy.py",
    "kiosk/widgets/test_field.py",
)
"""Modules by what they take, the longest first (`--durations=60`); the others follow."""
APART = ("kiosk/screens/test_layout.py",)
"""Modules whose tests share nothing and are long: each may run anywhere."""


class ByModule(LoadScopeScheduling):  # type: ignore[misc]  # xdist exports it untyped
    """Hands a module's tests to one process, so that they share what they make.

    Not xdist's marks of groups: with pytest 9.2 they are lost on the way (pytest-xdist #1386),
    and each process makes everything anew.
    """

    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.split("::", 1)[0]
        return nodeid if module.removeprefix("tests/") in APART else module
