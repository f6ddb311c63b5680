"""Whether everybody knows a password of this box."""

import os

from kiosk import refusal
from kiosk.config import Config
from kiosk.doctor.finding import Finding, bad, not_told, well
from kiosk.updating.places import places


def passwords(_config: Config) -> Finding:
    """Whose password is one that systems ship with; only root can tell, or a box that refused."""
    system = places().system
    found = refusal.refused(system)
    try:
        found = refusal.look(system) if os.geteuid() == 0 else found
    except OSError as error:
        if not found:
            return not_told("passwords", f"they cannot be looked at: {error}")
    if found:
        evidence = f"everybody knows that of {', '.join(found)}; the kiosk does not start with it"
        return bad("passwords", evidence, refusal.advice(found))
    if os.geteuid():
        return not_told("passwords", "only root can look: sudo kiosk doctor")
    return well("passwords", "none that everybody knows")
