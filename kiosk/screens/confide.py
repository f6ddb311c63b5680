"""Who will see a report about corruption, who shall not, and who else takes one."""

from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.widget import Widget

from kiosk.i18n import tr
from kiosk.scene import Forward, Scene, Toggle
from kiosk.screens.listing import most_columns
from kiosk.screens.screen import Screen, load_layout, taken
from kiosk.widgets import pages  # noqa: F401  (kv names it)
from kiosk.widgets.button import Choice
from sync.profile import Hotline, Recipient

load_layout(__file__)


class ConfideScreen(Screen):
    """One plain sentence, the recipients to leave out, the numbers of bodies outside."""

    who_sees = StringProperty("")
    outside = StringProperty("")
    has_recipients = BooleanProperty(False)

    def lower(self) -> None:
        """Whom else to call is only read: it stands above who may be left out."""
        super().lower()
        self.add_widget(taken(self.ids.others), index=1)
        self.add_widget(Widget(), index=1)

    def show(self, scene: Scene) -> None:
        """All of it in the language in force; who was left out is marked."""
        draft, corruption, said = scene.visit.draft, self.profile.corruption, scene.visit.language
        if draft is None or corruption is None:
            return
        self.who_sees = corruption.who_sees.in_language(said)
        self.outside = _numbers(corruption.outside, said)
        self.has_recipients = bool(corruption.recipients)
        grid = self.ids.pages
        if said != getattr(self, "_said", ""):
            self._said = said
            grid.columns = most_columns(1, 2)
            grid.fill(corruption.recipients, lambda recipient: self._card(recipient, said))
        for card in grid.cards:
            card.chosen = card.name.removeprefix("exclude:") in draft.excluded
            card.icon = "eye-off-outline" if card.chosen else "eye-outline"
            card.second = tr._("Not to be shown to them") if card.chosen else ""

    def wipe(self) -> None:
        """Forget who was left out."""
        for card in self.ids.pages.cards:
            card.chosen = False

    def go_on(self) -> None:
        """The next question."""
        self.ask(Forward())

    def _card(self, recipient: Recipient, language: str) -> Choice:
        card = Choice(
            name=f"exclude:{recipient.code}",
            text=recipient.name.in_language(language),
            size_hint=(None, None),
        )
        card.bind(on_release=lambda _: self.ask(Toggle("excluded", recipient.code)))
        return card


def _numbers(outside: list[Hotline], language: str) -> str:
    """Whom else to tell, in one line; empty where the profile names nobody."""
    if not outside:
        return ""
    each = "  ·  ".join(f"{body.name.in_language(language)} {body.phone}" for body in outside)
    lead = tr._("You may also call:")
    return f"{lead} {each}"
