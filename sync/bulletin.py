"""What central shows on idle glasses: news, projects, activities, and cases that were solved.

Central releases all of it at once, signed and versioned like the profile. Which items are
in force on a day is for the kiosk to say: time alone makes no new release.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec

from sync.case import Code
from sync.release import opened
from sync.wire import decode

MOST_ITEMS = 40
"""Items in one release; more would not come round while somebody waits."""
MOST_PLACES = 9999
LONGEST_TITLE, LONGEST_WORDS = 90, 240
"""Characters; what can be read from two metres away before the next item comes."""
BULLETIN_FILE = "bulletin.json"
"""Where a device keeps the newest, as an encoded `Signed`, in its state directory."""
NEWS, PROJECT, ACTIVITY, POSTER = "news", "project", "activity", "poster"
KINDS = (NEWS, PROJECT, ACTIVITY, POSTER)
"""A poster tells of a case: what was reported, and what was done. A kiosk shows a kind that
it does not know as news."""


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """One text; Thai is the one that must be there. Languages that are not known are left out."""

    th: str
    en: str = ""
    km: str = ""
    my: str = ""
    lo: str = ""

    def in_language(self, language: str) -> str:
        """The text in `language`, empty where it was not translated."""
        return str(getattr(self, language, ""))


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to show. `outcome` is what was done, of a poster only; for an activity with
    `places` people may sign up.

    It is shown from `first_on` to `last_on`, both included, in Thailand's days; None is no bound.
    """

    item_id: UUID
    kind: Code
    title: Said
    words: Said = Said(th="")
    outcome: Said = Said(th="")
    first_on: date | None = None
    last_on: date | None = None
    places: Annotated[int, msgspec.Meta(ge=0)] = 0

    def is_in_force(self, today: date | None) -> bool:
        """Whether it is shown today; where the day is not known, only what has no bounds."""
        if today is None:
            return self.first_on is None and self.last_on is None
        has_begun = self.first_on is None or self.first_on <= today
        return has_begun and (self.last_on is None or today <= self.last_on)


class Bulletin(msgspec.Struct, frozen=True, kw_only=True):
    """All items in the order in which they are shown; `version` goes up with each change."""

    version: Annotated[int, msgspec.Meta(ge=1)]
    issued_at: datetime
    items: Annotated[list[Item], msgspec.Meta(max_length=MOST_ITEMS)]


def open_bulletin(envelope: bytes, key_of: Callable[[str], bytes]) -> Bulletin:
    """Read a bulletin from an encoded `Signed`. `key_of` knows central's keys by name.

    Raises:
        BadSignature: not signed by one of central's keys.
        BadMessage: not a bulletin.
    """
    return decode(opened(envelope, key_of), Bulletin)
