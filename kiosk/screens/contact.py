"""May we contact you? Both fields may stay empty, and the notice is in plain sight."""

from kivy.properties import BooleanProperty, ObjectProperty, StringProperty

from kiosk.form.checks import LONGEST_NAME, LONGEST_PHONE
from kiosk.form.model import Draft, Joining
from kiosk.i18n import tr
from kiosk.scene import Forward, Say, Scene
from kiosk.screens.screen import Screen, load_layout, taken
from kiosk.screens.turns import Turns
from kiosk.screens.wrong import sentence
from kiosk.theme import theme
from kiosk.widgets import field, keyboard  # noqa: F401  (kv names them)
from kiosk.widgets.field import Field

load_layout(__file__)


class ContactScreen(Screen):
    """Name and phone. Touching a field brings the keyboard and puts the footer away.

    What was given stands there as dots, and is shown while a finger rests on the eye.
    """

    most_name = LONGEST_NAME
    most_phone = LONGEST_PHONE
    wrong = StringProperty("")
    notice = StringProperty("")
    has_given = BooleanProperty(False)
    is_shown = BooleanProperty(False)
    is_tight = BooleanProperty(False)
    focused = ObjectProperty(None, allownone=True)
    question = StringProperty("")
    hint = StringProperty("")
    can_skip = True

    def lower(self) -> None:
        """The notice stands above the fields, and a way from one to the other below the keys."""
        super().lower()
        self.ids.asked.add_widget(taken(self.ids.notice), index=1)
        done = taken(self.ids.done)
        done.size_hint_x, done.width = None, theme.wide(2.6)
        self._turns = Turns("name", "phone")
        self._turns.bind(on_turn=lambda _, name: self.ids[name].dispatch("on_release"))
        self._turns.add_widget(done)
        self.add_widget(self._turns)
        self.fbind("focused", self._take_turns)

    def _take_turns(self, *_: object) -> None:
        named = {"name": str(tr._("Name")), "phone": str(tr._("Phone"))}
        self._turns.offer(named, self.focused.name if self.focused else "")

    def form(self, scene: Scene) -> Draft | Joining | None:
        """What holds name and phone."""
        return scene.visit.draft

    def asked(self) -> tuple[str, str]:
        """The question, and what to know before answering."""
        hint = tr._("You may leave both empty. With the slip you can track your case.")
        return str(tr._("May we contact you?")), str(hint)

    def show(self, scene: Scene) -> None:
        """What was given so far; skipping is as easy as giving, where it may be skipped."""
        given = self.form(scene)
        self.question, self.hint = self.asked()
        if given is None:
            return
        for name in ("name", "phone"):
            if self.ids[name].text != getattr(given, name):
                self.ids[name].text = getattr(given, name)
        self.notice = self.profile.privacy_notice.text.in_language(scene.visit.language)
        self.wrong = sentence(next(iter(scene.wrong.values()), ""))
        self.has_given = bool(given.name or given.phone)
        if theme.reach:
            self._take_turns()
        is_skipped = self.can_skip and not self.has_given
        self.next_text = tr._("Skip") if is_skipped else tr._("Next")

    def wipe(self) -> None:
        """Forget who it was."""
        self.stop_typing()
        self.has_given = self.is_shown = False
        self.ids.name.wipe()
        self.ids.phone.wipe()

    def type_into(self, chosen: Field, layout: str) -> None:
        """Bring the keyboard for a field."""
        for each in (self.ids.name, self.ids.phone):
            each.has_focus = each is chosen
        self.focused, self.has_footer = chosen, False
        keys = self.ids.keyboard
        keys.use(tr.language)
        if layout:
            keys.layout = layout

    def stop_typing(self) -> None:
        """Put the keyboard away."""
        for each in (self.ids.name, self.ids.phone):
            each.has_focus = False
        self.focused, self.has_footer = None, True

    def type_text(self, letters: str) -> None:
        """A key was touched."""
        if self.focused and letters != "\n":
            self.focused.insert(letters)
        elif letters == "\n":
            self.stop_typing()

    def take_back(self) -> None:
        """Backspace was touched."""
        if self.focused:
            self.focused.backspace()

    def say(self, name: str, words: str) -> None:
        """The resident typed into one of the fields."""
        self.ask(Say(name, words))

    def go_on(self) -> None:
        """The next question."""
        self.stop_typing()
        self.ask(Forward())
