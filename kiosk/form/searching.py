"""Finding a topic by what somebody types: without spaces, by synonyms, in spite of slips."""

import unicodedata
from collections.abc import Sequence

from rapidfuzz import fuzz

from sync.profile import Text, Topic

LEAST_LIKENESS = 75.0
"""Of 100. In Thai one wrong mark in a short word still reaches it; chance seldom does."""
LEAST_LETTERS = 2


def found(topics: Sequence[Topic], typed: str, most: int) -> list[Topic]:
    """The topics that `typed` may mean, best first, `most` at the most.

    A topic is known by its names, its synonyms and its phrases, in every language. Fewer
    than two letters find nothing; marks alone are no letters.
    """
    sought = _bare(typed)
    if sum(character.isalnum() for character in sought) < LEAST_LETTERS:
        return []
    likeness = {topic.code: _likeness(topic, sought) for topic in topics}
    alike = [topic for topic in topics if likeness[topic.code] >= LEAST_LIKENESS]
    return sorted(alike, key=lambda topic: -likeness[topic.code])[:most]


def _likeness(topic: Topic, sought: str) -> float:
    texts = [topic.name, *topic.phrases]
    known = [*topic.synonyms, *(said for text in texts for said in _said(text))]
    return max(fuzz.partial_ratio(sought, _bare(words)) for words in known)


def _said(text: Text) -> list[str]:
    """A text of the profile in all its languages."""
    return [
        said for said in (getattr(text, name) for name in ("th", "en", "km", "my", "lo")) if said
    ]


def _bare(words: str) -> str:
    """Composed, in small letters, without spaces."""
    return "".join(unicodedata.normalize("NFC", words).casefold().split())
