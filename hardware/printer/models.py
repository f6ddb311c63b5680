"""What is known about printers: data, no code that prints.

Widths are those of the makers' manuals and of escpos-printer-db (as python-escpos ships
it); USB numbers are public, and makers of clones share theirs, so a number suggests a
model and proves none. None of these stood on our desk: `kiosk test-print` is the proof,
and each value can be set in `[printer]`.
"""

import msgspec

from hardware.printer.escpos import Habits
from hardware.printer.paper import PAPERS, Paper

_80, _58 = 80, 58


class Model(msgspec.Struct, frozen=True, kw_only=True):
    """A printer model, or a family that differs in nothing that matters here.

    `dots` is a line's length on the widest paper. `answers`: DLE EOT gets an answer.
    `confirms`: GS r gets one, in its turn, so that a slip is known to be out. `pause_s`
    follows each raster. `usb_ids` are `vvvv:pppp`.
    """

    name: str
    paper_width_mm: int = _80
    dots: int = 576
    answers: bool = True
    confirms: bool = True
    habits: Habits = Habits()
    pause_s: float = 0.0
    usb_ids: tuple[str, ...] = ()


_CLONE = Habits(rows=100)
"""A small buffer's worth of rows, for whatever is inside."""
_CLONE_PAUSE_S = 0.02
_NO_CUTTER = Habits(rows=100, has_cutter=False)
_OTHER_UNITS = Habits(feeds_dots=False)
"""TM-T88 counts ESC J in 1/360 inch: blank rows are cheaper sent than set up."""

MODELS = {
    "generic-80": Model(name="any 80 mm printer", habits=_CLONE, pause_s=_CLONE_PAUSE_S),
    "generic-58": Model(
        name="any 58 mm printer",
        paper_width_mm=_58,
        dots=384,
        habits=_NO_CUTTER,
        pause_s=_CLONE_PAUSE_S,
    ),
    "epson-tm-t20": Model(
        name="Epson TM-T20 (II, III, X)", usb_ids=("04b8:0e03", "04b8:0e15", "04b8:0e28")
    ),
    "epson-tm-t82": Model(name="Epson TM-T82 (II, III, X)"),
    "epson-tm-t88": Model(
        name="Epson TM-T88 (IV to VII)", dots=512, habits=_OTHER_UNITS, usb_ids=("04b8:0202",)
    ),
    "epson-tm-m30": Model(name="Epson TM-m30 (II, III)"),
    "bixolon-srp-330": Model(name="Bixolon SRP-330 (II, III)"),
    "bixolon-srp-350": Model(name="Bixolon SRP-350 (plus, III)", dots=512, usb_ids=("1504:0006",)),
    "citizen-ct-s310": Model(name="Citizen CT-S310 (II)"),
    "citizen-ct-s651": Model(name="Citizen CT-S651 (II), CT-S601", dots=576),
    "star-escpos": Model(name="Star TSP100, TSP650, mC-Print3 in ESC/POS mode", confirms=False),
    "sewoo-slk-ts400": Model(name="Sewoo SLK-TS400, LK-T210"),
    "xprinter-xp-80": Model(
        name="Xprinter XP-80, XP-N160, XP-Q200", habits=_CLONE, pause_s=_CLONE_PAUSE_S
    ),
    "xprinter-xp-58": Model(
        name="Xprinter XP-58",
        paper_width_mm=_58,
        dots=384,
        habits=_NO_CUTTER,
        pause_s=_CLONE_PAUSE_S,
    ),
    "rongta-rp80": Model(
        name="Rongta RP80, RP326, RP850",
        habits=_CLONE,
        pause_s=_CLONE_PAUSE_S,
        usb_ids=("0fe6:811e",),
    ),
    "rongta-rp58": Model(
        name="Rongta RP58", paper_width_mm=_58, dots=384, habits=_NO_CUTTER, pause_s=_CLONE_PAUSE_S
    ),
    "zjiang-pos58": Model(
        name="Zjiang ZJ-58, POS-5890 and what is sold as POS-58",
        paper_width_mm=_58,
        dots=384,
        confirms=False,
        habits=_NO_CUTTER,
        pause_s=0.05,
        usb_ids=("0416:5011",),
    ),
    "pos-80c": Model(
        name="Zjiang ZJ-80 and what is sold as POS-80C", habits=_CLONE, pause_s=_CLONE_PAUSE_S
    ),
    "gprinter-gp-80": Model(
        name="Gprinter GP-L80, ZH-380",
        habits=_CLONE,
        pause_s=_CLONE_PAUSE_S,
        usb_ids=("6868:0500",),
    ),
    "sunmi-nt311": Model(name="SUNMI NT310, NT311", habits=_CLONE, pause_s=_CLONE_PAUSE_S),
    "sunmi-v2": Model(
        name="SUNMI V2 and other hand-held ones",
        paper_width_mm=_58,
        dots=384,
        answers=False,
        confirms=False,
        habits=_NO_CUTTER,
    ),
}
"""By the name that `[printer] model` takes; `generic-80` and `generic-58` suit what is not here."""


def generic(paper_width_mm: int) -> str:
    """The model for a printer of which only the paper is known."""
    return f"generic-{paper_width_mm}"


def of_usb(selector: str) -> str:
    """The model that a printer on USB may be, by `vvvv:pppp...`; empty when nobody knows."""
    number = selector.lower()[: len("vvvv:pppp")]
    return next((key for key, model in MODELS.items() if number in model.usb_ids), "")


def paper_of(model: Model, paper_width_mm: int) -> Paper:
    """The paper as this model prints on it: its line may be shorter than the paper allows."""
    paper = PAPERS[paper_width_mm]
    return msgspec.structs.replace(paper, width_dots=min(paper.width_dots, model.dots))
