"""Several hands at one store: in this process, and in others."""

import subprocess
import sys
import uuid
from pathlib import Path

from sync.store import Store
from tests.sync.samples import INSTANT

ELSEWHERE = """
import sys
from pathlib import Path
from sync.store import Store
with Store.open(Path(sys.argv[1])) as store:
    print(store.outbox_counts().waiting)
"""


def counted_elsewhere(path: Path) -> int:
    """What another process finds waiting; it opens the store, looks and closes it."""
    looked = [sys.executable, "-c", ELSEWHERE, str(path)]
    return int(subprocess.run(looked, capture_output=True, check=True).stdout)


def test_what_is_kept_after_somebody_looked_in_the_same_process_is_seen_elsewhere(
    tmp_path: Path,
) -> None:
    path = tmp_path / "store.db"
    with Store.open(path) as store:
        Store.open(path).close()
        assert counted_elsewhere(path) == 0  # were it the last to close, the log went with it
        store.keep_rating(uuid.uuid4(), INSTANT, b"{}")
        assert counted_elsewhere(path) == 1
        assert (tmp_path / "store.db-wal").exists()
