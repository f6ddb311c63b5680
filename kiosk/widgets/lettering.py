"""Kivy's SDL text provider, taught to shape each script by its own rules.

SDL_ttf shapes with HarfBuzz but keeps the script on the font object, `Latn` at first,
and measures with whatever is set there. So each script has font objects of its own,
and a stroke is drawn with one before anything is measured with it.
"""

from functools import cache, cached_property, lru_cache

from kivy.core.text._text_sdl2 import _SurfaceContainer
from kivy.core.text.text_sdl2 import LabelSDL2
from kivy.graphics.texture import Texture

from kiosk import fonts
from kiosk.widgets.lines import runs
from kiosk.widgets.surface import dot_by_dot

ICON = "icon"

_sketch = _SurfaceContainer(2, 2)


class Lettering(LabelSDL2):  # type: ignore[misc]  # Kivy has no types
    """One piece of text in one script; white, to be tinted where it is drawn."""

    @cached_property
    def _font_id(self) -> str:
        """Made once, for Kivy asks twice for every word, and an object's options stay."""
        return f"{super()._get_font_id()}|{self.options['font_script_name']}"

    def _get_font_id(self) -> str:
        return self._font_id

    def get_extents(self, text: str) -> tuple[int, int]:
        """Width and height of `text` in pixels, shaped.

        The stroke is drawn every time, for a quarter of what measuring takes: Kivy keeps 64
        font objects and quietly makes the others anew, which then know no script.
        """
        _sketch.render(self, " ", 0, 0)
        size: tuple[int, int] = super().get_extents(text)
        return size


@cache
def _face(em: int, face: str, script: str) -> Lettering:
    path = fonts.icon_font() if face == ICON else fonts.font(face, script)
    return Lettering(text="", font_size=em, font_name=str(path), font_script_name=script)


def width_of(text: str, em: float, face: str = "Regular") -> int:
    """Pixels that `text` takes in one line, set in `em` pixels."""
    return sum(_set(piece, em, face, script)[0] for script, piece in runs(text))


@lru_cache(maxsize=8192)
def known_width_of(text: str, em: float, face: str = "Regular") -> int:
    """The same for what the glass says to everybody, kept; never for what somebody typed."""
    return width_of(text, em, face)


@cache
def line_height(em: float) -> int:
    """Pixels from one line to the next; 1.5 em, as the fonts were made."""
    return _set("ก", em, "Regular", "Thai")[1]


def hanging(texture: Texture, em: float) -> int:
    """Pixels of `texture` below its line: what Khmer and Burmese stack goes deep."""
    below: int = texture.height - line_height(em)
    return max(0, below)


def drawn(text: str, em: float, face: str = "Regular") -> Texture:
    """One line of text as a texture of its own; its top is the top of the line."""
    pieces = [(piece, script, _set(piece, em, face, script)) for script, piece in runs(text)]
    wide = max(1, sum(size[0] for _, _, size in pieces))
    surface = _SurfaceContainer(wide, max((size[1] for _, _, size in pieces), default=1))
    x = 0
    for piece, script, size in pieces:
        surface.render(_face(round(em), face, script), piece, x, 0)
        x += size[0]
    texture = Texture.create_from_data(surface.get_data())
    texture.flip_vertical()
    return dot_by_dot(texture)


def _set(piece: str, em: float, face: str, script: str) -> tuple[int, int]:
    size: tuple[int, int] = _face(round(em), face, script).get_extents(piece)
    return size
