"""A session in which an officer has the corruption key open.

The officer's private key lies in the session, encrypted; the key to that is in a cookie
and nowhere else. So neither the database nor a copy of all of central's files opens it.
"""

import base64
import binascii
import secrets
from datetime import UTC, datetime, timedelta

import nacl.exceptions
import nacl.secret
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from sync.central.confidential.holding import private_keys
from sync.central.confidential.models import Holder
from sync.central.errors import KeyRefused
from sync.central.officers.models import Officer
from sync.errors import BadSeal
from sync.seal import open_sealed

COOKIE = "confidential"
IDLE = timedelta(minutes=15)

_IN_SESSION = "confidential"


class Locked(Exception):
    """The officer has to give the passphrase first."""


class Opener:
    """Opens what was sealed to a corruption key, while a request is answered."""

    def __init__(self, keys: dict[str, bytes]) -> None:
        self._keys = keys

    def open(self, sealed: bytes, sealed_to: str) -> bytes:
        """What is in a box. Raises BadSeal: none of the officer's keys opens it."""
        try:
            return open_sealed(sealed, self._keys[sealed_to])
        except KeyError as error:
            raise BadSeal(f"sealed to {sealed_to}") from error


def begin(request: HttpRequest, response: HttpResponse, private: bytes) -> None:
    """Keep the key open for this session."""
    key = secrets.token_bytes(nacl.secret.SecretBox.KEY_SIZE)
    box = nacl.secret.SecretBox(key).encrypt(private)
    request.session[_IN_SESSION] = {"box": base64.b64encode(box).decode(), "at": _stamp()}
    response.set_cookie(
        COOKIE,
        base64.urlsafe_b64encode(key).decode(),
        path=settings.SESSION_COOKIE_PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )


def end(request: HttpRequest, response: HttpResponse) -> None:
    """Lock at once."""
    request.session.pop(_IN_SESSION, None)
    response.delete_cookie(COOKIE, path=settings.SESSION_COOKIE_PATH, samesite="Strict")


def is_unlocked(request: HttpRequest) -> bool:
    """Whether a passphrase was given and not too long ago; asking is no use of it."""
    kept = request.session.get(_IN_SESSION)
    return kept is not None and COOKIE in request.COOKIES and _is_fresh(kept)


def opener(request: HttpRequest, officer: Officer) -> Opener:
    """What opens boxes for this request; the quarter of an hour begins anew.

    Raises:
        Locked: no passphrase was given, or too long ago, or the grant was withdrawn.
    """
    kept = request.session.get(_IN_SESSION)
    if not kept or not _is_fresh(kept):
        request.session.pop(_IN_SESSION, None)
        raise Locked
    try:
        key = base64.urlsafe_b64decode(request.COOKIES.get(COOKIE, ""))
        private = nacl.secret.SecretBox(key).decrypt(base64.b64decode(kept["box"]))
        holder = Holder.objects.get(officer=officer)
        keys = private_keys(holder, private)
    except (
        *(nacl.exceptions.CryptoError, ValueError, TypeError, binascii.Error),
        *(Holder.DoesNotExist, KeyRefused),
    ) as error:
        raise Locked from error
    request.session[_IN_SESSION] = {**kept, "at": _stamp()}
    return Opener(keys)


def _stamp() -> float:
    return datetime.now(UTC).timestamp()


def _is_fresh(kept: dict[str, float]) -> bool:
    return 0 <= _stamp() - kept["at"] <= IDLE.total_seconds()
