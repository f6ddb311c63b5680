"""Who holds the corruption keys: made, granted, withdrawn, rotated.

A private half is never written but sealed to a holder. So a new key needs nobody's
passphrase, and an officer who is to be a holder needs the recovery key, once.
"""

import base64
import logging
import secrets
from datetime import datetime, timedelta

from django.contrib.auth.models import Permission
from django.db import transaction
from django.db.models import F, Q

from sync.central.confidential.models import CorruptionKey, Holder, Share
from sync.central.confidential.wrapping import (
    MODERATE,
    SHORTEST_PASSPHRASE,
    Cost,
    Wrapped,
    unwrap,
    wrap,
)
from sync.central.errors import KeyRefused
from sync.central.officers.creating import CONFIDENTIAL
from sync.central.officers.models import Officer
from sync.errors import BadSeal
from sync.keyring import PublicKey
from sync.seal import open_sealed, public_key_of, seal

log = logging.getLogger(__name__)

KEY_BYTES = 32
MOST_TRIES = 10
TRIES_WITHIN = timedelta(minutes=15)
"""Counted by officer alone: only who has signed in as that officer gets to try."""
FEWEST_LETTERS = 5
"""Different ones in a passphrase."""
_LETTERS_IN_GROUP = 4


class TooManyTries(Exception):
    """Too many passphrases for one officer; the next is looked at after TRIES_WITHIN."""


def make_recovery(now: datetime) -> str:
    """Make the recovery key and return it as it is written on paper; it is told only here."""
    private = secrets.token_bytes(KEY_BYTES)
    Holder.objects.create(officer=None, public=public_key_of(private), since=now)
    return on_paper(private)


@transaction.atomic
def make_key(now: datetime, issued: str = "") -> PublicKey:
    """A fresh corruption key, shared with every holder there is.

    Its name was never used: it follows the last one here, and that which the keyring has
    `issued`, of which a database from a backup may know nothing.
    """
    private = secrets.token_bytes(KEY_BYTES)
    names = [issued, *CorruptionKey.objects.values_list("name", flat=True)]
    numbers = [name.removeprefix("corruption-") for name in names]
    last = max((int(number) for number in numbers if number.isdecimal()), default=0)
    name = f"corruption-{last + 1}"
    key = CorruptionKey.objects.create(name=name, public=public_key_of(private), made_at=now)
    for holder in Holder.objects.all():
        _share(key, holder, private)
    return PublicKey(id=name, key=bytes(key.public))


@transaction.atomic
def grant(
    officer: Officer, passphrase: str, recovery: str, now: datetime, cost: Cost = MODERATE
) -> None:
    """Give an officer the right and this passphrase; granting again sets a new one.

    Raises:
        KeyRefused: not the recovery key; too short a passphrase, one that everybody guesses,
            or the officer's password, which is kept behind a weaker lock.
    """
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise KeyRefused(f"a passphrase has at least {SHORTEST_PASSPHRASE} characters")
    if len(set(passphrase)) < FEWEST_LETTERS or officer.check_password(passphrase):
        raise KeyRefused("not the officer's password, and not the same few letters again")
    keys = private_keys(Holder.objects.get(officer=None), from_paper(recovery))
    private = secrets.token_bytes(KEY_BYTES)
    wrapped = wrap(private, passphrase, cost)
    officer.user_permissions.add(Permission.objects.get(codename=CONFIDENTIAL))
    Holder.objects.filter(officer=officer).delete()
    holder = Holder.objects.create(
        officer=officer,
        public=public_key_of(private),
        wrapped=wrapped.box,
        salt=wrapped.salt,
        operations=wrapped.cost.operations,
        memory=wrapped.cost.memory,
        since=now,
    )
    for name, corruption in keys.items():
        _share(CorruptionKey.objects.get(pk=name), holder, corruption)


def withdraw(officer: Officer) -> None:
    """Let an officer open nothing any more, at once, nor see what others wrote of it.

    Raises:
        KeyRefused: the officer was no holder.
    """
    if not Holder.objects.filter(officer=officer).delete()[0]:
        raise KeyRefused(f"{officer} does not hold the corruption key")
    officer.user_permissions.remove(Permission.objects.get(codename=CONFIDENTIAL))


def unlock(officer: Officer, passphrase: str, now: datetime) -> bytes:
    """The officer's own private key, which opens the shares.

    Raises:
        Holder.DoesNotExist: the officer was granted nothing.
        TooManyTries: MOST_TRIES within TRIES_WITHIN were wrong.
        BadSeal: another passphrase.
    """
    holder = Holder.objects.get(officer=officer)
    _count_try(holder, now)
    private = _unwrapped(holder, passphrase)
    Holder.objects.filter(pk=holder.pk).update(tries=0, tried_since=None)
    return private


def _count_try(holder: Holder, now: datetime) -> None:
    """Counted before it is tried, in one statement, so that many at once get no further."""
    mine = Holder.objects.filter(pk=holder.pk)
    stale = Q(tried_since=None) | Q(tried_since__lt=now - TRIES_WITHIN)
    if mine.filter(stale).update(tries=1, tried_since=now):
        return
    if not mine.filter(tries__lt=MOST_TRIES).update(tries=F("tries") + 1):
        log.warning("too many passphrases tried for %s", holder.officer)
        raise TooManyTries


def _unwrapped(holder: Holder, passphrase: str) -> bytes:
    cost = Cost(operations=holder.operations, memory=holder.memory)
    wrapped = Wrapped(box=bytes(holder.wrapped), salt=bytes(holder.salt), cost=cost)
    return unwrap(wrapped, passphrase)


def private_keys(holder: Holder, private: bytes) -> dict[str, bytes]:
    """All corruption keys that this holder's private key opens, by name.

    Raises:
        KeyRefused: it is another holder's.
    """
    try:
        return {
            share.key_id: open_sealed(bytes(share.sealed), private) for share in holder.shares.all()
        }
    except BadSeal as error:
        raise KeyRefused("that is not the recovery key") from error


def on_paper(private: bytes) -> str:
    """A key as a person copies it: base 32 in groups of four."""
    letters = base64.b32encode(private).decode().rstrip("=")
    groups = range(0, len(letters), _LETTERS_IN_GROUP)
    return "-".join(letters[at : at + _LETTERS_IN_GROUP] for at in groups)


def from_paper(typed: str) -> bytes:
    """The key that `on_paper` wrote. Raises KeyRefused: mistyped."""
    letters = "".join(typed.split()).replace("-", "").upper()
    try:
        private = base64.b32decode(letters + "=" * (-len(letters) % 8))
    except ValueError as error:
        raise KeyRefused("that is not a recovery key") from error
    if len(private) != KEY_BYTES:
        raise KeyRefused("that is not a recovery key")
    return private


def _share(key: CorruptionKey, holder: Holder, private: bytes) -> None:
    sealed = seal(private, bytes(holder.public), size=KEY_BYTES + 1)
    Share.objects.create(key=key, holder=holder, sealed=sealed)
