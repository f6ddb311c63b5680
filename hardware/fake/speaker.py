"""A virtual speaker that writes what it plays into a file, as fast as it would be heard.

It is plugged in while the file is there. `python -m hardware.fake.speaker FILE` stands in
for `aplay`.
"""

import sys
import time
from pathlib import Path

from hardware.speaker import RATE_HZ, Speaker

_PIECE = 2 * RATE_HZ // 20


def virtual_speaker(device: str) -> Speaker:
    """The virtual speaker that fills the file `device`."""
    return Speaker((sys.executable, "-m", "hardware.fake.speaker", device), Path(device).is_file)


def main(file: Path) -> int:
    """Take WAV from the input and append it to the file until its end, or pulled out."""
    begun_s, played = time.monotonic(), 0
    while piece := sys.stdin.buffer.read(_PIECE):
        if not file.exists():
            return 1
        with file.open("ab") as tape:
            tape.write(piece)
        played += len(piece)
        time.sleep(max(0.0, begun_s + played / (2 * RATE_HZ) - time.monotonic()))
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
