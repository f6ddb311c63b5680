"""Memory after a visit: what Python and C have let go of is written over.

Freeing a text only marks its place as free; the letters stay until something else needs the
room, which may be never. So once a visit is over we ask for all that room and give it back:
Python's blocks of up to 512 bytes by making objects of each size, whatever is larger and
what C libraries use by asking the C library.
"""

import ctypes
import gc
from bisect import bisect_right
from pathlib import Path

BLOCK = 16
"""Bytes between Python's sizes of small blocks (`Objects/obmalloc.c`)."""
LARGEST_BLOCK = 512
BYTES_HEAD = 33
"""Bytes that an empty `bytes` takes; it is as large as its content and these."""
BATCH = 256
"""Blocks asked for before looking whether they are new."""
MOST_BATCHES = 4000
"""Some hundreds of MB, far more than a glass frees; it only guards against going on for ever."""
C_SIZES = tuple(1 << power for power in range(17, 4, -1))
"""What is asked of C, largest first: what remains of a free piece is asked for next."""
MAPS = Path("/proc/self/maps")

Spans = list[int]

_c = ctypes.CDLL(None)
_c.calloc.restype = ctypes.c_void_p
_c.calloc.argtypes = [ctypes.c_size_t, ctypes.c_size_t]
_c.free.argtypes = [ctypes.c_void_p]


def forget() -> None:
    """Write over all memory that is free, and give back to the system what need not be kept.

    Twice collected: Kivy's widgets hold each other in circles, some of which only break once
    others have gone. Takes some tens of milliseconds; for moments when nobody waits.
    """
    was_frozen = gc.get_freeze_count() > 0
    gc.unfreeze()  # what was left out of the search may by now hold somebody's words for nobody
    gc.collect()
    gc.collect()
    if was_frozen:
        gc.freeze()
    _fill_blocks()
    give_back()
    _fill_pieces()
    give_back()


def give_back() -> None:
    """What is free goes back to the system; the C library by itself keeps what lies in between."""
    _c.malloc_trim(0)


def _fill_blocks() -> None:
    """Python's small blocks; the largest first, so that no whole pool is left for the others."""
    known, held = _mapped(), []
    for size in range(LARGEST_BLOCK, 0, -BLOCK):
        for _ in range(MOST_BATCHES):
            batch = _blocks(size)
            held.append(batch)
            if not _lies_in(known, id(batch[-1])):
                break


def _blocks(size: int) -> list[object]:
    """Objects of just `size` bytes, every byte of them written."""
    if size == BLOCK:
        return [object() for _ in range(BATCH)]
    if size == 2 * BLOCK:
        return [complex(0, number) for number in range(BATCH)]
    return [bytes(size - BYTES_HEAD) for _ in range(BATCH)]


def _fill_pieces() -> None:
    """What the C library keeps for later, until it has to ask the system for more."""
    known, held = _mapped(), []
    for size in C_SIZES:
        for _ in range(MOST_BATCHES):
            piece = _c.calloc(1, size - 8)
            held.append(piece)
            if not piece or not _lies_in(known, piece):
                break
    for piece in held:
        _c.free(piece)


def _mapped() -> Spans:
    """What the process has of memory now: the borders of it, in order."""
    spans = [line.split(" ", 1)[0] for line in MAPS.read_text().splitlines()]
    return [int(border, 16) for span in spans for border in span.split("-")]


def _lies_in(spans: Spans, address: int) -> bool:
    return bisect_right(spans, address) % 2 == 1
