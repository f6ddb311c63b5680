import uuid
from pathlib import Path

import pytest

from kiosk.config import Config, Device
from kiosk.errors import Occupied
from kiosk.tidying import tidy
from sync import store as stores
from sync.store import STORE_FILE, Store
from tests.kiosk.cli.doorkeeper import Doorkeeper
from tests.sync.samples import INSTANT, submission

CASES = [uuid.UUID(int=number) for number in range(1, 5)]
MEBIBYTE = 1 << 20


@pytest.fixture
def config(tmp_path: Path) -> Config:
    (tmp_path / "run").mkdir()
    return Config(device=Device(state_dir=str(tmp_path), runtime_dir=str(tmp_path / "run")))


def fill_and_empty(path: Path) -> None:
    """Ten mebibytes come and go, as pictures that central has now; four cases stay."""
    with Store.open(path) as store:
        for case_id in CASES:
            store.submit(case_id, INSTANT, lambda number, at=case_id: submission(at, number))
        with store._database.writing() as connection:
            connection.execute("CREATE TABLE pictures_that_went (content BLOB)")
            connection.execute("INSERT INTO pictures_that_went VALUES (zeroblob(10485760))")
        with store._database.writing() as connection:
            connection.execute("DROP TABLE pictures_that_went")


def test_a_store_lets_go_of_what_holds_nothing_while_others_have_it_open(config: Config) -> None:
    path = config.state_dir / STORE_FILE
    fill_and_empty(path)
    with Store.open(path) as glass:
        before = [glass.reference_of(case_id) for case_id in CASES]
        assert path.stat().st_size > 10 * MEBIBYTE
        assert tidy(config) >= 10 * MEBIBYTE
        assert path.stat().st_size < MEBIBYTE
        assert [glass.reference_of(case_id) for case_id in CASES] == before
        kept = glass.submit(
            uuid.UUID(int=9), INSTANT, lambda number: submission(uuid.UUID(int=9), number)
        )
        assert kept.is_new
    with Store.open(path) as store:
        assert store.damages() == []
        assert store.reference_of(uuid.UUID(int=9)) == kept.reference


def test_a_store_with_little_to_let_go_of_is_left_alone(config: Config) -> None:
    with Store.open(config.state_dir / STORE_FILE):
        pass
    assert tidy(config) == 0


def test_a_store_too_large_to_be_built_in_memory_is_left_alone(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill_and_empty(config.state_dir / STORE_FILE)
    monkeypatch.setattr(stores, "LARGEST_COMPACTED", 1)
    assert tidy(config) == 0


def test_nobody_is_made_to_wait_for_it(config: Config) -> None:
    fill_and_empty(config.state_dir / STORE_FILE)
    with Doorkeeper(config.runtime_dir, in_use=True), pytest.raises(Occupied):
        tidy(config)


def test_a_box_that_has_no_store_yet_gets_none(config: Config) -> None:
    assert tidy(config) == 0
    assert not (config.state_dir / STORE_FILE).exists()
