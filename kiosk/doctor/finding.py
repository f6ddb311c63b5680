"""What the doctor says: finding, evidence, next command."""

import textwrap

import msgspec

from kiosk.report import COLUMNS


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing looked at: what was seen and, where it is not well, what to do next.

    What is well may be worth a look, before it is not. What is not `is_told` is neither:
    this box does not say, or has no such thing.
    """

    name: str
    is_well: bool
    is_worth_a_look: bool = False
    is_told: bool = True
    evidence: str
    next: str = ""

    def text(self) -> str:
        """For a terminal, at most 60 columns."""
        is_quiet = self.is_well and not self.is_worth_a_look
        calm = "ok  " if self.is_told else "-   "
        sign = calm if is_quiet else "see " if self.is_well else "BAD "
        lines = textwrap.wrap(f"{self.name}: {self.evidence}", COLUMNS - 4)
        advice, *more = self.next.splitlines() or [""]
        if advice and not is_quiet:
            lines += [f"-> {advice}", *(f"   {line}" for line in more)]
        return sign + "\n    ".join(lines)


class Examination(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the doctor found."""

    findings: list[Finding]

    @property
    def is_fine(self) -> bool:
        """Nothing needs a technician."""
        return all(finding.is_well for finding in self.findings)

    def text(self) -> str:
        """For a terminal, at most 60 columns.

        A phone keeps the last 20 lines in sight: what is wrong stands there, and is counted.
        """
        shown = sorted(self.findings, key=lambda each: (not each.is_well, each.is_worth_a_look))
        wrong = [each.name for each in self.findings if not each.is_well]
        count = [_counted(wrong)] if wrong else []
        return "\n".join([*(finding.text() for finding in shown), *count])


def _counted(names: list[str]) -> str:
    """All that is wrong once more, by name."""
    words = f"{len(names)} {'thing is' if len(names) == 1 else 'things are'} wrong: "
    return "\n  ".join(textwrap.wrap(words + ", ".join(names), COLUMNS - 2))


def well(name: str, evidence: str) -> Finding:
    """Nothing to do here."""
    return Finding(name=name, is_well=True, evidence=evidence)


def not_told(name: str, why: str) -> Finding:
    """Nothing is known of it, and nobody need do anything."""
    return Finding(name=name, is_well=True, is_told=False, evidence=why)


def worth_a_look(name: str, evidence: str, advice: str) -> Finding:
    """Well, and something to do before it is not."""
    return Finding(name=name, is_well=True, is_worth_a_look=True, evidence=evidence, next=advice)


def bad(name: str, evidence: str, advice: str) -> Finding:
    """Something to do, and the command to begin with."""
    return Finding(name=name, is_well=False, evidence=evidence, next=advice)
