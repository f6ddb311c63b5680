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
from sync.records import Digest
from sync.release import opened
from sync.wire import decode

MOST_ITEMS = 40
"""Items in one release; more would not come round while somebody waits."""
MOST_PLACES = 9999
LONGEST_TITLE, LONGEST_WORDS, LONGEST_CAPTION = 90, 240, 60
"""Characters; what can be read from two metres away before the next item comes."""
LARGEST_PICTURE = 384 * 1024
"""Bytes. Two to an item, so a device keeps 30 MiB at most."""
LONGEST_SIDE = 1280
"""Pixels of a picture; what the largest panel needs."""
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


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """A JPEG that central serves by its SHA-256, and what it shows, in a few words."""

    address: Digest
    caption: Said = Said(th="")


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to show. `outcome` is what was done, of a poster only; for an activity with
    `places` people may sign up. A poster's `picture` is of afterwards.

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
    picture: Picture | None = None
    picture_before: Picture | None = None

    @property
    def pictures(self) -> list[Picture]:
        """Those that it has, the earlier first."""
        return [each for each in (self.picture_before, self.picture) if each is not None]

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
