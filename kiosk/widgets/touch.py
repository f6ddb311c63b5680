"""Whatever can be touched: it shows the finger at once and acts when it is lifted."""

from kivy.input import MotionEvent
from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.widget import Widget


class Touchable(Widget):  # type: ignore[misc]  # Kivy has no types
    """Takes one finger; `on_release` follows when it lifts inside, and only then.

    `name` is a stable identity for scripts and tests, as in `topic:road`.
    """

    name = StringProperty("")
    text = StringProperty("")
    is_pressed = BooleanProperty(False)
    __events__ = ("on_release",)

    def on_touch_down(self, touch: MotionEvent) -> bool:
        """Take a finger that lands here; a second one is not ours."""
        if self.disabled or self.is_pressed or not self.collide_point(*touch.pos):
            return False
        touch.grab(self)
        self.is_pressed = True
        return True

    def on_touch_move(self, touch: MotionEvent) -> bool:
        """Let go where the finger slides off."""
        if touch.grab_current is not self:
            return False
        if not self.collide_point(*touch.pos):
            self._let_go(touch)
        return True

    def on_touch_up(self, touch: MotionEvent) -> bool:
        """Act, if the finger is still here."""
        if touch.grab_current is not self:
            return False
        was_here = self.is_pressed and self.collide_point(*touch.pos)
        self._let_go(touch)
        if was_here:
            self.dispatch("on_release")
        return True

    def on_release(self) -> None:
        """The finger was lifted inside."""

    def _let_go(self, touch: MotionEvent) -> None:
        touch.ungrab(self)
        self.is_pressed = False
