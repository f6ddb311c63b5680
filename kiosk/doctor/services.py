"""Whether the services run."""

from collections.abc import Callable

from kiosk.config import Config
from kiosk.doctor.finding import Finding
from sync.doorbell import is_answered


def service(name: str, bell: str) -> Callable[[Config], Finding]:
    """Whether the service `name` answers at its doorbell."""

    def check(config: Config) -> Finding:
        listens = is_answered(config.runtime_dir / bell)
        return Finding(
            name=f"kiosk {name}",
            is_well=listens,
            evidence="listens" if listens else "does not run",
            next=f"systemctl restart kiosk-{name}",
        )

    return check
