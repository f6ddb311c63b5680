"""The cabinet's door, across power cuts."""

from pathlib import Path

from kiosk.panel.cabinet import CABINET_FILE, Cabinet


class Keeping:
    """Keeps events, or can't."""

    def __init__(self) -> None:
        self.kept: list[tuple[str, bool]] = []
        self.can = True

    def __call__(self, kind: str, found_at_start: bool) -> bool:
        if self.can:
            self.kept.append((kind, found_at_start))
        return self.can


def test_a_new_boxs_cabinet_is_as_it_is_found(tmp_path: Path) -> None:
    keep = Keeping()
    assert not Cabinet(tmp_path, keep).look(True)
    assert keep.kept == []


def test_opening_and_closing_are_kept_once_each(tmp_path: Path) -> None:
    keep = Keeping()
    cabinet = Cabinet(tmp_path, keep)
    told = [cabinet.look(is_open) for is_open in (False, False, True, True, None, True, False)]
    assert keep.kept == [("cabinet_opened", False), ("cabinet_closed", False)]
    assert told == [False, False, True, False, False, False, False]


def test_what_opened_it_while_the_power_was_off_is_found_at_the_start(tmp_path: Path) -> None:
    keep = Keeping()
    Cabinet(tmp_path, keep).look(False)
    after = Cabinet(tmp_path, keep)
    assert not after.look(None), "the pins do not answer yet"
    assert not after.look(True), "nothing to buzz about now"
    after.look(False)
    assert keep.kept == [("cabinet_opened", True), ("cabinet_closed", False)]


def test_what_can_not_be_kept_is_tried_again(tmp_path: Path) -> None:
    keep = Keeping()
    Cabinet(tmp_path, keep).look(False)
    cabinet = Cabinet(tmp_path, keep)
    keep.can = False
    assert not cabinet.look(True)
    keep.can = True
    cabinet.look(True)
    assert keep.kept == [("cabinet_opened", True)], "still found at the start"


def test_a_power_cut_between_event_and_state_tells_twice_and_not_never(tmp_path: Path) -> None:
    keep = Keeping()
    cabinet = Cabinet(tmp_path, keep)
    cabinet.look(False)
    before = (tmp_path / CABINET_FILE).read_bytes()
    cabinet.look(True)
    (tmp_path / CABINET_FILE).write_bytes(before)
    Cabinet(tmp_path, keep).look(True)
    assert keep.kept == [("cabinet_opened", False), ("cabinet_opened", True)]


def test_a_state_that_can_not_be_read_hides_no_open_cabinet(tmp_path: Path) -> None:
    (tmp_path / CABINET_FILE).write_bytes(b"\0\0")
    keep = Keeping()
    Cabinet(tmp_path, keep).look(True)
    assert keep.kept == [("cabinet_opened", True)]
