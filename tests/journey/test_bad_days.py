"""Days on which something is missing or dies, with the processes as they really run."""

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from pathlib import Path

import pytest
import requests

from deploy.demo.display import free_port
from deploy.demo.processes import Processes
from deploy.demo.product import CHECKOUT, Product, program
from kiosk.clock import instant
from kiosk.config import load
from kiosk.form.model import Rating
from kiosk.intake import Intake, Receipt
from kiosk.profile import load_profile
from sync.doorbell import PRINT_BELL, SYNC_BELL, ring
from sync.identity import load_identity
from sync.store import STORE_FILE, Store
from tests.kiosk.test_intake import complaint
from tests.migrated import lay_database

WAIT_S = 30
KIOSK = program("kiosk")


class Box:
    """A kiosk without its glass: its settings, its services, and a hand that submits."""

    def __init__(self, folder: Path, toml: str) -> None:
        self.folder = folder
        self.settings = folder / "kiosk.toml"
        folder.mkdir(parents=True, exist_ok=True)
        if toml:
            self.settings.write_text(toml)
        self.config = load(self.settings)

    @property
    def code(self) -> str:
        return load_identity(self.config.state_dir).device_code

    def command(self, *words: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [KIOSK, *words],
            env={**os.environ, "KIOSK_CONFIG": str(self.settings)},
            capture_output=True,
            text=True,
            check=False,
        )

    def start(self, processes: Processes, service: str) -> subprocess.Popen[bytes]:
        name = f"{service}-{uuid.uuid4().hex[:6]}"
        return processes.start(name, [KIOSK, service], {"KIOSK_CONFIG": str(self.settings)})

    def submit(self) -> Receipt:
        with self._intake() as intake:
            return intake.submit(complaint(), "th")

    def rate(self) -> None:
        rating = Rating(rating_id=uuid.uuid4(), division_code="works", score=5)
        with self._intake() as intake:
            intake.rate(rating, "th")

    def tells(self, verb: str) -> dict[str, object]:
        told: dict[str, object] = json.loads(self.command(verb, "--json").stdout)
        return told

    def waits_for_central(self) -> bool:
        with Store.open(self.config.state_dir / STORE_FILE) as store:
            return store.outbox_counts().waiting > 0

    def _intake(self) -> "_Hand":
        return _Hand(self)


class _Hand:
    def __init__(self, box: Box) -> None:
        self._box = box

    def __enter__(self) -> Intake:
        config = self._box.config
        self._store = Store.open(config.state_dir / STORE_FILE)

        def bells() -> None:
            for bell in (PRINT_BELL, SYNC_BELL):
                ring(config.runtime_dir / bell)

        return Intake(
            load_identity(config.state_dir),
            load_profile(Path(config.device.profile)),
            self._store,
            partial(instant, config),
            bells,
        )

    def __exit__(self, *_: object) -> None:
        self._store.close()


class Day:
    """Central, perhaps not there, and the boxes that belong to it."""

    def __init__(self, folder: Path) -> None:
        self.product = Product(state=folder, port=free_port())
        self.processes = Processes(folder / "log")
        lay_database(folder / "central")
        self.product.prepare()
        self.box = Box(self.product.kiosk_dir, "")
        self._codes = (f"B{number}" for number in count(1))
        self._is_open = False

    def open_central(self) -> None:
        """Let it serve, if it does not yet; one process for its pages is enough here."""
        if not self._is_open:
            environment = {**self.product.environment(), "CENTRAL_WORKERS": "1"}
            self.processes.start("central", [program("central"), "run"], environment)
            wait_until(self._answers)
        self._is_open = True

    def close_central(self) -> None:
        if self._is_open:
            self.processes.stop("central")
        self._is_open = False

    def another_box(self) -> Box:
        """One more, that central knows by its join file only."""
        code = next(self._codes)
        toml = self.product.settings.read_text()
        folder = self.product.state / code
        box = Box(folder, toml.replace(str(self.product.kiosk_dir), str(folder)))
        join_file = self.product.state / f"{code}.toml"
        self.product.command("central", "join-file", code, "--output", str(join_file))
        assert box.command("enrol", join_file).returncode == 0
        return box

    def knows(self, receipt: Receipt) -> bool:
        """Whether the slip's address opens the case itself."""
        page = requests.get(receipt.tracking_url, timeout=10)
        return page.ok and "ไฟฟ้าสาธารณะ" in page.text

    def _answers(self) -> bool:
        try:
            return requests.get(f"{self.product.central_url}/healthz", timeout=2).ok
        except (requests.ConnectionError, requests.Timeout):
            return False


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    """One central for all; each test has boxes of its own."""
    day = Day(tmp_path_factory.mktemp("day"))
    with day.processes:
        yield day


@pytest.fixture
def box(day: Day) -> Box:
    return day.another_box()


@pytest.fixture
def processes(day: Day, tmp_path: Path) -> Iterator[Processes]:
    """What a test starts ends with it."""
    with Processes(tmp_path / "log") as processes:
        yield processes


def test_what_was_said_before_central_ever_answered_arrives_once_it_does(
    day: Day, box: Box, processes: Processes
) -> None:
    day.close_central()
    box.start(processes, "sync")
    receipts = [box.submit() for _ in range(3)]
    box.rate()
    wait_until(lambda: "unreachable" in json.dumps(box.tells("status")))
    day.open_central()
    assert box.command("sync-now").returncode == 0
    wait_until(lambda: not box.waits_for_central())
    assert all(day.knows(receipt) for receipt in receipts)


def test_an_agent_killed_while_it_sends_loses_and_doubles_nothing(
    day: Day, box: Box, processes: Processes
) -> None:
    day.open_central()
    agent = box.start(processes, "sync")
    receipts = []
    for _ in range(4):
        receipts.append(box.submit())
        agent.send_signal(signal.SIGKILL)
        agent.wait()
        agent = box.start(processes, "sync")
    wait_until(lambda: not box.waits_for_central())
    assert all(day.knows(receipt) for receipt in receipts)
    assert len({receipt.reference for receipt in receipts}) == len(receipts)


def test_two_kiosks_of_one_town_number_their_cases_apart(
    day: Day, box: Box, processes: Processes
) -> None:
    day.open_central()
    one, other = box, day.another_box()
    for each in (one, other):
        each.start(processes, "sync")
    receipts = [each.submit() for each in (one, other, one, other)]
    said = [r.reference.rsplit("-", 1)[0] for r in receipts]
    numbers = ("0001", "0001", "0002", "0002")
    codes = (one.code, other.code, one.code, other.code)
    assert one.code != other.code
    assert said == [f"{code}-{number}" for code, number in zip(codes, numbers, strict=True)]
    wait_until(lambda: not one.waits_for_central() and not other.waits_for_central())
    assert all(day.knows(receipt) for receipt in receipts)


def test_without_a_printer_the_case_is_kept_and_the_technician_told(
    box: Box, processes: Processes
) -> None:
    box.config.runtime_dir.mkdir(parents=True, exist_ok=True)
    tray = Path(box.config.printer.tray_dir)
    tray.mkdir(parents=True, exist_ok=True)
    (tray / "control.json").write_text('{"missing": true}')
    box.start(processes, "print")
    box.submit()
    wait_until(lambda: "device_missing" in box.command("status").stdout)
    found = box.command("doctor")
    assert found.returncode == 1
    assert "BAD printer: device_missing" in found.stdout
    assert box.waits_for_central()
    (tray / "control.json").unlink()
    wait_until(lambda: bool(list(tray.glob("slip-*.png"))))


@pytest.mark.parametrize("port", ["80", "70000", "here"])
def test_a_port_that_cannot_be_is_named_and_nothing_is_started(port: str) -> None:
    ended = _run_product(port)
    assert ended.returncode == 2
    assert f"CENTRAL_PORT: {port!r}" in ended.stderr


def test_a_port_that_is_taken_is_named_and_nothing_is_started(day: Day) -> None:
    day.open_central()
    ended = _run_product(str(day.product.port))
    assert ended.returncode == 2
    assert "somebody listens" in ended.stderr


def test_whoever_is_killed_leaves_no_children_behind(tmp_path: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from deploy.demo.processes import Processes\n"
        f"with Processes(Path({str(tmp_path)!r})) as p:\n"
        "    print(p.start('child', ['sleep', '600']).pid, flush=True); time.sleep(600)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=CHECKOUT
    ) as parent:
        assert parent.stdout
        child = int(parent.stdout.readline())
        parent.kill()
    wait_until(lambda: not _runs(child))


def _run_product(port: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "deploy.demo.run"],
        env={**os.environ, "CENTRAL_PORT": port},
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )


def _runs(pid: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT_S
    while not holds():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.1)
