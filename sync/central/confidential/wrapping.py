"""A private key under a passphrase (argon2id, then XSalsa20-Poly1305). Pure."""

import secrets
import unicodedata

import msgspec
import nacl.exceptions
import nacl.pwhash.argon2id
import nacl.secret

from sync.errors import BadSeal

SHORTEST_PASSPHRASE = 12
"""Characters."""


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """What one guess at a passphrase costs: passes over `memory` bytes."""

    operations: int
    memory: int


MODERATE = Cost(
    operations=nacl.pwhash.argon2id.OPSLIMIT_MODERATE,
    memory=nacl.pwhash.argon2id.MEMLIMIT_MODERATE,
)
"""256 MiB and most of a second; libsodium's own measure for keys."""


class Wrapped(msgspec.Struct, frozen=True, kw_only=True):
    """A private key that a passphrase opens."""

    box: bytes
    salt: bytes
    cost: Cost


def wrap(private_key: bytes, passphrase: str, cost: Cost = MODERATE) -> Wrapped:
    """Wrap a private key; differs every time."""
    salt = secrets.token_bytes(nacl.pwhash.argon2id.SALTBYTES)
    box = nacl.secret.SecretBox(_key(passphrase, salt, cost)).encrypt(private_key)
    return Wrapped(box=bytes(box), salt=salt, cost=cost)


def unwrap(wrapped: Wrapped, passphrase: str) -> bytes:
    """The private key. Raises BadSeal: another passphrase, or a damaged box."""
    try:
        key = _key(passphrase, wrapped.salt, wrapped.cost)
        return nacl.secret.SecretBox(key).decrypt(wrapped.box)
    except (nacl.exceptions.CryptoError, ValueError, TypeError) as error:
        raise BadSeal("that passphrase does not open it") from error


def _key(passphrase: str, salt: bytes, cost: Cost) -> bytes:
    """The same for however a keyboard composes Thai marks."""
    return nacl.pwhash.argon2id.kdf(
        nacl.secret.SecretBox.KEY_SIZE,
        unicodedata.normalize("NFKC", passphrase).encode(),
        salt,
        opslimit=cost.operations,
        memlimit=cost.memory,
    )
