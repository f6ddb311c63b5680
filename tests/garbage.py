"""Python's search for garbage, less what stays for the whole run.

A process of the suite holds the modules and items of thousands of tests. Looked through again at
each search they took a third of the time of a test with a glass.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

YOUNG, MIDDLING, OLD = 20_000, 10, 10
"""After how many new objects, and how many such searches, the next older ones are searched too."""


def leave_out() -> None:
    """What is there now is not searched any more; what comes is, less often than usual."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLING, OLD)


@contextmanager
def with_everything() -> Iterator[None]:
    """For who looks at all objects or has the product leave some out: at first none is."""
    gc.unfreeze()
    try:
        yield
    finally:
        gc.unfreeze()
        leave_out()
