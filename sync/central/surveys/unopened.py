"""What followed a rating and came sealed to a lost key: opened once the key is back."""

from typing import Any, cast

from django.db import models, transaction

from sync.central import municipality
from sync.central.intake.models import Record
from sync.central.intake.reading import RecordRefused, read_record
from sync.central.surveys.models import Answers, Explanation
from sync.central.surveys.taking import answered, explained
from sync.opinion import Explanation as Explained


def open_waiting_opinions() -> int:
    """Open what the keys at hand open; how many were. Safe to repeat."""
    return sum(
        _open(model, key)
        for model in (Explanation, Answers)
        for key in list(_waiting(model).values_list("pk", flat=True))
    )


def _waiting(model: type[models.Model]) -> "models.QuerySet[Any]":
    known = municipality.keys().intakes
    return model._default_manager.filter(sealed_to__in=known)


@transaction.atomic
def _open(model: type[models.Model], key: object) -> bool:
    record = Record.objects.get(pk=key)
    try:
        item = read_record(bytes(record.raw), record.device_id, municipality.keys())
    except RecordRefused:
        return False
    if item.opinion is None:
        return False
    columns = explained if isinstance(item.opinion, Explained) else answered
    row = cast(Any, columns)(item)
    return bool(_waiting(model).filter(pk=key).update(**row))
