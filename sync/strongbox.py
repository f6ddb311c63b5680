"""A file of any length that only the operator's private key opens.

A sealed box (libsodium `crypto_box_seal`, X25519) holds the key of a stream (libsodium
`secretstream`, XChaCha20-Poly1305) of 64 KiB pieces; the last is marked as such, so a file
that was cut off does not pass for a whole one. It says nothing about who wrote it.
"""

import base64
import binascii
from collections.abc import Iterator
from typing import BinaryIO

import nacl.bindings as sodium
import nacl.exceptions
import nacl.public

from sync.errors import BadMessage, BadSeal

MAGIC = b"rapfang strongbox 1\n"
PUBLIC, PRIVATE = "rapfang-backup-public", "rapfang-backup-private"
"""What stands before a key in its file, so that nobody mistakes one for the other."""
PIECE = 64 * 1024

_BOX = sodium.crypto_secretstream_xchacha20poly1305_KEYBYTES + sodium.crypto_box_SEALBYTES
_HEADER = sodium.crypto_secretstream_xchacha20poly1305_HEADERBYTES
_MORE = sodium.crypto_secretstream_xchacha20poly1305_ABYTES
_FINAL = sodium.crypto_secretstream_xchacha20poly1305_TAG_FINAL
_KEY_BYTES = 32


def make_keys() -> tuple[str, str]:
    """A fresh private key and its public half, each as a line for a file."""
    private = nacl.public.PrivateKey.generate()
    return _line(PRIVATE, bytes(private)), _line(PUBLIC, bytes(private.public_key))


def read_key(text: str, kind: str) -> bytes:
    """The 32 bytes of a key file; `kind` is PUBLIC or PRIVATE.

    Raises:
        BadMessage: it is the other half, or no key.
    """
    words = text.split()
    if len(words) != 2 or words[0] not in (PUBLIC, PRIVATE):
        raise BadMessage("not a backup key, as kiosk backup --new-key makes one")
    if words[0] != kind:
        named = {PUBLIC: "the public key, FILE.pub", PRIVATE: "the private key, FILE"}
        raise BadMessage(f"this is not {named[kind]}, but the other half of the pair")
    try:
        key = base64.b64decode(words[1], validate=True)
    except binascii.Error as error:
        raise BadMessage("not a backup key: damaged") from error
    if len(key) != _KEY_BYTES:
        raise BadMessage("not a backup key: damaged")
    return key


class Strongbox:
    """Takes what is written to it into `out`, sealed; without `finish` it opens for nobody."""

    def __init__(self, out: BinaryIO, public_key: bytes) -> None:
        self._out = out
        self._state = sodium.crypto_secretstream_xchacha20poly1305_state()
        key = sodium.crypto_secretstream_xchacha20poly1305_keygen()
        header = sodium.crypto_secretstream_xchacha20poly1305_init_push(self._state, key)
        box = nacl.public.SealedBox(nacl.public.PublicKey(public_key)).encrypt(key)
        self._piece = bytearray()
        out.write(MAGIC + box + header)

    def write(self, words: bytes) -> int:
        """Take more in; for `tarfile`."""
        self._piece += words
        while len(self._piece) > PIECE:
            self._push(bytes(self._piece[:PIECE]))
            del self._piece[:PIECE]
        return len(words)

    def finish(self) -> None:
        """Nothing more comes."""
        self._push(bytes(self._piece), _FINAL)

    def _push(self, piece: bytes, tag: int = 0) -> None:
        push = sodium.crypto_secretstream_xchacha20poly1305_push
        self._out.write(push(self._state, piece, MAGIC, tag))


class Opened:
    """Reads what is in a strongbox; for `tarfile`, from beginning to end."""

    def __init__(self, source: BinaryIO, private_key: bytes) -> None:
        """Raises BadSeal: no strongbox, or another key's."""
        if source.read(len(MAGIC)) != MAGIC:
            raise BadSeal("not a backup of ours")
        try:
            opener = nacl.public.SealedBox(nacl.public.PrivateKey(private_key))
            key = opener.decrypt(source.read(_BOX))
            header = source.read(_HEADER)
            self._state = sodium.crypto_secretstream_xchacha20poly1305_state()
            sodium.crypto_secretstream_xchacha20poly1305_init_pull(self._state, header, key)
        except (nacl.exceptions.CryptoError, ValueError, TypeError) as error:
            raise BadSeal("it does not open with this key") from error
        self._pieces = self._pulled(source)
        self._rest = b""

    def read(self, count: int) -> bytes:
        """As many bytes, fewer only at the end. Raises BadSeal: changed, or cut off."""
        while len(self._rest) < count and (piece := next(self._pieces, b"")):
            self._rest += piece
        taken, self._rest = self._rest[:count], self._rest[count:]
        return taken

    def insist_on_end(self) -> None:
        """Read the rest. Raises BadSeal: it was cut off."""
        for _ in self._pieces:
            pass

    def _pulled(self, source: BinaryIO) -> Iterator[bytes]:
        pull, tag = sodium.crypto_secretstream_xchacha20poly1305_pull, 0
        while tag != _FINAL:
            sealed = source.read(PIECE + _MORE)
            try:
                piece, tag = pull(self._state, sealed, MAGIC)
            except (nacl.exceptions.CryptoError, ValueError, TypeError) as error:
                raise BadSeal("damaged, or not all of it is here") from error
            yield piece
        if source.read(1):
            raise BadSeal("damaged: something follows its end")


def _line(kind: str, key: bytes) -> str:
    return f"{kind} {base64.b64encode(key).decode()}\n"
