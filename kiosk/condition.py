"""How the box is, apart from its store: its printer, its line, its clock."""

from datetime import date, timedelta

from kiosk.clock import floor_of, instant
from kiosk.config import Config
from kiosk.report import WELL, printer_state
from kiosk.scene import PRINTER_FINE, BoxState
from sync.case import Instant
from sync.deadline import THAILAND
from sync.store import LinkState, Store


def box_state(config: Config, store: Store, device_code: str) -> BoxState:
    """What the glass says of the box at home.

    Raises:
        StoreDamaged: the store cannot be trusted.
    """
    printer, now = printer_state(config).state, instant(config, floor_of(store))
    return BoxState(
        printer=PRINTER_FINE if printer in WELL else printer,
        offline_since=offline_since(
            store.link_state(device_code), now, timedelta(days=config.glass.offline_days)
        ),
        knows_day=now.trusted,
    )


def offline_since(link: LinkState, now: Instant, patience: timedelta) -> date | None:
    """The day since which central was not reached, once that is `patience` ago.

    None while all is well, and where the clock is a guess and could not tell.
    """
    if link.failing_since is None or not now.trusted:
        return None
    since = link.reached_at or link.failing_since
    return since.astimezone(THAILAND).date() if now.wall - since >= patience else None
