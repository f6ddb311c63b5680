"""Switching off in order: the glass first, then the slip that is on its way, then the system."""

import threading
import uuid
from pathlib import Path

import pytest

from kiosk.config import Config, Device, Glass
from kiosk.switching_off import is_leaving, switch_off
from sync.doorbell import UI_BELL, Doorbell
from sync.identity import join
from sync.store import STORE_FILE, Store
from tests.sync.samples import INSTANT, NOW, join_file_text, submission


@pytest.fixture
def config(tmp_path: Path) -> Config:
    (tmp_path / "join.toml").write_text(join_file_text())
    join(tmp_path / "join.toml", tmp_path / "state")
    (tmp_path / "run").mkdir()
    return Config(
        device=Device(state_dir=str(tmp_path / "state"), runtime_dir=str(tmp_path / "run")),
        glass=Glass(switch_off=("touch", str(tmp_path / "off"))),
    )


def keep_slip(store: Store) -> uuid.UUID:
    case_id = uuid.uuid4()
    store.submit(case_id, INSTANT, lambda number: submission(case_id, number))
    return case_id


def test_the_glass_says_so_before_the_system_is_told(config: Config, tmp_path: Path) -> None:
    with Doorbell(tmp_path / "run" / UI_BELL) as bell:
        assert switch_off(config)
        assert bell.wait(0)
    assert is_leaving(tmp_path / "run")
    assert (tmp_path / "off").exists()


def test_a_slip_that_is_being_printed_comes_out_first(config: Config, tmp_path: Path) -> None:
    with Store.open(tmp_path / "state" / STORE_FILE) as store:
        case_id = keep_slip(store)
        assert store.claim_slip(NOW)
        leaving = threading.Thread(target=switch_off, args=(config,))
        with Doorbell(tmp_path / "run" / UI_BELL) as bell:
            leaving.start()
            assert bell.wait(20)
        leaving.join(1.0)
        assert leaving.is_alive()
        assert not (tmp_path / "off").exists()
        store.slip_printed(case_id, NOW)
    leaving.join(20)
    assert (tmp_path / "off").exists()


def test_a_slip_that_waits_for_paper_holds_nobody_up(
    config: Config, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "run/printer.json").write_text('{"state": "paper_out"}')
    with Store.open(tmp_path / "state" / STORE_FILE) as store:
        keep_slip(store)
        assert switch_off(config)
    assert (tmp_path / "off").exists()
    assert "before a slip was out" not in caplog.text


def test_a_printer_that_never_ends_is_waited_for_no_longer_than_patience_lasts(
    config: Config, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with Store.open(tmp_path / "state" / STORE_FILE) as store:
        keep_slip(store)
        assert store.claim_slip(NOW)
        assert switch_off(config, patience_s=0.1)
    assert "before a slip was out" in caplog.text
    assert (tmp_path / "off").exists()


def test_a_box_without_a_store_can_be_switched_off_too(config: Config, tmp_path: Path) -> None:
    assert switch_off(config)
    assert (tmp_path / "off").exists()
