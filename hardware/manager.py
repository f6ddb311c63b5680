"""The system's manager of services: what runs, since when, and starting it anew.

`Systemd` asks the real one; `hardware.fake.manager` is one whose services crash and hang
when they are told to.
"""

import subprocess
from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec

from hardware.errors import DeviceBusy, DeviceFault, DeviceMissing

PATIENCE_S = 90.0
"""How long the manager may take for what it is told; its own limits are shorter."""
_PROPERTIES = "Id,ActiveState,SubState,Result,InvocationID,ExecMainStatus"


class Unit(msgspec.Struct, frozen=True, kw_only=True):
    """One service: `state` as systemd's ActiveState, `run` another for each start.

    `exit_status` is what its program last ended with, or the signal that ended it: see `result`.
    """

    state: str = "inactive"
    run: str = ""
    result: str = ""
    exit_status: int = 0
    is_waiting_to_restart: bool = False


class Manager(Protocol):
    """What starts and watches services."""

    def units(self, names: Sequence[str]) -> Mapping[str, Unit]:
        """How each is now. Raises HardwareError: the manager does not answer."""

    def restart(self, target: str, names: Sequence[str]) -> None:
        """Begin to start `target` and its services `names` anew; what gave up may again."""

    def start(self, name: str) -> None:
        """Begin to start one unit."""


class Systemd:
    """The manager of this machine, asked by `systemctl`."""

    def units(self, names: Sequence[str]) -> Mapping[str, Unit]:
        """How each is now.

        Raises:
            DeviceMissing: no systemd runs here.
            DeviceBusy, DeviceFault: it does not answer, or with an error.
        """
        told = _said("show", f"--property={_PROPERTIES}", *names)
        stanzas = (dict(_pair(line) for line in one.splitlines()) for one in told.split("\n\n"))
        return {facts["Id"]: _unit(facts) for facts in stanzas if "Id" in facts}

    def lacking(self, name: str) -> list[str]:
        """What one requires, a mounted partition say, and is not there. Raises as `units` does."""
        wanted = _said("show", "--property=Requires", "--value", name).split()
        return [each for each, unit in self.units(wanted).items() if unit.state != "active"]

    def restart(self, target: str, names: Sequence[str]) -> None:
        """Begin to start `target` and its services anew. Raises as `units` does."""
        _said("reset-failed", *names, may_fail=True)
        _said("restart", "--no-block", target)

    def start(self, name: str) -> None:
        """Begin to start one unit. Raises as `units` does."""
        _said("start", "--no-block", name)


def _unit(facts: Mapping[str, str]) -> Unit:
    return Unit(
        state=facts.get("ActiveState", "inactive"),
        run=facts.get("InvocationID", ""),
        result=facts.get("Result", ""),
        exit_status=int(facts.get("ExecMainStatus") or 0),
        is_waiting_to_restart=facts.get("SubState", "").startswith("auto-restart"),
    )


def _pair(line: str) -> tuple[str, str]:
    name, _, value = line.partition("=")
    return name, value


def _said(*arguments: str, may_fail: bool = False) -> str:
    command = ("systemctl", *arguments)
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S)
    except FileNotFoundError as error:
        raise DeviceMissing("there is no systemctl") from error
    except subprocess.TimeoutExpired as error:
        raise DeviceBusy(f"systemctl {arguments[0]} did not end") from error
    if done.returncode and not may_fail:
        raise DeviceFault(f"systemctl {arguments[0]}: {done.stderr.strip()}")
    return done.stdout
