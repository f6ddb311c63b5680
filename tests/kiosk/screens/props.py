"""What a walk is given on its way: names, words and pictures as long as may be, and staff."""

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import structs

from hardware.fake.microphone import tone
from kiosk import window  # noqa: F401  (first: it sets Kivy's switches)
from kiosk.config import SoundSettings
from kiosk.form.flow import Step
from kiosk.front_desk import Counts
from kiosk.picturing import Frame, Room
from kiosk.profile import load_profile
from kiosk.scene import Scene
from kiosk.screens.slide import SlideView
from kiosk.showing import AFTER, BEFORE, SlidePicture
from kiosk.sound import Sound
from kiosk.widgets.text import Text as Words
from sync.bulletin import LONGEST_CAPTION
from sync.case import Kind
from sync.profile import Profile, Text
from tests.kiosk.screens.box import PROFILE, Box
from tests.kiosk.screens.rules import (
    cross,
    inked,
    leaves_panel,
    seen,
)
from tests.kiosk.screens.rules import told as told_of

SAMPLES = {"th": "ทดสอบ", "en": "test", "km": "ភ្លើង", "my": "မီး", "lo": "ໄຟ"}
MOST_LETTERS = 400
LONG_THAI = ("กองสาธารณสุขและสิ่งแวดล้อมเทศบาลตำบล" * 20)[:MOST_LETTERS]
LONG_BURMESE = ("ကျန်းမာရေးနှင့်ပတ်ဝန်းကျင်ဌာန" * 20)[:MOST_LETTERS]


def saying(folder: Path) -> Sound:
    """Every screen has something to say, and so one sign more in its header."""
    speaker = folder / "speaker"
    speaker.touch()
    for name in (f"{language}/{step}.opus" for language in SAMPLES for step in Step):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).touch()
    return Sound(SoundSettings(driver="virtual", speaker=str(speaker), prompts=str(folder)))


def calling() -> Profile:
    """The example, with somebody to call."""
    who = Text(th="เจ้าหน้าที่เคาน์เตอร์ประชาสัมพันธ์จะมาหาท่าน", en="An officer will come to you")
    return structs.replace(load_profile(PROFILE), staff_call=who)


def lengthened(profile: Profile) -> Profile:
    """The same with names as long as may be, without a blank to break at."""
    return msgspec.convert(_lengthened(msgspec.to_builtins(profile)), Profile)


def _lengthened(part: object) -> object:
    if isinstance(part, dict) and isinstance(part.get("th"), str):
        return {**part, "th": LONG_THAI, "en": "W" * MOST_LETTERS, "my": LONG_BURMESE}
    if isinstance(part, dict):
        return {name: _lengthened(inner) for name, inner in part.items()}
    return [_lengthened(inner) for inner in part] if isinstance(part, list) else part


def pictures_of(words: str, count: int) -> tuple[SlidePicture, ...]:
    """So many, with as many words as may be."""
    whens = ("",) if count == 1 else (BEFORE, AFTER)
    return tuple(
        SlidePicture(address="0" * 64, caption=words[:LONGEST_CAPTION], when=when) for when in whens
    )


def blank(room: Room, number: int) -> Frame:
    """A picture as large as there is room: one light, one dark."""
    grey = bytes([(230, 20)[number]] * 3 + [255])
    return Frame(width=room.width, height=room.height, rgba=grey * room.width * room.height)


def crowded(view: SlideView) -> list[str]:
    """Pictures that leave the panel, or on which words stand."""
    boxes = [each.picture_box for each in view.photos]
    texts = [each for each in seen(view) if isinstance(each, Words) and each.text]
    found = [f"a picture leaves the panel: {box}" for box in boxes if leaves_panel(box)]
    return found + [
        f"stands on a picture: {told_of(text)}"
        for text in texts
        for box in boxes
        if cross(inked(text), box)
    ]


class Nothing:
    """Has nothing to show by itself."""

    item_s = 600.0


class Staff:
    """A front desk with much to tell."""

    printed = "not_printed"

    def call_staff(self) -> None:
        """Nothing."""

    def counts(self) -> Counts:
        """Many of each."""
        return Counts(waiting=12345, parked=678, slips=90, printer="device_busy")

    def change_paper(self) -> None:
        """Nothing."""

    def print_test(self) -> None:
        """Nothing."""

    def switch_off(self) -> None:
        """Nothing."""


@contextlib.contextmanager
def said_to(box: Box) -> Iterator[Path]:
    """While this lasts, the box hears the file that this gives and has a speaker."""
    with tempfile.TemporaryDirectory() as folder:
        microphone, speaker = Path(folder, "microphone"), Path(folder, "speaker")
        microphone.write_bytes(tone(3))
        speaker.touch()
        settings = SoundSettings(driver="virtual", microphone=str(microphone), speaker=str(speaker))
        before, box.sound = box.sound, Sound(settings)
        put_in(box)
        yield microphone
    box.sound = before
    put_in(box)


def put_in(box: Box) -> None:
    """Let the glass have the box's sound, as if it had been there from the beginning."""
    box.glass.sound = box.sound
    for screen in box.glass._screens.values():
        screen.sound = box.sound
    box.glass.show(box.clerk.look_up())


def with_kind(scene: Scene, kind: Kind) -> Scene:
    """As if this visit were about something else."""
    draft = structs.replace(scene.visit.draft, kind=kind)
    return structs.replace(scene, visit=structs.replace(scene.visit, draft=draft))
