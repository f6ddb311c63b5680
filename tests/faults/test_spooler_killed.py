"""The spooler is killed before and after each thing that it does, and started again.

A child runs the real spooler with the real store and the virtual printer, and dies of
SIGKILL at a chosen moment; moments are counted, so none is left to chance.
"""

import json
import os
import signal
from itertools import count
from pathlib import Path
from random import Random
from uuid import UUID, uuid4

import pytest

from hardware.fake.printer import VirtualPrinter
from hardware.printer.paper import PAPER_80
from hardware.printer.printer import Printer
from kiosk import slip
from kiosk.config import PrinterSettings
from kiosk.printing import Spooler
from kiosk.roll import Roll
from sync.store import STORE_FILE, SlipState, Store
from tests.bench.paper import WORDS
from tests.faults.ledger import IS_LONG, Ledger
from tests.sync.samples import INSTANT, NOW, submission

DEATHS = 999 if IS_LONG else 6
KEY = WORDS.tracking_key.encode()


class Moments:
    """Before and after each call; at one of them the process is gone."""

    def __init__(self, last: int) -> None:
        self._last, self.passed = last, 0

    def __call__(self) -> None:
        """One more moment."""
        if self.passed == self._last:
            os.kill(os.getpid(), signal.SIGKILL)
        self.passed += 1


class Mortal:
    """A store or a link, each of whose calls lies between two moments."""

    def __init__(self, inner: object, moment: Moments) -> None:
        self._inner, self._moment = inner, moment

    def __getattr__(self, name: str) -> object:
        def call(*args: object) -> object:
            self._moment()
            told = getattr(self._inner, name)(*args)
            self._moment()
            return told

        return call


def live(box: Path, last: int = -1) -> int:
    """A spooler's life from its start until nothing waits; how many moments it had.

    A `last` moment ends it before, and 0 comes back.
    """
    child = os.fork()
    if not child:
        moments = Moments(last)
        with Store.open(box / STORE_FILE) as store:
            link = VirtualPrinter(box / "tray", PAPER_80, patience_s=0.05)
            spooler = Spooler(
                Mortal(store, moments),
                Printer(Mortal(link, moments), done_s=0.05),
                box,
                PrinterSettings(),
                lambda: INSTANT,
                Roll(box, 0),
            )
            spooler.start()
            spooler.run_once()
        (box / "moments").write_text(str(moments.passed))
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return 0
    assert status == 0
    return int((box / "moments").read_text())


def box_with(folder: Path, *, is_copy: bool, **controls: object) -> tuple[Path, UUID]:
    """A box whose spooler does not run, with one slip, or its copy, that waits."""
    folder.mkdir()
    (folder / "tray").mkdir()
    (folder / "tray" / "control.json").write_text(json.dumps(controls))
    case_id = uuid4()
    with Store.open(folder / STORE_FILE) as store:
        words = bytes(slip.encode(WORDS))
        store.submit(case_id, INSTANT, lambda number: submission(case_id, number, words))
        if is_copy:
            store.claim_slip(NOW)
            store.slip_unknown(case_id, "device_lost")
            assert store.print_copy(case_id, INSTANT, 2)
    return folder, case_id


def state_of(box: Path, case_id: UUID) -> SlipState:
    with Store.open(box / STORE_FILE) as store:
        return store.slip_state(case_id)[0]


@pytest.mark.parametrize("is_copy", [False, True])
@pytest.mark.parametrize("controls", [{}, {"lost_after_bytes": 3000}, {"paper": False}])
def test_whenever_it_dies_no_slip_is_doubled_and_none_that_waited_is_lost(
    tmp_path: Path, ledger: Ledger, controls: dict[str, object], is_copy: bool
) -> None:
    numbers = count()

    def made() -> tuple[Path, UUID]:
        return box_with(tmp_path / str(next(numbers)), is_copy=is_copy, **controls)

    moments = range(live(made()[0]))
    chosen = sorted(Random(1).sample(moments, min(DEATHS, len(moments))))
    for last in chosen:
        box, case_id = made()
        live(box, last)
        waited = state_of(box, case_id) is SlipState.WAITING
        (box / "tray" / "control.json").write_text("{}")
        live(box)
        state, out = state_of(box, case_id), len(list((box / "tray").glob("slip-*.bin")))
        assert state in (SlipState.PRINTED, SlipState.EXPIRED), last
        assert out <= 1, last
        assert out == 1 or state is SlipState.EXPIRED, last
        assert state is SlipState.PRINTED or not waited, last
        assert not any(KEY in path.read_bytes() for path in box.glob("store.db*")), last
    ledger.count("deaths of the spooler at chosen moments", len(chosen))
