"""A virtual microphone that hears what stands in a file, as fast as it would be said.

It is plugged in while the file is there: raw samples as `hardware.microphone` takes them;
after their end it hears nothing. `python -m hardware.fake.microphone FILE` stands in for
`arecord`.
"""

import math
import sys
import time
from array import array
from functools import cache
from pathlib import Path

from hardware.microphone import BYTES_A_SECOND, RATE_HZ, Microphone

_PIECE = BYTES_A_SECOND // 20


def virtual_microphone(device: str) -> Microphone:
    """The virtual microphone that hears the file `device`."""
    return Microphone(
        (sys.executable, "-m", "hardware.fake.microphone", device), Path(device).is_file
    )


@cache
def tone(seconds: float, *, hertz: float = 440.0, loudness: float = 0.3) -> bytes:
    """Raw samples of a steady tone; `loudness` is its peak, from 0 to 1."""
    step = 2 * math.pi * hertz / RATE_HZ
    peak = loudness * 32767
    return array(
        "h", (round(peak * math.sin(step * number)) for number in range(int(seconds * RATE_HZ)))
    ).tobytes()


def main(file: Path) -> int:
    """Write what the file holds, then silence, until ended or pulled out."""
    heard = file.read_bytes()
    begun_s, sent = time.monotonic(), 0
    while file.exists():
        piece = heard[sent : sent + _PIECE].ljust(_PIECE, b"\0")
        sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
        sent += _PIECE
        time.sleep(max(0.0, begun_s + sent / BYTES_A_SECOND - time.monotonic()))
    return 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
