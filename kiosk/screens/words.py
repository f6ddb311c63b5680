"""What happened? The resident's own words on our own keyboard, or a ready phrase."""

from kiosk.form.flow import Step
from kiosk.form.model import Draft
from kiosk.i18n import tr
from kiosk.scene import Aside, Choose, Scene
from kiosk.screens.draw import drawing_of
from kiosk.screens.screen import load_layout
from kiosk.screens.typing import TypingScreen
from kiosk.screens.voice import voice_of
from kiosk.theme import theme
from kiosk.widgets.button import Choice
from sync.case import Kind
from sync.profile import Profile

load_layout(__file__)


class WordsScreen(TypingScreen):
    """While nothing is typed, phrases stand below the field; a touch takes one and moves on."""

    _offered: tuple[object, ...] = ()

    def show(self, scene: Scene) -> None:
        """The question of this kind of case, and whom to call first in an emergency."""
        draft = scene.visit.draft
        if draft is None:
            return
        self.take_in(scene, draft.words)
        self.question, self.hint = _asked(draft.kind)
        said = scene.visit.language
        self.call_first = _call_first(self.profile, draft, said)
        self._offer(scene, draft)
        self.can_go_on = bool(draft.words.strip() or draft.enclosures)

    def _offer(self, scene: Scene, draft: Draft) -> None:
        """Other ways than typing: finger, voice, and phrases that fit. What is done stays in sight.

        Both are offered until something was typed.
        """
        is_typed = bool(draft.words)
        done = {Step.DRAW: drawing_of(draft) is not None, Step.VOICE: bool(voice_of(draft))}
        wanted = {Step.DRAW: not is_typed, Step.VOICE: not is_typed and scene.box.has_microphone}
        ways = [(step, done[step]) for step in done if done[step] or wanted[step]]
        is_begun = is_typed or bool(draft.enclosures)
        phrases = [] if is_begun else phrases_for(self.profile, draft, scene.visit.language)
        phrases = phrases[: _room(len(ways))]
        offered = (tuple(phrases), tuple(ways), scene.visit.language)
        if offered == self._offered:
            return
        self._offered = offered
        self.ids.below.clear_widgets()
        for number, phrase in enumerate(phrases, 1):
            self.ids.below.add_widget(self._phrase(number, phrase))
        for way in ways:
            self.ids.below.add_widget(self._way(*way))

    def _way(self, step: Step, is_done: bool) -> Choice:
        icon, words, done = _said_of(step)
        text = done if is_done else words
        icon = "check" if is_done else icon
        card = Choice(name=f"way:{step}", text=text, icon=icon, role="small", chosen=is_done)
        card.bind(on_release=lambda _: self.ask(Aside(step)))
        return card

    def _phrase(self, number: int, phrase: str) -> Choice:
        card = Choice(name=f"phrase:{number}", text=phrase, role="small", halign="center")
        card.bind(on_release=lambda card: self.ask(Choose("words", card.text)))
        return card


def _said_of(step: Step) -> tuple[str, str, str]:
    """Another way than typing: its icon, its words, and what it says once it was taken."""
    if step is Step.DRAW:
        return "draw", str(tr._("Write by hand")), str(tr._("Your drawing"))
    return "microphone", str(tr._("Speak")), str(tr._("Your recording"))


def _room(ways: int) -> int:
    """How many phrases find room between field and keys, beside the other ways."""
    if theme.is_low:
        return max(0, (2 if theme.access.large_text else 3) - ways)
    return 4 - ways


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
