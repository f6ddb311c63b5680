"""Kinds of paper, and what each keeps."""

from datetime import date

import pytest

from hardware.printer.document import Document, Line
from kiosk import slip
from kiosk.errors import PaperUnknown
from kiosk.papers import set_out

WORDS = slip.SlipWords(
    municipality="เทศบาลตำบลท่าเกษม",
    complaint_centre="ศูนย์รับเรื่องราวร้องทุกข์",
    reference="A1-0001-V",
    tracking_key="K7QM2R9XH4TBW0ZD",
    tracking_url="HTTPS://RAPFANG.EXAMPLE/T/A1-0001-V/K7QM2R9XH4TBW0ZD",
    submitted_on=date(2026, 11, 23),
)


def lines(document: Document) -> list[str]:
    return [block.text for block in document.blocks if isinstance(block, Line)]


def test_a_slip_is_set_out_from_what_was_kept_of_it() -> None:
    assert set_out("slip", bytes(slip.encode(WORDS))) == slip.document_for(WORDS)


def test_a_copy_says_so() -> None:
    kept = bytes(slip.encode(WORDS))
    assert "สำเนา" not in lines(set_out("slip", kept))
    assert "สำเนา" in lines(set_out("slip", kept, is_copy=True))


def test_what_a_later_release_keeps_is_named() -> None:
    with pytest.raises(PaperUnknown, match="postcard"):
        set_out("postcard", b"{}")


def test_every_paper_is_kept_in_one_length() -> None:
    assert len(slip.kept(WORDS)) == len(slip.encode(WORDS)) == slip.KEPT_BYTES
