"""Whether a slip is in the hand it was printed for: how far it is, and what that person says.

Only whoever submitted the case is asked, and only while they are there. A slip in doubt
that nobody answers for is given up when the visit ends: the next resident gets neither the
slip nor the question.
"""

import logging
from collections.abc import Callable
from typing import Protocol
from uuid import UUID

from sync.case import Instant
from sync.store import SlipState, Store

log = logging.getLogger(__name__)

MOST_COPIES = 2
"""After so many reprints a photograph of the screen serves better."""
ASKED = "asked"
"""State of a slip in doubt that can be printed again, beside those of `SlipState`."""
_NOBODY_SAID = "nobody_said"


class Slips(Protocol):
    """Who knows of slips; `Handing` is one."""

    def state(self, case_id: UUID) -> str:
        """How far a case's slip is."""

    def came_out(self, case_id: UUID) -> None:
        """A slip in doubt is in somebody's hand."""

    def print_again(self, case_id: UUID) -> None:
        """A slip in doubt is not."""

    def leave(self, case_id: UUID) -> None:
        """Nobody waits for it any more."""


class Handing:
    """The slips of `store`, as the glass sees them; `wake` has the spooler look at once."""

    def __init__(self, store: Store, now: Callable[[], Instant], wake: Callable[[], None]) -> None:
        self._store, self._now, self._wake = store, now, wake

    def state(self, case_id: UUID) -> str:
        """How far the slip is; `asked` when only a person can tell, and may have a copy.

        Raises:
            StoreDamaged: the store cannot be trusted.
        """
        state, _ = self._store.slip_state(case_id)
        in_doubt = state is SlipState.UNKNOWN
        may_copy = in_doubt and self._store.slip_copies(case_id) < MOST_COPIES
        return ASKED if may_copy else state.value

    def came_out(self, case_id: UUID) -> None:
        """It is in their hand. Raises StoreFull, StoreDamaged."""
        if self._store.slip_came_out(case_id, self._now().wall):
            log.info("slip came out, says who waits for it")

    def print_again(self, case_id: UUID) -> None:
        """It is not. Raises StoreFull, StoreDamaged."""
        if self._store.print_copy(case_id, self._now(), MOST_COPIES):
            log.info("slip did not come out, says who waits for it")
            self._wake()

    def leave(self, case_id: UUID) -> None:
        """They have gone; a slip in doubt is of no use any more. Raises as `print_again`."""
        self._store.give_up_slip(case_id, SlipState.UNKNOWN, _NOBODY_SAID)
