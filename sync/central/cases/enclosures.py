"""What a reporter enclosed with a case, opened for an officer: a drawing as a picture, a voice.

What came is a stranger's. A drawing is read as one of our own forms and made anew from its
numbers; a recording is handed on only where its pages are read as Ogg Opus.
"""

from collections.abc import Sequence

import msgspec

from sync import drawing, voice
from sync.case import AttachmentContent, CaseContent
from sync.central import municipality
from sync.central.cases.models import Case
from sync.central.confidential.session import Opener
from sync.central.intake.models import Attachment, Record
from sync.central.intake.reading import RecordRefused, read_record
from sync.errors import BadMessage, BadSeal
from sync.seal import open_sealed
from sync.wire import decode

SVG = "image/svg+xml"


class Enclosed(msgspec.Struct, frozen=True, kw_only=True):
    """One enclosure: what it is, and whether all of it has come."""

    address: str
    media_type: str
    is_here: bool

    @property
    def is_drawing(self) -> bool:
        """Whether it can be shown as a picture."""
        return self.media_type == drawing.MEDIA_TYPE

    @property
    def is_voice(self) -> bool:
        """Whether it can be listened to."""
        return self.media_type == voice.MEDIA_TYPE


class NotShown(Exception):
    """It is not here, does not open, or is nothing that can be shown."""


def enclosed_with(case: Case, opener: Opener | None = None) -> list[Enclosed]:
    """The enclosures of a case; those of one about corruption only with an opener."""
    here = Attachment.objects.filter(record_id=case.pk, completed_at__isnull=False)
    complete = set(here.values_list("address", flat=True))
    return [
        Enclosed(address=each.address, media_type=each.media_type, is_here=each.address in complete)
        for each in _told_of(case, opener)
    ]


def picture_of(case: Case, address: str, title: str, opener: Opener | None = None) -> bytes:
    """A drawing as SVG.

    Raises:
        NotShown: it is not here, does not open, or is no drawing.
    """
    try:
        raw = _enclosed_at(case, address, drawing.MEDIA_TYPE, opener)
        return drawing.as_svg(drawing.decode_drawing(raw), title)
    except BadMessage as error:
        raise NotShown(error.code) from error


def voice_of(case: Case, address: str, opener: Opener | None = None) -> bytes:
    """A recording as Ogg Opus.

    Raises:
        NotShown: it is not here, does not open, or is no recording.
    """
    try:
        raw = _enclosed_at(case, address, voice.MEDIA_TYPE, opener)
        voice.seconds_of(raw)
    except BadMessage as error:
        raise NotShown(error.code) from error
    return raw


def _enclosed_at(case: Case, address: str, media_type: str, opener: Opener | None) -> bytes:
    """What the case says is at `address` and of that type, opened."""
    for each in enclosed_with(case, opener):
        if (each.address, each.media_type) == (address, media_type) and each.is_here:
            return _opened(case, address, opener)
    raise NotShown("nothing of the kind is here")


def _told_of(case: Case, opener: Opener | None) -> Sequence[AttachmentContent]:
    """What the sealed case says of its attachments."""
    if case.is_confidential:
        if opener is None:
            return []
        opened = opener.open(bytes(case.confidential), case.sealed_to)
        return decode(opened, CaseContent).attachments
    record = Record.objects.get(pk=case.pk)
    try:
        content = read_record(bytes(record.raw), record.device_id, municipality.keys()).content
    except RecordRefused:  # its intake key was lost since: the words are here, the seal is not
        return []
    return content.attachments if isinstance(content, CaseContent) else []


def _opened(case: Case, address: str, opener: Opener | None) -> bytes:
    """The bytes under both seals. Raises BadSeal."""
    attachment = Attachment.objects.get(record_id=case.pk, address=address)
    pieces = attachment.pieces.order_by("offset").values_list("raw", flat=True)
    plain = _by_intake(b"".join(map(bytes, pieces)))
    if not (case.is_confidential and opener):
        return plain
    try:
        return opener.open(plain, case.sealed_to)
    except BadSeal:  # from a kiosk that had no corruption key yet: there is one seal only
        return plain


def _by_intake(sealed: bytes) -> bytes:
    """Whichever intake key was in use when it was sealed."""
    for key in municipality.keys().intakes.values():
        try:
            return open_sealed(sealed, key)
        except BadSeal:
            continue
    raise BadSeal("no intake key at hand opens it")
