"""What a profile's author should see before residents do: names too long, words not translated.

The glass bears both. A long name is set smaller and then cut, a missing translation is Thai.
"""

import re
import unicodedata
from collections.abc import Iterator

import msgspec

from sync.profile import Profile

ROOM = {
    "name": 40,
    "complaint_centre": 60,
    "divisions.name": 45,
    "topics.name": 32,
    "topics.phrases": 45,
    "topics.call_first.name": 24,
    "villages.name": 32,
    "privacy_notice.text": 240,
    "corruption.who_sees": 140,
    "corruption.recipients.name": 36,
    "corruption.outside.name": 30,
    "corruption.phrases": 45,
    "reasons.name": 28,
    "staff_call": 60,
    "voucher": 75,
    "surveys.questions.text": 70,
    "surveys.about.text": 40,
    "surveys.about.options.name": 36,
}
"""Letters that a 7 inch panel, or a 58 mm roll, shows whole; marks above and below not counted."""
SHOWN = 3
"""How many places a remark names."""

_NUMBER = re.compile(r"\[\d+\]")


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """A profile that can be used: how much is in it, and what may be better.

    `path` is empty for the one in force.
    """

    path: str
    municipality: str
    divisions: int
    topics: int
    villages: int
    reasons: int
    surveys: int
    remarks: list[str]

    def text(self) -> str:
        """Sentences, a line each."""
        head = (
            f"{self.path or 'the profile in force'}: fine. {self.municipality}: "
            f"{self.divisions} divisions, {self.topics} topics, {self.villages} villages, "
            f"{self.reasons} reasons, {self.surveys} questionnaires"
        )
        return "\n".join([head, *(f"  {remark}" for remark in self.remarks)])


def remarks_on(profile: Profile) -> list[str]:
    """A line for each text that has not enough room, and one for each language with gaps."""
    texts = list(_texts(msgspec.to_builtins(profile), ""))
    return [*_too_long(texts), *_untranslated(texts, profile.languages)]


def letters_of(words: str) -> int:
    """How many letters stand side by side."""
    return sum(not unicodedata.category(letter).startswith("M") for letter in words)


def _too_long(texts: list[tuple[str, dict[str, str]]]) -> Iterator[str]:
    for path, text in texts:
        room = ROOM.get(_NUMBER.sub("", path), 0)
        for language, words in text.items():
            if room and letters_of(words) > room:
                yield (
                    f"{path}.{language}: {letters_of(words)} letters, and there is room for"
                    f" about {room}; the rest is left out"
                )


def _untranslated(texts: list[tuple[str, dict[str, str]]], languages: list[str]) -> Iterator[str]:
    for language in languages:
        gaps = [path for path, text in texts if not text.get(language)]
        if gaps:
            more = f" and {len(gaps) - SHOWN} more" if len(gaps) > SHOWN else ""
            yield f"{language}: shown in Thai: {', '.join(gaps[:SHOWN])}{more}"


def _texts(part: object, path: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Every text of a profile with its place, such as `divisions[2].name`."""
    if isinstance(part, dict) and isinstance(part.get("th"), str):
        yield path, part
    elif isinstance(part, dict):
        for name, inner in part.items():
            yield from _texts(inner, f"{path}.{name}".lstrip("."))
    elif isinstance(part, list):
        for number, inner in enumerate(part):
            yield from _texts(inner, f"{path}[{number}]")
