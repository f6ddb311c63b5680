"""What an officer reads of a case, and the log of who read one about corruption."""

from datetime import datetime

import msgspec

from sync.case import CaseContent, ConfidentialContent
from sync.central import municipality
from sync.central.cases.models import Case, Opening
from sync.central.confidential.session import IDLE, Opener
from sync.central.intake.models import Revision
from sync.central.intake.reading import RecordRefused, read_record
from sync.central.officers.models import Officer
from sync.errors import BadMessage
from sync.wire import decode


class NotOpened(Exception):
    """The officer has not opened this case, or too long ago."""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What the reporter said; `excluded` are the recipients that shall not see it."""

    topic_code: str
    words: str
    village_code: str
    place: str
    contact_name: str
    contact_phone: str
    excluded: list[str] = []

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
    names = [name for name in Told.__struct_fields__ if name != "excluded"]
    return Told(**{name: getattr(case, name) for name in names})


def open_case(case: Case, opener: Opener) -> Told:
    """What the reporter of a case about corruption said.

    Raises:
        BadSeal: none of the officer's keys opens it.
        BadMessage: what was sealed is no case.
    """
    content = decode(opener.open(bytes(case.confidential), case.sealed_to), CaseContent)
    return _told_by(content)


def _told_by(content: CaseContent) -> Told:
    return Told(
        topic_code=content.topic_code,
        words=content.words,
        village_code=content.village_code,
        place=content.place,
        contact_name=content.contact.name,
        contact_phone=content.contact.phone,
        excluded=content.excluded,
    )


class Later(msgspec.Struct, frozen=True, kw_only=True):
    """The same case as its kiosk sent it again with other contents; `told` where it opens."""

    received_at: datetime
    told: Told | None

    def __repr__(self) -> str:
        """As `Told`."""
        return "Later()"


def later_of(case: Case, opener: Opener | None = None) -> list[Later]:
    """What came later under this case's id, the oldest first; confidential ones need an opener."""
    revisions = Revision.objects.filter(record_id=case.pk).order_by("received_at", "pk")
    return [
        Later(received_at=each.received_at, told=_told_in(bytes(each.raw), case, opener))
        for each in revisions
    ]


def _told_in(raw: bytes, case: Case, opener: Opener | None) -> Told | None:
    try:
        if opener and not raw.startswith(b"{"):  # sealed when it was taken in
            raw = opener.open(raw, case.sealed_to)
        content = read_record(raw, case.device_id, municipality.keys()).content
        if isinstance(content, ConfidentialContent):
            if opener is None:
                return None
            content = decode(opener.open(content.sealed, content.sealed_to), CaseContent)
    except (RecordRefused, BadMessage):
        return None
    return _told_by(content) if content else None


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


def insist_on_opening(case: Case, officer: Officer, now: datetime) -> None:
    """What belongs to a case is shown to who gave a reason for opening it, not long ago.

    Raises:
        NotOpened: this officer has not, within the last quarter of an hour.
    """
    since = now - IDLE
    if not Opening.objects.filter(case=case, officer=officer, opened_at__gte=since).exists():
        raise NotOpened
