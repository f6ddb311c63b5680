"""How the box is, part by part: the machine's vitals, and those of what is plugged into it.

Each has a unit, a severity and one line of advice. What other services know of printer
and line comes as `Facts`.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import msgspec

from hardware import health
from hardware.fake.health import VirtualMachine
from hardware.health.machine import Machine
from hardware.health.vital import Limits, Severity, Vital, counted, not_told, worst_of
from kiosk import heartbeat
from kiosk.clock import can_be
from kiosk.config import Config
from kiosk.journal import name_of
from kiosk.panel import state
from kiosk.sound import Sound
from sync.doorbell import PRINT_BELL, UI_BELL, is_answered
from sync.store import LinkState

HEALTH_FILE = "health.json"
ROUND_FILE = "round.json"
"""Both in the runtime folder: they are gone with the boot they tell of."""
ROUND_S = 86400.0
"""The doctor goes round each night (`kiosk-health.timer`)."""
LONGEST_SILENCE = timedelta(days=1)
RESTARTS = Limits(warn=3, bad=20)
SERVICES = ("kiosk-ui.service", "kiosk-print.service", "kiosk-sync.service")

_ROUND_ADVICE = "kiosk doctor; once mended: systemctl start kiosk-health"
PRINTER_ADVICE = {
    "paper_out": "put in a new roll",
    "paper_low": "have a new roll at hand",
    "cover_open": "close the printer's cover",
    "device_missing": "plug the printer in and switch it on",
    "device_busy": "if it prints in spite of that: answers = false",
}
_PRINTER_WARNS = ("paper_low",)


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What services have noted: the printer's state, and how central was reached."""

    printer: str = "unknown"
    link: LinkState | None = None


class Round(msgspec.Struct, frozen=True, kw_only=True):
    """What the doctor found on his last round: checks by name; `at_s` is of the monotonic clock."""

    at_s: float
    ill: list[str] = []
    worth_a_look: list[str] = []


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """All vitals of one look; in `health.json` for the box's own light."""

    worst: Severity = "fine"
    vitals: list[Vital] = []

    def ill(self) -> list[Vital]:
        """Those that somebody should know of, the gravest first."""
        found = [vital for vital in self.vitals if vital.severity in ("bad", "warn")]
        return sorted(found, key=lambda vital: vital.severity != "bad")

    def severities(self) -> dict[str, Severity]:
        """By name, as the next look wants them."""
        return {vital.name: vital.severity for vital in self.vitals}

    def text(self) -> str:
        """In a few words: the worst and what it is."""
        ill = self.ill()
        if not ill:
            return "fine"
        signs = {"bad": "BAD ", "warn": "see "}
        return "; ".join(
            f"{signs[vital.severity]}{in_words(vital.name)}: {vital.words()}" for vital in ill
        )


def machine_of(config: Config) -> Machine:
    """The machine that the settings name."""
    is_kept = config.clock.trust == "assume"
    if config.health.driver == "virtual":
        root = Path(config.health.machine_dir)
        return VirtualMachine(config.state_dir, root, assume_clock=is_kept)
    return Machine(config.state_dir, assume_clock=is_kept)


def measure(
    config: Config,
    facts: Facts,
    before: Mapping[str, Severity],
    names: Iterable[str] | None = None,
) -> list[Vital]:
    """Look at the vitals called `names`, or at all; `before` is how each was last."""
    machine, chosen = machine_of(config), ALL if names is None else tuple(names)
    of_machine = health.measure(machine, before, [name for name in chosen if name in READERS])
    found = {vital.name: vital for vital in of_machine}
    for name in chosen:
        if name in _PARTS:
            found[name] = _PARTS[name](config, facts, machine)
    return [found[name] for name in chosen]


def last_health(config: Config) -> Health:
    """What the agent saw at its last look; nothing where it has not looked yet."""
    try:
        raw = (config.runtime_dir / HEALTH_FILE).read_bytes()
        return msgspec.json.decode(raw, type=Health)
    except (OSError, msgspec.MsgspecError):
        return Health()


def health_now(config: Config, facts: Facts) -> Health:
    """A look at everything; what costs a write or a program is as the agent saw it last."""
    last = last_health(config)
    kept = {vital.name: vital for vital in last.vitals if vital.name in RARE}
    names = [name for name in ALL if name not in RARE]
    seen = {vital.name: vital for vital in measure(config, facts, last.severities(), names)}
    return health_of([(kept | seen)[name] for name in ALL if name in kept | seen])


def health_of(vitals: list[Vital]) -> Health:
    """These vitals, and the worst of them."""
    return Health(worst=worst_of(vitals), vitals=vitals)


def in_words(name: str) -> str:
    """A vital's name for a person."""
    return name.replace("_", " ")


def is_silent(link: LinkState) -> bool:
    """Whether central was not reached for so long that somebody should look."""
    since = link.failing_since
    if since is None:
        return False
    return not can_be(since) or datetime.now(UTC) - since > LONGEST_SILENCE


def _printer(config: Config, facts: Facts, _machine: Machine) -> Vital:
    state = facts.printer
    if state == "unknown":
        return not_told("printer", "the spooler has not looked yet")
    if not is_answered(config.runtime_dir / PRINT_BELL):
        value, advice = "the spooler does not run", "systemctl restart kiosk-print"
        return Vital(name="printer", value=value, severity="bad", advice=advice)
    severity: Severity = "warn" if state in _PRINTER_WARNS else "bad"
    advice = PRINTER_ADVICE.get(state, "kiosk test-print")
    return Vital(
        name="printer", value=state, severity="fine" if state == "ok" else severity, advice=advice
    )


def _central(_config: Config, facts: Facts, _machine: Machine) -> Vital:
    link = facts.link
    if link is None or not (link.reached_at or link.failing_since):
        return not_told("central", "not spoken to yet")
    if link.failing_since is None:
        return Vital(name="central", value="reached", severity="fine", advice="kiosk sync-now")
    severity: Severity = "bad" if is_silent(link) else "warn"
    value = f"not reached: {link.reason}"
    return Vital(name="central", value=value, severity=severity, advice="kiosk sync-now")


def _screen(config: Config, _facts: Facts, _machine: Machine) -> Vital:
    """Seconds since the glass drew a frame; one is forced within each watchdog's period."""
    pulse = heartbeat.read(config.runtime_dir)
    if pulse is None:
        return not_told("screen", "the glass does not run under a watchdog")
    age_s = max(0, round(time.monotonic() - pulse.at_s))
    limits = Limits(warn=2 * pulse.every_s, bad=4 * pulse.every_s)
    advice = "systemctl restart kiosk-ui"
    return counted("screen", age_s, "s since a frame", limits, "fine", advice)


def _scanner(config: Config, _facts: Facts, _machine: Machine) -> Vital:
    settings = config.scanner
    is_there = settings.driver != "none" and Path(settings.device).exists()
    return _plugged("scanner", is_there, wanted=settings.driver != "none")


def _microphone(config: Config, _facts: Facts, _machine: Machine) -> Vital:
    is_wanted = config.sound.driver != "none" and bool(config.sound.microphone)
    return _plugged("microphone", is_wanted and Sound(config.sound).can_record, wanted=is_wanted)


def _speaker(config: Config, _facts: Facts, _machine: Machine) -> Vital:
    is_wanted = config.sound.driver != "none" and bool(config.sound.speaker)
    return _plugged("speaker", is_wanted and Sound(config.sound).can_play, wanted=is_wanted)


def _panel(config: Config, _facts: Facts, _machine: Machine) -> Vital:
    """The buttons and lights beside the glass, as the glass last saw them."""
    if config.panel.driver == "none":
        return not_told("panel", "none is set up")
    told = state.last(config.runtime_dir)
    if told is None or not is_answered(config.runtime_dir / UI_BELL):
        return not_told("panel", "the glass does not run")
    ill = [f"{part} {why}" for part, why in told.faults.items()]
    value = told.trouble or ", ".join(ill) or "ok"
    severity: Severity = "bad" if told.trouble else "warn" if ill else "fine"
    return Vital(name="panel", value=value, severity=severity, advice="kiosk test-panel")


def _plugged(name: str, is_there: bool, *, wanted: bool) -> Vital:
    """Something in a socket; without it the box does less, and goes on."""
    if not wanted:
        return not_told(name, "none is set up")
    if is_there:
        return Vital(name=name, value="plugged in", severity="fine")
    advice = f"plug the {name} in; dmesg | tail"
    return Vital(name=name, value="not plugged in", severity="warn", advice=advice)


def _doctor(config: Config, _facts: Facts, _machine: Machine) -> Vital:
    """What the last round found (`kiosk.examining`); two nights without one are worth a look."""
    try:
        raw = (config.runtime_dir / ROUND_FILE).read_bytes()
        last = msgspec.json.decode(raw, type=Round)
    except (OSError, msgspec.MsgspecError):
        return not_told("doctor", "no round yet")
    told = partial(Vital, name="doctor", advice=_ROUND_ADVICE)
    if last.ill:
        return told(value=", ".join(last.ill), severity="bad")
    if time.monotonic() - last.at_s > 2 * ROUND_S:
        return told(value="no round for two days", severity="warn", advice="kiosk logs health")
    if last.worth_a_look:
        return told(value=", ".join(last.worth_a_look), severity="warn")
    return told(value="nothing found", severity="fine")


def _services(_config: Config, _facts: Facts, machine: Machine) -> Vital:
    """How often systemd has restarted our services by itself since they were started."""
    asked = "--property=Id,LoadState,ActiveState,NRestarts"
    told = machine.ask("systemctl", "show", asked, *SERVICES) or ""
    units = [dict(_pair(line) for line in unit.splitlines()) for unit in told.split("\n\n")]
    ours = [unit for unit in units if unit.get("LoadState") == "loaded" and _counts(unit)]
    if not ours:
        return not_told("services", "systemd does not run them")
    if failed := [unit["Id"] for unit in ours if unit.get("ActiveState") == "failed"]:
        advice = f"kiosk logs {name_of(failed[0])} -n 30"
        value = f"given up: {', '.join(failed)}"
        return Vital(name="services", value=value, severity="bad", advice=advice)
    restarts = {unit["Id"]: int(unit["NRestarts"]) for unit in ours}
    most = max(restarts, key=restarts.__getitem__)
    count, advice = sum(restarts.values()), f"kiosk logs {name_of(most)}"
    return counted("services", count, "restarts", RESTARTS, "fine", advice)


def _pair(line: str) -> tuple[str, str]:
    name, _, value = line.partition("=")
    return name, value


def _counts(unit: dict[str, str]) -> bool:
    return "Id" in unit and unit.get("NRestarts", "").isdecimal()


_PARTS: dict[str, Callable[[Config, Facts, Machine], Vital]] = {
    "printer": _printer,
    "screen": _screen,
    "scanner": _scanner,
    "microphone": _microphone,
    "speaker": _speaker,
    "panel": _panel,
    "services": _services,
    "doctor": _doctor,
    "central": _central,
}
READERS = health.READERS
ALL = (*READERS, *_PARTS)
RARE = {
    "disk_test": timedelta(hours=6),
    "services": timedelta(hours=1),
    "watchdog": timedelta(hours=1),
}
"""Looked at no oftener by the agent: one writes to the disk, the others may start a program."""
