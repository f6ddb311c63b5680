"""A QR code on the glass, for whoever photographs the screen."""

import qrcode
from kivy.clock import Clock
from kivy.graphics import Color, Rectangle
from kivy.graphics.texture import Texture
from kivy.properties import StringProperty
from kivy.uix.widget import Widget

QUIET_ZONE = 4


class Qr(Widget):  # type: ignore[misc]  # Kivy has no types
    """The code of `text`, as large as whole pixels a module allow; nothing for no text."""

    text = StringProperty("")

    def __init__(self, **properties: object) -> None:
        self._texture: Texture | None = None
        self._again = Clock.create_trigger(self._draw, -1)
        super().__init__(**properties)
        self.fbind("text", self._encode)
        for name in ("pos", "size"):
            self.fbind(name, self._again)
        self._encode()

    def _encode(self, *_: object) -> None:
        """Once for each text: it takes as long as a frame."""
        self._texture = _texture(self.text) if self.text else None
        self._draw()

    def _draw(self, *_: object) -> None:
        self.canvas.clear()
        if (texture := self._texture) is None:
            return
        side = texture.width * max(1, int(min(self.size) // texture.width))
        corner = (round(self.center_x - side / 2), round(self.center_y - side / 2))
        with self.canvas:
            Color(1, 1, 1, 1)
            Rectangle(texture=texture, pos=corner, size=(side, side))


def _texture(text: str) -> Texture:
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_Q, border=QUIET_ZONE)
    code.add_data(text)
    rows = code.get_matrix()
    dots = bytes(0 if dark else 255 for row in reversed(rows) for dark in row)
    texture = Texture.create(size=(len(rows), len(rows)), colorfmt="luminance")
    texture.mag_filter = texture.min_filter = "nearest"
    texture.blit_buffer(dots, colorfmt="luminance", bufferfmt="ubyte")
    return texture
