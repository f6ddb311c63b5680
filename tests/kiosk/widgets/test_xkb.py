import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.widgets import layouts, xkb


@pytest.fixture
def no_xkb_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As on a box without Debian's xkb-data; libxkbcommon itself finds nothing."""
    forget()
    monkeypatch.setenv("XKB_CONFIG_ROOT", str(tmp_path))
    yield
    forget()


def forget() -> None:
    for kept in (xkb.rows, layouts.layout_for, layouts.speaks):
        kept.cache_clear()


def test_a_row_has_the_keys_of_a_full_keyboard() -> None:
    assert [len(row) for row in xkb.rows("km")] == [13, 13, 11, 10]
    assert all(len(levels) == xkb.LEVELS for row in xkb.rows("km") for levels in row)


def test_the_data_missing_is_an_error(no_xkb_data: None) -> None:
    with pytest.raises(OSError, match="xkb-data"):
        xkb.rows("km")


def test_a_language_whose_keys_are_not_installed_is_typed_in_english(
    no_xkb_data: None, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert not layouts.speaks("km")
        assert not layouts.speaks("km")
    assert len(caplog.records) == 1, "said once"
    assert layouts.speaks("th"), "Thai and English are ours"


def test_a_language_that_nobody_knows_has_no_keys() -> None:
    assert not layouts.speaks("xx")
    with pytest.raises(KeyError):
        layouts.layout_for("xx")
