"""Which papers there are, what each keeps of its words, and how it is set out. Pure.

A paper is one line in `_SET_OUT` and a module that knows its words and makes a document of
them. What is printed for a resident is a job of the store's until it is printed or expires,
so its words are no more than the paper shall say; what staff ask for waits nowhere.
"""

from collections.abc import Callable
from typing import TypeVar

import msgspec

from hardware.printer.document import Document
from kiosk import slip
from kiosk.errors import PaperUnknown
from kiosk.papers import anchor, device, joined, trial, voucher
from kiosk.slip import SlipWords
from sync.store import SLIP

VOUCHER, JOINED, ANCHOR, DEVICE, TRIAL = "voucher", "joined", "anchor", "device", "trial"
"""Kinds of paper beside a case's slip, as jobs and requests name them."""

Words = TypeVar("Words", bound=msgspec.Struct)


def _of(shape: type[Words], document_for: Callable[[Words], Document]) -> "_SetOut":
    """A paper whose copies, if there are any, are marked in its words."""

    def set_one_out(kept: bytes, is_copy: bool) -> Document:
        words = msgspec.json.decode(kept, type=shape)
        return document_for(msgspec.structs.replace(words, is_copy=True) if is_copy else words)

    return set_one_out


_SetOut = Callable[[bytes, bool], Document]

_SET_OUT: dict[str, _SetOut] = {
    SLIP: _of(SlipWords, slip.document_for),
    VOUCHER: _of(voucher.VoucherWords, voucher.document_for),
    JOINED: _of(joined.JoinedWords, joined.document_for),
    ANCHOR: _of(anchor.AnchorWords, anchor.document_for),
    DEVICE: _of(device.DeviceWords, device.document_for),
    TRIAL: _of(trial.TrialWords, trial.document_for),
}
"""From what was kept, and whether this is a copy, to the document; by kind of paper."""


def set_out(paper: str, kept: bytes, *, is_copy: bool = False) -> Document:
    """The document of a job. A copy says so: the paper before it may be in a hand.

    Raises:
        PaperUnknown: a kind of paper that a later release keeps.
        msgspec.MsgspecError: not the words of such a paper.
    """
    if paper not in _SET_OUT:
        raise PaperUnknown(f"no paper of this release is called {paper}")
    return _SET_OUT[paper](kept, is_copy)
