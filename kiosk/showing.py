"""What the idle glass shows, in which order and languages, and how often it did.

What central released lies as a signed file beside the store and is checked again with
every show; a broken one is not used. Nothing here knows Kivy.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from uuid import UUID

import msgspec

from kiosk.config import Config
from kiosk.picturing import Decoder, Frame, Room
from kiosk.shown import SHOWN_FILE, read_shown
from sync.bulletin import ACTIVITY, BULLETIN_FILE, Item, open_bulletin
from sync.case import Instant
from sync.deadline import THAILAND
from sync.errors import BadMessage
from sync.identity import load_identity, write_private
from sync.pictures import PICTURES
from sync.wire import MOST_SHOWN, ItemShown

log = logging.getLogger(__name__)

TOLD_FOR = timedelta(days=3)
INVITATION = "invitation"
BEFORE, AFTER = "before", "after"


class SlidePicture(msgspec.Struct, frozen=True, kw_only=True):
    """A picture and what it shows, if that was written in the slide's language.

    `when` is BEFORE, AFTER, or empty where there is nothing to compare.
    """

    address: str
    caption: str = ""
    when: str = ""


class Slide(msgspec.Struct, frozen=True, kw_only=True):
    """One item in one language; an invitation has no item and no words of its own."""

    kind: str
    language: str
    title: str = ""
    words: str = ""
    outcome: str = ""
    takes_people: bool = False
    pictures: tuple[SlidePicture, ...] = ()
    item_id: UUID | None = None


def slides_of(items: Sequence[Item], languages: Sequence[str], today: date | None) -> list[Slide]:
    """The round of the idle glass: before each item an invitation, in each language in turn.

    An item comes in every one of `languages` that it was written in, first in Thai.
    """
    shown = [item for item in items if item.is_in_force(today)]
    slides: list[Slide] = []
    for number in range(max(len(shown), len(languages))):
        slides.append(Slide(kind=INVITATION, language=languages[number % len(languages)]))
        if number < len(shown):
            slides += _slides(shown[number], languages)
    return slides


def _slides(item: Item, languages: Sequence[str]) -> list[Slide]:
    return [
        Slide(
            kind=item.kind,
            language=language,
            title=item.title.in_language(language),
            words=item.words.in_language(language),
            outcome=item.outcome.in_language(language),
            takes_people=bool(item.places),
            pictures=_pictures(item, language),
            item_id=item.item_id,
        )
        for language in languages
        if item.title.in_language(language)
    ]


def _pictures(item: Item, language: str) -> tuple[SlidePicture, ...]:
    is_compared = item.picture_before is not None
    told = [(item.picture_before, BEFORE), (item.picture, AFTER if is_compared else "")]
    return tuple(
        SlidePicture(address=each.address, caption=each.caption.in_language(language), when=when)
        for each, when in told
        if each is not None
    )


class Showing:
    """What there is to show on one box, and its display log.

    `after_s` is the rest at home before the show, `item_s` how long one slide stands.
    """

    def __init__(
        self, config: Config, languages: Sequence[str], clock: Callable[[], Instant]
    ) -> None:
        self.after_s, self.item_s = config.glass.show_after_s, config.glass.show_item_s
        self._state_dir, self._languages, self._clock = config.state_dir, languages, clock
        self._counts = {(each.item_id, each.on): each for each in read_shown(config.state_dir)}
        self._kept = dict(self._counts)
        self._decoder = Decoder(config.state_dir / PICTURES)

    def slides(self) -> list[Slide]:
        """The round as it stands now; without a bulletin the invitations alone."""
        return slides_of(self._items(), self._languages, self._today())

    def activities(self) -> tuple[Item, ...]:
        """Those for which somebody may sign up today."""
        today = self._today()
        takes = [item for item in self._items() if item.kind == ACTIVITY and item.places]
        return tuple(item for item in takes if item.is_in_force(today))

    def prepare(self, slide: Slide, room: Room) -> None:
        """Begin to decode a slide's pictures, so that they are there when it comes."""
        self._decoder.begin([each.address for each in slide.pictures], room)

    def frames(self, slide: Slide) -> list[Frame]:
        """All pictures of the slide that was prepared, or none where one is not there yet."""
        return self._decoder.take([each.address for each in slide.pictures])

    def note(self, slide: Slide, seconds: float) -> None:
        """A slide stood on the glass; counted on days that are known."""
        today = self._today()
        if slide.item_id is None or today is None:
            return
        key = slide.item_id, today
        before = self._counts.get(key) or ItemShown(item_id=key[0], on=today, times=0, seconds=0)
        self._counts[key] = msgspec.structs.replace(
            before, times=before.times + 1, seconds=before.seconds + round(seconds)
        )

    def keep(self) -> None:
        """Write the counts down, so that the agent tells them and a restart goes on from them."""
        today = self._today()
        if self._counts == self._kept or today is None:
            return
        self._counts = {key: c for key, c in self._counts.items() if key[1] > today - TOLD_FOR}
        newest = sorted(self._counts.values(), key=lambda each: each.on, reverse=True)
        try:
            write_private(self._state_dir / SHOWN_FILE, msgspec.json.encode(newest[:MOST_SHOWN]))
        except OSError as error:
            log.warning("display log not kept: %s", error.strerror)
        self._kept = dict(self._counts)

    def _items(self) -> list[Item]:
        path = self._state_dir / BULLETIN_FILE
        try:
            key_of = load_identity(self._state_dir).central_key_called
            return open_bulletin(path.read_bytes(), key_of).items
        except FileNotFoundError:
            return []
        except (OSError, BadMessage) as error:
            log.warning("%s is not used: %s", path, type(error).__name__)
            return []

    def _today(self) -> date | None:
        now = self._clock()
        return now.wall.astimezone(THAILAND).date() if now.trusted else None
