import json
import os
import subprocess
import sys

import pytest


@pytest.mark.parametrize("size", ["1024x600", "1280x800"])
def test_on_every_screen_in_all_languages_everything_fits_and_can_be_hit(size: str) -> None:
    walk = subprocess.run(
        [sys.executable, "-m", "tests.kiosk.screens.walk"],
        env={**os.environ, "GLASS_SIZE": size},
        capture_output=True,
        text=True,
        check=False,
    )
    assert walk.returncode == 0, walk.stderr
    assert json.loads(walk.stdout) == []
