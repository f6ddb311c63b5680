"""Guests for the proof on a booted system; without `APPLIANCE=long` it is skipped, loudly."""

import json
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy import bundling, signing
from tests.appliance import guest
from tests.appliance.guest import FOLDER, Guest

SUITE = os.environ.get("APPLIANCE_SUITE") or "bookworm"
VERSION = "0.1.0"
FIGURES = guest.CHECKOUT / "var/appliance.json"

WANTED = {
    "appliance_pss_mib": 250 * 1e6 / 2**20,
    "idle_writes_mb_an_hour": 1,
    "install_from_bundle_s": 300,
    "panel_unit_to_first_frame_of_own_boot": 0.5,
    "rollback_s": 60,
    "update_without_a_frame_s": 1,
}
"""The most that is wanted of a figure; others are only told."""
SHORT = "test_short.py"
"""The form that the suite runs: seconds, on a view of this machine's own system."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What needs a guest of its own runs where somebody asked for it, and where it can."""
    hindered = guest.hindrance()
    if os.environ.get("APPLIANCE") != "long":
        hindered = hindered or "it takes minutes; make appliance runs it"
    for item in items:
        is_long = Path(__file__).parent in item.path.parents and item.path.name != SHORT
        if hindered and is_long:
            item.add_marker(pytest.mark.skip(reason=f"NOT BOOTED: {hindered}"))


@pytest.fixture(scope="session")
def release_key() -> Path:
    """The operator's key file of this proof; its public half lies beside it, as `.pub`."""
    key = FOLDER / "release.key"
    if not key.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        key.with_suffix(".pub").write_text(signing.new_key(key) + "\n")
    return key


@pytest.fixture(scope="session")
def bundle(release_key: Path) -> Path:
    """A signed bundle of this checkout, as a folder: `APPLIANCE_BUNDLE`, or made now."""
    if given := os.environ.get("APPLIANCE_BUNDLE"):
        made = Path(given)
    else:
        made = bundling.make(FOLDER / "bundles", VERSION)
    signing.sign(release_key, made)
    return made


@pytest.fixture(scope="session")
def shared(
    bundle: Path, release_key: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """What guests see of this machine: the bundle and the public key, read-only."""
    keys = tmp_path_factory.mktemp("keys")
    (keys / "release.pub").write_bytes(release_key.with_suffix(".pub").read_bytes())
    return {"/media/bundle": bundle, "/media/keys": keys}


@pytest.fixture(scope="session")
def figures() -> Iterator[dict[str, float]]:
    """What was measured, by name with its unit; written to var/appliance.json at the end."""
    measured: dict[str, float] = {}
    yield measured
    before = json.loads(FIGURES.read_text()) if FIGURES.exists() else {}
    FIGURES.write_text(json.dumps(before | measured, indent=1, sort_keys=True) + "\n")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The figures that are known, beside what is wanted of them."""
    if os.environ.get("APPLIANCE") != "long" or not FIGURES.exists():
        return
    terminalreporter.section("figures of the appliance")
    for name, value in json.loads(FIGURES.read_text()).items():
        wanted = f"  wanted <= {WANTED[name]:.3g}" if name in WANTED else ""
        terminalreporter.write_line(f"{name:<44}{value:>10.2f}{wanted}")


def install(box: Guest, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the bundle's own `install` in a guest."""
    return box.run("/media/bundle/install", *options, check=False)


WITH_KEY = ("--release-key", "/media/keys/release.pub")


@pytest.fixture(scope="session")
def fresh(shared: dict[str, Path]) -> Iterator[Guest]:
    """A Debian on which nothing of ours was ever installed."""
    box = Guest.fresh(SUITE, "fresh", shared)
    box.boot()
    yield box
    box.stop()


@pytest.fixture(scope="session")
def installed(shared: dict[str, Path], figures: dict[str, float]) -> Iterator[Guest]:
    """A Debian made a kiosk by one run of `install`, without a network."""
    box = Guest.fresh(SUITE, "installed", shared)
    box.boot()
    began = time.monotonic()
    done = install(box, *WITH_KEY)
    figures["install_from_bundle_s"] = round(time.monotonic() - began, 1)
    assert done.returncode == 1, done.stdout + done.stderr  # it has not joined yet
    assert "this box has not joined" in done.stdout
    yield box
    box.stop()
