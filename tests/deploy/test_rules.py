import re
from pathlib import Path

import pytest

from deploy import rules

RULES = rules.FOLDER / "60-rapfang.rules"


@pytest.fixture(params=["udevadm", "our own reading"])
def reader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where udevadm cannot be asked both are the same."""
    if request.param != "udevadm":
        monkeypatch.setenv("PATH", "/nowhere")


@pytest.mark.parametrize("path", sorted(rules.FOLDER.iterdir()), ids=lambda path: path.name)
def test_udev_understands_our_rules(reader: None, path: Path) -> None:
    assert list(rules.problems(path)) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('GROUP="kiosk"', "GROUP=kiosk"),
        ('GROUP="kiosk"', 'GROUPE="kiosk"'),
        ('MODE="0660"', 'MODE="rw"'),
        ('SUBSYSTEM=="usb"', 'SUBSYSTEM="usb"'),
        ('LABEL="rapfang_end"', 'LABEL="rapfang_ende"'),
    ],
)
def test_a_slip_of_the_pen_is_named(reader: None, tmp_path: Path, old: str, new: str) -> None:
    wrong = tmp_path / "60-wrong.rules"
    assert old in RULES.read_text()
    wrong.write_text(RULES.read_text().replace(old, new, 1))
    assert list(rules.problems(wrong))


def test_nothing_is_given_to_everybody_and_all_to_the_group() -> None:
    given = [line for line in RULES.read_text().splitlines() if "MODE=" in line]
    assert len(given) == 6
    assert all(re.search(r'GROUP="kiosk", MODE="0660"$', line) for line in given)


def test_the_order_is_after_what_names_scanners() -> None:
    """60-persistent-input.rules finds out the bus that ours asks for."""
    assert "60-persistent-input.rules" < RULES.name < "73-seat-late.rules"
