"""`deploy/central`, the operator's command: with the service's settings, as systemd reads them.

That systemd does so is asked in tests/appliance.
"""

import subprocess
from pathlib import Path

import pytest

CENTRAL = Path("deploy/central")


def read_as(name: str, text: str, folder: Path) -> str:
    """What a program that is started with the settings in `text` finds as `name`."""
    (folder / "central.env").write_text(text, newline="")
    whole = CENTRAL.read_text()
    function = whole[whole.index("settings() {") : whole.index("\n}\n") + 2]
    script = f"set -euo pipefail\n{function}\nsettings central.env; exec printenv {name}"
    done = subprocess.run(["bash", "-c", script], cwd=folder, capture_output=True, text=True)
    assert done.stderr == ""
    return done.stdout.removesuffix("\n")


CASES: list[tuple[str, str | None]] = [
    ("CENTRAL_IT=8470", "8470"),
    ("CENTRAL_IT=Thakasem Town <centre@example.go.th>", "Thakasem Town <centre@example.go.th>"),
    ("CENTRAL_IT=a & b; c | d $HOME $(touch ran) `touch ran`", None),
    ('CENTRAL_IT="Thakasem \\"Town\\" \\$5"', 'Thakasem "Town" $5'),
    ("CENTRAL_IT='single \"quotes\" \\here'", 'single "quotes" \\here'),
    ("CENTRAL_IT=it's one", "it's one"),
    ("  CENTRAL_IT = spaced out  ", "spaced out"),
    ("CENTRAL_IT=two\\\n lines", "two lines"),
    ("CENTRAL_IT=Windows\r", "Windows"),
    ("CENTRAL_IT=a\\b\\\\c", "ab\\c"),
    ("CENTRAL_IT=ท่าเกษม=1", "ท่าเกษม=1"),
    ("CENTRAL_IT=", ""),
]
"""A line of the file, and what the units take it for; None, what stands there as it stands."""
AROUND = "# CENTRAL_IT=a comment\n; CENTRAL_IT=another\nno setting at all\n"


@pytest.mark.parametrize(("line", "value"), CASES)
def test_settings_are_what_the_units_take_and_nothing_in_them_is_run(
    line: str, value: str | None, tmp_path: Path
) -> None:
    expected = line.partition("=")[2] if value is None else value
    for text in (f"{AROUND}{line}\n{AROUND}", f"{AROUND}{line}"):
        assert read_as("CENTRAL_IT", text, tmp_path) == expected
    assert not (tmp_path / "ran").exists()
