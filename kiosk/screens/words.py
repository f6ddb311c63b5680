"""What happened? The resident's own words on our own keyboard, or a ready phrase."""

from kiosk.clerk import Choose, Scene
from kiosk.form.model import Draft
from kiosk.i18n import tr
from kiosk.screens.screen import load_layout
from kiosk.screens.typing import TypingScreen
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
        self._offer([] if draft.words else phrases_for(self.profile, draft, said))
        self.can_go_on = bool(draft.words.strip())

    def _offer(self, phrases: list[str]) -> None:
        row = self.ids.below
        if phrases == [card.text for card in reversed(row.children)]:
            return
        row.clear_widgets()
        for number, phrase in enumerate(phrases, 1):
            card = Choice(name=f"phrase:{number}", text=phrase, role="small", halign="center")
            card.bind(on_release=lambda card: self.ask(Choose("words", card.text)))
            row.add_widget(card)


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
