"""What central tells of a kiosk is what the kiosk tells of itself, with both as they really run."""

import json
import os
import re
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.demo.product import program
from hardware.fake.health import VirtualDisk, VirtualMachine
from sync.doorbell import SYNC_BELL, ring
from sync.store import STORE_FILE, Store
from tests.journey.test_bad_days import Box, Day, wait_until
from tests.journey.test_journey import Desk
from tests.sync.central.kiosk import instant

Facts = dict[str, Any]


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    """A central, and a box with a virtual machine whose agent beats every second."""
    day = Day(tmp_path_factory.mktemp("day"))
    machine = day.product.kiosk_dir / "machine"
    with day.product.settings.open("a") as settings:
        settings.write(f'[health]\ndriver = "virtual"\nmachine_dir = "{machine}"\n')
        settings.write("[sync]\nbeat_every_s = 1\n")
    day.box = Box(day.product.kiosk_dir, "")
    with day.processes:
        day.open_central()
        for service in ("print", "sync"):
            day.box.start(day.processes, service)
        yield day


def machine_of(day: Day) -> VirtualMachine:
    return VirtualMachine(Path(day.box.config.state_dir), day.product.kiosk_dir / "machine")


def of_the_box(day: Day) -> Facts:
    """As `kiosk status --json` says, by the names that central uses."""
    facts: Any = day.box.tells("status")
    tally, vitals = facts["tally"], facts["health"]["vitals"]
    seen = [each for each in vitals if each["severity"] != "not_told"]
    return {
        "device_code": facts["device_code"],
        "waiting": facts["waiting"],
        "parked": facts["parked"],
        "oldest_waiting_at": facts["oldest_waiting_at"],
        "printer": facts["printer"]["state"],
        "clock_trusted": facts["clock_trusted"],
        "tally": tally and (tally["through"], tally["is_agreed"]),
        "vitals": {e["name"]: e["severity"] for e in seen if e["name"] != "central"},
    }


def of_central(day: Day) -> Facts:
    """As `central fleet --json` says."""
    facts = told(day)
    tally = facts["tally"]
    same = ("device_code", "waiting", "parked", "oldest_waiting_at", "printer", "clock_trusted")
    return {
        **{name: facts[name] for name in same},
        "tally": tally and (tally["through"], tally["is_agreed"]),
        "vitals": {each["name"]: each["severity"] for each in facts["vitals"]},
    }


def of_the_page(day: Day, desk: Desk) -> Facts:
    """As the kiosk's page says to an officer's browser."""
    page = desk._get(f"/staff/devices/{day.box.code}")
    values = dict(re.findall(r'<data itemprop="(\w+)" value="([^"]*)"', page))
    oldest = re.search(r'itemprop="oldest_waiting_at" datetime="([^"]+)"', page)
    through, _, agreed = values.pop("tally").partition(" ")
    return {
        "device_code": re.search(r'<h1>.*<span class="number">(\w+)</span>', page)[1],
        "waiting": int(values["waiting"]),
        "parked": int(values["parked"]),
        "oldest_waiting_at": oldest and oldest[1],
        "printer": values["printer"],
        "clock_trusted": values["clock_trusted"] == "true",
        "tally": through and (int(through), agreed == "agreed"),
        "vitals": dict(re.findall(r'<data itemprop="vital\.(\w+)" value="(\w+)"', page)),
    }


def test_central_and_its_page_tell_of_a_kiosk_what_it_tells_of_itself(day: Day) -> None:
    desk = Desk(day.product.central_url, day.product.command("central", "officer", "somsri"))
    day.box.submit()
    wait_until(lambda: of_the_box(day)["printer"] == "ok" and not day.box.waits_for_central())
    agree(day, desk)
    assert state(day) == "fine"
    assert of_the_box(day)["tally"] is not None
    fall_ill(day)
    wait_until(lambda: of_the_box(day)["printer"] == "paper_out" and of_the_box(day)["parked"] == 1)
    agree(day, desk)
    assert state(day) == "trouble"
    found = {each["code"] for each in told(day)["findings"]}
    assert found == {"printer", "temperature", "disk_free", "parked"}
    assert told(day)["version"]


def fall_ill(day: Day) -> None:
    """Paper, heat, a full disk, and a rating that central refuses."""
    (Path(day.box.config.printer.tray_dir) / "control.json").write_text('{"paper": false}')
    machine_of(day).heat(84)
    machine_of(day).disk(VirtualDisk(free_mb=50))
    with Store.open(Path(day.box.config.state_dir) / STORE_FILE) as store:
        store.keep_rating(uuid.uuid4(), instant(), b'{"type":"rating_given","score":9}')
    ring(Path(day.box.config.runtime_dir) / SYNC_BELL)


def agree(day: Day, desk: Desk) -> None:
    """Box, command and page come to say the same; a beat is a second away."""
    wait_until(lambda: of_the_box(day) == of_central(day))
    assert of_the_page(day, desk) == of_central(day)


def told(day: Day) -> Facts:
    """What `central fleet --json` says; its exit code says whether somebody has to go."""
    done = subprocess.run(
        [program("central"), "fleet", "--json"],
        env={**os.environ, **day.product.environment()},
        capture_output=True,
        text=True,
        check=False,
    )
    [facts] = json.loads(done.stdout)["devices"]
    assert done.returncode == (facts["state"] in ("silent", "trouble"))
    return facts


def state(day: Day) -> str:
    return str(told(day)["state"])
