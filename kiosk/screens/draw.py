"""Say it by hand: write or draw with the finger, beside typing."""

from kivy.properties import StringProperty

from kiosk.form.model import Draft, Enclosure
from kiosk.i18n import tr
from kiosk.scene import Enclose, Forward, Scene
from kiosk.screens.screen import Screen, load_layout
from kiosk.widgets import pad  # noqa: F401  (kv names it)
from sync.drawing import MEDIA_TYPE, Drawing, decode_drawing, encode_drawing

load_layout(__file__)


class DrawScreen(Screen):
    """A sheet; each stroke is taken down at once, so changing the language loses none."""

    question = StringProperty("")
    wrong = StringProperty("")

    def show(self, scene: Scene) -> None:
        """The drawing so far."""
        draft = scene.visit.draft
        if draft is None:
            return
        drawing = drawing_of(draft)
        if drawing != self.ids.pad.drawing:
            self.ids.pad.take(drawing)
        self.question = tr._("Write or draw with your finger")
        self.wrong = tr._("The sheet is full.") if self.ids.pad.is_full else ""
        self.can_go_on = drawing is not None

    def wipe(self) -> None:
        """Forget the drawing."""
        self.ids.pad.wipe()

    def drew(self) -> None:
        """Another stroke, or one less."""
        drawing = self.ids.pad.drawing
        data = encode_drawing(drawing) if drawing else b""
        self.ask(Enclose(Enclosure(media_type=MEDIA_TYPE, data=data)))

    def go_on(self) -> None:
        """The next question."""
        self.ask(Forward())


def drawing_of(draft: Draft) -> Drawing | None:
    """The drawing among a draft's enclosures."""
    data = next((each.data for each in draft.enclosures if each.media_type == MEDIA_TYPE), b"")
    return decode_drawing(data) if data else None
