"""A line of the review: what was asked, what was answered, and a pencil."""

from kivy.clock import Clock
from kivy.properties import BooleanProperty, StringProperty

from kiosk.theme import theme
from kiosk.widgets.icon import Icon
from kiosk.widgets.surface import draw_surface
from kiosk.widgets.text import Text
from kiosk.widgets.touch import Touchable


class Reading(Touchable):
    """`label` small above `answer`; a long answer is shortened, not squeezed.

    With `as_typed` the answer is the resident's own: its digits stay as they are.
    """

    label = StringProperty("")
    answer = StringProperty("")
    as_typed = BooleanProperty(False)

    def __init__(self, **properties: object) -> None:
        self._label = Text(role="small", ink="muted", valign="bottom")
        self._answer = Text(role="body", valign="top", shortens=True)
        self._pencil = Icon(icon="pencil-outline", ink="klong", role="question")
        self._lay = Clock.create_trigger(self._lay_out, -1)
        super().__init__(**properties)
        for part in (self._label, self._answer, self._pencil):
            self.add_widget(part)
        for name in ("label", "answer", "as_typed", "pos", "size", "is_pressed"):
            self.fbind(name, self._lay)
        self._lay_out()

    @property
    def fits(self) -> bool:
        """Whether label and answer, perhaps shortened, are to be seen."""
        return self._label.fits and self._answer.fits

    def _lay_out(self, *_: object) -> None:
        pad, pencil = theme.mm(3), theme.mm(10)
        label = theme.em("small") * 1.5
        top = self.top - theme.mm(1) - label
        self._answer.as_typed = self.as_typed  # before the words: what is typed is not kept
        self._label.text, self._answer.text = self.label, self.answer
        self._label.pos, self._label.size = (self.x + pad, top), (self.width - pencil - pad, label)
        self._answer.pos = (self.x + pad, self.y + theme.mm(0.5))
        self._answer.size = (self.width - pencil - pad, top - self.y - theme.mm(0.5))
        self._pencil.pos, self._pencil.size = (self.right - pencil, self.y), (pencil, self.height)
        self.canvas.before.clear()
        with self.canvas.before:
            ground = "pressed" if self.is_pressed else "card"
            draw_surface(self.pos, self.size, ground, shadow=not self.is_pressed)
