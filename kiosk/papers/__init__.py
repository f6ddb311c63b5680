"""Which papers are printed as jobs, what each keeps of its words, and how it is set out. Pure.

A paper is one line in `_SET_OUT` and two functions of the module that knows its words: one
that keeps them (`slip.kept`) and one that makes a document of what was kept. They are kept in
the store until they are printed or expire, so they hold no more than the paper shall say.
"""

from collections.abc import Callable

import msgspec

from hardware.printer.document import Document
from kiosk import slip
from kiosk.errors import PaperUnknown
from kiosk.slip import SlipWords
from sync.store import SLIP

_SET_OUT: dict[str, Callable[[bytes, bool], Document]] = {
    SLIP: lambda kept, is_copy: slip.document_for(_marked(slip.decode(kept), is_copy)),
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


def _marked(words: SlipWords, is_copy: bool) -> SlipWords:
    return msgspec.structs.replace(words, is_copy=words.is_copy or is_copy)
