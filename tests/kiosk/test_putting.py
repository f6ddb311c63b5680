"""A file where a technician has it put: new, whole, or not there."""

import errno
from pathlib import Path

import pytest

from kiosk.errors import ConfigError
from kiosk.putting import new_file


def test_a_file_that_came_meanwhile_is_not_written_over_nor_what_a_link_leads_to(
    tmp_path: Path,
) -> None:
    theirs, link = tmp_path / "theirs", tmp_path / "link"
    theirs.write_text("theirs")
    link.symlink_to(theirs)
    for path in (theirs, link):
        with pytest.raises(ConfigError, match="is there already; nothing is"), new_file(path):
            pass
    assert theirs.read_text() == "theirs"


def test_what_could_not_be_finished_is_not_left(tmp_path: Path) -> None:
    path = tmp_path / "glass.png"
    with pytest.raises(ConfigError, match="there is no room for it"):
        fill(path)
    assert not path.exists()


def fill(path: Path) -> None:
    with new_file(path) as file:
        file.write(b"half of it")
        raise OSError(errno.ENOSPC, "No space left on device")


def test_it_is_for_its_owner_only(tmp_path: Path) -> None:
    with new_file(tmp_path / "glass.png") as file:
        file.write(b"all of it")
    assert (tmp_path / "glass.png").stat().st_mode & 0o777 == 0o600
