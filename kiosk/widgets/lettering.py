"""Kivy's SDL text provider, taught to shape each script by its own rules.

SDL_ttf shapes with HarfBuzz but keeps the script on the font object, `Latn` at first,
and measures with whatever is set there. So each script has font objects of its own,
and one stroke is drawn with a fresh one before anything is measured.
"""

from functools import cache

from kivy.core.text._text_sdl2 import _SurfaceContainer
from kivy.core.text.text_sdl2 import LabelSDL2
from kivy.graphics.texture import Texture

from kiosk import fonts
from kiosk.widgets.lines import script_of

ICON = "icon"

_primed: set[str] = set()


class Lettering(LabelSDL2):  # type: ignore[misc]  # Kivy has no types
    """One piece of text in one script; white, to be tinted where it is drawn."""

    def _get_font_id(self) -> str:
        return f"{super()._get_font_id()}|{self.options['font_script_name']}"

    def get_extents(self, text: str) -> tuple[int, int]:
        """Width and height of `text` in pixels, shaped."""
        if (font_id := self._get_font_id()) not in _primed:
            _primed.add(font_id)
            _SurfaceContainer(2, 2).render(self, " ", 0, 0)
        size: tuple[int, int] = super().get_extents(text)
        return size


@cache
def _face(em: int, face: str, script: str) -> Lettering:
    path = fonts.icon_font() if face == ICON else fonts.font(face)
    return Lettering(text="", font_size=em, font_name=str(path), font_script_name=script)


def width_of(text: str, em: float, face: str = "Regular") -> int:
    """Pixels that `text` takes in one line, set in `em` pixels."""
    return _face(round(em), face, script_of(text)).get_extents(text)[0] if text else 0


def line_height(em: float) -> int:
    """Pixels from one line to the next; 1.5 em, as the fonts were made."""
    return _face(round(em), "Regular", "Thai").get_extents("ก")[1]


def drawn(text: str, em: float, face: str = "Regular") -> Texture:
    """One line of text as a texture of its own."""
    path = fonts.icon_font() if face == ICON else fonts.font(face)
    line = Lettering(
        text=text,
        font_size=round(em),
        font_name=str(path),
        font_script_name=script_of(text),
        strip=False,
    )
    line.refresh()
    return line.texture
