"""The doctor's round at night finds what no vital stands for, and nobody waits for it."""

import logging
import time
from pathlib import Path

import msgspec
import pytest

from kiosk.alone import alone
from kiosk.config import ClockSettings, Config, Device
from kiosk.doctor import CHECKS, ROUND, Examination
from kiosk.errors import Busy
from kiosk.examining import look, main
from kiosk.vitals import ROUND_FILE, Facts, Round, measure
from kiosk.watching import Watch
from sync.identity import join
from sync.store import STORE_FILE, Store
from tests.sync.samples import join_file_text

PROFILE = Path(__file__).parents[2] / "deploy/profiles/tha-kasem/profile.toml"
PAGE = 4096


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """An enrolled box that is well."""
    (tmp_path / "join.toml").write_text(join_file_text())
    (tmp_path / "run").mkdir()
    join(tmp_path / "join.toml", tmp_path / "state")
    Store.open(tmp_path / "state" / STORE_FILE).close()
    device = Device(
        state_dir=str(tmp_path / "state"), runtime_dir=str(tmp_path / "run"), profile=str(PROFILE)
    )
    return Config(device=device, clock=ClockSettings(trust="assume"))


def spoil(path: Path) -> None:
    """As a card does: a page in the middle comes back as other bytes."""
    content = bytearray(path.read_bytes())
    middle = len(content) // PAGE // 2 * PAGE
    content[middle : middle + PAGE] = b"\xa5" * PAGE
    path.write_bytes(content)


def told(config: Config) -> tuple[object, str]:
    (vital,) = measure(config, Facts(), {}, ["doctor"])
    return vital.value, vital.severity


def test_a_sound_box_is_told_as_one_on_which_nothing_was_found(config: Config) -> None:
    assert measure(config, Facts(), {}, ["doctor"])[0].severity == "not_told"
    found = look(config)
    assert found is not None
    assert found.is_fine
    assert told(config) == ("nothing found", "fine")


def test_a_damaged_page_of_the_store_is_in_the_next_beat(config: Config) -> None:
    spoil(config.state_dir / STORE_FILE)
    look(config)
    value, severity = told(config)
    assert "store" in str(value).split(", ")
    assert severity == "bad"
    numbers = Watch(config).numbers()
    assert (numbers["doctor"], numbers["doctor.is"]) == (value, "bad")


def test_each_finding_is_logged_with_what_to_do(
    config: Config,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
) -> None:
    spoil(config.state_dir / STORE_FILE)
    settings = tmp_path / "kiosk.toml"
    settings.write_text(
        f'[device]\nstate_dir = "{config.state_dir}"\nruntime_dir = "{config.runtime_dir}"\n'
        f'profile = "{PROFILE}"\n'
    )
    monkeypatch.setenv("KIOSK_CONFIG", str(settings))
    with caplog.at_level(logging.WARNING):
        assert main() == 0
    said = [record.getMessage() for record in caplog.records if record.name == "kiosk.examining"]
    assert any(line.startswith("store: ") and "; next: " in line for line in said), said


def test_two_nights_without_a_round_are_worth_a_look(config: Config) -> None:
    long_ago = Round(at_s=time.monotonic() - 3 * 86400)
    (config.runtime_dir / ROUND_FILE).write_bytes(msgspec.json.encode(long_ago))
    assert told(config) == ("no round for two days", "warn")


def test_the_round_waits_for_a_technician_and_keeps_away_from_a_box_without_a_store(
    config: Config, tmp_path: Path
) -> None:
    with alone(config, "restore"), pytest.raises(Busy):
        look(config)
    assert not (config.runtime_dir / ROUND_FILE).exists()
    empty = Device(state_dir=str(tmp_path / "none"), runtime_dir=str(config.runtime_dir))
    assert look(Config(device=empty)) is None
    assert not (tmp_path / "none").exists()


def test_a_technician_may_come_while_the_round_is_made_and_no_half_of_theirs_is_a_finding(
    config: Config,
) -> None:
    came = []

    def come(_: Config) -> Examination:
        with alone(config, "restore"):
            came.append("restore")
        return Examination(findings=[])

    with pytest.raises(Busy, match="a technician was at the box meanwhile"):
        look(config, come)
    assert came == ["restore"]
    assert not (config.runtime_dir / ROUND_FILE).exists()


def test_the_round_asks_nothing_that_the_doctor_does_not() -> None:
    assert set(ROUND) < set(CHECKS)
