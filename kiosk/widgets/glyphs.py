"""The letters of the icons' font, by the icons' names. Needs no Kivy."""

from functools import cache
from importlib.util import find_spec
from pathlib import Path


@cache
def glyph(name: str) -> str:
    r"""The character of an icon.

    Found in the package's text, where each name has a line such as `road = "\U000f0461"`:
    loaded, its seven thousand would stay for good, 2 MB of them.

    Raises:
        LookupError: there is no icon of that name.
    """
    [package] = find_spec("fonticon_mdi7").submodule_search_locations  # type: ignore[union-attr,misc]
    names = (Path(package) / "mdi7.py").read_text()
    _, found, letter = names.partition(f'\n    {name.replace("-", "_")} = "\\U')
    if not found:
        raise LookupError(f"no icon named {name!r}")
    return chr(int(letter[:8], 16))
