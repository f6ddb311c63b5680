"""Walks every screen in both languages and prints what does not fit, as JSON.

Run as a process of its own, since a window's size is fixed: `GLASS_SIZE=1280x800`.
"""

import json
import sys
import tempfile
from itertools import combinations
from pathlib import Path

from kiosk.theme import theme
from kiosk.widgets.text import Text
from tests.kiosk.screens.box import SIZE, Box

LONG = "ไฟดับที่ปากซอยหน้าวัดท่าเกษมมาสามวันแล้ว กลางคืนมืดมาก " * 12


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        box = Box(Path(folder))
        found = [finding for language in ("th", "en") for finding in walk(box, language)]
    json.dump(found, sys.stdout, ensure_ascii=False)
    return 0


def walk(box: Box, language: str) -> list[str]:
    found: list[str] = []

    def look(then: str) -> None:
        box.frames()
        where = f"{SIZE} {language} {box.glass.name}"
        found.extend(f"{where}: {fault}" for fault in faults(box))
        if then:
            box.touch(then)

    if language != "th":
        box.touch(f"language:{language}")
    look("kind:complaint")
    look("topic:service")
    box.type("ทดสอบ" if language == "th" else "test")
    look("next")
    look("village:village-12")
    look("phone")
    look("done-typing")
    look("next")
    look("change:words")
    box.glass._screen.ids.field.insert(LONG)
    look("next")
    look("next")
    for state in ("paper_out", "cover_open", "device_missing"):
        box.printer = state
        box.glass.show(box.clerk.look_up())
        look("")
    look("finish")
    look("")
    box.printer = "ok"
    box.glass.show(box.clerk.look_up())
    if language != "th":
        box.touch(f"language:{language}")
    look("kind:rating")
    look("division:health")
    look("face:5")
    look("finish")
    box.touch("kind:complaint")
    box.glass._count_down(9.0)
    look("leave")
    return found


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
    return found + unfit(box)


def overlap(one: object, other: object) -> bool:
    ax, ay, aw, ah = one.box
    bx, by, bw, bh = other.box
    return ax + aw > bx + 1 and bx + bw > ax + 1 and ay + ah > by + 1 and by + bh > ay + 1


def unfit(box: Box) -> list[str]:
    root = box.glass._still_there if box.glass._still_there.parent else box.glass
    return [
        f"does not fit: {widget.text[:40]!r} {widget.size} {len(widget.lines)}"
        for widget in root.walk()
        if isinstance(widget, Text) and widget.text and is_seen(widget) and not widget.fits
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
