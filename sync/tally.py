"""The tally: whether device and central hold the same cases, told in 32 bytes.

A gap is then noticed by itself: a central restored from an old backup, a record lost on
either side, a copied device.
"""

import hashlib
from collections.abc import Iterable

_BEGINNING = bytes(32)


def chain_of(cases: Iterable[tuple[str, str]]) -> str:
    """One digest over (reference, digest of the record) in the order of their numbers.

    Each link is the SHA-256 of the link before it, the reference, a NUL and the record's
    digest in hex; the first follows 32 zero bytes. Of no case: those zeros. Hex.
    """
    link = _BEGINNING
    for reference, digest in cases:
        link = hashlib.sha256(b"%b%b\0%b" % (link, reference.encode(), digest.encode())).digest()
    return link.hex()
