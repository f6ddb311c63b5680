"""References and tracking keys: the two strings a resident takes home.

A reference is public and sayable: device code, counter of that device, check
character, as in `A1-0042-Y`. A tracking key is secret: 16 characters of
Crockford's base 32, 50 random bits and 30 bits of HMAC-SHA-256, so that central
can tell a genuine slip before the kiosk has synced.
"""

import hashlib
import hmac
import re

import msgspec

from sync.errors import BadReference

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O, U (https://www.crockford.com/base32.html)."""

KEY_LENGTH = 16
RANDOM_BITS = 50
MAC_BITS = 30
MOST_NUMBER = 99_999_999

_LOOKALIKES = str.maketrans({"I": "1", "L": "1", "O": "0"})
_THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_SEPARATORS = re.compile(r"[\s\-\u2010-\u2015\u00AD.]+")
_DEVICE_CODE = re.compile(rf"[A-HJKMNP-TV-Z][{ALPHABET}]{{1,3}}")
_BARE = re.compile(rf"([0-9]{{4}}|[1-9][0-9]{{4,7}})([{ALPHABET}])")
_TRACKING_URL = re.compile(
    r"https?://[^/\s]+(?:/\S+?)?/t/(?P<reference>[^/\s]+)/(?P<key>[^/\s]+)/?", re.IGNORECASE
)
_KEY = re.compile(rf"[{ALPHABET}]{{{KEY_LENGTH}}}")


class Reference(msgspec.Struct, frozen=True):
    """One case's public name: `device_code` (2-4 characters) and `number` (from 1)."""

    device_code: str
    number: int

    def __str__(self) -> str:
        return f"{self.device_code}-{self.number:04d}-{self._check_character()}"

    def _check_character(self) -> str:
        """ISO 7064 hybrid system over Crockford's 32 characters: every single slip shows.

        The length of the device code is checked too, so that a genuine reference typed
        without its dashes has one reading only.
        """
        stem = f"{len(self.device_code)}{self.device_code}{self.number:04d}"
        return _check_character_of(stem)


def reference_for(device_code: str, number: int) -> Reference:
    """The reference of a device's `number`-th case.

    Raises:
        BadReference: the code is not 2-4 characters beginning with a letter, or the
            number is outside 1-99,999,999.
    """
    if not _DEVICE_CODE.fullmatch(device_code):
        raise BadReference("a device code is a letter and 1-3 letters or digits")
    if not 1 <= number <= MOST_NUMBER:
        raise BadReference(f"a case's number is 1-{MOST_NUMBER}")
    return Reference(device_code, number)


def parse_reference(typed: str) -> Reference:
    """Read a reference as a person types it: any case, Thai digits, O for 0.

    Dashes, where typed, say how long the device code is; then no single slip passes.

    Raises:
        BadReference: not the shape of a reference, or the check character is wrong.
            The message never repeats what was typed.
    """
    folded = _fold(typed)
    for code_length in _code_lengths(typed):
        match = _BARE.fullmatch(folded[code_length:])
        if not match or not _DEVICE_CODE.fullmatch(folded[:code_length]):
            continue
        found = Reference(folded[:code_length], int(match[1]))
        if found.number and str(found).endswith(match[2]):
            return found
    raise BadReference("not a reference, or its check character is wrong")


def _check_character_of(stem: str) -> str:
    """ISO 7064's hybrid system (MOD 37,36), over 32 characters: MOD 33,32.

    Ours, for `python-stdnum` brings TLS and pydoc into each process, 2 MB; a test compares.
    """
    size = len(ALPHABET)
    carried = size
    for character in stem:
        carried = (carried + ALPHABET.index(character)) % size or size
        carried = carried * 2 % (size + 1)
    return ALPHABET[(1 - carried) % size]


def _code_lengths(typed: str) -> tuple[int, ...]:
    """Those that the dashes leave open: without them a slip may read as another split."""
    parts = _SEPARATORS.split(typed.strip())
    return (len(parts[0]),) if len(parts) == 3 else (2, 3, 4)


def make_key(slip_secret: bytes, reference: Reference, random: bytes) -> str:
    """A tracking key for `reference`; `random` is at least 7 fresh random bytes."""
    chance = int.from_bytes(random, "big") & ((1 << RANDOM_BITS) - 1)
    return _encode(chance << MAC_BITS | _mac(slip_secret, reference, chance))


def parse_key(typed: str) -> str:
    """Read a tracking key as a person types it; grouping and case do not matter.

    Raises:
        BadReference: not 16 characters of the alphabet. Never repeats what was typed.
    """
    key = _fold(typed)
    if not _KEY.fullmatch(key):
        raise BadReference("not the shape of a tracking key")
    return key


def is_genuine(key: str, slip_secret: bytes, reference: Reference) -> bool:
    """Whether `key` (as `parse_key` gives it) was made with `slip_secret` for `reference`."""
    value = 0
    for character in key:
        value = value * 32 + ALPHABET.index(character)
    expected = _mac(slip_secret, reference, value >> MAC_BITS)
    return hmac.compare_digest(_encode(value), _encode(value >> MAC_BITS << MAC_BITS | expected))


def grouped(key: str) -> str:
    """The key as people copy it: `K7QM-2R9X-...`, groups of four."""
    return "-".join(key[start : start + 4] for start in range(0, len(key), 4))


def tracking_url(public_url: str, reference: str, key: str) -> str:
    """The address in the QR code, all upper case so that it fits alphanumeric mode."""
    return f"{public_url.rstrip('/')}/T/{reference}/{key}".upper()


def parse_tracking_url(scanned: str) -> tuple[Reference, str]:
    """The reference and the key in a slip's QR code, whatever it says before `/T/`.

    A municipality may move to another name; its slips live on. The address is only read
    here and never gone to.

    Raises:
        BadReference: not such a code. The message never repeats what was scanned.
    """
    match = _TRACKING_URL.fullmatch(scanned.strip())
    if match is None:
        raise BadReference("not the address of a slip")
    return parse_reference(match["reference"]), parse_key(match["key"])


def _mac(slip_secret: bytes, reference: Reference, chance: int) -> int:
    message = str(reference).encode() + chance.to_bytes(7, "big")
    digest = hmac.digest(slip_secret, message, hashlib.sha256)
    return int.from_bytes(digest[:4], "big") >> (32 - MAC_BITS)


def _encode(value: int) -> str:
    digits = []
    for _ in range(KEY_LENGTH):
        value, digit = divmod(value, 32)
        digits.append(ALPHABET[digit])
    return "".join(reversed(digits))


def _fold(typed: str) -> str:
    """Upper case, ASCII digits, no separators; look-alikes as Crockford reads them."""
    bare = _SEPARATORS.sub("", typed.translate(_THAI_DIGITS).upper())
    return bare.translate(_LOOKALIKES)
