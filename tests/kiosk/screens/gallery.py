"""Pictures of every screen on one sheet a panel and language: `make gallery`.

Into `var/gallery/`: single pictures by name, and a contact sheet to look at side by side.
"""

import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from PIL import Image

LANGUAGES = ("th", "km")
PANELS = ("1024x600", "1080x1920")
SHEETS = Path("var/gallery")
COLUMNS, WIDE_PX, GAP_PX = 5, 480, 12
SAMPLES = {"th": "ไฟดับ", "km": "ភ្លើង"}

LOW_LARGER = "access access:low_reach access:large_text access:high_contrast close-access"
VISITS = {
    "home": "",
    "counter": "@health",
    "languages": "languages",
    "access": "access",
    "topic": "kind:complaint",
    "search": "kind:complaint search",
    "phrases": "kind:complaint topic:street_light",
    "emergency": "kind:complaint topic:flood",
    "words": "kind:complaint topic:street_light =",
    "draw": "kind:complaint topic:street_light way:draw ~",
    "voice": "kind:complaint topic:street_light way:voice",
    "place": "kind:complaint topic:street_light phrase:1",
    "where": "kind:complaint topic:street_light phrase:1 village:in_words =",
    "contact": "kind:complaint topic:street_light phrase:1 village:village-3",
    "typing": "kind:complaint topic:street_light phrase:1 village:village-3 phone",
    "review": "kind:complaint topic:street_light phrase:1 village:village-3 next",
    "done": "kind:complaint topic:street_light phrase:1 village:village-3 next next",
    "slip_in_doubt": "kind:complaint topic:street_light phrase:1 village:village-3 next next !slip",
    "confide": "kind:corruption exclude:clerk",
    "division": "division:works back",
    "rating": "division:health",
    "thanks": "division:health face:2",
    "survey": "@health face:4 survey",
    "track": "kind:track",
    "story": "kind:track !story",
    "answer": "kind:track !answer",
    "offline": "kind:track !offline",
    "still_there": "kind:complaint !away",
    "no_paper": "!paper",
    "large_text": "access access:large_text close-access kind:complaint",
    "high_contrast": "access access:high_contrast close-access kind:complaint topic:road",
    "poster": "!poster",
    "low_home": "access access:low_reach close-access",
    "low_topic": "access access:low_reach close-access kind:complaint",
    "low_words": "access access:low_reach close-access kind:complaint topic:street_light",
    "low_larger": f"{LOW_LARGER} kind:complaint",
    "low_larger_words": f"{LOW_LARGER} kind:complaint topic:street_light =",
    "low_larger_review": f"{LOW_LARGER} kind:complaint topic:street_light phrase:1"
    " village:village-3 next",
}
"""What is touched on the way to a screen; `@` begins at a division's counter, `=` types, `~`
draws, `!` is something that happens."""


def main(arguments: list[str]) -> int:
    """Take the pictures of one panel, or have that done for all and lay out the sheets."""
    if arguments:
        _take(arguments[0], Path(arguments[1]))
        return 0
    for panel in PANELS:
        for language in LANGUAGES:
            folder = SHEETS / f"{panel}-{language}"
            folder.mkdir(parents=True, exist_ok=True)
            command = [sys.executable, "-m", "tests.kiosk.screens.gallery", language, str(folder)]
            subprocess.run(command, env={**os.environ, "GLASS_SIZE": panel}, check=True)
            print(_sheet(folder))
    return 0


def _take(language: str, folder: Path) -> None:
    from tests.kiosk.screens.box import Box
    from tests.kiosk.screens.props import said_to

    for number, (name, way) in enumerate(VISITS.items(), 1):
        steps = way.split()
        division = steps.pop(0)[1:] if way.startswith("@") else ""
        with tempfile.TemporaryDirectory() as state, ExitStack() as after:
            box = Box(Path(state), division=division)
            if language != "th":
                box.touch("languages")
                box.touch(f"language:{language}")
            if "way:voice" in steps:
                after.enter_context(said_to(box))
            for step in steps:
                _go(box, step, language)
            box.picture().save(folder / f"{number:02}-{name}.png")
            box.glass._leave()
            box.close()


def _go(box: "Box", step: str, language: str) -> None:  # noqa: F821  (imported where it is used)
    from tests.kiosk.screens.box import SIZE

    if step == "=":
        box.type(SAMPLES[language])
    elif step == "~":
        pad = box.glass._screen.ids.pad
        finger = box.hold(pad.center_x - 120, SIZE[1] - pad.center_y)
        for x, y in ((-60, -60), (0, 0), (60, -60), (120, 0), (60, 60), (-60, 60), (-120, 0)):
            finger.move(pad.center_x + x, SIZE[1] - pad.center_y + y)
        finger.lift()
    elif step.startswith("!"):
        _happen(box, step[1:])
    else:
        for arrow in ("earlier", "later"):
            while step not in box.targets() and arrow in box.targets():
                box.touch(arrow)
                box.frames()
        box.touch(step)


def _happen(box: "Box", what: str) -> None:  # noqa: F821
    from msgspec import structs

    from tests.kiosk.screens import told

    if what == "poster":
        _show_poster(box)
        return
    if what == "away":
        box.glass._count_down(9.0)
        return
    if what == "paper":
        box.printer = "paper_out"
        box.glass.show(box.clerk.look_up())
        return
    if what == "slip":
        box.slip = "asked"
        box.glass.show(box.clerk.look_up())
        return
    box.type("A1-0042-9")
    box.touch("key")
    box.type("K7QM2R9XK7QM2R9X")
    box.touch("next")
    answers = {"story": told.WORK, "answer": told.ANSWER, "offline": told.OFFLINE}
    box.clerk.scene = structs.replace(box.clerk.scene, told=answers[what])
    box.glass.show(box.clerk.scene)


def _show_poster(box: "Box") -> None:  # noqa: F821
    """The idle glass with a closed case: before, after, and what was done."""
    from kiosk.screens.idle import FADE_S
    from tests.kiosk.screens import test_idle_show as idle
    from tests.kiosk.screens.moments import moments, pass_time

    with tempfile.TemporaryDirectory() as folder, moments.held():
        showing = idle.Showing(item=idle.pictured(Path(folder)), folder=Path(folder), item_s=3.0)
        box.glass.show_when_idle(showing)
        idle.until(box, "idle")
        idle.decode()
        idle.turned(box, showing, 1)
        pass_time(box, FADE_S * 1.2)


def _sheet(folder: Path) -> Path:
    pictures = [Image.open(path) for path in sorted(folder.glob("*.png"))]
    tall = round(pictures[0].height * WIDE_PX / pictures[0].width)
    rows = -(-len(pictures) // COLUMNS)
    size = (COLUMNS * (WIDE_PX + GAP_PX), rows * (tall + GAP_PX))
    sheet = Image.new("RGB", size, "#9a9a9a")
    for number, picture in enumerate(pictures):
        row, column = divmod(number, COLUMNS)
        place = (column * (WIDE_PX + GAP_PX), row * (tall + GAP_PX))
        sheet.paste(picture.resize((WIDE_PX, tall), Image.Resampling.LANCZOS), place)
    path = folder.with_suffix(".png")
    sheet.save(path)
    return path


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
