"""A voice's way: from the glass, by the outbox, to the officer who listens to it."""

import re
import subprocess
import time
from pathlib import Path

import pytest
import requests

from deploy.demo.display import free_port, virtual_display
from deploy.demo.processes import Processes
from deploy.demo.product import Product
from hardware.fake.microphone import tone
from kiosk.intake import HEAR_ENCLOSED
from sync.voice import seconds_of
from tests.journey.glass import Hand
from tests.journey.test_journey import Desk
from tests.journey.tour import SETTLE_S
from tests.migrated import lay_database

WAIT_S = 40


class Booth:
    """The product with a virtual microphone, and a resident who would rather speak."""

    def __init__(self, folder: Path, processes: Processes) -> None:
        self.product = Product(state=folder / "state", port=free_port(), size=(1024, 600))
        lay_database(self.product.state / "central")
        said = self.product.prepare()
        microphone = folder / "microphone"
        microphone.write_bytes(tone(20))
        sound = ["[sound]", 'driver = "virtual"', f'microphone = "{microphone}"', ""]
        with self.product.settings.open("a") as settings:
            settings.write("\n".join(sound))
        self.product.start(processes)
        display = virtual_display(processes, 1024, 600)
        self.hand = Hand(display, folder / "map.json")
        self.product.start_glass(processes, display, "--map", str(folder / "map.json"))
        self.desk = Desk(self.product.central_url, said)

    def speak(self) -> None:
        for target, screen in (
            ("kind:complaint", "topic"),
            ("topic:street_light", "words"),
            ("way:voice", "voice"),
        ):
            self.hand.touch(target)
            self.hand.wait_for(screen)
        self.hand.touch("talk")
        time.sleep(1.5)
        self.hand.touch("talk")
        for target, screen in (
            ("next", "place"),
            ("village:village-3", "contact"),
            ("next", "review"),
            ("next", "done"),
        ):
            self.hand.touch(target)
            self.hand.wait_for(screen)
            time.sleep(SETTLE_S)

    def heard(self) -> tuple[str, requests.Response]:
        """The case's page once the recording is there, and the recording."""
        deadline = time.monotonic() + WAIT_S
        while time.monotonic() < deadline:
            cases = re.findall(r'href="(/staff/cases/[0-9a-f-]+)"', self.desk._get("/staff/"))
            page = self.desk._get(cases[0]) if cases else ""
            if found := re.search(r'<audio[^>]* src="([^"]+)"', page):
                url = self.product.central_url + found[1]
                return page, self.desk._session.get(url, timeout=10)
            time.sleep(0.2)
        pytest.fail("no recording reached the officer")


def test_what_was_said_at_the_glass_is_heard_at_the_desk(tmp_path: Path) -> None:
    with Processes(tmp_path / "log") as processes:
        booth = Booth(tmp_path, processes)
        booth.speak()
        page, answer = booth.heard()
    assert HEAR_ENCLOSED in page
    assert answer.headers["Content-Type"] == "audio/ogg"
    assert "media-src 'self'" in answer.headers["Content-Security-Policy"]
    assert seconds_of(answer.content) > 1.0
    decode = ["opusdec", "--quiet", "--rate", "16000", "-", "-"]
    samples = subprocess.run(decode, input=answer.content, capture_output=True, check=True).stdout
    assert max(memoryview(samples).cast("h")) > 5000
    for path in (tmp_path / "state/kiosk").rglob("*"):
        assert not (path.is_file() and b"OpusHead" in path.read_bytes()), path
