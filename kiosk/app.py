"""`kiosk ui`: the window, the loop, the clerk and what they need, wired together."""

import logging
from functools import partial
from pathlib import Path
from uuid import UUID

from kiosk import window  # first: it sets Kivy's switches
from kiosk.clerk import Clerk
from kiosk.clock import floor_of, instant
from kiosk.config import Config
from kiosk.intake import Intake
from kiosk.profile import load_profile
from kiosk.report import box_identity, printer_state
from kiosk.theme import theme
from sync.doorbell import PRINT_BELL, SYNC_BELL, UI_BELL, Doorbell, ring
from sync.errors import NewCodeNeeded, StoreDamaged, StoreFull
from sync.identity import Identity, Renewing
from sync.profile import Profile
from sync.store import STORE_FILE, Store

log = logging.getLogger(__name__)


def run(config: Config, *, map_file: Path | None = None) -> None:
    """Show the glass until SIGTERM or SIGINT.

    With `map_file` that file always tells what can be touched, and where.

    Raises:
        ConfigError: settings, profile or identity are not in order.
    """
    profile, identity = load_profile(Path(config.device.profile)), box_identity(config)
    window.configure(config.glass.width, config.glass.height, fullscreen=config.glass.fullscreen)
    theme.fit(config.glass.width, config.glass.height)
    with Doorbell(config.runtime_dir / UI_BELL) as bell:
        try:
            store = Store.open(config.state_dir / STORE_FILE)
        except (StoreFull, StoreDamaged) as error:
            log.error("out of service: %s: %s", error.code, error)  # noqa: TRY400  one line
            _refuse_service(profile, error.code, map_file)
            return
        with store:
            if store.is_spent(identity.device_code):
                log.error("out of service: %s is spent; next: kiosk doctor", identity.device_code)
                _refuse_service(profile, NewCodeNeeded.code, map_file)
                return
            _serve(config, _clerk(config, profile, identity, store), profile, bell, map_file)


def _clerk(config: Config, profile: Profile, identity: Identity, store: Store) -> Clerk:
    def wake_others() -> None:
        ring(config.runtime_dir / PRINT_BELL)
        ring(config.runtime_dir / SYNC_BELL)

    def slip_state(case_id: UUID) -> str:
        return store.slip_state(case_id)[0].value

    def printer() -> str:
        state = printer_state(config).state
        return "ok" if state == "unknown" else state

    intake = Intake(
        identity,
        profile,
        store,
        partial(instant, config, floor_of(store)),
        wake_others,
        Renewing(config.state_dir, identity).now,
    )
    return Clerk(intake, slip_state, printer, profile.languages[0])


def _serve(
    config: Config, clerk: Clerk, profile: Profile, bell: Doorbell, map_file: Path | None
) -> None:
    from kiosk.screens.glass import Glass
    from kiosk.surface import Surface

    glass = Glass(profile, clerk.hear, config.glass.idle_s, config.glass.countdown_s)

    def look_up() -> None:
        bell.wait(0)
        glass.show(clerk.look_up())

    surface = Surface(glass, map_file)
    surface.loop.watch(bell, look_up)
    glass.show(clerk.scene)
    surface.run()


def _refuse_service(profile: Profile, code: str, map_file: Path | None) -> None:
    from kiosk.screens.out_of_service import OutOfServiceScreen
    from kiosk.surface import Surface

    Surface(OutOfServiceScreen(profile=profile, code=code), map_file).run()
