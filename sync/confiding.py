"""Cases and attachments under their seals; from outside all kinds look alike. Pure.

A case about corruption is sealed to the corruption key first and that box, with what
central's intake needs to keep and track the case, to the intake key. Every other case is
padded to the length that it would have had then. So a box's length follows from how much
was written and from nothing else.
"""

import base64

import msgspec

from sync.case import AttachmentContent, CaseContent, ConfidentialContent, Kind
from sync.keyring import PublicKey
from sync.seal import OVERHEAD, encoded, seal, size_class
from sync.wire import digest_of

ROOM = 1840
"""Bytes for all that a case holds besides what was written and attached, at its largest."""
ROOM_OF_ATTACHMENT = 256
"""Bytes for what a case says of one attachment, at its largest."""
ROOM_OF_WRAPPING = 320
"""Bytes for what stands beside the inner box, at its largest."""


class SealingKeys(msgspec.Struct, frozen=True, kw_only=True):
    """What a device seals to. Without a corruption key central wraps such a case at intake."""

    intake: PublicKey
    corruption: PublicKey | None = None


def seal_case(content: CaseContent, keys: SealingKeys) -> bytes:
    """The case sealed to the intake key; one about corruption also to its own, inside."""
    inner = _inner_size(content)
    told: CaseContent | ConfidentialContent = content
    if content.kind is Kind.CORRUPTION and keys.corruption:
        told = confided(content, keys.corruption, inner)
    boxed = len(base64.b64encode(bytes(inner + OVERHEAD)))
    with encoded(told) as plain:
        return seal(plain, keys.intake.key, size=boxed + ROOM_OF_WRAPPING)


def confided(content: CaseContent, key: PublicKey, size: int = 0) -> ConfidentialContent:
    """What the intake may read of a case, and the rest in a box for the corruption key.

    `size` as for `sync.seal.seal`.
    """
    with encoded(content) as plain:
        sealed = seal(plain, key.key, size=size)
    return ConfidentialContent(
        sealed_to=key.id,
        sealed=sealed,
        tracking_key=content.tracking_key,
        language=content.language,
        due_on=content.due_on,
    )


def seal_attachment(
    kind: Kind, attachment: bytes, media_type: str, keys: SealingKeys
) -> tuple[bytes, AttachmentContent]:
    """The sealed bytes and what the case says of them; of equal length for all kinds."""
    inner = size_class(len(attachment) + 1)
    plain = attachment
    if kind is Kind.CORRUPTION and keys.corruption:
        plain = seal(attachment, keys.corruption.key, size=inner)
    sealed = seal(plain, keys.intake.key, size=inner + OVERHEAD + 1)
    return sealed, AttachmentContent(address=digest_of(sealed), media_type=media_type)


def _inner_size(content: CaseContent) -> int:
    """The class by what was written and attached alone, so that no kind or code moves it."""
    written = _length(content.words) + _length(content.place)
    attached = len(content.attachments) * ROOM_OF_ATTACHMENT
    return size_class(max(written + attached + ROOM, _length(content) + 1))


def _length(said: CaseContent | str) -> int:
    with encoded(said) as plain:
        return len(plain)
