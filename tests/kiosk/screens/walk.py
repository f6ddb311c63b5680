"""Walks every screen in all languages and prints what does not fit, as JSON.

Run as a process of its own, since a window's size is fixed: `GLASS_SIZE=1280x800`.
"""

import json
import sys
import tempfile
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

from msgspec import structs

from kiosk import window  # noqa: F401  (first: it sets Kivy's switches)
from kiosk.i18n import tr
from kiosk.languages import NAMES
from kiosk.screens.out_of_service import OutOfServiceScreen
from kiosk.theme import theme
from kiosk.widgets.text import Text
from tests.kiosk.screens.box import SIZE, Box
from tests.kiosk.screens.told import TOLD

SAMPLES = {"th": "ทดสอบ", "en": "test", "km": "ភ្លើង", "my": "မီး", "lo": "ໄຟ"}
LONG = "ไฟดับที่ปากซอยหน้าวัดท่าเกษมมาสามวันแล้ว กลางคืนมืดมาก " * 12


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        box = Box(Path(folder))
        found = [finding for language in NAMES for finding in walk(box, language)]
        box.close()
    with tempfile.TemporaryDirectory() as folder:
        box = Box(Path(folder), division="health")  # the longest name
        found += [finding for language in NAMES for finding in rate(box, language)]
    json.dump(found, sys.stdout, ensure_ascii=False)
    return 0


def walk(box: Box, language: str) -> list[str]:
    found: list[str] = []

    def look(*then: str) -> None:
        """Look, then touch: each of `then` in turn; at last only look where it is empty."""
        for target in then:
            box.frames()
            where = f"{SIZE} {language} {box.glass.name}"
            found.extend(f"{where}: {fault}" for fault in faults(box))
            if target:
                box.touch(target)

    speak(box, language)
    complain(box, language, look)
    speak(box, language)
    look("kind:corruption", "exclude:clerk", "next", "phrase:1", "village:village-1")
    look("next", "next", "finish")
    speak(box, language)
    look("kind:compliment", "topic:road", "back", "back")
    speak(box, language)
    look("kind:complaint", "search", "close-search", "topic:flood", "back", "back")
    speak(box, language)
    look("kind:rating", "division:health", "face:5", "finish")
    speak(box, language)
    track(box, look)
    speak(box, language)
    draw(box, look)
    box.touch("kind:complaint")
    box.glass._count_down(9.0)
    look("leave")
    tr.use(language)
    with_phone = structs.replace(box.profile, phone="0 3844 1234 ต่อ 118")
    for profile in (box.profile, with_phone):
        out_of_service = OutOfServiceScreen(profile=profile, code="new_code_needed")
        faulty = unfit(box.alone(out_of_service))
        found += [f"out_of_service {language}: {fault}" for fault in faulty]
    return found


def rate(box: Box, language: str) -> list[str]:
    """At a division's counter, where home has faces, and all that may follow one."""
    speak(box, language)
    found: list[str] = []
    about = ("option:male", "option:60-up", "option:diploma", "option:trader")
    for target in ("face:2", "reason:slow", "words", "back", "survey", *["face:4"] * 8, *about):
        box.frames()
        where = f"{SIZE} {language} counter {box.glass.name}"
        found += [f"{where} before {target}: {fault}" for fault in faults(box)]
        box.touch(target)
    box.glass._leave()
    box.frames()
    return found


def speak(box: Box, language: str) -> None:
    """From home, by the sheet with all languages."""
    box.touch("languages")
    box.touch(f"language:{language}")


def complain(box: Box, language: str, look: Callable[..., None]) -> None:
    look("languages", "close-languages", "kind:complaint", "topic:service")
    box.type(SAMPLES[language])
    look("next", "village:in_words")
    box.type(SAMPLES[language])
    look("back", "village:village-12", "phone", "key:1", "done-typing", "next")
    look("phone", "key:backspace", "done-typing", "next", "change:words")
    look("key:shift", "key:shift", "key:shift", "key:digits", "key:digits")
    box.glass._screen.ids.field.insert(LONG)
    look("next")
    for trouble in ("store_full", "store_damaged", ""):
        in_trouble(box, trouble)
        look("")
    look("next")
    for state in ("paper_out", "cover_open", "device_missing"):
        box.printer = state
        box.glass.show(box.clerk.look_up())
        look("")
    look("finish", "")
    in_trouble(box, "store_full")
    look("")
    in_trouble(box, "")
    box.printer = "ok"
    box.glass.show(box.clerk.look_up())


def draw(box: Box, look: Callable[..., None]) -> None:
    """With the finger; then back at the words, where the drawing stays in sight."""
    look("kind:complaint", "topic:road", "way:draw", "")
    width, height = SIZE
    finger = box.hold(width / 3, height / 2)
    finger.move(width / 2, height / 3)
    finger.lift()
    look("back", "next", "back", "back", "back")


def track(box: Box, look: Callable[..., None]) -> None:
    """A slip, typed; then each thing that central may tell of it."""
    look("kind:track", "key")
    box.type("0000")
    look("reference")
    box.type("A1-0042-9")
    look("next", "key")
    box.type("K7QM2R9XK7QM")
    look("next")
    for told in (None, *TOLD):
        box.clerk.scene = structs.replace(box.clerk.scene, told=told)
        box.glass.show(box.clerk.scene)
        look("")
    look("finish" if "finish" in box.targets() else "next")


def in_trouble(box: Box, code: str) -> None:
    """As when the store takes nothing, or takes everything again."""
    box.clerk.scene = structs.replace(box.clerk.scene, trouble=code)
    box.glass.show(box.clerk.scene)


def faults(box: Box) -> list[str]:
    width, height = SIZE
    targets = list(box.targets().values())
    found = []
    for target in targets:
        x, y, wide, tall = target.box
        is_key = target.name.startswith("key:")
        least = (62, 52) if is_key else (72, 72)
        if wide < least[0] or tall < least[1]:
            found.append(f"{target.name} is only {wide}x{tall}")
        if x < -1 or y < -1 or x + wide > width + 1 or y + tall > height + 1:
            found.append(f"{target.name} leaves the panel: {target.box}")
    found += [f"{a.name} overlaps {b.name}" for a, b in combinations(targets, 2) if overlap(a, b)]
    return found + unfit(box.glass._still_there if box.glass._still_there.parent else box.glass)


def overlap(one: object, other: object) -> bool:
    ax, ay, aw, ah = one.box
    bx, by, bw, bh = other.box
    return ax + aw > bx + 1 and bx + bw > ax + 1 and ay + ah > by + 1 and by + bh > ay + 1


def unfit(root: Text) -> list[str]:
    texts = [
        widget
        for widget in root.walk()
        if isinstance(widget, Text) and widget.text and is_seen(widget)
    ]
    return [
        f"does not fit: {widget.text[:40]!r} {widget.size} {len(widget.lines)}"
        for widget in texts
        if not widget.fits
    ] + [
        f"leaves what it stands in: {widget.text[:40]!r}"
        for widget in texts
        if widget.top > widget.parent.top + 1 or widget.y < widget.parent.y - 1
    ]


def is_seen(widget: object) -> bool:
    while widget is not None and hasattr(widget, "opacity"):
        if not widget.opacity:
            return False
        widget = widget.parent if widget.parent is not widget else None
    return True


if __name__ == "__main__":
    assert theme.width == SIZE[0]
    sys.exit(main())
