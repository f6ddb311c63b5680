"""Is everything right? All of it read back; each line can be touched to change it."""

from kivy.properties import BooleanProperty, StringProperty

from kiosk.form.flow import CASE_STEPS, Step
from kiosk.form.model import Draft
from kiosk.i18n import tr
from kiosk.scene import Change, Forward, Scene
from kiosk.screens.draw import drawing_of
from kiosk.screens.screen import Screen, load_layout, taken
from kiosk.screens.trouble import banner_for
from kiosk.screens.voice import voice_of
from kiosk.theme import theme
from kiosk.widgets import reading  # noqa: F401  (kv names it)
from sync.case import Kind
from sync.profile import Profile

load_layout(__file__)


class ReviewScreen(Screen):
    """Four lines, three where no place was asked, and the step that submits.

    `first` is the step of the first line, `about` and `said` are what stands above it and
    above the words. Where a banner and larger words take the room, it `is_crowded` and does
    without a head: the words say more.
    """

    first = StringProperty("topic")
    about = StringProperty("")
    said = StringProperty("")
    has_place = BooleanProperty(True)
    is_place_typed = BooleanProperty(False)
    is_crowded = BooleanProperty(False)

    def lower(self) -> None:
        """Two rows of two; the words are read in full above them."""
        super().lower()
        for name in ("words", "contact"):
            line = taken(self.ids[name])
            line.size_hint_y = 1
            self.ids.last.add_widget(line)

    def show(self, scene: Scene) -> None:
        """Read the answers back in the language in force."""
        draft, said = scene.visit.draft, scene.visit.language
        if draft is None:
            return
        is_short = theme.access.large_text and not (theme.is_upright or theme.reach)
        self.is_crowded = bool(is_short and banner_for(scene).words)
        steps = CASE_STEPS[draft.kind]
        self.first, self.has_place = steps[0].value, Step.PLACE in steps
        self.about, self.said = _headings(draft.kind)
        self.ids.topic.answer = _about(self.profile, draft, said)
        self.ids.words.answer = _said(draft)
        self.is_place_typed = bool(draft.place.strip())
        self.ids.place.answer = _where(self.profile, draft, said)
        given = "  ".join(part for part in (draft.name, draft.phone) if part)
        self.ids.contact.answer = given or tr._("Not given")

    def wipe(self) -> None:
        """Forget what was read back."""
        for line in (self.ids.topic, self.ids.words, self.ids.place, self.ids.contact):
            line.answer = ""

    def change(self, step: str) -> None:
        """Back to the question of a line."""
        self.ask(Change(Step(step)))

    def go_on(self) -> None:
        """Submit."""
        self.ask(Forward())


def _about(profile: Profile, draft: Draft, language: str) -> str:
    """The topic; a report about corruption has none, and names who shall not see it."""
    if draft.topic_code:
        return profile.topic(draft.topic_code).name.in_language(language)
    recipients = profile.corruption.recipients if profile.corruption else []
    left_out = [r.name.in_language(language) for r in recipients if r.code in draft.excluded]
    if left_out:
        return str(tr._("Not to be shown to them")) + ": " + ", ".join(left_out)
    return str(tr._("Corruption, in confidence"))


def _said(draft: Draft) -> str:
    """The words, and that there is a drawing or a recording."""
    drawing = str(tr._("Your drawing")) if drawing_of(draft) else ""
    voice = str(tr._("Your recording")) if voice_of(draft) else ""
    return "  ·  ".join(part for part in (draft.words.strip(), drawing, voice) if part)


def _where(profile: Profile, draft: Draft, language: str) -> str:
    """The place chosen and the place in words, either or both."""
    village = draft.village_code
    name = profile.village(village).name.in_language(language) if village else ""
    said = ", ".join(part for part in (name, draft.place.strip()) if part)
    return said or str(tr._("Elsewhere, or not sure"))


def _headings(kind: Kind) -> tuple[str, str]:
    """What stands above the topic and above the words."""
    headings: dict[Kind, tuple[str, str]] = {
        Kind.COMPLAINT: (tr._("About"), tr._("What happened")),
        Kind.SUGGESTION: (tr._("About"), tr._("Your suggestion")),
        Kind.COMPLIMENT: (tr._("About"), tr._("Your praise")),
        Kind.CORRUPTION: (tr._("In confidence"), tr._("What happened")),
    }
    return headings[kind]
