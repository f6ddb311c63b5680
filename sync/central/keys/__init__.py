"""Central's own secrets: files under `<state_dir>/keys`, readable by their owner only.

| file | what it is |
|---|---|
| `django.key`, `tracking.key` | guards sessions; hashes tracking keys |
| `intake-N.key`, `intake-N.pub` | X25519; opens what devices sealed to `intake-N` |
| `central-N.key` | Ed25519 seed; signs what devices may act on |
| `root.key`, `root.pub` | Ed25519; signs the keyring only, and may lie in a safe |
| `keyring.json` | which of them are in use, signed by the root |

They are made once, beside an empty database. Beside a database that holds cases a
missing key is never replaced: what was sealed to it could not be opened again.
"""

from sync.central.keys.files import KEY_BYTES, ROOT_KEY_ID
from sync.central.keys.loading import Keys, Reloaded, load
from sync.central.keys.making import make_missing

__all__ = ["KEY_BYTES", "ROOT_KEY_ID", "Keys", "Reloaded", "load", "make_missing"]
