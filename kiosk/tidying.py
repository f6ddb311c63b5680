"""The store's file gets smaller once it may: `python -m kiosk.tidying`, each week at night.

Whoever touches the glass waits for it, so nobody may be there; another week will do.
"""

import logging
import sys

from kiosk import log as logs
from kiosk.alone import alone
from kiosk.config import Config, config_path, load
from kiosk.errors import ConfigError, NotNow
from kiosk.occupied import insist_on_free
from sync.errors import SyncError
from sync.store import STORE_FILE, Store, has_been

log = logging.getLogger(__name__)


def tidy(config: Config) -> int:
    """Let go of what the store's file does not need; bytes.

    Raises:
        NotNow: a resident is at the glass, or a technician at the box.
        SyncError: the store cannot be opened or written.
    """
    path = config.state_dir / STORE_FILE
    if not has_been(path):
        return 0
    insist_on_free(config)
    with alone(config, "vacuum"), Store.open(path) as store:
        return store.compact()


def main() -> int:
    """1 where it could not be done; a resident is no failure."""
    logs.to_stderr()
    try:
        freed = tidy(load(config_path()))
    except NotNow as error:
        log.info("the store stays as large as it is: %s", error)
        return 0
    except (ConfigError, SyncError, OSError) as error:
        log.error("the store stays as large as it is: %s", error)  # noqa: TRY400
        return 1
    if freed:
        log.info("the store is %d MB smaller", freed >> 20)
    return 0


if __name__ == "__main__":
    sys.exit(main())
