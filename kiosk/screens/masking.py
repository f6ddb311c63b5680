"""Which parts of the glass a technician's screenshot shows, and which it must not.

What is not known to be the box's own is a resident's: words count as the box's when they
stand in the catalogue, or in the profile on a screen that shows no answers. Whatever was
typed, drawn or is to be copied is masked in any case, and of a report about corruption all
that its screen shows.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING

import msgspec
from kivy.uix.widget import Widget

from kiosk.catalogues import catalogue
from kiosk.form.flow import Step
from kiosk.i18n import DOMAIN, tr
from kiosk.languages import NAMES
from kiosk.screens.prompter import is_confidential
from kiosk.widgets.code import Qr
from kiosk.widgets.field import Field
from kiosk.widgets.keyboard import Keyboard
from kiosk.widgets.lettering import ICON
from kiosk.widgets.pad import Pad
from kiosk.widgets.text import Text
from sync.profile import Profile

if TYPE_CHECKING:
    from kiosk.screens.glass import Glass

Mask = tuple[float, float, float, float]
"""x, y, width and height in window pixels; y counts from the bottom."""

ASKS_ONLY = (
    *(Step.HOME, Step.TOPIC, Step.DIVISION, Step.RATING, Step.THANKS, Step.SURVEY),
    *(Step.WHERE, Step.ACTIVITY),
)
"""Screens whose words are the box's own choices. On all others the profile's words may be an
answer: the topic on the review, the village in a story."""

_PLACEHOLDER = re.compile(r"\\\{\w+\\\}")
_NUMBER = r"[0-9๐-๙]{1,3}"


def masks_of(glass: "Glass") -> list[Mask]:
    """What lies over the glass in its picture."""
    if not glass.is_in_use:
        return []
    scene = glass.scene
    if is_confidential(scene.visit):
        return [_box(part) for part in glass.children]
    profile: Profile = glass.profile
    own: tuple[object, ...] = (profile.name, list(NAMES.values()))
    if scene.division:
        own += (profile.division(scene.division).name,)
    if scene.visit.step in ASKS_ONLY:
        own += (profile,)
    names = frozenset(_texts(msgspec.to_builtins(own)))
    return list(_walk(glass, _public(tr.language, names)))


def _walk(widget: Widget, is_public: Callable[[str], bool]) -> Iterator[Mask]:
    if not widget.opacity:
        return
    if _is_personal(widget, is_public):
        yield _box(widget)
        return
    for child in widget.children:
        yield from _walk(child, is_public)


def _is_personal(widget: Widget, is_public: Callable[[str], bool]) -> bool:
    if isinstance(widget, Field | Qr):
        return bool(widget.text)
    if isinstance(widget, Pad):
        return True
    if isinstance(widget, Keyboard):
        return widget.is_held
    if isinstance(widget, Text) and widget.face != ICON:
        return bool(widget.text) and (widget.as_typed or not is_public(widget.text))
    return False


def _public(language: str, names: frozenset[str]) -> Callable[[str], bool]:
    """Whether words are the box's own, in this language; `names` are."""
    said, patterns = _catalogue(language)

    def is_filled(found: "re.Match[str]") -> bool:
        return all(re.fullmatch(_NUMBER, part) or part in names for part in found.groups())

    def is_public(words: str) -> bool:
        if words in said or words in names or re.fullmatch(_NUMBER, words):
            return True
        if all(part in names for part in words.split()):  # several languages on one plate
            return True
        found = (pattern.fullmatch(words) for pattern in patterns)
        return any(is_filled(match) for match in found if match)

    return is_public


@cache
def _catalogue(language: str) -> tuple[frozenset[str], tuple["re.Pattern[str]", ...]]:
    """What the box says in this language: as it is, and with something put in."""
    kept = getattr(catalogue(DOMAIN, language), "_catalog", {})
    messages = {words for pair in kept.items() for words in pair if isinstance(words, str)}
    open_ended = {words for words in messages if "{" in words}
    patterns = (_PLACEHOLDER.sub("(.+)", re.escape(words)) for words in open_ended)
    return frozenset(messages - open_ended), tuple(re.compile(words) for words in patterns)


def _texts(part: object) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    elif isinstance(part, dict):
        for inner in part.values():
            yield from _texts(inner)
    elif isinstance(part, list | tuple):
        for inner in part:
            yield from _texts(inner)


def _box(widget: Widget) -> Mask:
    x, y = widget.to_window(widget.x, widget.y)
    return (x, y, float(widget.width), float(widget.height))
