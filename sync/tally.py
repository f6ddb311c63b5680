"""The tally: whether device and central hold the same cases, told in 32 bytes.

A gap is then noticed by itself: a central restored from an old backup, a record lost on
either side, a copied device.
"""

import hashlib
from collections.abc import Collection, Iterable

_BEGINNING = bytes(32)
_GROUP, _ROW = 4, 16
"""Hexadecimal digits."""


def chain_of(cases: Iterable[tuple[str, str]]) -> str:
    """One digest over (reference, digest of the record) in the order of their numbers.

    Each link is the SHA-256 of the link before it, the reference, a NUL and the record's
    digest in hex; the first follows 32 zero bytes. Of no case: those zeros. Hex.
    """
    link = _BEGINNING
    for reference, digest in cases:
        link = hashlib.sha256(b"%b%b\0%b" % (link, reference.encode(), digest.encode())).digest()
    return link.hex()


def in_rows(chain: str) -> list[str]:
    """A digest as people compare it: four rows of four groups of four."""
    rows = (chain[begin : begin + _ROW] for begin in range(0, len(chain), _ROW))
    return [" ".join(row[at : at + _GROUP] for at in range(0, len(row), _GROUP)) for row in rows]


def anchor_url(
    public_url: str, device_code: str, through: int, chain: str, without: Collection[int] = ()
) -> str:
    """Where central says whether it holds the same cases; upper case, as codes on paper are.

    `/A/<device code>/<through>/<chain>`, and after a slash the numbers left out, by dashes.
    """
    left_out = "/" + "-".join(str(number) for number in without) if without else ""
    return f"{public_url.rstrip('/')}/A/{device_code}/{through}/{chain}{left_out}".upper()
