"""A scanner types what it sees; what arrives is a whole code or none."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.errors import DeviceLost, DeviceMissing, DeviceMisuse
from hardware.fake.scanner import VirtualScanner, open_virtual_scanner, typed
from hardware.scanner import EVENT, KEYS, LONGEST, TOO_LONG, Decoder, Scanner, open_scanner

URL = "HTTPS://RAPFANG.EXAMPLE.GO.TH/T/A1-0042-9/K7QM2R9XK7QM2R9X"
ENTER = EVENT.pack(0, 0, 1, 28, 1)
TYPABLE = sorted({character for pair in KEYS.values() for character in pair})


@pytest.fixture
def device(tmp_path: Path) -> Iterator[VirtualScanner]:
    with VirtualScanner(tmp_path / "scanner") as device:
        yield device


@pytest.fixture
def scanner(device: VirtualScanner, tmp_path: Path) -> Iterator[Scanner]:
    with open_virtual_scanner(tmp_path / "scanner") as scanner:
        yield scanner


def test_what_is_scanned_is_read(device: VirtualScanner, scanner: Scanner) -> None:
    device.scan("8850")
    device.scan("a-B_c")
    assert scanner.codes() == ["8850", "a-B_c"]
    assert scanner.codes() == []


def test_a_whole_address_arrives_however_often_one_looks(
    device: VirtualScanner, scanner: Scanner
) -> None:
    device.scan(URL)
    found: list[str] = []
    while not found:
        found += scanner.codes()
    assert found == [URL]


@given(st.text(TYPABLE, min_size=1, max_size=60), st.integers(1, 60))
def test_every_key_is_read_in_pieces_of_any_size(code: str, piece: int) -> None:
    decoder, data = Decoder(), typed(code, 0.0) + ENTER
    pieces = [data[start : start + piece] for start in range(0, len(data), piece)]
    assert [found for each in pieces for found in decoder.take(each)] == [code]


def test_a_code_that_was_cut_off_is_not_the_beginning_of_the_next() -> None:
    decoder = Decoder()
    assert list(decoder.take(typed("885", 10.0))) == []
    later = typed("42", 12.0) + EVENT.pack(12, 0, 1, 28, 1)
    assert list(decoder.take(later)) == ["42"]


def test_an_endless_code_is_told_as_one_and_fills_no_memory() -> None:
    decoder = Decoder()
    assert list(decoder.take(typed("8" * 10_000, 0.0) + ENTER)) == [TOO_LONG]
    assert list(decoder.take(typed("8" * LONGEST, 0.0) + ENTER)) == ["8" * LONGEST]


def test_a_scanner_that_is_pulled_out_says_so_and_comes_back(
    device: VirtualScanner, scanner: Scanner, tmp_path: Path
) -> None:
    device.scan("885", ends=False)
    scanner.codes()
    device.unplug()
    with pytest.raises(DeviceLost):
        scanner.codes()
    with pytest.raises(DeviceMissing):
        open_virtual_scanner(tmp_path / "scanner")
    device.plug_in()
    with open_virtual_scanner(tmp_path / "scanner") as again:
        device.scan("42")
        assert again.codes() == ["42"]


def test_where_no_scanner_is_it_is_missing(tmp_path: Path) -> None:
    with pytest.raises(DeviceMissing, match="No such file"):
        open_scanner(tmp_path / "event0")


def test_what_cannot_be_grabbed_is_no_scanner(tmp_path: Path) -> None:
    (tmp_path / "event0").write_bytes(b"")
    with pytest.raises(DeviceMisuse, match="not an input device"):
        open_scanner(tmp_path / "event0")


def test_what_no_scanner_types_is_a_mistake(device: VirtualScanner) -> None:
    with pytest.raises(DeviceMisuse):
        device.scan("ก")
