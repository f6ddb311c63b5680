"""Taking a device out of service, at once and for good: it was stolen, or is not ours any more."""

from datetime import datetime

from django.db import transaction

from sync.central.errors import DeviceUnknown
from sync.central.fleet.models import Deed, Device
from sync.central.intake.texts import visible
from sync.central.officers.models import Officer

LONGEST_REASON = 200


def revoke(code: str, reason: str, now: datetime, officer: Officer | None = None) -> Device:
    """From now on nothing this device signs is taken. The first revocation stands.

    `officer` is who did it, None where it was done by command. Of the reason are kept the
    first LONGEST_REASON characters that can be seen.

    Raises:
        DeviceUnknown: no such code was handed out.
    """
    why = visible(reason)[:LONGEST_REASON]
    with transaction.atomic():
        in_service = Device.objects.filter(code=code, revoked_at=None)
        is_first = in_service.update(revoked_at=now, revoked_why=why)
        device = Device.objects.filter(code=code).first()
        if device is None:
            raise DeviceUnknown(f"no device code {code} was handed out")
        if is_first:
            Deed.objects.create(device=device, what=Deed.What.REVOKED, officer=officer, done_at=now)
    return device
