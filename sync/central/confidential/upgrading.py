"""Cases about corruption that a central before 0.2 kept readable: sealed where they lie."""

import logging

from django.db import connection, transaction

from sync.case import CaseContent, Contact, Kind
from sync.central.cases.models import Case, HouseNote
from sync.central.intake.models import Record, Revision
from sync.keyring import PublicKey
from sync.seal import seal
from sync.wire import encode

log = logging.getLogger(__name__)

SILENT = ("topic_code", "words", "village_code", "place", "contact_name", "contact_phone")
_NO_KEY = "0" * 16
"""The tracking key was never kept."""


def seal_readable(key: PublicKey) -> None:
    """Seal all that is still readable of such cases; safe to repeat, and quick when done."""
    readable = list(Case.objects.filter(kind=Kind.CORRUPTION, sealed_to=""))
    for case in readable:
        with transaction.atomic():
            _seal(case, key)
    if readable:
        log.warning("%d cases about corruption were readable and are sealed", len(readable))
        _sweep()


def _seal(case: Case, key: PublicKey) -> None:
    case.confidential, case.sealed_to = seal(encode(_content(case)), key.key), key.id
    for name in SILENT:
        setattr(case, name, "")
    case.save()
    record = Record.objects.get(pk=case.pk)
    kept_bytes: list[Record | Revision] = [record, *Revision.objects.filter(record=record)]
    for kept in kept_bytes:
        kept.raw = seal(bytes(kept.raw), key.key)
        kept.save(update_fields=["raw"])
    for note in HouseNote.objects.filter(case=case, sealed_to=""):
        note.sealed, note.sealed_to = seal(note.words.encode(), key.key), key.id
        note.words = ""
        note.save()


def _content(case: Case) -> CaseContent:
    return CaseContent(
        kind=Kind.CORRUPTION,
        topic_code=case.topic_code,
        words=case.words,
        tracking_key=_NO_KEY,
        village_code=case.village_code,
        place=case.place,
        contact=Contact(name=case.contact_name, phone=case.contact_phone),
        language=case.language,
        form_version=case.form_version,
        privacy_notice_version=case.privacy_notice_version,
    )


def _sweep() -> None:
    """Write the database anew, so that freed pages hold none of it."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return
        for model in (Case, Record, Revision, HouseNote):  # plain VACUUM leaves old rows lying
            cursor.execute(f"VACUUM (FULL) {connection.ops.quote_name(model._meta.db_table)}")
