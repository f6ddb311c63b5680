"""Since when a box has had no line, in days that a resident would count."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from kiosk.condition import box_state, offline_since
from kiosk.config import Config, Device
from sync.case import Instant
from sync.store import STORE_FILE, LinkState, Store

NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
PATIENCE = timedelta(days=3)


def at(wall: datetime, *, trusted: bool = True) -> Instant:
    return Instant(wall=wall, boot_id="boot", monotonic_s=10.0, trusted=trusted)


def days_ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


@pytest.mark.parametrize(
    ("link", "since"),
    [
        (LinkState(), None),
        (LinkState(reached_at=days_ago(30)), None),
        (LinkState(reached_at=days_ago(2.9), failing_since=days_ago(2.8)), None),
        (LinkState(reached_at=days_ago(4), failing_since=days_ago(3.5)), date(2026, 11, 20)),
        (LinkState(failing_since=days_ago(3)), date(2026, 11, 21)),
    ],
)
def test_it_is_told_once_patience_is_over(link: LinkState, since: date | None) -> None:
    assert offline_since(link, at(NOW), PATIENCE) == since


def test_a_clock_that_guesses_tells_nothing() -> None:
    link = LinkState(reached_at=days_ago(40), failing_since=days_ago(39))
    assert offline_since(link, at(NOW, trusted=False), PATIENCE) is None


@pytest.mark.parametrize(
    ("told", "shown"), [("paper_low", "ok"), ("unknown", "ok"), ("paper_out", "paper_out")]
)
def test_low_paper_is_not_the_residents_business(tmp_path: Path, told: str, shown: str) -> None:
    config = Config(device=Device(state_dir=str(tmp_path), runtime_dir=str(tmp_path)))
    (tmp_path / "printer.json").write_text(f'{{"state": "{told}"}}')
    with Store.open(tmp_path / STORE_FILE) as store:
        assert box_state(config, store, "A1").printer == shown


def test_the_day_is_thailands() -> None:
    late = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
    assert offline_since(LinkState(failing_since=late), at(NOW), PATIENCE) == date(2026, 11, 21)
