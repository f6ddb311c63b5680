"""How does my case stand? The reference and the key from the slip."""

from kivy.properties import BooleanProperty, ObjectProperty, StringProperty

from kiosk.i18n import tr
from kiosk.scene import Forward, Say, Scene
from kiosk.screens.screen import Screen, load_layout
from kiosk.screens.turns import Turns
from kiosk.screens.wrong import sentence
from kiosk.theme import theme
from kiosk.widgets import field, keyboard  # noqa: F401  (kv names them)
from kiosk.widgets.field import Field
from sync.reference import KEY_LENGTH, grouped, reference_for

load_layout(__file__)

GROUP = 4
"""Characters of a key between two dashes; the dashes come by themselves."""


class TrackScreen(Screen):
    """Two fields and a keyboard with the letters that slips have, no others."""

    wrong = StringProperty("")
    hint = StringProperty("")
    is_tight = BooleanProperty(False)
    is_squeezed = BooleanProperty(False)
    reference_like = str(reference_for("A1", 42))
    focused = ObjectProperty(None, allownone=True)

    def lower(self) -> None:
        """A way from one field to the other, below the keys."""
        super().lower()
        self._turns = Turns("reference", "key")
        self._turns.bind(on_turn=lambda _, name: self.type_into(self.ids[name]))
        self.add_widget(self._turns)
        self.fbind("focused", self._take_turns)

    def _take_turns(self, *_: object) -> None:
        named = {"reference": str(tr._("Reference")), "key": str(tr._("Tracking key"))}
        self._turns.offer(named, self.focused.name if self.focused else "")

    def show(self, scene: Scene) -> None:
        """What was typed so far; what does not read as a slip is said under the question."""
        lookup = scene.visit.lookup
        if lookup is None:
            return
        for name in ("reference", "key"):
            if self.ids[name].text != getattr(lookup, name):
                self.ids[name].text = getattr(lookup, name)
        self.wrong = sentence(next(iter(scene.wrong.values()), ""))
        self.hint = _hint(scene.box.has_scanner)
        self.can_go_on = bool(lookup.reference and lookup.key)
        if self.focused is None:
            self.type_into(self.ids.reference)
        if theme.reach:
            self._take_turns()

    def wipe(self) -> None:
        """Forget the slip."""
        self.ids.reference.wipe()
        self.ids.key.wipe()
        self.focused = None

    def type_into(self, chosen: Field) -> None:
        """What is typed goes here from now on."""
        for each in (self.ids.reference, self.ids.key):
            each.has_focus = each is chosen
        self.focused = chosen

    def type_text(self, letters: str) -> None:
        """A key was touched."""
        typed: Field | None = self.focused
        if typed is None:
            return
        typed.insert(letters)
        if typed is self.ids.key and typed.caret == len(typed.text):
            self._group(typed)

    def take_back(self) -> None:
        """Backspace was touched; a dash that came by itself goes by itself."""
        typed: Field | None = self.focused
        if typed is None:
            return
        if typed is self.ids.key and typed.text.endswith("-") and typed.caret == len(typed.text):
            typed.backspace()
        typed.backspace()

    def say(self, typed: Field) -> None:
        """The resident typed."""
        self.ask(Say(typed.name, typed.text))

    def go_on(self) -> None:
        """Ask central."""
        self.ask(Forward())

    def _group(self, typed: Field) -> None:
        """A dash after each group of four, as the slip has it."""
        bare = typed.text.replace("-", "")
        if len(bare) < KEY_LENGTH and len(bare) % GROUP == 0 and typed.text == grouped(bare):
            typed.insert("-")


def _hint(has_scanner: bool) -> str:
    """How to begin, in one line."""
    by_scanner: str = tr._(
        "Hold the square code on your slip to the scanner, or type what stands there."
    )
    by_hand: str = tr._("Type the reference and the key that stand on your slip.")
    return by_scanner if has_scanner else by_hand
