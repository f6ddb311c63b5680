"""What all screens share: they show a scene and ask; the clerk decides."""

from pathlib import Path

from kivy.lang import Builder
from kivy.lang.builder import global_idmap
from kivy.properties import BooleanProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.i18n import tr
from kiosk.scene import Ask, Scene
from kiosk.sound import no_sound
from kiosk.theme import theme
from kiosk.widgets import button, icon, progress, text  # noqa: F401  (kv names them)
from kiosk.widgets.wings import Wings

global_idmap["theme"] = theme


class Screen(Wings, BoxLayout):  # type: ignore[misc]  # Kivy has no types
    """One question and its answers.

    `on_ask` carries what the resident wants. The footer shows `next_text` on the
    marigold step where there is one; a screen without a footer has its own. While it stands
    aside it shows nothing new: it `is_behind`.
    """

    profile = ObjectProperty(None, allownone=True)
    scene = ObjectProperty(Scene())
    sound = ObjectProperty(no_sound())
    has_footer = BooleanProperty(True)
    next_text = StringProperty("")
    can_go_on = BooleanProperty(True)
    __events__ = ("on_ask", "on_stir")

    def __init__(self, **properties: object) -> None:
        self.is_behind = False
        super().__init__(**properties)
        self.fbind("scene", self._show)
        tr.bind(language=self._show)
        self.show_now()

    def show(self, scene: Scene) -> None:
        """Take the scene in and show it."""

    def go_on(self) -> None:
        """The marigold step was touched."""

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


def load_layout(python_file: str) -> None:
    """Load the kv file beside a screen's Python file, once."""
    Builder.load_file(str(Path(python_file).with_suffix(".kv")))
