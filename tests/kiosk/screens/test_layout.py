"""Every screen, on every panel: nothing clipped, nothing too small, nothing over another.

`LAYOUT=all` walks all languages with all helps on all panels; without it each panel, each
language and each help is met at least once.
"""

import json
import os
import subprocess
import sys

import pytest

from kiosk.languages import NAMES

IS_ALL = os.environ.get("LAYOUT") == "all"
PANELS = ("800x480", "1024x600", "1280x800", "1080x1920")
WALKS = {
    "1024x600": ("th", "km+low_reach"),
    "800x480": ("my", "th+large_text", "th+low_reach"),
    "1280x800": ("en", "lo+large_text+high_contrast"),
    "1080x1920": ("my+large_text", "km+low_reach"),
}
HELPS = ("", "+large_text", "+high_contrast", "+large_text+high_contrast")
LOW = ("+low_reach", "+large_text+low_reach", "+high_contrast+low_reach")


def manners(panel: str) -> tuple[str, ...]:
    """Languages, each with the help that is asked for."""
    if not IS_ALL:
        return WALKS[panel]
    return tuple(language + each for language in NAMES for each in (*HELPS, *LOW))


@pytest.mark.parametrize("panel", PANELS)
def test_on_every_screen_everything_fits_and_can_be_hit(panel: str) -> None:
    assert walked(panel, *manners(panel)) == []


def walked(panel: str, *manners: str) -> list[str]:
    """What is wrong on all screens of a panel."""
    walk = subprocess.run(
        [sys.executable, "-m", "tests.kiosk.screens.walk", *manners],
        env={**os.environ, "GLASS_SIZE": panel},
        capture_output=True,
        text=True,
        check=False,
    )
    assert walk.returncode == 0, walk.stderr
    return json.loads(walk.stdout)


@pytest.mark.parametrize("panel", PANELS if IS_ALL else PANELS[:1])
def test_names_that_are_far_too_long_are_cut_and_nothing_gives_way_to_them(panel: str) -> None:
    assert walked(panel, *(("long:th", "long:my", "long:en") if IS_ALL else ("long:my",))) == []


@pytest.mark.parametrize("manner", ["th", "km+high_contrast"] if IS_ALL else ["th"])
def test_every_text_stands_out_seven_to_one_as_it_is_drawn(manner: str) -> None:
    assert walked("800x480", f"drawn:{manner}") == []
