"""What happened? The resident's own words, on our own keyboard."""

from kivy.properties import StringProperty

from kiosk.clerk import Back, Forward, Say, Scene
from kiosk.screens.screen import Screen, load_layout
from kiosk.screens.wrong import sentence
from kiosk.widgets import field, keyboard  # noqa: F401  (kv names them)
from sync.case import LONGEST_WORDS

load_layout(__file__)


class WordsScreen(Screen):
    """A field and a keyboard; the steps stand beside the field, for there is no footer."""

    wrong = StringProperty("")
    most = LONGEST_WORDS

    def show(self, scene: Scene) -> None:
        """The words so far, and the keyboard in the language in force."""
        draft = scene.visit.draft
        if draft is None:
            return
        if self.ids.field.text != draft.words:
            self.ids.field.text = draft.words
        self.wrong = sentence(scene.wrong.get("words", ""))
        self.can_go_on = bool(draft.words.strip())
        if scene.visit.language != getattr(self, "_keys_for", ""):
            self._keys_for = scene.visit.language
            self.ids.keyboard.use(self._keys_for)

    def wipe(self) -> None:
        """Forget the words."""
        self.ids.field.wipe()
        self.ids.field.has_focus = True
        self._keys_for = ""

    def say(self, words: str) -> None:
        """The resident typed."""
        self.ask(Say("words", words))

    def go_on(self) -> None:
        """The next question."""
        self.ask(Forward())

    def go_back(self) -> None:
        """The question before."""
        self.ask(Back())
