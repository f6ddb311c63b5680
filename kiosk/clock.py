"""The device's clocks as records carry them, trusted as the settings say."""

from hardware import clock
from kiosk.config import Config
from sync.case import Instant


def instant(config: Config) -> Instant:
    """The device's clocks now, as records carry them."""
    reading = clock.read(assume_trusted=config.clock.trust == "assume")
    return Instant(
        wall=reading.wall,
        boot_id=reading.boot_id,
        monotonic_s=reading.monotonic_s,
        trusted=reading.trusted,
    )
