"""What all screens share: they show a scene and ask; the clerk decides."""

from pathlib import Path

from kivy.lang import Builder
from kivy.lang.builder import global_idmap
from kivy.properties import BooleanProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.i18n import tr
from kiosk.scene import Ask, Back, Scene
from kiosk.sound import no_sound
from kiosk.theme import theme
from kiosk.widgets import button, icon, progress, text  # noqa: F401  (kv names them)
from kiosk.widgets.wings import Wings

global_idmap["theme"] = theme


OWN = ("steps", "forth", "back", "foot")
"""What a screen has of its own of the way on and back, and below its answers: in kv its id."""


class Screen(Wings, BoxLayout):  # type: ignore[misc]  # Kivy has no types
    """One question and its answers.

    `on_ask` carries what the resident wants. The footer shows `next_text` on the
    marigold step where there is one; a screen without a footer has its own. While it stands
    aside it shows nothing new: it `is_behind`.

    Where everything is low the glass has a bar for these steps on every screen: what is OWN of
    them is taken away. The bar has Back where one `can_go_back`, `next_text` on a step that
    scripts know by `step_name`, and as `puts_in` what finds no place in `theme.reach`. While
    somebody `is_typing`, what else stands above gives its room to the words.
    """

    profile = ObjectProperty(None, allownone=True)
    scene = ObjectProperty(Scene())
    sound = ObjectProperty(no_sound())
    has_footer = BooleanProperty(True)
    next_text = StringProperty("")
    can_go_on = BooleanProperty(True)
    can_go_back = BooleanProperty(True)
    step_name = StringProperty("next")
    puts_in = ObjectProperty(None, allownone=True)
    is_typing = BooleanProperty(False)
    __events__ = ("on_ask", "on_stir")

    def __init__(self, **properties: object) -> None:
        self.is_behind = False
        super().__init__(**properties)
        if theme.reach:
            self.lower()
        self.fbind("scene", self._show)
        tr.bind(language=self._show)
        self.show_now()

    def lower(self) -> None:
        """Everything low: leave the steps to the bar. What else would stand too high, moves."""
        for name in OWN:
            if name in self.ids:
                taken(self.ids[name])

    def show(self, scene: Scene) -> None:
        """Take the scene in and show it."""

    def go_on(self) -> None:
        """The marigold step was touched."""

    def go_back(self) -> None:
        """The question before."""
        self.ask(Back())

    def wipe(self) -> None:
        """Forget what was typed; called when a visit ends."""

    def ask(self, ask: Ask) -> None:
        """Pass on what the resident wants."""
        self.dispatch("on_ask", ask)

    def on_ask(self, ask: Ask) -> None:
        """The resident wants something."""

    def on_stir(self) -> None:
        """Somebody is there without touching: they speak or listen."""

    def take(self, scene: Scene) -> None:
        """Show a scene, and whatever was put off."""
        self.scene = scene
        if self.is_behind:
            self.show_now()

    def show_now(self) -> None:
        """Show its scene, in sight or not."""
        self.is_behind = False
        if self.profile is not None:
            self.show(self.scene)

    def _show(self, *_: object) -> None:
        if self.parent is None:
            self.is_behind = True
        else:
            self.show_now()


def taken(widget: Widget) -> Widget:
    """The widget itself, taken from where it stands."""
    own: Widget = widget.__self__  # what kv knows by its id does not hold it
    own.parent.remove_widget(own)
    return own


def load_layout(python_file: str) -> None:
    """Load the kv file beside a screen's Python file, once."""
    Builder.load_file(str(Path(python_file).with_suffix(".kv")))
