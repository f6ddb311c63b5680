"""The panel at the glass: a button becomes what a touch would have been, a scene becomes lights.

Everything happens in the glass's loop: the panel wakes it, `attend` does what was pressed,
and `look`, every `WATCH_S`, what nobody presses.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Protocol

from hardware import health
from hardware.fake.panel import VirtualPins
from hardware.health.vital import Severity
from hardware.panel.gpio import lgpio_pins
from hardware.panel.panel import Change, Panel
from hardware.panel.parts import BUZZER, CABINET, CALL, FACES, FAN, LIGHTS, OFF, OUTPUTS, PRESENCE
from hardware.panel.pattern import A_WHILE, THREE_LONG, TWO_SHORT, Pattern
from hardware.panel.pins import Pins
from kiosk.config import Config, PanelSettings
from kiosk.panel import lights, state
from kiosk.panel.cabinet import Cabinet
from kiosk.panel.trial import Trial
from kiosk.scene import Scene
from kiosk.vitals import last_health, machine_of
from sync.deadline import THAILAND
from sync.doorbell import SYNC_BELL, is_answered

log = logging.getLogger(__name__)

GPIO_FOLDER = "gpio"
"""For lgpio's pipe, in the runtime folder."""


class Acts(Protocol):
    """What buttons do at the glass; `kiosk.app` does it."""

    @property
    def is_in_use(self) -> bool:
        """Whether a resident is at it."""

    def press(self, scores: list[int]) -> bool:
        """These faces' buttons were pressed; False where nobody could take it."""

    def call_staff(self) -> bool:
        """Call an officer; False where the profile names nobody."""

    def wake(self) -> None:
        """Somebody stands before it."""

    def switch_off(self) -> None:
        """Shut the box down in order."""

    def keep_event(self, kind: str, found_at_start: bool) -> bool:
        """Keep for central what became of the box; False if that can't be now."""


class FrontPanel:
    """What is fitted beside this glass; nothing may be."""

    def __init__(
        self,
        config: Config,
        acts: Acts,
        *,
        can_call: bool = True,
        hour: Callable[[], int] | None = None,
    ) -> None:
        self._config, self._settings, self._acts = config, config.panel, acts
        self._hour = hour or (lambda: datetime.now(THAILAND).hour)
        self.panel = panel_of(config)
        self.trial = Trial(self)
        self._cabinet = Cabinet(config.state_dir, acts.keep_event)
        self._scene = Scene()
        self._around: lights.Shown = {}
        self._noted: state.PanelState | None = None
        if self.panel is not None and CALL in self.panel.wiring and not can_call:
            log.warning("panel: call_staff calls nobody: the profile names no staff_call")

    @property
    def is_in_use(self) -> bool:
        """Whether a resident is at the glass."""
        return self._acts.is_in_use

    def look(self) -> None:
        """Every ten seconds: pins, cabinet, heat, and the light that tells of health."""
        if self.panel is None:
            return
        self.panel.watch()
        self._look_at_cabinet()
        self._around = {**lights.of_health(self._health()), **self._fan()}
        self.shine()
        self._note()

    def attend(self) -> float | None:
        """Do what was pressed; seconds until it is to be called at the latest."""
        if self.panel is None:
            return None
        for change in self.panel.changes():
            if change.what in ("stuck", "restless", "free"):
                self._note()
            is_tried = self.trial.tell(change)
            if change.part == CABINET:
                self._look_at_cabinet()
            elif not is_tried:
                self._do(change)
        return self.panel.due_in_s()

    def follow(self, scene: Scene) -> None:
        """The glass shows this now."""
        self._scene = scene
        self.shine()

    def shine(self) -> None:
        """Let every light say what it should, unless a technician is trying them."""
        if self.panel is None or self.trial.is_on:
            return
        shown = {**self._around, **lights.of_scene(self._scene)}
        for part in OUTPUTS:
            if part != BUZZER:
                self.panel.show(part, shown.get(part))

    def buzz_for_call(self) -> None:
        """Two short ones."""
        self._buzz(TWO_SHORT)

    def close(self) -> None:
        """Let go of it."""
        self.trial.close()
        if self.panel is not None:
            self.panel.close()

    def _do(self, change: Change) -> None:
        match change.part, change.what:
            case face, "on" if face in FACES:
                self._press(FACES.index(face))
            case part, "on" if part == CALL:
                self._acts.call_staff()
            case part, "on" if part == PRESENCE:
                self._acts.wake()
            case part, "held" if part == OFF:
                log.warning("panel: the button for switching off was held")
                self._acts.switch_off()

    def _press(self, number: int) -> None:
        """A rating; beside a form it brings no thanks, so its light says that it was heard."""
        is_taken = self._acts.press([number + 1])
        is_thanked = LIGHTS[number] in lights.of_scene(self._scene)
        if self.panel is not None and is_taken and not (is_thanked or self._scene.trouble):
            self.panel.show(LIGHTS[number], A_WHILE)

    def _look_at_cabinet(self) -> None:
        if self.panel is None or CABINET not in self.panel.wiring:
            return
        if self._cabinet.look(self.panel.is_on(CABINET)):
            self._buzz(THREE_LONG)

    def _health(self) -> Severity:
        """As the agent sees it; where it does not run nobody does, which is worth a look."""
        worst = last_health(self._config).worst
        is_seen = worst == "bad" or is_answered(self._config.runtime_dir / SYNC_BELL)
        return worst if is_seen else "warn"

    def _fan(self) -> lights.Shown:
        if self.panel is None or FAN not in self.panel.wiring:
            return {}
        [found] = health.measure(machine_of(self._config), {}, ["temperature"])
        warm_c = found.value if isinstance(found.value, float | int) else None
        limits = self._settings.fan_on_c, self._settings.fan_off_c
        return lights.of_heat(warm_c, *limits, runs=FAN in self._around)

    def _buzz(self, pattern: Pattern) -> None:
        settings = self._settings
        is_quiet = lights.is_quiet(self._hour(), settings.quiet_from, settings.quiet_until)
        if self.panel is not None and settings.buzzes and not is_quiet:
            self.panel.show(BUZZER, pattern)

    def _note(self) -> None:
        """Tell the doctor, when something is another."""
        if self.panel is None or (found := state.state_of(self.panel)) == self._noted:
            return
        try:
            state.note(self._config.runtime_dir, found)
            self._noted = found
        except OSError as error:
            log.warning("panel: the doctor was not told: %s", error.strerror)


def panel_of(config: Config) -> Panel | None:
    """The panel that the settings name, not open yet; None where none is fitted."""
    if config.panel.driver == "none" or not config.panel.wiring:
        return None
    return Panel(config.panel.wiring, _pins(config.panel, config.runtime_dir))


def _pins(settings: PanelSettings, runtime_dir: Path) -> Pins:
    if settings.driver == "virtual":
        return VirtualPins(Path(settings.device))
    return lgpio_pins(runtime_dir / GPIO_FOLDER, settings.chip)
