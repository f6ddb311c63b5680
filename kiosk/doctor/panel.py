"""The buttons and lights beside the glass: pins, the thread that hears them, each contact."""

from importlib.util import find_spec

from hardware.errors import DeviceBusy
from hardware.panel.gpio import why_no_chip
from hardware.panel.parts import CALL
from kiosk.config import Config
from kiosk.doctor.finding import Finding, bad, not_told, well, worth_a_look
from kiosk.errors import ConfigError
from kiosk.panel import state
from kiosk.panel.front import panel_of
from kiosk.profile import profile_in_force
from sync.doorbell import UI_BELL, is_answered

LOGS = "kiosk logs glass -n 30"


def panel(config: Config) -> Finding:
    """As the glass last saw it; where the glass does not run, the pins are tried here."""
    parts = config.panel.wiring
    if config.panel.driver == "none" or not parts:
        return not_told("panel", "none is set up")
    glass_runs = is_answered(config.runtime_dir / UI_BELL)
    if not glass_runs and (hindrance := _hindrance(config)):
        return hindrance
    found = state.last(config.runtime_dir) if glass_runs else _tried(config)
    if found is None:
        return not_told("panel", "the glass runs and has not told of it")
    if found.trouble:
        return _hindrance(config) or _trouble(found.trouble)
    if found.faults:
        said = ", ".join(f"{part} is {why}" for part, why in found.faults.items())
        return bad("panel", f"{said}; ignored until it is free", "kiosk test-panel")
    if found.losses:
        evidence = f"pins or thread were lost {found.losses} times, and are back"
        return worth_a_look("panel", evidence, LOGS)
    if CALL in parts and not _calls(config):
        evidence = "call_staff calls nobody: the profile names no staff_call"
        return worth_a_look("panel", evidence, "ask central for a profile with [staff_call]")
    return well("panel", f"{len(parts)} parts, {config.panel.driver}, pins and thread answer")


def _hindrance(config: Config) -> Finding | None:
    """What keeps a program of this user from this Pi's pins; the glass may be another."""
    if config.panel.driver != "gpio":
        return None
    if find_spec("lgpio") is None:
        return bad("panel", "lgpio is not installed for this Python", "deploy/setup run")
    if why := why_no_chip():
        is_there = "not permitted" in why
        advice = "udevadm trigger; ls -l /dev/gpiochip*: group kiosk?"
        return bad("panel", why, advice if is_there else "ls -l /dev/gpiochip*; dmesg | grep gpio")
    return None


def _tried(config: Config) -> state.PanelState:
    tried = panel_of(config)
    if tried is None:
        return state.PanelState()
    with tried:
        tried.watch()
        return state.state_of(tried)


def _trouble(code: str) -> Finding:
    if code == DeviceBusy.code:
        return bad("panel", "another program has one of its pins", "gpioinfo | grep -v unused")
    return bad("panel", f"its pins do not answer: {code}", f"{LOGS}; systemctl restart kiosk-ui")


def _calls(config: Config) -> bool:
    try:
        return profile_in_force(config).staff_call is not None
    except ConfigError:
        return True  # said by the profile's own check
