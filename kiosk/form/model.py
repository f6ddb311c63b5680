"""The answers of one visit, frozen: a change is a new value, so nothing is half-said.

They live in memory only, until the case is sealed or the visit is wiped. Their `repr`
tells which case it is and nothing that was said.
"""

from uuid import UUID

import msgspec

from sync.case import Kind

CHANCE_BYTES = 7
"""Random bytes that a tracking key asks for."""


class Enclosure(msgspec.Struct, frozen=True, kw_only=True):
    """A drawing or a voice note, whole and not sealed yet; in memory only."""

    media_type: str
    data: bytes

    def __repr__(self) -> str:
        return f"Enclosure({self.media_type}, {len(self.data)} bytes)"


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A case in the making: what its reporter has said so far.

    `case_id` and `chance` are made at the first screen: a double tap or a second try
    after an error is the same case with the same tracking key. `village_code` is None
    until asked and empty where the reporter is not sure or it is elsewhere; `place` are
    free words about where. `excluded` are recipients of a report about corruption who
    shall not see it.
    """

    case_id: UUID
    chance: bytes
    kind: Kind = Kind.COMPLAINT
    topic_code: str = ""
    words: str = ""
    village_code: str | None = None
    place: str = ""
    excluded: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    name: str = ""
    phone: str = ""

    def __repr__(self) -> str:
        return f"Draft({self.case_id})"


class Lookup(msgspec.Struct, frozen=True, kw_only=True):
    """A slip's reference and key, as they are typed."""

    reference: str = ""
    key: str = ""

    def __repr__(self) -> str:
        return "Lookup()"


class Rating(msgspec.Struct, frozen=True, kw_only=True):
    """One touch on one of five faces; `score` is 0 until then."""

    rating_id: UUID
    division_code: str = ""
    score: int = 0
