"""What is asked of a spooler that runs, and `kiosk print` as a process of its own."""

import json
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import msgspec
import pytest

from hardware.fake.interpreter import picture_of
from hardware.printer.printer import Outcome, Verdict
from kiosk import printing
from kiosk.clock import instant
from kiosk.config import Config
from kiosk.errors import ConfigError
from kiosk.papers import TRIAL
from kiosk.papers.trial import TrialWords
from kiosk.trial_print import PaperRequest, ask, owning_printer
from sync.doorbell import Doorbell, ring
from sync.store import SlipState
from tests.kiosk.spooling import CHECKOUT, KEY, WAIT_S, Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with closing(Desk(tmp_path)) as desk:
        yield desk


def test_a_test_slip_is_printed_here_when_no_spooler_runs(desk: Desk) -> None:
    assert printing.request_test_print(desk.config) is None
    assert desk.slips() == ["slip-0001"]
    desk.control(cover_open=True)
    assert printing.request_test_print(desk.config) == "not printed: cover_open"


def test_a_spooler_that_does_not_answer_loses_the_request(desk: Desk) -> None:
    with owning_printer(desk.config.runtime_dir):
        hindrance = printing.request_test_print(desk.config, 0.1)
    assert hindrance == "not printed: device_busy"
    desk.spooler().run_once()
    assert desk.slips() == []


def test_a_test_slip_is_printed_by_the_spooler_that_has_the_printer(desk: Desk) -> None:
    outcomes: list[Outcome] = []
    trial = TrialWords(municipality="เทศบาล", day=date(2026, 11, 23))
    request = PaperRequest(paper=TRIAL, words=msgspec.json.encode(trial))
    runtime_dir = desk.config.runtime_dir
    with Doorbell(runtime_dir / "print.sock") as bell:
        spooler = desk.spooler()
        asking = threading.Thread(target=lambda: outcomes.append(ask(runtime_dir, request, WAIT_S)))
        asking.start()
        assert bell.wait(WAIT_S)
        spooler.run_once()
        asking.join()
    assert outcomes == [Outcome(Verdict.PRINTED)]
    assert not list(runtime_dir.glob("test-print.*"))


@pytest.mark.parametrize("paper", ["postcard", "trial"])
def test_a_paper_that_cannot_be_set_is_said_not_to_have_begun(desk: Desk, paper: str) -> None:
    """A later release asks, or another program."""
    runtime_dir = desk.config.runtime_dir
    request = PaperRequest(paper=paper, words=b"[]")
    question = runtime_dir / "test-print.1.request"
    question.write_bytes(msgspec.json.encode(request))
    desk.spooler().run_once()
    answer = msgspec.json.decode((runtime_dir / "test-print.1.answer").read_bytes(), type=Outcome)
    assert answer.verdict is Verdict.NOT_STARTED
    assert answer.code == {"postcard": "paper_unknown", "trial": "slip_unreadable"}[paper]
    assert desk.slips() == []


class Service:
    """`kiosk print` as its own process."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        code = "from kiosk.cli import main; raise SystemExit(main(['print']))"
        settings = desk.config.state_dir / "kiosk.toml"
        settings.write_text(as_toml(desk.config))
        self.log = desk.config.state_dir / "log"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", code],
                env={**os.environ, "KIOSK_CONFIG": str(settings)},
                cwd=CHECKOUT,
                stderr=log,
            )

    def __enter__(self) -> "Service":
        wait_until(lambda: self._desk.printer_state() == "ok")
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        (self._desk.config.runtime_dir / "printer.json").unlink()

    def ring(self) -> None:
        ring(self._desk.config.runtime_dir / "print.sock")


def as_toml(config: Config) -> str:
    sections = {"device": config.device, "printer": config.printer}
    return "\n".join(
        line
        for name, section in sections.items()
        for line in (
            f"[{name}]",
            *(
                f"{key} = {json.dumps(value)}"
                for key, value in msgspec.to_builtins(section).items()
                if value is not None
            ),
        )
    )


def wait_until(fact: Callable[[], object]) -> None:
    give_up_at = time.monotonic() + WAIT_S
    while time.monotonic() < give_up_at:
        try:
            if fact():
                return
        except (OSError, ValueError):
            pass
        time.sleep(0.02)
    raise AssertionError("it did not happen in time")


def test_the_service_prints_at_a_ring_and_ends_cleanly(desk: Desk) -> None:
    with Service(desk) as service:
        case_id = desk.submit(instant(desk.config))
        service.ring()
        wait_until(lambda: desk.store.slip_state(case_id)[0] is SlipState.PRINTED)
        [printed] = desk.tray.glob("slip-*.bin")
        assert picture_of(printed.read_bytes()).width == 576
        assert printing.request_test_print(desk.config) is None
        service.process.send_signal(signal.SIGTERM)
        assert service.process.wait(WAIT_S) == 0
    assert KEY not in service.log.read_text()


LETTERS = {
    "libfribidi0": [Path("/usr/lib") / sysconfig.get_config_var("MULTIARCH") / "libfribidi.so.0"],
    "fonts-tlwg-loma-otf": [
        Path("/usr/share/fonts/opentype/tlwg"),
        Path("/usr/share/fonts/truetype/tlwg"),
    ],
    "fonts-noto-core": [Path("/usr/share/fonts/truetype/noto")],
}


"""What a Debian package brings; each is hidden from a spooler in its turn."""


HIDDEN = """
import subprocess, sys
for place in sys.argv[2:]:
    subprocess.run(["mount", "--bind", sys.argv[1] if "fonts" in place else "/dev/null", place],
                   check=True)
from kiosk.cli import main
sys.exit(main(["print"]))
"""


@pytest.mark.parametrize("package", LETTERS)
def test_a_spooler_that_cannot_set_every_script_refuses_and_names_the_package(
    desk: Desk, tmp_path: Path, package: str
) -> None:
    if os.geteuid() or not shutil.which("unshare"):
        pytest.skip("hiding a package's files is for root")
    settings, nothing = tmp_path / "kiosk.toml", tmp_path / "nothing"
    settings.write_text(as_toml(desk.config))
    nothing.mkdir()
    places = [path.resolve() for path in LETTERS[package] if path.exists()]
    refused = subprocess.run(
        ["unshare", "--mount", sys.executable, "-c", HIDDEN, nothing, *places],
        env={**os.environ, "KIOSK_CONFIG": str(settings)},
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert refused.returncode == 2, refused.stderr
    assert package in refused.stderr
    assert len(refused.stderr.splitlines()) == 1, "one line, and no traceback"


@pytest.mark.parametrize(("wait", "watched_s"), [("connect_s", 30), ("write_s", 12)])
def test_a_wait_that_would_get_the_spooler_killed_in_mid_slip_is_refused(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, wait: str, watched_s: int
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", str(watched_s * 1_000_000))
    monkeypatch.delenv("WATCHDOG_PID", raising=False)
    settings = msgspec.structs.replace(desk.config.printer, **{wait: watched_s / 2 + 1})
    with pytest.raises(ConfigError, match=rf"WatchdogSec= \({watched_s} s\).*printer\.{wait}"):
        printing.run(msgspec.structs.replace(desk.config, printer=settings))


def test_a_spooler_that_shall_end_prints_the_slip_on_its_way_and_no_other(desk: Desk) -> None:
    spooler = desk.spooler()
    under_way, waiting = desk.submit(), desk.submit()
    spooler.run_once(is_over=lambda: bool(desk.slips()))
    assert desk.store.slip_state(under_way)[0] is SlipState.PRINTED
    assert desk.store.slip_state(waiting)[0] is SlipState.WAITING


def test_a_second_spooler_is_refused(desk: Desk) -> None:
    with Service(desk):
        second = Service(desk)
        assert second.process.wait(WAIT_S) == 2
        assert "the spooler has the printer" in second.log.read_text()


def test_a_spooler_killed_in_mid_slip_never_prints_it_again(desk: Desk) -> None:
    with Service(desk) as service:
        desk.control(stall_after_bytes=3000)
        case_id = desk.submit(instant(desk.config))
        service.ring()
        wait_until(lambda: list(desk.tray.glob("slip-*.part")))
        assert desk.store.slip_state(case_id)[0] is SlipState.PRINTING
        service.process.kill()
    desk.control()
    with Service(desk) as service:
        wait_until(lambda: desk.store.slip_state(case_id)[0] is SlipState.EXPIRED)
        later = desk.submit(instant(desk.config))
        service.ring()
        wait_until(lambda: desk.store.slip_state(later)[0] is SlipState.PRINTED)
    assert desk.slips() == ["slip-0002"]
    assert not desk.keeps_key()
