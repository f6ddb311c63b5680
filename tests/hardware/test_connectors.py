from pathlib import Path

from hardware.connectors import GLANCE_S, has_panel, wait_for_panel


def connector(folder: Path, name: str, status: str) -> Path:
    """A connector as the kernel shows it in /sys, and its card's node as udev leaves it."""
    shown = folder / "class" / name
    shown.mkdir(parents=True)
    (shown / "status").write_text(f"{status}\n")
    node = folder / "dri" / name.partition("-")[0]
    node.parent.mkdir(exist_ok=True)
    node.touch()
    return node


def is_there(folder: Path) -> bool:
    return has_panel(folder / "class", folder / "dri")


def test_a_panel_is_there_once_one_is_plugged_in_at_a_card(tmp_path: Path) -> None:
    assert not is_there(tmp_path)
    connector(tmp_path, "card1-HDMI-A-1", "disconnected")
    assert not is_there(tmp_path)
    connector(tmp_path, "card1-DSI-1", "connected")
    assert is_there(tmp_path)


def test_a_card_without_connectors_is_no_panel(tmp_path: Path) -> None:
    (tmp_path / "class/card0").mkdir(parents=True)
    (tmp_path / "dri").mkdir()
    (tmp_path / "dri/card0").touch()
    assert not is_there(tmp_path)


def test_a_panel_whose_card_has_no_node_yet_is_not_there_yet(tmp_path: Path) -> None:
    connector(tmp_path, "card0-Virtual-1", "connected").unlink()
    assert not is_there(tmp_path)


def test_it_waits_for_a_panel_that_comes_late_and_not_for_ever() -> None:
    looks = iter([False, False, True])
    paused: list[float] = []
    assert wait_for_panel(1, lambda: next(looks), paused.append)
    assert paused == [GLANCE_S] * 2
    paused.clear()
    assert not wait_for_panel(1, lambda: False, paused.append)
    assert round(sum(paused), 6) == 1
