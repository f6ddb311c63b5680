"""A visit's process is searched from outside: its memory, and every file that it wrote."""

import ctypes
import gc
import os
import random
import subprocess
import sys
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.demo.display import virtual_display
from deploy.demo.processes import Processes
from kiosk.forgetting import forget
from tests.faults.search import found_in_files
from tests.journey.memory import copies_of_each

HEAVY = ("kiosk.printing", "kiosk.trial_print", "hardware.printer", "zxingcpp", "requests")
"""What a glass may come to load early; where letters were left used to depend on it."""
SHORTEST = 8
"""Letters that are searched for: freeing writes over the first ones only."""
CONTROL = "ท่าเกษม"
SELECTIONS = ("PRIMARY", "SECONDARY", "CLIPBOARD")


class Visit:
    """A child that is told what to type; `said` are words, place, phone and name."""

    def __init__(self, folder: Path, display: str, modules: tuple[str, ...]) -> None:
        home = folder.with_name("home")
        letters = random.choices("ฟหกดสวงผปแอทมยรนล", k=42)
        words, place, name = ("".join(letters[at : at + 14]) for at in (0, 14, 28))
        phone = "08" + "".join(random.choices("1234567", k=8))
        self.said = (words, place, phone, name)
        self._child = subprocess.Popen(
            [sys.executable, "-m", "tests.kiosk.remembering", str(folder), *modules],
            env={
                **os.environ,
                **dict.fromkeys(("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"), str(home)),
                "DISPLAY": display,
                "SDL_VIDEODRIVER": "x11",
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def type(self) -> str:
        """Have it typed as far as the review; the screen's name."""
        self._tell("".join(f"{ord(letter)}\n" for letter in "\n".join(self.said) + "\n"))
        return self.stands_at()

    def go_on(self) -> str:
        """To the end of the visit, and tidied."""
        self._tell("\n")
        return self.stands_at()

    def stands_at(self) -> str:
        """The screen it says it shows."""
        return self._child.stdout.readline().strip()

    def held(self) -> list[dict[str, int]]:
        """Where the ends of what was said, and of what it shows, are found in its memory."""
        ends = [said[-SHORTEST:] for said in (*self.said, CONTROL)]
        return [dict(found) for found in copies_of_each(ends, self._child.pid).values()]

    def close(self) -> None:
        """End it."""
        self._child.kill()
        self._child.communicate()

    def _tell(self, lines: str) -> None:
        self._child.stdin.write(lines.replace(f"{ord(chr(10))}\n", "\n"))
        self._child.stdin.flush()


@pytest.fixture(scope="module")
def display(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with Processes(tmp_path_factory.mktemp("display")) as processes:
        yield virtual_display(processes, 1024, 600)


@pytest.fixture(params=[(), HEAVY], ids=["lean", "everything loaded"])
def visit(tmp_path: Path, display: str, request: pytest.FixtureRequest) -> Iterator[Visit]:
    for name in ("box", "home"):
        (tmp_path / name).mkdir()
    visit = Visit(tmp_path / "box", display, request.param)
    yield visit
    visit.close()


class Ring:
    """Something that only Python's search for garbage takes away."""

    def __init__(self) -> None:
        self.itself = self


def test_what_was_left_out_of_the_search_for_garbage_is_forgotten_too(all_objects: None) -> None:
    ring = Ring()
    held = weakref.ref(ring)
    gc.freeze()
    del ring
    forget()
    is_frozen = gc.get_freeze_count() > 0
    assert held() is None
    assert is_frozen, "and the search stays short"


class Selections:
    """What an X display has to paste, looked at as another program would."""

    def __init__(self, display: str) -> None:
        self._x11 = ctypes.CDLL("libX11.so.6")
        self._x11.XOpenDisplay.restype = ctypes.c_void_p
        found = self._x11.XOpenDisplay(display.encode())
        assert found, f"nobody answers at {display}"
        self._display = ctypes.c_void_p(found)

    def owned(self) -> list[str]:
        """The selections that some window offers."""
        return [name for name in SELECTIONS if self._owner(name)]

    def offer(self, name: str) -> None:
        """Own one."""
        root = self._x11.XDefaultRootWindow(self._display)
        window = self._x11.XCreateSimpleWindow(self._display, root, 0, 0, 1, 1, 0, 0, 0)
        self._x11.XSetSelectionOwner(self._display, self._atom(name), window, 0)

    def close(self) -> None:
        """Go, and take what was offered along."""
        self._x11.XCloseDisplay(self._display)

    def _owner(self, name: str) -> int:
        return int(self._x11.XGetSelectionOwner(self._display, self._atom(name)))

    def _atom(self, name: str) -> int:
        return int(self._x11.XInternAtom(self._display, name.encode(), 0))


@pytest.fixture
def selections(display: str) -> Iterator[Selections]:
    selections = Selections(display)
    yield selections
    selections.close()


def test_the_look_at_the_clipboard_sees_what_a_program_offers(selections: Selections) -> None:
    assert selections.owned() == []
    selections.offer("CLIPBOARD")
    assert selections.owned() == ["CLIPBOARD"]


def test_nothing_said_stays_in_memory_on_disk_or_in_the_clipboard(
    visit: Visit, selections: Selections, tmp_path: Path
) -> None:
    assert visit.type() == "review"
    assert all(visit.held()), "the search finds what is there"
    assert selections.owned() == []
    assert visit.go_on() == "home"
    *said, shown = visit.held()
    assert shown, "the search finds what the glass shows"
    assert said == [{}] * len(visit.said)
    assert not found_in_files(visit.said, tmp_path)
