"""Walks every screen and prints what does not fit, as JSON.

Run as a process of its own, since a window's size is fixed:
`GLASS_SIZE=1280x800 python -m tests.kiosk.screens.walk th my th+large_text`.
"""

import json
import sys
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from uuid import UUID, uuid4

from msgspec import structs

from kiosk import window  # noqa: F401  (first: it sets Kivy's switches)
from kiosk.handing import ASKED
from kiosk.i18n import tr
from kiosk.screens.idle import IdleSheet
from kiosk.screens.one_moment import OneMomentScreen
from kiosk.screens.out_of_service import OutOfServiceScreen
from kiosk.screens.slide import SlideView, room_for
from kiosk.screens.switching_off import SwitchingOffScreen
from kiosk.showing import INVITATION, Slide
from kiosk.theme import PLAIN, theme
from sync.bulletin import LONGEST_TITLE, LONGEST_WORDS, Item, Said
from sync.case import Kind
from sync.profile import Profile
from tests.kiosk.screens.box import SIZE, Box
from tests.kiosk.screens.contrast import faint
from tests.kiosk.screens.props import (
    SAMPLES,
    Nothing,
    Staff,
    blank,
    calling,
    crowded,
    lengthened,
    pictures_of,
    said_to,
    saying,
    with_kind,
)
from tests.kiosk.screens.rules import (
    faults,
    is_cut,
    unfit,
)
from tests.kiosk.screens.told import TOLD, WORK

LONG_NAMES = "long:"
"""Stands before a language in which names are far too long."""
DRAWN = "drawn:"
"""Stands before one whose screens are drawn too, for their contrast."""
LONG = "ไฟดับที่ปากซอยหน้าวัดท่าเกษมมาสามวันแล้ว กลางคืนมืดมาก " * 12


def main(manners: list[str]) -> int:
    """Walk in these languages, each with the help that stands after it."""
    ways: dict[str, list[str]] = {"": [], LONG_NAMES: [], DRAWN: []}
    for manner in manners:
        before, colon, rest = manner.rpartition(":")
        ways[before + colon].append(rest)
    found = _walked(ways[""]) + _walked(ways[DRAWN], draws=True)
    found += _walked(ways[LONG_NAMES], lengthened(calling()), may_cut=True)
    json.dump(list(dict.fromkeys(found)), sys.stdout, ensure_ascii=False)
    return 0


def _walked(
    manners: list[str],
    profile: Profile | None = None,
    *,
    may_cut: bool = False,
    draws: bool = False,
) -> list[str]:
    """What is found in these manners; where names are too long, they `may_cut` words off."""
    found: list[str] = []
    if not manners:
        return found
    with tempfile.TemporaryDirectory() as folder:
        sound = saying(Path(folder))
        box = Box(
            Path(folder), draws=draws, desk=Staff(), profile=profile or calling(), sound=sound
        )
        for manner in manners:
            found += Walk(box, manner, may_cut=may_cut).all()
        box.close()
    with tempfile.TemporaryDirectory() as folder:  # at the counter with the longest name
        box = Box(Path(folder), draws=draws, division="health", profile=profile)
        for manner in manners:
            found += Walk(box, manner, may_cut=may_cut).counter()
        box.close()
    return found


class Walk:
    """One language's way through all screens; a new screen adds its steps to one of these."""

    def __init__(self, box: Box, manner: str, *, may_cut: bool = False) -> None:
        self.box, self.manner, self.may_cut = box, manner, may_cut
        self.language, *self.helps = manner.split("+")
        self.found: list[str] = []

    def all(self) -> list[str]:
        """Every screen; what was found."""
        ways: list[Callable[[], None]] = [
            *(self.complain, self.confide, self.praise, self.search),
            *(self.rate, self.track, self.draw, self.talk, self.serve_staff),
            *(self.join, self.go_away, self.be_idle, self.be_out_of_service),
        ]
        for way in ways:
            self.speak()
            way()
        self.box.glass._leave()
        self.box.frames()
        return self.found

    def look(self, *then: str) -> None:
        """Look, then touch: each of `then` in turn; at last only look where it is empty."""
        for target in then:
            self.box.frames()
            where = f"{SIZE} {self.manner} {self.box.glass.name}"
            found = [fault for fault in faults(self.box) if not (self.may_cut and is_cut(fault))]
            found += faint(self.box) if self.box.draws else []
            self.found += [f"{where}: {fault}" for fault in found]
            if target:
                self.turn_to(target)
                self.box.touch(target)

    def turn_to(self, target: str) -> None:
        """Turn pages until a target is in sight."""
        for arrow in ("earlier", "later"):
            while target not in self.box.targets() and arrow in self.box.targets():
                self.box.touch(arrow)
                self.box.frames()

    def speak(self) -> None:
        """From home, by the sheets with all languages and all helps."""
        self.box.touch("languages")
        self.box.touch(f"language:{self.language}")
        if self.helps and self.box.clerk.scene.access == PLAIN:
            self.box.touch("access")
            for each in self.helps:
                self.box.touch(f"access:{each}")
            self.look("close-access")

    def complain(self) -> None:
        """The longest way, with every trouble that can be met on it."""
        box, look = self.box, self.look
        look("languages", "close-languages", "kind:complaint", "topic:service")
        box.type(SAMPLES[self.language])
        look("next", "village:in_words")
        box.type(SAMPLES[self.language])
        look("back", "village:village-12", "phone", "key:1", "done-typing", "next")
        look("phone", "key:backspace", "done-typing", "next", "change:words")
        look("key:shift", "key:shift", "key:shift", "key:digits", "key:digits")
        box.glass._screen.ids.field.insert(LONG)
        look("next")
        for trouble in ("store_full", "store_damaged", ""):
            self.be_in_trouble(trouble)
            look("")
        look("next")
        for state in ("paper_out", "cover_open", "device_missing"):
            box.printer = state
            box.glass.show(box.clerk.look_up())
            look("")
        self.be_asked_for_the_slip()
        look("finish", "")
        box.printer, box.offline_since = "ok", date(2026, 11, 20)
        box.glass.show(box.clerk.look_up())
        look("")
        box.offline_since, box.knows_day = None, False
        box.glass.show(box.clerk.look_up())
        look("")
        box.knows_day = True
        self.be_in_trouble("store_full")
        look("")
        self.be_in_trouble("")
        box.printer = "ok"
        box.glass.show(box.clerk.look_up())

    def be_asked_for_the_slip(self) -> None:
        """Nobody knows whether it came out; with what stands over the screen, and without."""
        for state in ("paper_out", "ok"):
            self.box.printer, self.box.slip = state, ASKED
            self.box.glass.show(self.box.clerk.look_up())
            self.look("slip:again")
            self.box.slip = ASKED
            self.box.glass.show(self.box.clerk.look_up())
            self.look("slip:taken", "")
        self.box.slip = "waiting"

    def confide(self) -> None:
        """A report about corruption, with somebody left out."""
        self.look("kind:corruption", "exclude:clerk", "next", "")
        self.box.type(SAMPLES[self.language])
        self.look("next", "village:village-1", "next", "next", "finish")

    def praise(self) -> None:
        """Praise asks what was done well."""
        self.look("kind:compliment", "topic:road", "back", "back")

    def search(self) -> None:
        """The search, and a topic that says whom to call first."""
        self.look("kind:complaint", "search", "close-search", "topic:flood", "back", "back")

    def rate(self) -> None:
        """A division, a face, thanks; the same with a paper to be taken."""
        self.look("division:health", "back", "division:health", "face:5")
        self.box.glass.show(structs.replace(self.box.clerk.scene, paper=UUID(int=1)))
        self.look("", "finish")

    def counter(self) -> list[str]:
        """Home at a division's counter, where it has faces, and all that may follow one."""
        self.speak()
        self.look("face:2", "reason:slow", "words", "back", "survey", *["face:4"] * 8)
        self.look("option:male", "option:60-up", "option:diploma", "option:trader", "")
        self.box.glass._leave()
        self.box.frames()
        return self.found

    def track(self) -> None:
        """A slip, typed; then each thing that central may tell of it."""
        box, look = self.box, self.look
        box.has_scanner = True
        look("kind:track")
        box.glass.show(box.clerk.look_up())
        look("")
        box.glass.scan("8850999220017")
        look("key")
        box.has_scanner = False
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
            if told is WORK:
                look("add")
                box.type(SAMPLES[self.language])
                look("next", "")
        look("next")

    def draw(self) -> None:
        """With the finger; then back at the words, where the drawing stays in sight."""
        self.look("kind:complaint", "topic:road", "way:draw", "")
        pad = self.box.glass._screen.ids.pad
        finger = self.box.hold(pad.center_x, SIZE[1] - pad.center_y)
        finger.move(pad.center_x + 40, SIZE[1] - pad.center_y)
        finger.lift()
        self.look("back", "next", "back", "back", "back")

    def talk(self) -> None:
        """By voice: each thing that the screen may say; then back at the words, where it stays."""
        with said_to(self.box) as microphone:
            self.look("kind:complaint", "topic:road", "way:voice", "")
            for kind in (Kind.CORRUPTION, Kind.COMPLAINT):
                self.box.clerk.scene = with_kind(self.box.clerk.scene, kind)
                self.box.glass.show(self.box.clerk.scene)
                self.look("")
            self.look("talk", "")
            screen, sound = self.box.glass._screen, self.box.sound
            self.box.wait_until(lambda: sound.recording.seconds > 0.8)
            microphone.unlink()
            self.box.wait_until(lambda: screen.stage == "kept")
            for trouble in ("cut_off", "gone", "too_short", "quiet"):
                screen._trouble = trouble
                screen._dress()
                self.look("")
        self.look("back", "next", "back", "back", "back")

    def join(self) -> None:
        """Sign up for one of many activities, whose titles are as long as may be."""
        title = Said(**dict.fromkeys(SAMPLES, (SAMPLES[self.language] * 50)[:LONGEST_TITLE]))
        self.box.activities = tuple(
            Item(item_id=uuid4(), kind="activity", title=title, places=5) for _ in range(7)
        )
        self.box.glass.show(self.box.clerk.look_up())
        first = f"activity:{self.box.activities[0].item_id}"
        self.look("kind:join", first, "phone")
        self.box.type("0812345678")
        self.look("done-typing", "next", "finish")
        self.box.activities = ()

    def serve_staff(self) -> None:
        """The PIN pad and the page behind it, with the longest that they say."""
        glass = self.box.glass
        glass._covers["pin"].offer()
        glass._lay_over(glass._covers["pin"])
        self.look("digit:1", "")
        glass._covers["pin"].refuse(is_locked=True)
        self.look("")
        glass.remove_widget(glass._covers["pin"])
        glass._covers["desk"].offer()
        glass._lay_over(glass._covers["desk"])
        self.look("desk:test", "desk:off", "desk:clean", "")
        glass._covers["desk"]._end_cleaning()
        self.look("close-desk", "call", "call-staff", "close-call")

    def go_away(self) -> None:
        """Nobody touches the glass any more."""
        self.box.touch("kind:complaint")
        self.box.glass._count_down(9.0)
        self.look("leave")

    def be_idle(self) -> None:
        """Nobody there: the invitation, and items whose words are as long as they may be, or
        short, with a picture, with two and without."""
        if self.helps:
            return
        words = (SAMPLES[self.language] * 200)[:LONGEST_WORDS]
        title = words[:LONGEST_TITLE]
        poster = Slide(
            kind="poster", language=self.language, title=title, words=words, takes_people=True
        )
        news = Slide(kind="news", language=self.language, title=words[:40], words=words[:80])
        for slide in (Slide(kind=INVITATION, language=self.language), poster, news):
            for pictures in ((), pictures_of(words, 1), pictures_of(words, 2)):
                self.look_at(structs.replace(slide, pictures=pictures))

    def look_at(self, slide: Slide) -> None:
        """One slide, drawn on its ground where this walk draws."""
        frames = [blank(room_for(slide), number) for number in range(len(slide.pictures))]
        view = SlideView(slide, (4, 3), frames, size_hint=(1, 1))
        sheet = IdleSheet(Nothing())
        sheet.add_widget(view)

        def look() -> None:
            found = unfit(view) + crowded(view) + (faint(self.box, sheet) if self.box.draws else [])
            self.found += [f"idle {SIZE} {self.language}: {fault}" for fault in found]

        self.box.alone(sheet, look)

    def be_out_of_service(self) -> None:
        """What stands in the place of the glass, where nobody could ask for help."""
        if self.helps:
            return
        tr.use(self.language)
        with_phone = structs.replace(self.box.profile, phone="0 3844 1234 ต่อ 118")
        for profile in (self.box.profile, with_phone):
            screen = OutOfServiceScreen(profile=profile, code="new_code_needed")
            faulty = unfit(self.box.alone(screen))
            self.found += [f"out_of_service {self.language}: {fault}" for fault in faulty]
        for alone in (SwitchingOffScreen, OneMomentScreen):
            faulty = unfit(self.box.alone(alone(profile=self.box.profile)))
            self.found += [f"{alone.name} {self.language}: {fault}" for fault in faulty]
        self.box.glass._leave()
        self.box.frames()

    def be_in_trouble(self, code: str) -> None:
        """As when the store takes nothing, or takes everything again."""
        self.box.clerk.scene = structs.replace(self.box.clerk.scene, trouble=code)
        self.box.glass.show(self.box.clerk.scene)


if __name__ == "__main__":
    assert theme.width == SIZE[0]
    sys.exit(main(sys.argv[1:]))
