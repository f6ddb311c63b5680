"""The front desk's PIN: a few tries, then a quarter of an hour of nothing."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from hardware.clock import Reading
from kiosk.errors import ConfigError
from kiosk.pin import LOCKED_S, MOST_TRIES, PIN_FILE, Pin


class Box:
    """A clock that is turned, and restarts."""

    def __init__(self, folder: Path) -> None:
        self.boot, self.now_s = "boot-1", 100.0
        self.folder = folder

    def read(self) -> Reading:
        wall = datetime(2026, 11, 24, tzinfo=UTC)
        return Reading(wall=wall, boot_id=self.boot, monotonic_s=self.now_s, trusted=True)

    def pin(self) -> Pin:
        """As after a restart of the glass."""
        return Pin(self.folder, self.read)


@pytest.fixture
def box(tmp_path: Path) -> Box:
    box = Box(tmp_path)
    box.pin().set("482913")
    return box


def lock(box: Box) -> None:
    found = [box.pin().enter("000000") for _ in range(MOST_TRIES)]
    assert found == ["wrong"] * (MOST_TRIES - 1) + ["locked"]


def test_the_pin_opens_and_another_does_not(box: Box) -> None:
    assert box.pin().enter("482913") == "open"
    assert box.pin().enter("482914") == "wrong"
    assert box.pin().enter("") == "wrong"


def test_after_five_wrong_tries_the_right_one_opens_nothing_either(box: Box) -> None:
    lock(box)
    assert box.pin().enter("482913") == "locked"
    box.now_s += LOCKED_S - 1
    assert box.pin().enter("482913") == "locked"
    box.now_s += 1
    assert box.pin().enter("482913") == "open"


def test_pulling_the_plug_does_not_shorten_it(box: Box) -> None:
    lock(box)
    box.boot, box.now_s = "boot-2", 5.0
    assert box.pin().enter("482913") == "locked"
    box.now_s = LOCKED_S
    assert box.pin().enter("482913") == "open"


def test_after_the_pause_there_are_five_tries_again(box: Box) -> None:
    lock(box)
    box.now_s += LOCKED_S
    lock(box)


def test_a_right_one_forgives_the_wrong_ones_before(box: Box) -> None:
    for _ in range(MOST_TRIES - 1):
        box.pin().enter("000000")
    assert box.pin().enter("482913") == "open"
    assert box.pin().enter("000000") == "wrong"


def test_a_new_one_ends_the_lock(box: Box) -> None:
    lock(box)
    box.pin().set("135790")
    assert box.pin().enter("135790") == "open"


def test_one_that_is_made_has_six_digits_and_opens(box: Box) -> None:
    made = box.pin().make()
    assert len(made) == 6
    assert box.pin().enter(made) == "open"


@pytest.mark.parametrize("pin", ["12345", "1234567890123", "12345a", "๑๒๓๔๕๖", ""])
def test_what_is_no_pin_is_refused(box: Box, pin: str) -> None:
    with pytest.raises(ConfigError, match="6 to 12 digits"):
        box.pin().set(pin)
    assert box.pin().enter("482913") == "open"


def test_only_its_hash_is_on_the_disk_and_only_we_read_it(box: Box) -> None:
    kept = box.folder / PIN_FILE
    assert b"482913" not in kept.read_bytes()
    assert kept.stat().st_mode & 0o077 == 0


def test_a_damaged_file_opens_to_nobody(box: Box) -> None:
    (box.folder / PIN_FILE).write_bytes(b"{")
    assert box.pin().enter("482913") == "locked"


def test_without_one_there_is_no_way_in(tmp_path: Path) -> None:
    pin = Box(tmp_path).pin()
    assert not pin.is_set
    assert pin.enter("") == "locked"


def test_a_try_that_cannot_be_counted_is_not_made(box: Box) -> None:
    (box.folder / f".{PIN_FILE}.draft").mkdir()
    with pytest.raises(OSError, match="directory"):
        box.pin().enter("482913")
