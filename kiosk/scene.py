"""What the glass and the clerk say to each other: a screen asks, a scene is shown.

Screens hand over an `Ask`; the clerk answers with the next `Scene`, the whole of what
the glass shows.
"""

from datetime import date
from uuid import UUID

import msgspec

from kiosk.form.flow import Step, Visit
from kiosk.form.model import Enclosure
from kiosk.intake import Receipt
from kiosk.theme import PLAIN, Access
from sync.bulletin import Item
from sync.desk import Told

PRINTER_FINE = "ok"


class Begin(msgspec.Struct, frozen=True):
    """Start a form: a case's kind, `rating`, `survey`, `join`, or `track` for a look-up.

    `division_code` is whose rating it is, where that was chosen already.
    """

    form: str
    division_code: str = ""


class Say(msgspec.Struct, frozen=True):
    """Take this answer down and stay: the resident is typing."""

    field: str
    answer: str


class Choose(msgspec.Struct, frozen=True):
    """Take this answer down and move on: a single choice."""

    field: str
    answer: str | int


class Toggle(msgspec.Struct, frozen=True):
    """Take this one of several answers in, or out again, and stay."""

    field: str
    answer: str


class Rate(msgspec.Struct, frozen=True):
    """A touch on a face at home, or on a button beside the glass; `score` is 1 to 5."""

    score: int


class Enclose(msgspec.Struct, frozen=True):
    """Take this drawing or recording in and stay; one without data takes the one before out."""

    enclosure: Enclosure


class Scan(msgspec.Struct, frozen=True):
    """A scanner read this code, from a slip or from anything else."""

    code: str

    def __repr__(self) -> str:
        return "Scan()"


class Forward(msgspec.Struct, frozen=True):
    """The marigold step; from the review it submits."""


class Back(msgspec.Struct, frozen=True):
    """The question before."""


class Change(msgspec.Struct, frozen=True):
    """From the review to the line of this step."""

    step: Step


class Aside(msgspec.Struct, frozen=True):
    """From a question to another way of answering it; `Back` returns."""

    step: Step


class Speak(msgspec.Struct, frozen=True):
    """Another language from here on."""

    language: str


class Adapt(msgspec.Struct, frozen=True):
    """Larger words, stronger colours, everything low: from here on, until the visit ends."""

    access: Access


class TellSlip(msgspec.Struct, frozen=True):
    """Whether the slip came out, from who waits for it; asked because nobody else knows."""

    came_out: bool


class Leave(msgspec.Struct, frozen=True):
    """Home, everything gone: finished, or nobody there any more."""


Answering = Begin | Say | Choose | Toggle | Enclose | Rate | Scan | TellSlip | Forward
Turning = Back | Change | Aside | Speak
Ask = Answering | Turning | Adapt | Leave


class BoxState(msgspec.Struct, frozen=True, kw_only=True):
    """How the box itself is, apart from its store.

    `printer` is `ok` or a code; `offline_since` the day since which central was not
    reached, None while that is not long ago; without `knows_day` its clock is a guess.
    With `has_scanner` a slip need not be typed, with `has_microphone` a case neither.
    `activities` are those for which somebody may sign up today.
    """

    printer: str = PRINTER_FINE
    offline_since: date | None = None
    knows_day: bool = True
    has_scanner: bool = False
    has_microphone: bool = False
    activities: tuple[Item, ...] = ()


class Scene(msgspec.Struct, frozen=True, kw_only=True):
    """All that the glass shows at one moment.

    `slip` is the state of this visit's slip, `asked` when somebody has to say whether
    it came out (`kiosk.handing`), `box` how the box is;
    `trouble` is the code of why nothing can be kept, empty
    when all is well; `wrong` names fields that hold the visit up, with the code why.
    `paper` is the job of a voucher or another paper that is printed beside a slip;
    `told` is what came of a look-up, None while central is being asked.
    `division` is the one at whose counter the glass stands, empty where it serves several.
    """

    visit: Visit = Visit()
    access: Access = PLAIN
    division: str = ""
    receipt: Receipt | None = None
    paper: UUID | None = None
    slip: str = "waiting"
    box: BoxState = BoxState()
    trouble: str = ""
    wrong: dict[str, str] = {}
    told: Told | None = None

    @property
    def job(self) -> UUID | None:
        """What is printed for this visit; None where nothing is."""
        return self.receipt.case_id if self.receipt else self.paper

    @property
    def has_paper(self) -> bool:
        """Whether a paper other than a slip is there to be taken, or will be in a moment."""
        comes = self.paper is not None and self.box.printer == PRINTER_FINE
        return comes and self.slip != "expired"
