"""Words that a reporter adds to a case they hold the slip of, under their seals. Pure.

What a slip opens shows whether its case is about corruption only to central, and to whoever
holds the slip. So words for any case leave the glass in boxes of one length: those for such
a case in an inner box for the corruption key, all others padded to what that would take.
"""

import base64
from typing import Annotated

import msgspec

from sync.case import LONGEST_WORDS
from sync.confiding import SealingKeys
from sync.keyring import PublicKey
from sync.reference import KEY_LENGTH
from sync.seal import OVERHEAD, encoded, seal, size_class

ROOM = 512
"""Bytes for all that stands beside the words, at its largest."""


class AddedWords(msgspec.Struct, frozen=True, kw_only=True):
    """What was added, and to which case: whoever knows the key may. Only ever leaves sealed.

    Either `words`, or the same in `confided`, a box for the corruption key `confided_to`.
    """

    reference: Annotated[str, msgspec.Meta(min_length=9, max_length=15)]
    tracking_key: Annotated[str, msgspec.Meta(min_length=KEY_LENGTH, max_length=KEY_LENGTH)]
    words: Annotated[str, msgspec.Meta(max_length=LONGEST_WORDS)] = ""
    language: Annotated[str, msgspec.Meta(max_length=8)] = "th"
    confided_to: Annotated[str, msgspec.Meta(max_length=64)] = ""
    confided: bytes = b""

    def __repr__(self) -> str:
        return f"AddedWords({self.reference})"


def seal_added(added: AddedWords, keys: SealingKeys, *, is_confidential: bool) -> bytes:
    """The words sealed to the intake key; those to a case about corruption to its own, inside."""
    inner = size_class(len(added.words.encode()) + 1)
    if is_confidential and keys.corruption:
        added = confide(added, keys.corruption)
    boxed = len(base64.b64encode(bytes(inner + OVERHEAD)))
    with encoded(added) as plain:
        size = size_class(max(boxed + ROOM, len(plain) + 1))
        return seal(plain, keys.intake.key, size=size)


def confide(added: AddedWords, key: PublicKey) -> AddedWords:
    """The same, readable with the corruption key only."""
    box = seal(added.words.encode(), key.key)
    return msgspec.structs.replace(added, words="", confided_to=key.id, confided=box)
