"""One field and a keyboard; the steps stand beside the field, for there is no footer."""

from kivy.properties import BooleanProperty, NumericProperty, StringProperty

from kiosk.scene import Forward, Say, Scene
from kiosk.screens.screen import Screen, load_layout, taken
from kiosk.screens.wrong import sentence
from kiosk.theme import theme
from kiosk.widgets import field, keyboard  # noqa: F401  (kv names them)

load_layout(__file__)


class TypingScreen(Screen):
    """A screen that takes one answer in the resident's own words.

    `field` is the answer's name in the form. What else a screen offers stands in
    `ids.below`, under the field.
    """

    field = StringProperty("")
    question = StringProperty("")
    hint = StringProperty("")
    wrong = StringProperty("")
    call_first = StringProperty("")
    most = NumericProperty(0)
    has_lines = BooleanProperty(True)

    def lower(self) -> None:
        """What else is offered stands below the keys."""
        super().lower()
        below = taken(self.ids.below)
        below.padding = theme.margin, theme.mm(1), theme.margin, theme.mm(1)
        self.add_widget(below)

    def take_in(self, scene: Scene, typed: str) -> None:
        """What was typed so far, and the keyboard in the language in force."""
        if self.ids.field.text != typed:
            self.ids.field.text = typed
        self.wrong = sentence(scene.wrong.get(self.field, ""))
        if scene.visit.language != getattr(self, "_keys_for", ""):
            self._keys_for = scene.visit.language
            self.ids.keyboard.use(self._keys_for)

    def wipe(self) -> None:
        """Forget the words."""
        self.ids.field.wipe()
        self.ids.field.has_focus = True
        self._keys_for = ""

    def type_text(self, letters: str) -> None:
        """A key was touched; Enter goes on where an answer is one line."""
        if letters != "\n" or self.has_lines:
            self.ids.field.insert(letters)
        elif self.can_go_on:
            self.go_on()

    def say(self, words: str) -> None:
        """The resident typed."""
        self.ask(Say(self.field, words))

    def go_on(self) -> None:
        """The next question."""
        self.ask(Forward())
