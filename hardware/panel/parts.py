"""The parts of a panel, and the line of a Pi's header that each hangs on by default."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from hardware.errors import DeviceMisuse
from hardware.panel.debounce import Rules

FACES = ("face_1", "face_2", "face_3", "face_4", "face_5")
LIGHTS = ("light_1", "light_2", "light_3", "light_4", "light_5")
CALL, PRESENCE, CABINET, OFF = "call_staff", "presence", "cabinet", "switch_off"
BUZZER, STATUS, SLOT, FAN = "buzzer", "status", "slip_light", "fan"

INPUTS = (*FACES, CALL, PRESENCE, CABINET, OFF)
OUTPUTS = (*LIGHTS, BUZZER, STATUS, SLOT, FAN)
PARTS = (*INPUTS, *OUTPUTS)

FIRST_BCM, LAST_BCM = 2, 27
"""0 and 1 read the memory of an add-on board; a 40-pin header has none above 27."""
PULLED_UP = (2, 3)
"""These have a resistor of 1.8 kΩ to 3.3 V on the Pi's own board."""
HOLD_S = 5.0
"""How long the button that switches off is held: no elbow does that by chance."""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the header: its BCM number, which level means on, and the inner resistor."""

    bcm: int
    active: Literal["low", "high"] = "high"
    pull: Literal["up", "down", "none"] = "none"

    def is_on(self, level: bool) -> bool:
        """What a level of this line means."""
        return level == (self.active == "high")


Wiring = Mapping[str, Line]
"""Part to line; what is not in it is not fitted."""


def _button(bcm: int) -> Line:
    return Line(bcm=bcm, active="low", pull="up")


USUAL: dict[str, Line] = {
    **dict(zip(FACES, map(_button, (5, 6, 13, 19, 26)), strict=True)),
    **{light: Line(bcm=bcm) for light, bcm in zip(LIGHTS, (12, 16, 20, 21, 25), strict=True)},
    CALL: _button(17),
    PRESENCE: Line(bcm=27, active="high", pull="down"),
    CABINET: Line(bcm=22, active="high", pull="up"),
    OFF: _button(23),
    BUZZER: Line(bcm=24),
    STATUS: Line(bcm=18),
    SLOT: Line(bcm=10),
    FAN: Line(bcm=11),
}
"""Outputs hang on 9 to 27, which a Pi pulls low until somebody sets them: nothing buzzes while
it starts. The cabinet's switch is closed by the door, so a cut wire is an open cabinet."""

_RULES = {
    OFF: Rules(hold_s=HOLD_S),
    PRESENCE: Rules(stuck_s=None, restless_s=None),
    CABINET: Rules(settle_s=0.1, stuck_s=None, restless_s=None),
}


def rules_of(part: str) -> Rules:
    """How a part's contacts are read; people may stand there all day, and doors stay open."""
    return _RULES.get(part, Rules())


def insist_on_possible(wiring: Wiring) -> None:
    """Make sure that a header can be wired so.

    Raises:
        DeviceMisuse: a line that is none, is used twice, or has a resistor of its own.
    """
    taken: dict[int, str] = {}
    for part, line in wiring.items():
        if part not in PARTS:
            raise DeviceMisuse(f"{part}: a panel has no such part")
        if not FIRST_BCM <= line.bcm <= LAST_BCM:
            raise DeviceMisuse(f"{part}: BCM {line.bcm} is none of {FIRST_BCM} to {LAST_BCM}")
        if line.bcm in taken:
            raise DeviceMisuse(f"{part}: BCM {line.bcm} is taken by {taken[line.bcm]}")
        if part in INPUTS and line.bcm in PULLED_UP and line.pull != "up":
            raise DeviceMisuse(f'{part}: BCM {line.bcm} is pulled up on the board; pull = "up"')
        taken[line.bcm] = part
