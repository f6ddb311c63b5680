"""`kiosk ui`: the window, the loop, the clerk and what they need, wired together."""

import gc
import logging
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Self

from msgspec.structs import replace

from hardware.connectors import wait_for_panel
from hardware.panel.panel import WATCH_S, Panel
from kiosk import switching_off, window  # first: it sets Kivy's switches
from kiosk.clerk import UNKEPT, Clerk, Post
from kiosk.clock import floor_of, instant
from kiosk.condition import box_state
from kiosk.config import Config
from kiosk.door import Door
from kiosk.enquiring import Enquirer
from kiosk.front_desk import Counts, FrontDesk, counts_of
from kiosk.handing import Handing
from kiosk.heartbeat import of_watched_glass
from kiosk.intake import Intake
from kiosk.lighting import Lighting
from kiosk.occupied import DOOR_SOCKET, Used
from kiosk.panel.front import FrontPanel
from kiosk.panel.trial import TRIAL_SOCKET
from kiosk.portrait import Portrait
from kiosk.profile import counter_of, profile_in_force
from kiosk.report import box_identity, printer_state
from kiosk.scanning import Scanning
from kiosk.scene import BoxState
from kiosk.showing import Showing
from kiosk.sound import Sound
from kiosk.theme import theme
from sync.desk import DESK_SOCKET
from sync.doorbell import PRINT_BELL, SYNC_BELL, UI_BELL, Doorbell, ring
from sync.errors import NewCodeNeeded, StoreDamaged, StoreFull, SyncError
from sync.identity import Identity, Renewing
from sync.profile import Profile
from sync.store import STORE_FILE, Store

if TYPE_CHECKING:
    from kivy.uix.widget import Widget

    from kiosk.loop import Loop
    from kiosk.screens.glass import Glass

log = logging.getLogger(__name__)

SCANNER_S = 5.0
"""How soon a scanner that was put back in is heard again."""
AFTER_FIRST_FRAME_S = 0.5
"""When the panel's pins are taken: the drivers take their time to load."""
PANEL_S = 20.0
"""How long a cold boot is waited for: starting again would climb the ladder (`systemd/`)."""
LOOK_S = 60.0
"""How often store and printer are looked at unasked; a box out of service tries again."""


def run(config: Config, *, map_file: Path | None = None) -> None:
    """Show the glass until SIGTERM or SIGINT.

    With `map_file` that file always tells what can be touched, and where.

    Raises:
        ConfigError: settings, profile or identity are not in order.
    """
    profile = profile_in_force(config)
    counter_of(config, profile)
    box_identity(config)
    glass = config.glass
    window.configure(
        glass.width, glass.height, fullscreen=glass.fullscreen, rotation=glass.rotation
    )
    theme.fit(glass.width, glass.height)
    bell = Doorbell(config.runtime_dir / UI_BELL)
    with bell, _Front(config, profile) as front:
        _show(front, bell, map_file)
    gc.freeze()  # all of it goes with the process; the next glass would wait for a last search


def _show(front: "_Front", bell: Doorbell, map_file: Path | None) -> None:
    _await_panel()
    from kivy.clock import Clock

    from kiosk.surface import Surface

    def look_up(*_: object) -> None:
        bell.wait(0)
        surface.show(front.look_up())

    front.show = look_up
    surface = Surface(front.open(), map_file, of_watched_glass(front.runtime_dir))
    surface.loop.watch(bell, look_up)
    front.door.listen(surface.loop, front.runtime_dir / DOOR_SOCKET)
    front.scanning.listen(surface.loop, front.scan)
    if front.scanning.is_wanted:
        Clock.schedule_interval(front.scanning.look, SCANNER_S)
    Clock.schedule_interval(look_up, LOOK_S)
    if front.panel.panel is not None:
        _attend_panel(front.panel, front.panel.panel, surface.loop, front.runtime_dir)
    surface.run(front.leave_something)


def _await_panel() -> None:
    """Kivy opens its window when it is loaded: not before there is something to open it on."""
    if window.is_on_bare_panel() and not wait_for_panel(PANEL_S):
        log.warning("no panel is plugged in, or none that this user may drive")


def _attend_panel(front: FrontPanel, panel: Panel, loop: "Loop", runtime_dir: Path) -> None:
    """Have the loop woken by the panel, and when something of it is due."""
    from kivy.clock import Clock

    def attend(*_: object) -> None:
        Clock.unschedule(attend)
        if (due_s := front.attend()) is not None:
            Clock.schedule_once(attend, due_s)

    def look(*_: object) -> None:
        front.look()
        attend()

    loop.watch(panel, attend)
    front.trial.listen(loop, runtime_dir / TRIAL_SOCKET)
    Clock.schedule_once(look, AFTER_FIRST_FRAME_S)
    Clock.schedule_interval(look, WATCH_S)


class _Front:
    """What stands in the window: the glass, or, while nothing can be kept, why not."""

    def __init__(self, config: Config, profile: Profile) -> None:
        self._config, self._profile = config, profile
        self._served = ExitStack()
        self.scanning, self.sound = Scanning(config.scanner), Sound(config.sound)
        self.lighting = Lighting(config.backlight, partial(instant, config))
        self.runtime_dir = config.runtime_dir
        self.door = Door(self._use, self._portrait, self._close)
        self.show: Callable[[], object] = lambda: None
        self._closed_until_s = 0.0
        self.panel = FrontPanel(config, self, can_call=profile.staff_call is not None)
        self._trouble = ""
        self._glass: Glass | None = None
        self._clerk: Clerk | None = None
        self._farewell: Widget | None = None
        self._curtain: Widget | None = None
        self._intake: Intake | None = None

    def open(self) -> "Widget":
        """Open the store and the glass over it, if that can be."""
        try:
            self._serve()
        except (StoreFull, StoreDamaged, NewCodeNeeded) as error:
            self._served.close()
            return self._refuse(error)
        log.info("in service")
        self._trouble = ""
        return self._glass

    def look_up(self) -> "Widget":
        """Somebody rang, or a while has passed: how do store, slip and printer stand?"""
        if self._is_leaving():
            return self._say_farewell()
        if self._is_closed:
            return self._say_one_moment()
        if self._clerk is None or self._glass is None:
            return self.open()
        self._glass.show(self._clerk.look_up())
        return self._glass

    def press(self, scores: list[int]) -> bool:
        """Buttons beside the glass were pressed; False out of service: nothing can be kept."""
        if (glass := self._open_glass()) is None:
            return False
        for score in scores:
            glass.press(score)
        return True

    @property
    def is_in_use(self) -> bool:
        """Whether a resident is at the glass."""
        return self._glass is not None and self._glass.is_in_use

    def call_staff(self) -> bool:
        """The button for it was pressed; False where the profile names nobody to call."""
        glass = self._open_glass()
        return glass is not None and glass.call_staff()

    def wake(self) -> None:
        """Somebody stands before the glass."""
        if glass := self._open_glass():
            glass.wake()

    def switch_off(self) -> None:
        """The button for it was held, in or out of service."""
        if not self._is_leaving():
            FrontDesk(self._config, Counts, lambda: None).switch_off()

    def keep_event(self, kind: str, found_at_start: bool) -> bool:
        """Keep for central what became of the box; False while nothing can be kept."""
        try:
            return self._intake is not None and self._intake.note_event(kind, found_at_start)
        except UNKEPT as error:
            log.warning("not kept: %s: %s", kind, error.code)
            return False

    def scan(self, code: str) -> None:
        """Something was held to the scanner; out of service nobody can be told anything."""
        if glass := self._open_glass():
            glass.scan(code)

    def _use(self) -> Used:
        return Used(self.is_in_use, self._glass.touched_s if self._glass else None)

    def _close(self, for_s: float) -> Used:
        """Take nobody for so long, if nobody is there now; 0 opens the glass again."""
        from kivy.clock import Clock

        used = self._use()
        if not used.in_use:
            log.info("closed for %.0f s, as somebody asked at the door", for_s)
            self._closed_until_s = time.monotonic() + for_s
            Clock.unschedule(self._reopen)
            Clock.schedule_once(self._reopen, for_s)
            self.show()
        return used

    def _reopen(self, *_: object) -> None:
        self._closed_until_s = 0.0
        self.show()

    @property
    def _is_closed(self) -> bool:
        return time.monotonic() < self._closed_until_s

    @staticmethod
    def _portrait() -> tuple[Portrait, bytes]:
        from kiosk.screens.portrait import portrait

        return portrait()

    def leave_something(self) -> None:
        """On a panel that would be dark until another release's glass has drawn."""
        from kiosk import curtain  # loaded when it is wanted

        curtain.come_down(self._config)

    def _is_leaving(self) -> bool:
        return switching_off.is_leaving(self.runtime_dir)

    def _open_glass(self) -> "Glass | None":
        """What takes anything; None out of service, closed, or on the way out."""
        return None if self._is_closed or self._is_leaving() else self._glass

    def _say_one_moment(self) -> "Widget":
        from kiosk.screens.one_moment import OneMomentScreen

        if self._curtain is None:
            self._curtain = OneMomentScreen(profile=self._profile)
        return self._curtain

    def _say_farewell(self) -> "Widget":
        from kiosk.screens.switching_off import SwitchingOffScreen

        self.lighting.shine("lit")
        if self._farewell is None:
            self._farewell = SwitchingOffScreen(profile=self._profile)
        return self._farewell

    def __enter__(self) -> Self:
        switching_off.forget(self.runtime_dir)
        return self

    def __exit__(self, *_: object) -> None:
        self._served.close()
        self.lighting.shine("lit")
        self.door.close()
        self.panel.close()
        self.scanning.close()
        self.sound.hush()

    def _serve(self) -> None:
        from kiosk.screens.glass import Glass

        config, identity = self._config, box_identity(self._config)
        store = self._served.enter_context(Store.open(config.state_dir / STORE_FILE))
        if store.is_spent(identity.device_code):
            raise NewCodeNeeded(f"{identity.device_code} is spent; next: kiosk doctor")
        now = partial(instant, config, floor_of(store))
        showing = Showing(config, self._profile.languages, now)
        fitted = partial(self._fitted, showing)
        self._intake = _intake(config, self._profile, identity, store)
        self._clerk = _clerk(config, self._profile, identity, store, self._intake, fitted)
        times = config.glass.idle_s, config.glass.countdown_s
        desk = FrontDesk(
            config,
            partial(counts_of, store, lambda: printer_state(config).state),
            partial(ring, config.runtime_dir / UI_BELL),
        )
        self._glass = Glass(self._profile, self._clerk.hear, *times, desk=desk)
        desk.buzz = self.panel.buzz_for_call
        self._glass.sound, self._glass.shown = self.sound, self.panel.follow
        self._glass.show_when_idle(showing, self.lighting)
        self._glass.show(self._clerk.scene)
        self._glass.get_ready()

    def _fitted(self, showing: Showing) -> dict[str, object]:
        """What stands beside the glass now, and what is going on in town."""
        return {
            "has_scanner": self.scanning.is_ready,
            "has_microphone": self.sound.can_record,
            "activities": showing.activities(),
        }

    def _refuse(self, error: SyncError) -> "Widget":
        from kiosk.screens.out_of_service import OutOfServiceScreen

        self.lighting.shine("lit")
        if self._trouble != error.code:
            self._trouble = error.code
            log.error("out of service: %s: %s", error.code, error)
            self._refusal = OutOfServiceScreen(profile=self._profile, code=error.code)
        return self._refusal


def _intake(config: Config, profile: Profile, identity: Identity, store: Store) -> Intake:
    def wake_others() -> None:
        ring(config.runtime_dir / PRINT_BELL)
        ring(config.runtime_dir / SYNC_BELL)

    return Intake(
        identity,
        profile,
        store,
        partial(instant, config, floor_of(store)),
        wake_others,
        Renewing(config.state_dir, identity).now,
    )


def _clerk(
    config: Config,
    profile: Profile,
    identity: Identity,
    store: Store,
    intake: Intake,
    fitted: Callable[[], dict[str, object]],
) -> Clerk:
    now = partial(instant, config, floor_of(store))

    def state() -> BoxState:
        found = box_state(config, store, identity.device_code)
        return replace(found, **fitted())

    enquirer = Enquirer(
        config.runtime_dir / DESK_SOCKET, partial(ring, config.runtime_dir / UI_BELL)
    )
    post = Post(
        language=profile.languages[0],
        division=counter_of(config, profile),
        survey_for=profile.survey_for,
    )
    return Clerk(
        intake,
        Handing(store, now, partial(ring, config.runtime_dir / PRINT_BELL)),
        state,
        post,
        enquirer=enquirer,
    )
