"""The agent's eye on the box: vitals at each heartbeat, told to whoever can do something.

The log hears of each change once, the box's own light reads `health.json`, and central
gets the numbers with the beat.
"""

import logging
import time
from collections.abc import Callable
from functools import partial

import msgspec

from hardware.health.vital import Vital
from kiosk.config import Config
from kiosk.errors import ConfigError
from kiosk.files import write_atomically
from kiosk.report import box_identity, box_store, printer_state
from kiosk.vitals import ALL, HEALTH_FILE, RARE, Facts, Health, health_of, in_words, measure
from sync.doorbell import UI_BELL, ring

log = logging.getLogger(__name__)

Numbers = dict[str, str | int | float | bool | None]
LONGEST_WORDS = 200
"""Characters of one value in a beat (`sync.wire`)."""


class Watch:
    """Looks at the vitals when `look` is called, no oftener than beats are sent."""

    def __init__(self, config: Config, clock: Callable[[], float] = time.monotonic) -> None:
        self._config, self._clock = config, clock
        self._looked_s: dict[str, float] = {}
        self._seen: dict[str, Vital] = {}
        self._written = b""
        self._known_bad: set[str] = set()

    def look(self) -> Health:
        """Measure what is due, and tell what has changed."""
        due = [name for name in ALL if self._is_due(name)]
        if due:
            before = health_of(list(self._seen.values())).severities()
            for vital in measure(self._config, facts_of(self._config), before, due):
                self._seen[vital.name] = vital
            self._looked_s |= dict.fromkeys(due, self._clock())
            self._tell(before != self._health().severities())
        return self._health()

    def numbers(self) -> Numbers:
        """For central: each value by name, and `.is` how grave it is where it is not fine."""
        return numbers_of(self.look())

    def _health(self) -> Health:
        return health_of([self._seen[name] for name in ALL if name in self._seen])

    def _is_due(self, name: str) -> bool:
        """A little early counts, so that a look and a beat never miss each other."""
        every_s = RARE[name].total_seconds() if name in RARE else self._config.sync.beat_every_s
        looked_s = self._looked_s.get(name)
        return looked_s is None or self._clock() - looked_s >= every_s * 0.9

    def _tell(self, has_turned: bool) -> None:
        for vital in self._seen.values():
            self._note(vital)
        told = msgspec.json.encode(self._health())
        if told == self._written:
            return
        try:
            write_atomically(self._config.runtime_dir / HEALTH_FILE, told)
        except OSError as error:
            log.warning("%s not written: %s", HEALTH_FILE, error.strerror)
            return
        self._written = told
        if has_turned:
            ring(self._config.runtime_dir / UI_BELL)

    def _note(self, vital: Vital) -> None:
        """Once when it is bad, once when it is well again; between them it may swing."""
        name = in_words(vital.name)
        if vital.severity == "bad" and vital.name not in self._known_bad:
            self._known_bad.add(vital.name)
            log.warning("%s is bad: %s; next: %s", name, vital.words(), vital.advice)
        elif vital.severity == "fine" and vital.name in self._known_bad:
            self._known_bad.discard(vital.name)
            log.info("%s is well again: %s", name, vital.words())


def numbers_of(health: Health) -> Numbers:
    """Vitals as a beat carries them; nothing that was not told."""
    numbers: Numbers = {"worst": health.worst}
    for vital in health.vitals:
        if vital.severity == "not_told":
            continue
        value = vital.value
        numbers[vital.name] = value[:LONGEST_WORDS] if isinstance(value, str) else value
        if vital.severity != "fine":
            numbers[f"{vital.name}.is"] = vital.severity
    return numbers


def facts_of(config: Config) -> Facts:
    """What spooler and agent have noted; a store that does not open tells nothing."""
    facts = partial(Facts, printer=printer_state(config).state)
    try:
        with box_store(config) as store:
            return facts(link=store.link_state(box_identity(config).device_code))
    except ConfigError:
        return facts()
