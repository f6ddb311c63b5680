"""Which sound devices the kernel knows; ALSA's own names for them."""

import re
from pathlib import Path

CAPTURE, PLAYBACK = "c", "p"
CARDS = Path("/proc/asound")

_CARD = re.compile(r"CARD=([\w-]+)|^(?:plug)?hw:(?!CARD=)([\w-]+)")


def is_there(device: str, direction: str, cards: Path = CARDS) -> bool:
    """Whether `device` can record (`CAPTURE`) or play (`PLAYBACK`) now.

    A name such as `plughw:CARD=Device,DEV=0` is held to its card; any other, such as
    `default`, to whether there is such a card at all. `null` is ALSA's own and always there.
    """
    if device == "null":
        return True
    named = _CARD.search(device)
    card = (named[1] or named[2]) if named else "card*"
    card = f"card{card}" if card.isdigit() else card
    return any(cards.glob(f"{card}/pcm*{direction}"))
