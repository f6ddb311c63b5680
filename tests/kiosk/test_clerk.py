import pytest

from kiosk.clerk import Clerk, Post
from kiosk.form.flow import Step
from kiosk.intake import Receipt
from kiosk.scene import (
    Back,
    Begin,
    BoxState,
    Change,
    Choose,
    Forward,
    Leave,
    Rate,
    Say,
    Speak,
    TellSlip,
)
from sync.errors import NewCodeNeeded, StoreDamaged, StoreFull, StoreReadOnly


class PaperCounter:
    """Takes forms until `trouble` is set; keeps them as a store would."""

    def __init__(self):
        self.cases = {}
        self.ratings = {}
        self.gives_paper = False
        self.trouble = None
        self.broken = None

    def submit(self, complaint, language):
        if self.trouble:
            raise self.trouble
        self.cases[complaint.case_id] = (complaint, language)
        return Receipt(
            case_id=complaint.case_id,
            reference=f"A1-{len(self.cases):04}-X",
            tracking_key="K" * 16,
            tracking_url="HTTPS://EXAMPLE.TH/T/A1/K",
        )

    def look(self):
        if self.broken:
            raise self.broken

    def rate(self, rating, language):
        if self.trouble:
            raise self.trouble
        self.ratings[rating.rating_id] = rating
        return self.gives_paper


class Tray:
    """Where slips lie; `states["slip"]` is how each of them is."""

    def __init__(self, states):
        self.states = states
        self.asked, self.left = [], []

    def state(self, case_id):
        self.asked.append(case_id)
        return self.states["slip"]

    def came_out(self, case_id):
        self.states["slip"] = "printed"

    def print_again(self, case_id):
        self.states["slip"] = "waiting"

    def leave(self, case_id):
        self.left.append(case_id)


@pytest.fixture
def counter():
    return PaperCounter()


@pytest.fixture
def clerk(counter):
    return Clerk(counter, Tray({"slip": "waiting"}), box_state=BoxState)


def to_review(clerk):
    for ask in (
        Begin("complaint"),
        Choose("topic_code", "road"),
        Say("words", "ถนนเป็นหลุม"),
        Forward(),
        Choose("village_code", "village-3"),
        Say("phone", "0812345678"),
        Forward(),
    ):
        scene = clerk.hear(ask)
    assert scene.visit.step is Step.REVIEW
    return scene


def test_a_complaint_goes_from_home_to_done_and_is_kept_once(clerk, counter):
    to_review(clerk)
    scene = clerk.hear(Forward())
    assert scene.visit.step is Step.DONE
    assert scene.receipt is not None
    clerk.hear(Forward())
    assert len(counter.cases) == 1


def test_the_answers_are_gone_as_soon_as_they_are_kept(clerk):
    to_review(clerk)
    assert clerk.hear(Forward()).visit.draft is None


def test_a_rating_is_kept_with_its_face(clerk, counter):
    for ask in (Begin("rating"), Choose("division_code", "works"), Choose("score", 4)):
        scene = clerk.hear(ask)
    assert scene.visit.step is Step.THANKS
    [rating] = counter.ratings.values()
    assert (rating.division_code, rating.score) == ("works", 4)


def test_a_second_touch_on_begin_does_not_start_over(clerk):
    first = clerk.hear(Begin("complaint"))
    assert clerk.hear(Begin("complaint")) == first


@pytest.mark.parametrize("trouble", [StoreFull("no space"), StoreDamaged("bad page")])
def test_a_disk_that_takes_nothing_loses_nothing_of_what_was_said(clerk, counter, trouble):
    before = to_review(clerk)
    counter.trouble = trouble
    scene = clerk.hear(Forward())
    assert scene.visit == before.visit
    assert scene.trouble == trouble.code
    assert scene.receipt is None
    counter.trouble = None
    assert clerk.hear(Forward()).visit.step is Step.DONE
    assert clerk.scene.trouble == ""
    assert list(counter.cases) == [before.visit.draft.case_id]


def test_trouble_with_the_disk_is_still_known_to_the_next_resident(clerk, counter):
    to_review(clerk)
    counter.trouble = StoreFull("no space")
    clerk.hear(Forward())
    assert clerk.hear(Leave()).trouble == "store_full"


@pytest.mark.parametrize(
    "trouble", [StoreFull("no space"), StoreReadOnly("read-only"), NewCodeNeeded("A1 is spent")]
)
def test_nobody_begins_a_form_that_cannot_be_kept(clerk, counter, trouble):
    counter.broken = trouble
    scene = clerk.hear(Begin("complaint"))
    assert (scene.visit.step, scene.trouble) == (Step.HOME, trouble.code)
    counter.broken = None
    scene = clerk.hear(Begin("complaint"))
    assert (scene.visit.step, scene.trouble) == (Step.TOPIC, "")


def test_damage_is_noticed_while_nobody_touches(clerk, counter):
    counter.broken = StoreDamaged("another file lies there now")
    assert clerk.look_up().trouble == "store_damaged"
    counter.broken = None
    assert clerk.look_up().trouble == "store_damaged", "until a touch has tried"


def test_a_step_that_is_not_answered_says_which_field_and_why(clerk):
    clerk.hear(Begin("complaint"))
    clerk.hear(Choose("topic_code", "road"))
    scene = clerk.hear(Forward())
    assert (scene.visit.step, scene.wrong) == (Step.WORDS, {"words": "empty"})
    assert clerk.hear(Say("words", "ห")).wrong == {}


def test_another_language_changes_nothing_but_the_language(clerk):
    before = to_review(clerk)
    scene = clerk.hear(Speak("en"))
    assert scene.visit.language == "en"
    assert scene.visit.draft == before.visit.draft
    clerk.hear(Forward())
    assert clerk.scene.visit.language == "en"


def test_a_changed_line_leads_back_to_the_review(clerk):
    to_review(clerk)
    clerk.hear(Change(Step.TOPIC))
    scene = clerk.hear(Choose("topic_code", "drain"))
    assert scene.visit.step is Step.REVIEW
    assert scene.visit.draft.topic_code == "drain"
    clerk.hear(Change(Step.PLACE))
    assert clerk.hear(Back()).visit.draft == scene.visit.draft


def test_whoever_comes_next_finds_the_first_language_and_no_answer(clerk):
    to_review(clerk)
    clerk.hear(Speak("en"))
    scene = clerk.hear(Leave())
    assert scene.visit.step is Step.HOME
    assert scene.visit.language == "th"
    assert scene.visit.draft is None
    assert clerk.hear(Begin("complaint")).visit.draft.words == ""


def test_the_slip_and_the_printer_are_looked_up_when_somebody_rings(counter):
    states = {"slip": "waiting", "printer": "ok"}
    tray = Tray(states)
    clerk = Clerk(counter, tray, lambda: BoxState(printer=states["printer"]))
    to_review(clerk)
    receipt = clerk.hear(Forward()).receipt
    states.update(slip="printed", printer="paper_out")
    scene = clerk.look_up()
    assert (scene.slip, scene.box.printer) == ("printed", "paper_out")
    assert set(tray.asked) == {receipt.case_id}
    assert clerk.hear(Leave()).slip == "waiting"
    assert tray.left == [receipt.case_id]


def test_the_paper_that_goes_with_a_rating_is_looked_up_until_its_visit_ends(counter):
    counter.gives_paper = True
    tray = Tray({"slip": "waiting"})
    clerk = Clerk(counter, tray, BoxState, Post(division="works"))
    scene = clerk.hear(Rate(5))
    assert (scene.job, scene.has_paper) == (scene.visit.rating.rating_id, True)
    tray.states["slip"] = "expired"
    assert not clerk.look_up().has_paper
    counter.gives_paper, tray.states["slip"] = False, "printed"
    assert clerk.hear(Rate(4)).job == scene.job, "the first one is still to be taken"
    assert not clerk.hear(Leave()).has_paper
    assert tray.left == [scene.job]
    assert clerk.hear(Rate(5)).job is None, "no paper was given"


def test_no_paper_is_promised_of_a_printer_that_does_not_print(counter):
    counter.gives_paper = True
    clerk = Clerk(
        counter,
        Tray({"slip": "waiting"}),
        lambda: BoxState(printer="paper_out"),
        Post(division="works"),
    )
    assert not clerk.hear(Rate(5)).has_paper


def test_a_slip_in_doubt_is_answered_for_by_its_own_visit(counter):
    tray = Tray({"slip": "asked"})
    clerk = Clerk(counter, tray, BoxState)
    to_review(clerk)
    assert clerk.hear(Forward()).slip == "asked"
    assert clerk.hear(TellSlip(came_out=False)).slip == "waiting"
    tray.states["slip"] = "asked"
    clerk.hear(Leave())
    clerk.hear(TellSlip(came_out=True))
    assert tray.states["slip"] == "asked", "nobody's slip any more"


def test_a_box_that_takes_nothing_still_looks_slips_up(counter, clerk):
    counter.broken = StoreFull("full")
    assert clerk.hear(Begin("track")).visit.step is Step.TRACK
