"""Is everything right? All of it read back; each line can be touched to change it."""

from kiosk.clerk import Change, Forward, Scene
from kiosk.form.flow import Step
from kiosk.form.model import Draft
from kiosk.i18n import tr
from kiosk.screens.screen import Screen, load_layout
from kiosk.widgets import reading  # noqa: F401  (kv names it)
from sync.profile import Profile

load_layout(__file__)


class ReviewScreen(Screen):
    """Four lines and the step that submits."""

    def show(self, scene: Scene) -> None:
        """Read the answers back in the language in force."""
        draft, said = scene.visit.draft, scene.visit.language
        if draft is None:
            return
        self.ids.topic.answer = _about(self.profile, draft, said)
        self.ids.words.answer = draft.words
        village = draft.village_code
        self.ids.place.answer = (
            self.profile.village(village).name.in_language(said)
            if village
            else tr._("Elsewhere, or not sure")
        )
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
    """The topic; a report about corruption has none."""
    if draft.topic_code:
        return profile.topic(draft.topic_code).name.in_language(language)
    return str(tr._("Corruption, in confidence"))
