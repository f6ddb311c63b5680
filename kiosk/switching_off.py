"""Switching the box off in order, from the front desk's page or a button of the panel.

The glass says so first and takes nothing more; a slip that is being printed comes out;
what is being kept is on the disk before the system is told to go.
"""

import logging
import subprocess
import threading
import time
from pathlib import Path

from kiosk.config import Config
from kiosk.errors import ConfigError
from kiosk.report import box_store, printer_state
from sync.doorbell import UI_BELL, ring

log = logging.getLogger(__name__)

MARK = "switching-off"
"""A file in the runtime folder while the box is on its way out."""
PATIENCE_S = 30.0
"""How long a slip may take to come out; the longest takes four seconds."""
SWITCHING_OFF_S = 30
LOOK_S = 0.2


def switch_off(config: Config, patience_s: float = PATIENCE_S) -> bool:
    """Shut the box down; False when the system would not, and the glass is open again.

    Waits, so call it on a thread of its own where somebody is shown something.
    """
    log.warning("switching off")
    _tell(config, leaving=True)
    _let_slips_end(config, patience_s)
    try:
        subprocess.run(config.glass.switch_off, check=True, timeout=SWITCHING_OFF_S)
    except (OSError, subprocess.SubprocessError) as error:
        log.warning("not switched off: %s", error)
        _tell(config, leaving=False)
        return False
    return True


def is_leaving(runtime_dir: Path) -> bool:
    """Whether the box is being switched off."""
    return (runtime_dir / MARK).exists()


def forget(runtime_dir: Path) -> None:
    """A box that starts is not leaving, whatever an earlier run left."""
    (runtime_dir / MARK).unlink(missing_ok=True)


def _tell(config: Config, *, leaving: bool) -> None:
    """Have the glass say so; without that the box is switched off all the same."""
    try:
        if leaving:
            config.runtime_dir.mkdir(parents=True, exist_ok=True)
            (config.runtime_dir / MARK).touch()
        else:
            forget(config.runtime_dir)
    except OSError as error:
        log.warning("the glass does not hear of it: %s", error.strerror)
    ring(config.runtime_dir / UI_BELL)


def _let_slips_end(config: Config, patience_s: float) -> None:
    """Until no slip is on its way; one that waits for paper will not come.

    Opening and closing the store waits for whoever is writing to it.
    """
    ends_s = time.monotonic() + patience_s
    pause = threading.Event()
    try:
        with box_store(config) as store:
            while _is_printing(config, store.slip_counts()):
                if time.monotonic() > ends_s:
                    log.warning("switched off before a slip was out")
                    return
                pause.wait(LOOK_S)
    except ConfigError as error:
        log.warning("switched off without a look at the slips: %s", error)


def _is_printing(config: Config, counts: dict[str, int]) -> bool:
    is_well = printer_state(config).state in ("ok", "paper_low")
    return bool(counts.get("printing") or (is_well and counts.get("waiting")))
