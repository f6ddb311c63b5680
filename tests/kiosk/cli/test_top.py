import json

import pytest

from kiosk.cli import main
from kiosk.config import Config
from sync.store import STORE_FILE, Store
from tests.kiosk.cli.doorkeeper import Doorkeeper
from tests.kiosk.cli.terminal import Terminal


def test_one_look_tells_of_services_glass_queue_and_vitals(
    box: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    Store.open(box.state_dir / STORE_FILE).close()
    with Doorkeeper(box.runtime_dir, in_use=True):
        assert main(["top", "--once"]) == 1
    said = capsys.readouterr().out
    assert "a resident is at it, touched 3 s ago" in said
    for label in ("services", "outbox", "printer", "paper", "clock", "vitals"):
        assert f"\n{label} " in said
    assert all(len(line) <= 60 for line in said.splitlines())
    assert main(["top", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["services"] == {"glass": False, "printer": False, "agent": False}
    assert told["touched_s"] is None


@pytest.mark.parametrize("key", [b"q", b"\x03"])
def test_the_live_view_ends_with_q_or_control_c(box: Config, key: bytes) -> None:
    Store.open(box.state_dir / STORE_FILE).close()
    with Terminal(["top"]) as terminal:
        terminal.until(b"q ends it")
        terminal.type(key)
        assert terminal.ended() == 0
    assert "services" in terminal.words


def test_a_box_that_is_nobody_is_watched_too(
    box: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["top", "--once"]) == 1
    assert "nothing has been kept yet" in capsys.readouterr().out
