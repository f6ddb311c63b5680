"""Starting Django for a command of the operator's."""

import os

import django

from sync.central.database import choosing
from sync.central.environment import Environment
from sync.central.errors import CentralError


def set_up(found: Environment | None = None) -> None:
    """Start Django; with `found`, only where `central migrate` has been.

    Raises:
        CentralError: there is no database yet.
    """
    if found and not choosing.is_set_up(found):
        where = "CENTRAL_DATABASE" if found.database else found.state_dir
        raise CentralError(f"no database in {where}; next: central migrate")
    os.environ["DJANGO_SETTINGS_MODULE"] = "sync.central.settings"
    django.setup()
