from pathlib import Path

import pytest

from kiosk.config import Config, load
from sync.identity import join
from tests.sync.samples import join_file_text

PROFILE = Path("deploy/profiles/tha-kasem/profile.toml").absolute()


@pytest.fixture
def box(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    """A box with settings of its own, enrolled as A1; no service of it runs."""
    settings = tmp_path / "kiosk.toml"
    settings.write_text(
        f'[device]\nstate_dir = "{tmp_path}/state"\nruntime_dir = "{tmp_path}/run"\n'
        f'profile = "{PROFILE}"\n[printer]\ntray_dir = "{tmp_path}/tray"\n'
    )
    monkeypatch.setenv("KIOSK_CONFIG", str(settings))
    (tmp_path / "join.toml").write_text(join_file_text())
    join(tmp_path / "join.toml", tmp_path / "state")
    return load(settings)
