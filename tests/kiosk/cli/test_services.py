"""What a service loads: it runs for months, so nothing that only other verbs need."""

import subprocess
import sys

import pytest

LOADED = """
import sys
from kiosk import cli
cli.parser(only_services=cli.services.is_asked(sys.argv[1:2]))
from kiosk import {module}
print(*sys.modules)
"""


NOBODYS = "kiosk.cli.top", "cryptography", "http_message_signatures", "pydoc"
"""What only technicians' verbs need, or only central."""


@pytest.mark.parametrize(
    ("verb", "module", "not_its_own"),
    [
        ("ui", "app", ("requests", "ssl", "PIL", "escpos")),
        ("print", "printing", ("requests", "ssl", "kiosk.report")),
        ("sync", "syncing", ("escpos", "PIL", "kiosk.updating.deed")),
    ],
)
def test_a_service_loads_no_other_verbs_nor_what_another_service_needs(
    verb: str, module: str, not_its_own: tuple[str, ...]
) -> None:
    command = [sys.executable, "-c", LOADED.format(module=module), verb]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    assert not {*NOBODYS, *not_its_own} & set(told.stdout.split())
