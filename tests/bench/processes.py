"""What a process and all its descendants cost, read from /proc."""

import contextlib
from pathlib import Path

NANOSECONDS = 1e9


def tree(pid: int) -> list[int]:
    """The process and its descendants."""
    found = [pid]
    for parent in found:
        for task in Path(f"/proc/{parent}/task").glob("*/children"):
            found += [int(child) for child in task.read_text().split()]
    return found


def pss_mib(pid: int) -> float:
    """Proportional set size of the tree, MiB: shared pages counted once, shared out."""
    return sum(_pss_kib(process) for process in tree(pid)) / 1024


def rss_mb(pid: int) -> float:
    """Resident memory of one process, MB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1000


def cpu_s(pid: int) -> float:
    """Processor time of the tree so far, seconds, from the scheduler's own nanoseconds."""
    return sum(_cpu_ns(process) for process in tree(pid)) / NANOSECONDS


def wake_ups(pid: int) -> int:
    """How often the tree's threads began to run after waiting, so far."""
    return sum(_woken(process) for process in tree(pid))


def _pss_kib(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def _woken(pid: int) -> int:
    woken = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it ended meanwhile
            lines = (task / "status").read_text().splitlines()
            woken += sum(int(x.split()[1]) for x in lines if x.startswith("voluntary_ctxt"))
    return woken


def _cpu_ns(pid: int) -> int:
    spent = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it ended meanwhile
            spent += int((task / "schedstat").read_text().split()[0])
    return spent
