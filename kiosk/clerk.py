"""The clerk behind the glass: hears what a screen asks and decides what is shown next.

Nothing here knows Kivy.
"""

import logging
import os
from collections.abc import Callable
from typing import Protocol
from uuid import UUID

import msgspec

from kiosk.enquiring import Nobody
from kiosk.form import flow, opinions
from kiosk.form.checks import clean_key, clean_reference, clean_words
from kiosk.form.flow import Step, Visit
from kiosk.form.model import CHANCE_BYTES, Addition, Draft, Joining, Lookup, Rating
from kiosk.handing import Slips
from kiosk.intake import Receipt
from kiosk.opining import Keeper, Opinion, Opinions
from kiosk.scene import (
    Adapt,
    Aside,
    Ask,
    Back,
    Begin,
    BoxState,
    Change,
    Choose,
    Enclose,
    Forward,
    Leave,
    Rate,
    Say,
    Scan,
    Scene,
    Speak,
    TellSlip,
    Toggle,
)
from sync.bulletin import Item
from sync.case import Kind
from sync.desk import Told
from sync.errors import BadReference, NewCodeNeeded, StoreDamaged, StoreFull, SyncError
from sync.inquiry import Inquiry
from sync.profile import Survey
from sync.reference import parse_tracking_url

log = logging.getLogger(__name__)

UNKEPT = (StoreFull, StoreDamaged, NewCodeNeeded)
"""Why nothing can be kept; the glass says so at the touch that met it."""


class Counter(Keeper, Protocol):
    """Who takes finished forms; `kiosk.intake.Intake` is one."""

    def submit(self, draft: Draft, language: str) -> Receipt:
        """Keep a case."""

    def rate(self, rating: Rating, language: str) -> bool:
        """Keep a rating; True when a paper is printed for it."""

    def add(self, addition: Addition, language: str) -> None:
        """Keep words that are added to a case."""

    def join(self, joining: Joining, language: str, activity: Item | None) -> bool:
        """Keep that somebody signed up for an activity; True as of `rate`."""

    def look(self) -> None:
        """Raise what would stand in the way of keeping anything."""


class Enquirer(Protocol):
    """Who asks central how a case stands; `kiosk.enquiring.Enquirer` is one."""

    def ask(self, inquiry: Inquiry) -> None:
        """Begin to ask; whoever asked before is forgotten."""

    def told(self) -> Told | None:
        """What came of it, None while it is being asked."""

    def drop(self) -> None:
        """Nobody waits for the answer any more."""


class Post(msgspec.Struct, frozen=True, kw_only=True):
    """Where a clerk sits: `language` is what a visit begins in.

    `division` is the code of the one that is rated here, empty where it has to be asked.
    `survey_for` finds a division's questionnaire.
    """

    language: str = "th"
    division: str = ""
    survey_for: Callable[[str], Survey | None] = lambda _: None


ANYWHERE = Post()


class Clerk:
    """Serves one visit after the other.

    `slips` tells how far a case's slip is, `box_state` how the box is.
    `enquirer` asks central live, for who holds a slip.
    """

    def __init__(
        self,
        counter: Counter,
        slips: Slips,
        box_state: Callable[[], BoxState],
        post: Post = ANYWHERE,
        chance: Callable[[int], bytes] = os.urandom,
        enquirer: Enquirer | None = None,
    ) -> None:
        self._counter = counter
        self._slips = slips
        self._box_state = box_state
        self._post = post
        self._chance = chance
        self._enquirer = enquirer or Nobody()
        self._opinions = Opinions(counter, post.survey_for)
        self.scene = self._first_scene()

    def hear(self, ask: Ask) -> Scene:
        """Decide what follows from `ask`, keep what is finished, and return what to show."""
        if isinstance(ask, Scan):
            self._scan(ask.code)
        elif isinstance(ask, TellSlip):
            self._tell_slip(came_out=ask.came_out)
        elif self._visit.step in opinions.STEPS and isinstance(ask, Opinion):
            self._opine(ask)
        else:
            self._hear(ask)
        return self.scene

    def _hear(self, ask: Ask) -> None:
        match ask:
            case Begin():
                self._begin(ask.form, ask.division_code)
            case Rate():
                self._rate(ask.score)
            case Say() | Choose() | Toggle() | Enclose():
                self._show(_taken_down(self._visit, ask), wrong={})
            case Back() | Change() | Aside() | Speak():
                self._turn(ask)
            case Adapt():
                self._show(self._visit, access=ask.access)
            case Leave():
                self._leave()
        if isinstance(ask, Choose | Forward):
            self._forward()

    def look_up(self) -> Scene:
        """Look again at slip, printer and store: somebody rang."""
        job, slip = self.scene.job, "waiting"
        try:
            self._counter.look()
            slip = self._slips.state(job) if job else slip
        except UNKEPT as error:
            self._note_trouble(error)
        self.scene = msgspec.structs.replace(
            self.scene, box=self._box_state(), slip=slip, told=self._told()
        )
        return self.scene

    def _told(self) -> Told | None:
        is_asking = self._visit.step is Step.STORY and self.scene.told is None
        return self._enquirer.told() if is_asking else self.scene.told

    @property
    def _visit(self) -> Visit:
        return self.scene.visit

    def _show(self, visit: Visit, **changes: object) -> None:
        self.scene = msgspec.structs.replace(self.scene, visit=visit, **changes)

    def _begin(self, form: str, division_code: str) -> None:
        from uuid6 import uuid7  # the first frame need not wait for its loading

        if self._visit.step is not Step.HOME:
            return
        if form == "track":
            self._show(flow.begin_lookup(self._visit))
        elif not self._is_open():
            return
        elif form == "join":
            self._show(flow.begin_joining(self._visit, uuid7()))
        elif form == "rating":
            self._show(flow.begin_rating(self._visit, uuid7(), division_code))
        else:
            chance = self._chance(CHANCE_BYTES)
            self._show(flow.begin_case(self._visit, Kind(form), uuid7(), chance))

    def _rate(self, score: int) -> None:
        """Keep the rating where the division is known, else ask for it.

        A button pressed while somebody fills in a form counts beside it: nobody's words
        are put away for it, and the rating is not lost.
        """
        from uuid6 import uuid7

        rating = Rating(rating_id=uuid7(), division_code=self._post.division, score=score)
        before, visit = self._visit, flow.rated(self._visit, rating)
        if visit.step in flow.ENDS and visit.rating:
            self._keep(visit)
        elif visit != before:
            self._show(visit, wrong={})
        elif self._post.division:
            self._keep_beside(rating)

    def _keep_beside(self, rating: Rating) -> None:
        try:
            self._counter.rate(rating, self._visit.language)
        except UNKEPT as error:
            self._note_trouble(error)

    def _opine(self, ask: Opinion) -> None:
        """What may follow a rating: whatever is finished is kept, and only then shown."""
        try:
            visit = self._opinions.hear(self._visit, ask)
        except UNKEPT as error:
            self._note_trouble(error)
            return
        wrong = opinions.what_is_wrong(visit) if isinstance(ask, Forward) else {}
        self._show(visit, wrong=wrong, trouble="")

    def _is_open(self) -> bool:
        """Whether a form that is begun now could be kept; nobody shall type in vain."""
        try:
            self._counter.look()
        except UNKEPT as error:
            self._note_trouble(error)
            return False
        self._show(self._visit, trouble="")
        return True

    def _note_trouble(self, error: SyncError) -> None:
        if error.code != self.scene.trouble:
            log.warning("nothing can be kept: %s: %s", error.code, error)
        self._show(self._visit, trouble=error.code)

    def _tell_slip(self, *, came_out: bool) -> None:
        """A slip in doubt: it is there, or a copy is wanted. Whoever is asked submitted it."""
        receipt = self.scene.receipt
        if receipt is None:
            return
        tell = self._slips.came_out if came_out else self._slips.print_again
        try:
            tell(receipt.case_id)
        except UNKEPT as error:
            self._note_trouble(error)
        self.look_up()

    def _leave(self) -> None:
        """Whoever comes next finds the first language and nothing of this visit.

        The answers of a questionnaire that is left early count as far as they go.
        """
        try:
            self._opinions.leave(self._visit)
            if job := self.scene.job:
                self._slips.leave(job)
        except UNKEPT as error:
            self._note_trouble(error)
        self._enquirer.drop()
        self.scene = msgspec.structs.replace(self._first_scene(), trouble=self.scene.trouble)

    def _first_scene(self) -> Scene:
        visit = Visit(language=self._post.language)
        return Scene(visit=visit, box=self._box_state(), division=self._post.division)

    def _forward(self) -> None:
        """Leave the step if its answer stands; the last one keeps the form first."""
        visit = self._visit
        onward = flow.forward(visit)
        if onward == visit:
            self._show(visit, wrong=flow.what_is_wrong(visit))
        elif onward.lookup and visit.step is Step.ADD:
            self._add(visit, onward.lookup)
        elif onward.lookup and onward.step is Step.STORY:
            self._look_up_case(onward, onward.lookup)
        elif onward.step in flow.ENDS:
            self._keep(onward)
        else:
            self._show(onward, wrong={})

    def _look_up_case(self, onward: Visit, lookup: Lookup) -> None:
        inquiry = Inquiry(reference=clean_reference(lookup.reference), key=clean_key(lookup.key))
        self._enquirer.ask(inquiry)
        self._show(onward, wrong={}, told=None)

    def _add(self, visit: Visit, lookup: Lookup) -> None:
        """Keep words to the case that central has just told of, then tell of it again."""
        from uuid6 import uuid7

        told = self.scene.told
        story = told.answer.story if told and told.answer else None
        if story is None:
            return
        addition = Addition(
            added_id=uuid7(),
            reference=clean_reference(lookup.reference),
            key=clean_key(lookup.key),
            words=clean_words(lookup.words),
            is_confidential=not story.topic_code,
        )
        try:
            self._counter.add(addition, visit.language)
        except UNKEPT as error:
            self._note_trouble(error)
            return
        self._show(flow.added(visit), wrong={}, trouble="")

    def _scan(self, code: str) -> None:
        """Look the slip up; a code of anything else is said. Nobody's form is put away for it."""
        if self._visit.step not in (Step.HOME, *flow.LOOKUP_STEPS):
            return
        self._enquirer.drop()
        begun = flow.begin_lookup(self._visit)
        try:
            reference, key = parse_tracking_url(code)
        except BadReference:
            self._show(begun, wrong={"scan": "not_a_slip"}, told=None)
            return
        self._show(flow.answered(begun, reference=str(reference), key=key))
        self._forward()

    def _turn(self, ask: Back | Change | Aside | Speak) -> None:
        """See the visit from elsewhere; who goes back to the slip waits for no answer."""
        turned = _turned(self._visit, ask)
        if self._visit.step is Step.STORY and turned.step not in (Step.STORY, Step.ADD):
            self._enquirer.drop()
            self._show(turned, told=None)
        else:
            self._show(turned)

    def _keep(self, onward: Visit) -> None:
        """Keep the form, and only then show its end; else say why it can't be kept."""
        try:
            receipt, paper = self._hand_over(onward)
        except UNKEPT as error:
            self._note_trouble(error)
            return
        ended = Visit(step=onward.step, language=onward.language, rating=onward.rating)
        paper = paper or self.scene.paper  # who rates twice takes the first one's too
        self._show(ended, receipt=receipt, paper=paper, trouble="", wrong={})
        self.look_up()

    def _activity(self, joining: Joining) -> Item | None:
        """What the glass told of it; None when it went out of force in the meantime."""
        called = {str(item.item_id): item for item in self.scene.box.activities}
        return called.get(joining.item_id)

    def _hand_over(self, onward: Visit) -> tuple[Receipt | None, UUID | None]:
        """Keep what is finished: a case's receipt, or the job of a paper that goes with it."""
        said = onward.language
        if onward.draft:
            return self._counter.submit(onward.draft, said), None
        if joining := onward.joining:
            has_paper = self._counter.join(joining, said, self._activity(joining))
            return None, joining.sign_up_id if has_paper else None
        if rating := onward.rating:
            return None, rating.rating_id if self._counter.rate(rating, said) else None
        return None, None


def _taken_down(visit: Visit, ask: Say | Choose | Toggle | Enclose) -> Visit:
    """The visit with one more answer, or another."""
    match ask:
        case Toggle():
            return flow.toggled(visit, ask.field, ask.answer)
        case Enclose():
            return flow.enclosed(visit, ask.enclosure)
        case _:
            return flow.answered(visit, **{ask.field: ask.answer})


def _turned(visit: Visit, ask: Back | Change | Aside | Speak) -> Visit:
    """The visit seen from elsewhere; no answer changes."""
    match ask:
        case Back():
            return flow.back(visit)
        case Change():
            return flow.change(visit, ask.step)
        case Aside():
            return flow.aside(visit, ask.step)
        case Speak():
            return flow.in_language(visit, ask.language)
