"""What stands on a slip, from top to bottom, before anybody knows how wide the paper is.

A document says what is important, never how many dots that takes: the sizes of a role
belong to the paper (`hardware.printer.paper`).
"""

from enum import Enum, auto

import msgspec


class Role(Enum):
    """How large a line is set; the paper knows the millimetres.

    DISPLAY and CODE are for capitals and digits: they are set tighter than Thai marks
    need, stay on one line and shrink rather than break.
    """

    DISPLAY = auto()
    CODE = auto()
    TITLE = auto()
    BODY = auto()
    SMALL = auto()


class Align(Enum):
    """Where a line stands between the margins."""

    LEFT = auto()
    CENTRE = auto()
    RIGHT = auto()


class Line(msgspec.Struct, frozen=True):
    """A paragraph in one size and weight; Thai is broken between words.

    What has no room in `most_rows` ends with an ellipsis; 0 sets no limit.
    """

    text: str
    role: Role = Role.BODY
    bold: bool = False
    align: Align = Align.LEFT
    most_rows: int = 0


class Pair(msgspec.Struct, frozen=True):
    """A label and its value. All pairs of a document share one column of labels.

    `role` is the value's size; the label is never larger than SMALL.
    """

    label: str
    value: str
    role: Role = Role.BODY
    most_rows: int = 0


class Gap(msgspec.Struct, frozen=True):
    """Blank paper."""

    length_mm: float


class Qr(msgspec.Struct, frozen=True):
    """A QR code at the left margin and, spread over its height, the lines beside it.

    It brings its quiet zone: blank paper above, below and to the right.
    `text` holds only what QR's alphanumeric mode can: `0-9 A-Z $%*+-./:` and space.
    """

    text: str
    beside: tuple[Line, ...] = ()


class Rule(msgspec.Struct, frozen=True):
    """A hairline from margin to margin."""


class ToSign(msgspec.Struct, frozen=True):
    """A hairline to sign on, behind its label, with room for a hand above."""

    label: str


class Gauge(msgspec.Struct, frozen=True):
    """A ruler over the whole print head, in centimetres, and a bar under it.

    An edge that is missing on paper tells that the width is set wrong, a white stripe in the
    bar that a heating element is dead.
    """


Block = Line | Pair | Gap | Qr | Rule | ToSign | Gauge


class Document(msgspec.Struct, frozen=True):
    """A slip's blocks from top to bottom."""

    blocks: tuple[Block, ...]
