"""Taking a device out of service, at once and for good: it was stolen, or is not ours any more."""

from datetime import datetime

from sync.central.errors import DeviceUnknown
from sync.central.fleet.models import Device


def revoke(code: str, reason: str, now: datetime) -> Device:
    """From now on nothing this device signs is taken. The first revocation stands.

    Raises:
        DeviceUnknown: no such code was handed out.
    """
    Device.objects.filter(code=code, revoked_at=None).update(revoked_at=now, revoked_why=reason)
    device = Device.objects.filter(code=code).first()
    if device is None:
        raise DeviceUnknown(f"no device code {code} was handed out")
    return device
