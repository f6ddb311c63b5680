"""What an officer reads of a case, and the log of who read one about corruption."""

from datetime import datetime

import msgspec

from sync.case import CaseContent
from sync.central.cases.models import Case, Opening
from sync.central.confidential.session import Opener
from sync.central.officers.models import Officer
from sync.wire import decode


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What the reporter said."""

    topic_code: str
    words: str
    village_code: str
    place: str
    contact_name: str
    contact_phone: str

    def __repr__(self) -> str:
        """Nothing that was said gets into a traceback or a log."""
        return "Told()"


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """A note among officers, readable."""

    words: str
    written_at: datetime
    officer: str

    def __repr__(self) -> str:
        """As `Told`."""
        return "Note()"


def told_of(case: Case) -> Told:
    """What the reporter of an ordinary case said."""
    return Told(**{name: getattr(case, name) for name in Told.__struct_fields__})


def open_case(case: Case, opener: Opener) -> Told:
    """What the reporter of a case about corruption said.

    Raises:
        BadSeal: none of the officer's keys opens it.
        BadMessage: what was sealed is no case.
    """
    content = decode(opener.open(bytes(case.confidential), case.sealed_to), CaseContent)
    return Told(
        topic_code=content.topic_code,
        words=content.words,
        village_code=content.village_code,
        place=content.place,
        contact_name=content.contact.name,
        contact_phone=content.contact.phone,
    )


def notes_of(case: Case, opener: Opener | None = None) -> list[Note]:
    """The notes that can be read: the sealed ones only with an opener.

    Raises:
        BadSeal: none of the officer's keys opens one of them.
    """
    return [
        Note(
            words=opener.open(bytes(note.sealed), note.sealed_to).decode()
            if opener and note.sealed
            else note.words,
            written_at=note.written_at,
            officer=note.officer.get_username(),
        )
        for note in case.house_notes.select_related("officer")
        if opener or not note.sealed
    ]


def log_opening(case: Case, officer: Officer, reason: str, now: datetime) -> None:
    """Note who reads a case, and why, before it is shown."""
    Opening.objects.create(case=case, officer=officer, reason=reason, opened_at=now)
