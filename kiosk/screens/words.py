"""What happened? The resident's own words on our own keyboard, or a ready phrase."""

from collections.abc import Iterable

from kiosk.form.flow import Step
from kiosk.form.model import Draft
from kiosk.i18n import tr
from kiosk.scene import Aside, Choose, Scene
from kiosk.screens.screen import load_layout
from kiosk.screens.typing import TypingScreen
from kiosk.theme import theme
from kiosk.widgets.button import Choice
from sync.case import Kind
from sync.profile import Profile

load_layout(__file__)


class WordsScreen(TypingScreen):
    """While nothing is typed, phrases stand below the field; a touch takes one and moves on."""

    def show(self, scene: Scene) -> None:
        """The question of this kind of case, and whom to call first in an emergency."""
        draft = scene.visit.draft
        if draft is None:
            return
        self.take_in(scene, draft.words)
        self.question, self.hint = _asked(draft.kind)
        said = scene.visit.language
        self.call_first = _call_first(self.profile, draft, said)
        self._offer(draft, said)
        self.can_go_on = bool(draft.words.strip() or draft.enclosures)

    def _offer(self, draft: Draft, said: str) -> None:
        """Other ways than typing: the finger, and phrases that fit. A drawing stays in sight."""
        ways = [self._way(bool(draft.enclosures))] if draft.enclosures or not draft.words else []
        phrases = [] if draft.words or draft.enclosures else phrases_for(self.profile, draft, said)
        phrases = phrases[: _room()]
        cards = [self._phrase(number, phrase) for number, phrase in enumerate(phrases, 1)]
        row, offered = self.ids.below, [*cards, *ways]
        if _shown(reversed(row.children)) == _shown(offered):
            return
        row.clear_widgets()
        for card in offered:
            row.add_widget(card)

    def _way(self, is_taken: bool) -> Choice:
        words = tr._("Your drawing") if is_taken else tr._("Write by hand")
        icon = "check" if is_taken else "draw"
        card = Choice(name="way:draw", text=words, icon=icon, role="small", chosen=is_taken)
        card.bind(on_release=lambda _: self.ask(Aside(Step.DRAW)))
        return card

    def _phrase(self, number: int, phrase: str) -> Choice:
        card = Choice(name=f"phrase:{number}", text=phrase, role="small", halign="center")
        card.bind(on_release=lambda card: self.ask(Choose("words", card.text)))
        return card


def _room() -> int:
    """How many phrases find room between field and keys, beside the other ways."""
    if theme.is_low:
        return 0 if theme.access.large_text else 2
    return 3


def _shown(cards: Iterable[Choice]) -> list[tuple[str, bool]]:
    return [(card.text, card.chosen) for card in cards]


def phrases_for(profile: Profile, draft: Draft, language: str) -> list[str]:
    """The ready phrases that fit this case; praise and suggestions are everyone's own."""
    phrases = []
    if draft.kind is Kind.COMPLAINT and draft.topic_code:
        phrases = profile.topic(draft.topic_code).phrases
    elif draft.kind is Kind.CORRUPTION and profile.corruption:
        phrases = profile.corruption.phrases
    return [phrase.in_language(language) for phrase in phrases]


def _call_first(profile: Profile, draft: Draft, language: str) -> str:
    """Whom to call first where the topic may be an emergency, else empty."""
    first = profile.topic(draft.topic_code).call_first if draft.topic_code else None
    if first is None or draft.kind is not Kind.COMPLAINT:
        return ""
    words = tr._("In an emergency call {phone} ({name}) first, then tell us here.")
    return str(words).format(phone=first.phone, name=first.name.in_language(language))


def _asked(kind: Kind) -> tuple[str, str]:
    """Question and example for a kind of case, in the language in force."""
    asked: dict[Kind, tuple[str, str]] = {
        Kind.COMPLAINT: (
            tr._("What happened?"),
            tr._("For example: the light at the end of the lane has been out for three days"),
        ),
        Kind.SUGGESTION: (
            tr._("What do you suggest?"),
            tr._("For example: a bench at the bus stop, so that older people can sit"),
        ),
        Kind.COMPLIMENT: (
            tr._("What did we do well?"),
            tr._("For example: the officer at counter 2 explained everything kindly"),
        ),
        Kind.CORRUPTION: (
            tr._("What happened?"),
            tr._("Who did what, where and when, as far as you know"),
        ),
    }
    return asked[kind]
