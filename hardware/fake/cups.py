"""A virtual CUPS: the three programs that `hardware.printer.cups` calls, over a folder.

`install` puts them where PATH can find them. The folder is the spool: a queue is a
directory in it, a job that was handed on a file `JOB.done`; while there is a file `held`
in a queue, jobs stay, and while there is one `stopped`, it takes none.
"""

import sys
from pathlib import Path

PROGRAMS = ("lp", "lpstat", "cancel")


def install(programs: Path, spool: Path) -> None:
    """Write the programs into `programs`; they work on `spool`."""
    programs.mkdir(parents=True, exist_ok=True)
    for name in PROGRAMS:
        program = programs / name
        command = f"exec {sys.executable} -m hardware.fake.cups {spool} {name}"
        program.write_text(f'#!/bin/sh\n{command} "$@"\n')
        program.chmod(0o755)


def main(spool: Path, name: str, arguments: list[str]) -> str:
    """What program `name` says.

    Raises:
        LookupError: it knows no such queue, or takes nothing.
    """
    match name, arguments:
        case "lpstat", ["-e"]:
            return "".join(f"{queue.name}\n" for queue in sorted(spool.iterdir()))
        case "lpstat", ["-p", queue]:
            stopped = (_queue(spool, queue) / "stopped").exists()
            state = "disabled since Mon -\n\tPaused" if stopped else "is idle.  enabled since Mon"
            return f"printer {queue} {state}\n"
        case "lpstat", ["-W", "not-completed", "-o", queue]:
            jobs = sorted(_queue(spool, queue).glob("*.waiting"))
            return "".join(f"{job.stem}  kiosk  1024  Mon\n" for job in jobs)
        case "lp", ["-d", queue, "-o", "raw", "-"]:
            return f"request id is {_add(_queue(spool, queue))} (0 file(s))\n"
        case "cancel", [job]:
            (_queue(spool, job.rpartition("-")[0]) / f"{job}.waiting").unlink()
            return ""
    raise LookupError(f"{name}: unknown option")


def _add(queue: Path) -> str:
    job = f"{queue.name}-{len(list(queue.glob('*.*'))) + 1}"
    state = "waiting" if (queue / "held").exists() else "done"
    (queue / f"{job}.{state}").write_bytes(sys.stdin.buffer.read())
    return job


def _queue(spool: Path, name: str) -> Path:
    if not (spool / name).is_dir():
        raise LookupError(f'Invalid destination name in list "{name}".')
    return spool / name


if __name__ == "__main__":
    try:
        sys.stdout.write(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3:]))
    except LookupError as error:
        sys.exit(f"{sys.argv[2]}: {error.args[0]}")
