"""The disk fails under a running box: the glass says so, the doctor names it, a way leads back."""

import json
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import msgspec
import pytest

from deploy.demo.display import virtual_display
from deploy.demo.processes import Processes
from deploy.demo.product import program
from sync.reference import parse_reference
from sync.store import STORE_FILE, Store
from tests.faults.ledger import IS_LONG, Ledger
from tests.faults.resident import READING_S, sit_down
from tests.faults.services import Services, wait_until
from tests.faults.town import Town
from tests.faults.trace import tracer

PAGE = 4096
PROMISED_S = 1.0
"""Later than that counts as broken in the table; a machine that has other work fails no test."""


class Fault(msgspec.Struct, frozen=True):
    """System calls that fail, and by which code the box calls that."""

    calls: str
    error: str
    code: str

    @property
    def rules(self) -> list[str]:
        """For strace."""
        rules = [f"inject={call}:error={self.error}" for call in self.calls.split(",")]
        watch = [f"trace={self.calls}", *rules]
        return [word for rule in watch for word in ("-e", rule)]


FAULTS = [
    Fault("fdatasync,fsync", "EIO", "store_damaged"),
    Fault("pwrite64", "ENOSPC", "store_full"),
    Fault("pwrite64", "EROFS", "store_read_only"),
    Fault("pwrite64", "EIO", "store_damaged"),
]
"""The first in the short form."""


@contextmanager
def befalling(pid: int, fault: Fault) -> Iterator[None]:
    """From now on, and until the block is left, a running process meets a fault."""
    watch = [tracer(), "-f", "-p", str(pid), "-o", os.devnull, *fault.rules]
    with subprocess.Popen(watch, stderr=subprocess.PIPE, text=True) as strace:
        assert strace.stderr
        if "attached" not in (said := strace.stderr.readline()):
            pytest.skip(f"strace may not attach: {said}")
        try:
            yield
        finally:
            strace.terminate()


def kiosk(
    box: Services, *words: str, fault: Fault | None = None
) -> "subprocess.CompletedProcess[str]":
    """Run a technician's command to its end, perhaps on a disk that fails."""
    under = [tracer(), "-f", "-qq", "-o", os.devnull, *fault.rules] if fault else []
    return subprocess.run(
        [*under, str(program("kiosk")), *words],
        env={**os.environ, "KIOSK_CONFIG": str(box.settings)},
        capture_output=True,
        text=True,
        check=False,
    )


def findings(
    box: Services, expected: int = 1, fault: Fault | None = None
) -> dict[str, dict[str, str]]:
    """What `kiosk doctor` finds wrong, by name; it must end with the expected exit code."""
    done = kiosk(box, "doctor", "--json", fault=fault)
    assert done.returncode == expected, done.stderr
    assert done.stdout, done.stderr
    found = json.loads(done.stdout)["findings"]
    return {each["name"]: each for each in found if not each["is_well"]}


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[Processes]:
    with Processes(tmp_path / "log") as started:
        yield started


@pytest.fixture
def box(tmp_path: Path, town: Town, processes: Processes) -> Iterator[Services]:
    services = Services(tmp_path / "box", town, processes)
    yield services
    services.close()


def test_the_glass_says_at_once_that_the_disk_fails_and_keeps_what_was_said(
    box: Services, tmp_path: Path, processes: Processes, ledger: Ledger
) -> None:
    resident = sit_down(box, virtual_display(processes, 1024, 600), tmp_path / "map.json")
    for number, fault in enumerate(FAULTS if IS_LONG else FAULTS[:1]):
        resident.to_review()
        box.submit()  # something in the log, which the doctor's opening has to fold in
        with befalling(resident.glass.pid, fault):
            before = resident.look()["serial"]
            touched_at = resident.touch("next")
            resident.wait_for_change(before)
            passed_s = time.time() - touched_at
            ledger.measure("the glass says so after, ms", passed_s * 1000)
            assert resident.look()["screen"] == "review"
            assert f"nothing can be kept: {fault.code}:" in box.log("ui").splitlines()[-1]
            assert box.slips().total() == 2 * number + 1
            found = findings(box, fault=fault)
            assert found["store"]["next"]
            if "fsync" in fault.calls:
                assert found["store"]["next"] == found["disk"]["next"]
                assert "new card" in found["disk"]["next"]
        ledger.count("faults met by a resident at the glass", 1, int(passed_s > PROMISED_S))
        time.sleep(READING_S)
        resident.touch("next")
        resident.wait_for("done")
        assert box.slips().total() == 2 * number + 2
        resident.go()


def trample(store: Path, chance: Random) -> None:
    """Overwrite a fifth of a store's pages, at least one of them with no row in it."""
    count = store.stat().st_size // PAGE
    with store.open("r+b") as file:
        for number in {1, *chance.sample(range(count), count // 5)}:
            file.seek(number * PAGE)
            file.write(chance.randbytes(PAGE))


@pytest.mark.parametrize("seed", range(10 if IS_LONG else 1))
def test_from_a_trampled_store_back_to_a_box_that_takes_cases(
    town: Town, box: Services, tmp_path: Path, processes: Processes, ledger: Ledger, seed: int
) -> None:
    """With nothing but what the doctor says next, and a new join file."""
    references = [box.submit() for _ in range(30)]
    box.close()
    trample(box.state / STORE_FILE, Random(seed))
    trampled = (box.state / STORE_FILE).read_bytes()
    ledger.count("stores trampled and mended by command", 1)

    display = virtual_display(processes, 1024, 600)
    dark = sit_down(box, display, tmp_path / "map.json")
    dark.wait_for("out_of_service")
    dark.glass.terminate()
    dark.glass.wait()

    assert "kiosk restore --salvage" in findings(box)["store"]["next"]
    restored = kiosk(box, "restore", "--salvage", "--json")
    assert restored.returncode == 0, restored.stderr
    told = json.loads(restored.stdout)
    assert (Path(told["kept_in"]) / STORE_FILE).read_bytes() == trampled
    assert told["records"] + len(told["lost"]) == len(references)
    assert set(told["lost"]) <= set(references)

    assert findings(box)["code"]["next"] == "kiosk enrol JOIN-FILE"
    former = box.identity.device_code
    (tmp_path / "new.toml").write_text(town.join_file())
    assert kiosk(box, "enrol", str(tmp_path / "new.toml")).returncode == 0

    resident = sit_down(box, display, tmp_path / "map.json")
    resident.to_review()
    resident.touch("next")
    resident.wait_for("done")
    assert not findings(box).keys() & {"store", "code", "outbox"}
    with Store.open(box.state / STORE_FILE) as store:
        newest = parse_reference(store.slip_jobs(1)[0].reference)
        assert (newest.device_code != former, newest.number) == (True, 1)
        box.start("sync")
        wait_until(lambda: not store.outbox_counts().waiting, "the last acknowledgement")
    assert len(town.holds_of(former).records) == told["records"]
    assert len(town.holds_of(newest.device_code).records) == 1
