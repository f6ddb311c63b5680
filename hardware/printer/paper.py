"""The paper: how wide it is, and how large each role is set on it."""

import msgspec

from hardware.printer.document import Role

DPI = 203
DOTS_PER_MM = DPI / 25.4


def dots(length_mm: float) -> int:
    """Millimetres in dots, rounded to the nearest."""
    return round(length_mm * DOTS_PER_MM)


class Paper(msgspec.Struct, frozen=True, kw_only=True):
    """A roll and its print head.

    `width_dots` is the printable width; `sizes_mm` gives each role's em,
    `column_gap_mm` parts a label from its value. A QR module is
    `module_dots` square. The margin is a QR code's quiet zone wide, so that the code's
    dark corner stands exactly under the first letter of the lines above it.
    """

    width_mm: int
    width_dots: int
    module_dots: int
    column_gap_mm: float
    sizes_mm: dict[Role, float]

    @property
    def margin_dots(self) -> int:
        """Blank on either side: the four modules a QR code keeps around itself."""
        return QUIET_MODULES * self.module_dots


QUIET_MODULES = 4
"""ISO/IEC 18004 asks for four blank modules around a code."""

PAPER_80 = Paper(
    width_mm=80,
    width_dots=576,
    module_dots=8,
    column_gap_mm=2.5,
    sizes_mm={
        Role.DISPLAY: 9.5,
        Role.CODE: 6.0,
        Role.TITLE: 5.0,
        Role.BODY: 3.4,
        Role.SMALL: 2.8,
    },
)

PAPER_58 = Paper(
    width_mm=58,
    width_dots=384,
    module_dots=6,
    column_gap_mm=1.5,
    sizes_mm={
        Role.DISPLAY: 8.6,
        Role.CODE: 4.8,
        Role.TITLE: 4.1,
        Role.BODY: 3.3,
        Role.SMALL: 2.6,
    },
)

PAPERS = {paper.width_mm: paper for paper in (PAPER_80, PAPER_58)}
"""The papers we can set, by the width of the roll in millimetres."""
