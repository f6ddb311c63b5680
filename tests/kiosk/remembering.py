"""A visit in a process of its own whose memory somebody then searches.

Run as `python -m tests.kiosk.remembering FOLDER [MODULE ...]`; imports the modules first. It is
told on its standard input what to type, a letter a line by its number, for it must never hold the
words but by typing them; a blank line ends words, name and phone. It says what it did.
"""

import subprocess
import sys
from importlib import import_module
from pathlib import Path

from tests.kiosk.screens.box import Box  # isort: skip  (it opens the window)

PRINTING = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from sync.store import Store

with Store.open(Path(sys.argv[1])) as store:
    job = store.claim_slip(datetime.now(UTC))
    store.slip_printed(job.job_id, datetime.now(UTC))
"""


def main(folder: Path, modules: list[str]) -> None:
    for module in modules:
        import_module(module)
    box = Box(folder, draws=False)
    for target in ("kind:complaint", "topic:road"):
        box.touch(target)
    _type(box)
    for target in ("next", "village:in_words"):
        box.touch(target)
    _type(box)
    for target in ("next", "phone"):
        box.touch(target)
    _type(box)
    box.touch("name")
    _type(box)
    for target in ("done-typing", "next"):
        box.touch(target)
    _say(box)
    box.touch("next")
    _print(folder, box)
    box.touch("finish")
    box.glass.tidy()  # as two seconds later
    box.frames()
    _say(box)


def _print(folder: Path, box: Box) -> None:
    """What the printer's process does; the glass looks how its slip stands."""
    subprocess.run([sys.executable, "-c", PRINTING, folder / "store.db"], check=True)
    case_id = box.clerk.scene.receipt.case_id
    box.slip = box.store.slip_state(case_id)[0].value
    box.glass.show(box.clerk.look_up())
    box.frames()


def _type(box: Box) -> None:
    """Touch one key for each line, until one is blank."""
    while (line := sys.stdin.readline()) != "\n":
        box.type(chr(int(line)))


def _say(box: Box) -> None:
    """Tell where it stands, and wait."""
    print(box.glass.name, flush=True)
    sys.stdin.readline()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
