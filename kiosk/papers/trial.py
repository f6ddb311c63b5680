"""The test slip: whether the printer is well. It stands for no case."""

from datetime import date

from hardware.printer.document import Document, Line, Qr, Role
from kiosk.catalogues import catalogue
from kiosk.slip import SECTION
from sync.deadline import day_in_words

_CODE = "RAPFANG TEST PRINT"


def trial_slip(municipality: str, day: date | None = None) -> Document:
    """A slip that shows whether the printer is well; it stands for no case."""
    slip = catalogue("slip", "th")
    return Document(
        (
            Line(municipality, Role.TITLE, bold=True),
            Line(slip.gettext("Test print")),
            *([Line(day_in_words(day))] if day else []),
            SECTION,
            Line("ที่ ปู่ น้ำ กตัญญู ผู้ใหญ่", Role.TITLE),
            Line("0123456789 ABCDEFGHJK"),
            Qr(_CODE),
            Line(slip.gettext("Please check that every line is clear and the code scans.")),
        )
    )
