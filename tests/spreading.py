"""How the suite is spread over several processes, one a core.

A module's tests stay together, and what takes longest begins first, or one core would wait at
the end for the other.
"""

from xdist.scheduler import LoadScopeScheduling

SLOWEST = (
    "kiosk/screens/test_layout.py",
    "sync/central/test_postgresql.py",
    "journey/test_stick.py",
    "journey/test_journey.py",
    "sync/central/test_losing_a_key.py",
    "sync/central/test_central_command.py",
    "faults/test_clock.py",
    "faults/test_power_cuts.py",
    "journey/test_bad_days.py",
    "journey/test_fleet.py",
    "sync/central/test_described.py",
    "kiosk/test_app.py",
    "faults/test_spooler_killed.py",
    "faults/test_network.py",
    "journey/test_panel.py",
    "kiosk/widgets/test_keyboard.py",
    "kiosk/screens/test_monkey.py",
    "journey/test_voice.py",
    "kiosk/test_forgetting.py",
    "sync/central/test_stolen_copy.py",
    "kiosk/screens/test_soak.py",
    "faults/test_disk_at_the_glass.py",
    "faults/test_central_killed.py",
    "kiosk/screens/test_visit.py",
    "kiosk/screens/test_readying.py",
    "kiosk/test_slip.py",
    "kiosk/screens/test_voice.py",
    "faults/test_killed.py",
    "kiosk/screens/test_tracking.py",
    "kiosk/screens/test_kinds.py",
    "kiosk/test_printing.py",
    "kiosk/screens/test_idle.py",
    "sync/test_store_faults.py",
    "kiosk/widgets/test_field.py",
    "sync/central/test_agent.py",
    "faults/test_privacy.py",
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
