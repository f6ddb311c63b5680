"""A kiosk's glass in this process: the real window off screen, touched by real touches."""

import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

os.environ.setdefault("SDL_VIDEODRIVER", "offscreen")

from kiosk import window

SIZE = tuple(int(side) for side in os.environ.get("GLASS_SIZE", "1024x600").split("x"))
window.configure(*SIZE, fullscreen=False)

from kivy.base import EventLoop, runTouchApp
from kivy.clock import Clock
from kivy.core.window import Window
from kivy.graphics.opengl import GL_RGB, GL_UNSIGNED_BYTE, glFinish, glReadPixels
from kivy.input.providers.mouse import MouseMotionEvent
from kivy.lang import Builder
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.widget import Widget
from PIL import Image

from kiosk.clerk import Clerk, Enquirer, Post
from kiosk.handing import ASKED
from kiosk.i18n import tr
from kiosk.intake import Intake
from kiosk.profile import load_profile
from kiosk.scene import BoxState
from kiosk.screens.desk import Desk
from kiosk.screens.glass import Glass
from kiosk.screens.targets import Target
from kiosk.sound import Sound, no_sound
from kiosk.theme import PLAIN, theme
from sync.bulletin import Item
from sync.case import Instant
from sync.identity import Identity
from sync.profile import Profile
from sync.seal import public_key_of
from sync.store import STORE_FILE, Store

PROFILE = Path(__file__).parents[3] / "deploy/profiles/tha-kasem/profile.toml"
INTAKE_KEY = b"i" * 32

Clock._max_fps = 0  # frames as fast as they come
theme.fit(*SIZE)
Window.clearcolor = theme.colour("paper")
_stage = FloatLayout()
runTouchApp(_stage, embedded=True)
os.environ.pop("SDL_VIDEODRIVER")  # read; other tests' children choose for themselves


class Box:
    """One box with a store of its own in `folder`; `keeper` may stand in for the store.
    Without an `enquirer` no agent runs beside it, without `sound` it hears and plays nothing.

    Two touches are two, however soon, unless `double_tap_s` says otherwise. Frames are laid
    out and painted only where it `draws`, since painting takes more than all else; `picture`
    paints one in any case. It begins in Thai and plainly, whatever an earlier one ended in.
    """

    def __init__(
        self,
        folder: Path,
        keeper: object = None,
        idle_s: float = 600.0,
        double_tap_s: float = 0.0,
        enquirer: Enquirer | None = None,
        division: str = "",
        draws: bool = False,
        desk: Desk | None = None,
        sound: Sound | None = None,
        profile: Profile | None = None,
    ) -> None:
        _begin_plainly()
        self.draws = draws
        self.store = Store.open(_laid(folder))
        self.profile = profile or _example()
        self.printer, self.slip = "ok", "waiting"
        self.offline_since: date | None = None
        self.knows_day = True
        self.has_scanner = False
        self.sound = sound or no_sound()
        self.activities: tuple[Item, ...] = ()
        intake = Intake(_identity(), self.profile, keeper or self.store, _noon, lambda: None)
        post = Post(language="th", division=division, survey_for=self.profile.survey_for)
        self.clerk = Clerk(intake, self, self._box_state, post, _chance, enquirer)
        self.glass = Glass(self.profile, self.clerk.hear, idle_s, 0.6, double_tap_s, desk)
        self.glass.sound = self.sound
        _stage.clear_widgets()
        _stage.add_widget(self.glass)
        self.glass.show(self.clerk.scene)
        self.frames()

    def close(self) -> None:
        self.glass.close()  # or it hears of another test's language
        _stage.clear_widgets()
        self.store.close()
        glFinish()  # or Mesa keeps every frame that it drew for nobody

    def frames(self, count: int = 3) -> None:
        for _ in range(count):
            if self.draws:
                EventLoop.idle()
            else:
                _lay_out()

    def wait_until(self, is_so: Callable[[], bool]) -> None:
        """Frames until something is so that another thread or process does."""
        end_s = time.monotonic() + 20
        while not is_so():
            assert time.monotonic() < end_s
            self.frames(1)
            time.sleep(0.005)

    def targets(self) -> dict[str, Target]:
        return {target.name: target for target in self.glass.targets()}

    def touch(self, name: str) -> None:
        """Put a finger on the middle of a target and lift it."""
        x, y, width, height = self.targets()[name].box
        self.touch_at(x + width / 2, y + height / 2)

    def touch_at(self, x: float, y: float, finger: int = 1) -> None:
        self.put_down(x, y, finger)(x, y)

    def put_down(self, x: float, y: float, finger: int = 1) -> "partial[None]":
        """Put a finger down; call the answer with a place to lift it there."""
        place = self._on_panel(x, y)
        event = MouseMotionEvent("mouse", f"f{finger}", place, is_touch=True, type_id="touch")
        EventLoop.post_dispatch_input("begin", event)
        self.frames(1)
        return partial(self._lift, event)

    def hold(self, x: float, y: float, finger: int = 1) -> "Finger":
        """Put a finger down that moves before it lifts."""
        return Finger(self, x, y, finger)

    def type(self, words: str) -> None:
        for letter in words:
            name = {" ": "key:space"}.get(letter, f"key:{letter}")
            if name not in self.targets():
                self.touch("key:shift")
            self.touch(name)

    def picture(self) -> Image.Image:
        self.frames()
        Window.dispatch("on_draw")
        width, height = SIZE
        data = glReadPixels(0, 0, width, height, GL_RGB, GL_UNSIGNED_BYTE)
        shot = Image.frombytes("RGB", SIZE, data)
        return shot.transpose(Image.Transpose.FLIP_TOP_BOTTOM)

    def alone(self, screen: Widget, look: Callable[[], None] = lambda: None) -> Widget:
        """Show a screen without the glass around it, and `look` while it stands there."""
        _stage.clear_widgets()
        _stage.add_widget(screen)
        self.frames()
        look()
        _stage.clear_widgets()
        _stage.add_widget(self.glass)
        return screen

    def widgets(self) -> Iterator[Widget]:
        return self.glass.walk()

    def _lift(self, event: MouseMotionEvent, x: float, y: float) -> None:
        event.move(self._on_panel(x, y))
        EventLoop.post_dispatch_input("update", event)
        EventLoop.post_dispatch_input("end", event)
        self.frames()

    def _on_panel(self, x: float, y: float) -> list[object]:
        width, height = SIZE
        return [x / width, 1 - y / height, "left"]

    def _box_state(self) -> BoxState:
        return BoxState(
            printer=self.printer,
            offline_since=self.offline_since,
            knows_day=self.knows_day,
            has_scanner=self.has_scanner,
            has_microphone=self.sound.can_record,
            activities=self.activities,
        )

    def state(self, case_id: UUID) -> str:
        """How the slip is, for the clerk."""
        return self.slip

    def came_out(self, case_id: UUID) -> None:
        """The glass was told so."""
        self.slip = "printed"

    def print_again(self, case_id: UUID) -> None:
        """The glass was told so."""
        self.slip = "waiting"

    def leave(self, case_id: UUID) -> None:
        """Whoever waited has gone."""
        self.slip = "expired" if self.slip == ASKED else self.slip


class Finger:
    """One finger on the panel."""

    def __init__(self, box: Box, x: float, y: float, number: int) -> None:
        self._box, self._at = box, (x, y)
        place = box._on_panel(x, y)
        self._event = MouseMotionEvent("mouse", f"f{number}", place, is_touch=True, type_id="touch")
        EventLoop.post_dispatch_input("begin", self._event)
        box.frames(1)

    def move(self, x: float, y: float) -> None:
        self._at = (x, y)
        self._event.move(self._box._on_panel(x, y))
        EventLoop.post_dispatch_input("update", self._event)
        self._box.frames(1)

    def lift(self) -> None:
        self._box._lift(self._event, *self._at)


@cache
def _example() -> Profile:
    return load_profile(PROFILE)


def _laid(folder: Path) -> Path:
    """Where a store lies that nothing was kept in yet, or the one that was there before."""
    path = folder / STORE_FILE
    if not path.exists():
        path.write_bytes(_empty())
    return path


@cache
def _empty() -> bytes:
    """A new store's file: to migrate one for every glass would take as long as many a test."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / STORE_FILE
        Store.open(path).close()
        return path.read_bytes()


def _begin_plainly() -> None:
    """Language and look belong to the process: a test that failed may have left others."""
    theme.refit(PLAIN)
    Window.clearcolor = theme.colour("paper")
    tr.use("th")


def _lay_out() -> None:
    """A frame of Kivy's, less the painting."""
    Clock.tick()
    EventLoop.dispatch_input()
    Builder.sync()
    Clock.tick_draw()
    Builder.sync()


def _identity() -> Identity:
    return Identity(
        device_code="A1",
        public_url="https://rapfang.example.go.th",
        central_url="https://rapfang.example.go.th",
        enrolment_code="x",
        slip_secret=b"s" * 32,
        intake_key_id="intake-1",
        intake_key=public_key_of(INTAKE_KEY),
        central_key_id="central-1",
        central_key=b"c" * 32,
        device_key=b"d" * 32,
    )


def _noon() -> Instant:
    noon = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
    return Instant(wall=noon, boot_id="boot", monotonic_s=10.0, trusted=True)


def _chance(count: int) -> bytes:
    return b"1234567"[:count]
