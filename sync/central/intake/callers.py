"""A device that speaks: how much it may in one minute, and no request twice.

Limits are the device's, never an address's: a whole municipality shares one. They leave
room for a backlog of months (52,000 records in batches of 100 are 520 requests).
"""

from datetime import datetime, timedelta

import msgspec
from django.db import connection
from django.db.models import Case, F, When

from sync.central.database.rows import insert
from sync.central.fleet.models import Device
from sync.central.intake.models import Nonce
from sync.central.intake.problems import RequestRefused

MOST_REQUESTS = 3000
"""Of one device in one minute."""
MOST_BYTES = 400 * 1024 * 1024
"""Of one device in one minute, as sent."""
LONGEST_SKEW = timedelta(seconds=300)
"""Between a request's `created` and central's clock."""
NONCES_KEPT = 2 * LONGEST_SKEW
"""A request from as far in the future as allowed stays good for that long."""

_MINUTE_S = 60

_FIND = (
    "SELECT code, public_key, minute, requests, bytes_sent FROM fleet_device"
    " WHERE code = %s AND revoked_at IS NULL"
)
_COUNT = """
UPDATE fleet_device SET
    heard_at = %(at)s,
    minute = %(minute)s,
    requests = CASE WHEN minute = %(minute)s THEN requests + 1 ELSE 1 END,
    bytes_sent = CASE WHEN minute = %(minute)s THEN bytes_sent + %(size)s ELSE %(size)s END,
    wrong_codes = CASE WHEN minute = %(minute)s THEN wrong_codes ELSE 0 END
WHERE code = %(code)s AND revoked_at IS NULL AND public_key = %(key)s AND (
    minute <> %(minute)s OR (requests < %(most_requests)s AND bytes_sent <= %(most_bytes)s)
)
"""
"""Both in words of SQL because they begin every request: the ORM takes longer to say such than
to do it."""


class Speaker(msgspec.Struct, frozen=True, array_like=True):
    """What is looked up of a device to let it speak; the counts are those of `minute`."""

    code: str
    public_key: bytes
    minute: int
    requests: int
    bytes_sent: int


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """Whose signature holds: its row as it was then, and its request's nonce, bytes, moment."""

    device: Speaker
    nonce: str
    size: int
    at: datetime

    @property
    def code(self) -> str:
        """The device's code."""
        return self.device.code


def find(code: str) -> Speaker | None:
    """The device that goes by this code, where it was not revoked."""
    with connection.cursor() as cursor:
        cursor.execute(_FIND, [code])
        row = cursor.fetchone()
    return Speaker(*row) if row else None


def insist_on_measure(device: Speaker, size: int, now: datetime) -> None:
    """Refuse what is beyond the limits before anybody works on it.

    Raises:
        RequestRefused: `too_many`.
    """
    if device.minute == minute_of(now) and (
        device.requests >= MOST_REQUESTS or device.bytes_sent + size > MOST_BYTES
    ):
        raise too_many(now)


def hear(caller: Caller) -> None:
    """Note that the device spoke; the transaction's first statements.

    Writing the row is the lock that makes one device's requests wait for each other, and
    counts them. The nonce comes and goes with the transaction: a request that was not
    acted on may come again as it is, one that was may not.

    Raises:
        RequestRefused: `too_many`, `replayed`, or what became of the device meanwhile:
            `device_unknown` (revoked) or `signature_refused` (it has another key).
    """
    if not _count(caller):
        raise _why_not_counted(caller)
    use_nonce(caller.code, caller.nonce, caller.at)


def _why_not_counted(caller: Caller) -> RequestRefused:
    found = find(caller.code)
    if found is None:
        return RequestRefused("device_unknown")
    if bytes(found.public_key) != bytes(caller.device.public_key):
        return RequestRefused("signature_refused")
    return too_many(caller.at)


def _count(caller: Caller) -> bool:
    """Whether the device is in service and its minute had room; then it is counted."""
    values = {
        "code": caller.code,
        "key": caller.device.public_key,
        "at": connection.ops.adapt_datetimefield_value(caller.at),
        "minute": minute_of(caller.at),
        "size": caller.size,
        "most_requests": MOST_REQUESTS,
        "most_bytes": MOST_BYTES - caller.size,
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, values)
        return bool(cursor.rowcount)


def count_wrong_code(code: str, now: datetime) -> None:
    """One more enrolment with a wrong code; the caller made sure that there is room."""
    minute = minute_of(now)
    Device.objects.filter(code=code).update(
        minute=minute,
        requests=_within(minute, "requests", 0),
        bytes_sent=_within(minute, "bytes_sent", 0),
        wrong_codes=_within(minute, "wrong_codes", 1),
    )


def use_nonce(code: str, nonce: str, now: datetime) -> None:
    """Let this request be the only one with its nonce; the caller holds the transaction.

    Raises:
        RequestRefused: `replayed`.
    """
    row = {"token": f"{code} {nonce}", "seen_at": now}
    if not insert(Nonce, [row], ignore_conflicts=True):
        raise RequestRefused("replayed")


def forget_nonces(now: datetime) -> None:
    """Let go of nonces whose requests are too old to be taken anyway."""
    Nonce.objects.filter(seen_at__lt=now - NONCES_KEPT).delete()


def too_many(now: datetime) -> RequestRefused:
    """The refusal that says when the next minute begins."""
    return RequestRefused("too_many", retry_after_s=_MINUTE_S - int(now.timestamp()) % _MINUTE_S)


def minute_of(now: datetime) -> int:
    """The minute that is counted in."""
    return int(now.timestamp()) // _MINUTE_S


def _within(minute: int, count: str, more: int) -> Case:
    """A count goes on within its minute and begins anew with the next."""
    return Case(When(minute=minute, then=F(count) + more), default=more)
