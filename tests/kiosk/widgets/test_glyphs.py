import subprocess
import sys

import pytest
from fonticon_mdi7 import MDI7

from kiosk.widgets.glyphs import glyph

ASKED = "from kiosk.widgets.glyphs import glyph; glyph('road'); import sys; print(*sys.modules)"


def test_an_icon_has_the_letter_that_its_package_gives_it() -> None:
    names = [name for name in vars(MDI7) if not name.startswith("__")][::50]
    assert len(names) > 100
    for name in names:
        assert f"mdi7.{glyph(name.replace('_', '-'))}" == getattr(MDI7, name)


def test_an_icon_that_does_not_exist_is_a_lookup_error() -> None:
    with pytest.raises(LookupError, match="no-such-icon"):
        glyph("no-such-icon")


def test_the_glass_does_not_load_all_icons_names() -> None:
    command = [sys.executable, "-c", ASKED]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "fonticon_mdi7" not in told.stdout.split()
