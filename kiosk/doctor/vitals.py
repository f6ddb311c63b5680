"""The vitals that no other check looks at, one finding each."""

from collections.abc import Callable

from kiosk.config import Config
from kiosk.doctor.finding import Finding, not_told
from kiosk.vitals import ALL, Facts, in_words, last_health, measure

ELSEWHERE = ("disk_free", "clock", "printer", "microphone", "speaker", "panel", "central", "doctor")
"""Each has a check of its own, which knows more; `doctor` is a round of these checks."""
NAMES = tuple(name for name in ALL if name not in ELSEWHERE)


def vital(name: str) -> Callable[[Config], Finding]:
    """How the vital called `name` is now."""

    def check(config: Config) -> Finding:
        (found,) = measure(config, Facts(), last_health(config).severities(), [name])
        if found.severity == "not_told":
            return not_told(in_words(name), found.advice)
        return Finding(
            name=in_words(name),
            is_well=found.severity != "bad",
            is_worth_a_look=found.severity == "warn",
            evidence=found.words(),
            next=found.advice if found.severity in ("bad", "warn") else "",
        )

    return check
