"""What an officer does to a case: screens, assigns, answers, closes, reopens."""

from datetime import datetime
from uuid import UUID

import msgspec
from django.db import transaction

from sync.central import municipality
from sync.central.cases.models import Case, HouseNote, Status, StatusChange
from sync.central.errors import KeysMissing
from sync.central.officers.models import Officer
from sync.seal import seal

NEXT: dict[str, tuple[Status, ...]] = {
    Status.RECEIVED: (Status.SCREENING, Status.IN_PROGRESS, Status.ANSWERED, Status.CLOSED),
    Status.SCREENING: (Status.IN_PROGRESS, Status.ANSWERED, Status.CLOSED),
    Status.IN_PROGRESS: (Status.ANSWERED, Status.IN_PROGRESS, Status.CLOSED),
    Status.ANSWERED: (Status.CLOSED, Status.IN_PROGRESS),
    Status.CLOSED: (Status.IN_PROGRESS,),
}
"""Which steps lead on from each status; in progress again is another division, or news."""


class StepRefused(ValueError):
    """The step was not taken: `changed_meanwhile`, `not_a_step` or `note_needed`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """What an officer decided, having seen `changes_seen` changes of the case."""

    status: str
    division_code: str = ""
    public_note: str = ""
    changes_seen: int


def change_status(case_id: UUID, step: Step, officer: Officer, now: datetime) -> None:
    """Take one step and keep it in the case's history.

    Raises:
        Case.DoesNotExist: there is no such case.
        StepRefused: somebody was quicker, the step does not lead on from here, or the
            reporter would be left without a word.
    """
    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=case_id)
        if case.changes.count() != step.changes_seen:
            raise StepRefused("changed_meanwhile")
        if step.status not in NEXT[case.status]:
            raise StepRefused("not_a_step")
        if needs_note(case.status, step.status) and not step.public_note:
            raise StepRefused("note_needed")
        case.status = step.status
        if step.status == Status.IN_PROGRESS:
            case.division_code = step.division_code
        case.save(update_fields=["status", "division_code"])
        _keep(case, step, officer, now)


def needs_note(status: str, to: str) -> bool:
    """An answer is words; so is closing a case that was never answered."""
    return to == Status.ANSWERED or (to == Status.CLOSED and status != Status.ANSWERED)


def write_house_note(case_id: UUID, words: str, officer: Officer, now: datetime) -> None:
    """Keep a note among officers; on a case about corruption sealed to its key.

    Raises:
        Case.DoesNotExist: there is no such case.
        KeysMissing: the keyring names no corruption key.
    """
    note = HouseNote(case_id=case_id, words=words, officer=officer, written_at=now)
    if Case.objects.get(pk=case_id).is_confidential:
        key = municipality.keys().keyring.corruption
        if key is None:
            raise KeysMissing("there is no corruption key; next: central migrate")
        note.words, note.sealed, note.sealed_to = "", seal(words.encode(), key.key), key.id
    note.save()


def _keep(case: Case, step: Step, officer: Officer, now: datetime) -> None:
    StatusChange.objects.create(
        case=case,
        status=step.status,
        division_code=case.division_code if step.status == Status.IN_PROGRESS else "",
        public_note=step.public_note,
        changed_at=now,
        officer=officer,
    )
