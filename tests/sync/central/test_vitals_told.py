"""An ill box beats against the real central, which keeps its vitals."""

import json
import sqlite3
from contextlib import closing

import pytest

from hardware.fake.health import VirtualMachine
from kiosk.cli import main
from sync.identity import join
from sync.store import STORE_FILE, Store
from tests.sync.central.conftest import PROFILE


@pytest.fixture
def machine(running_central, tmp_path, monkeypatch):
    """The virtual machine of a box that has joined and never beaten."""
    folder, join_file, settings = (tmp_path / name for name in ("state", "j.toml", "kiosk.toml"))
    join_file.write_text(running_central.command("join-file", "V1").stdout)
    settings.write_text(
        f'[device]\nstate_dir = "{folder}"\nruntime_dir = "{tmp_path}/run"\nprofile = "{PROFILE}"\n'
        f'[health]\ndriver = "virtual"\nmachine_dir = "{tmp_path}/machine"\n'
        '[clock]\ntrust = "assume"\n'
    )
    (tmp_path / "run").mkdir()
    monkeypatch.setenv("KIOSK_CONFIG", str(settings))
    join(join_file, folder)
    with Store.open(folder / STORE_FILE):
        return VirtualMachine(folder, tmp_path / "machine")


def kept(central):
    with closing(sqlite3.connect(central.folder / "state/central.db")) as database:
        query = "SELECT vitals FROM fleet_device WHERE code = 'V1'"
        ((vitals,),) = database.execute(query).fetchall()
    return json.loads(vitals)


def test_central_keeps_the_latest_vitals_of_a_box(machine, running_central, capsys):
    machine.heat(79)
    machine.throttle(1)
    assert main(["sync-now"]) == 0
    vitals = kept(running_central)
    assert (vitals["worst"], vitals["voltage.is"], vitals["temperature"]) == ("bad", "bad", 79.0)
    assert "rtc.is" not in vitals
    machine.mend()
    assert main(["sync-now"]) == 0
    vitals = kept(running_central)
    assert vitals["voltage"] == "holds"
    assert "voltage.is" not in vitals
