"""The panel as the glass last saw it, in the runtime folder: for the doctor."""

from pathlib import Path

import msgspec

from hardware.panel.panel import Panel
from kiosk.files import write_atomically

PANEL_FILE = "panel.json"


class PanelState(msgspec.Struct, frozen=True, kw_only=True):
    """`trouble` is why there are no pins, empty while they answer.

    `faults` are contacts that are ignored, and why. `losses` counts how often the pins went
    away, or the thread that hears them ended, since the glass began.
    """

    parts: list[str] = []
    trouble: str = ""
    faults: dict[str, str] = {}
    losses: int = 0


def state_of(panel: Panel) -> PanelState:
    """How it is now."""
    return PanelState(
        parts=list(panel.wiring),
        trouble=panel.trouble or "",
        faults=panel.faults,
        losses=panel.losses,
    )


def note(runtime_dir: Path, state: PanelState) -> None:
    """Tell whoever looks."""
    runtime_dir.mkdir(parents=True, exist_ok=True)
    write_atomically(runtime_dir / PANEL_FILE, msgspec.json.encode(state))


def last(runtime_dir: Path) -> PanelState | None:
    """What was told last; None where nothing was."""
    try:
        return msgspec.json.decode((runtime_dir / PANEL_FILE).read_bytes(), type=PanelState)
    except (OSError, msgspec.MsgspecError):
        return None
