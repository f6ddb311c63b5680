from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.form import flow
from kiosk.form.flow import Step, Visit
from sync.case import Kind

CASE = UUID("0192f0c1-2345-7abc-8def-0123456789ab")
ANSWERS = {
    "topic_code": "road",
    "words": "ถนนเป็นหลุม",
    "village_code": "village-3",
    "name": "สมชาย",
    "phone": "0812345678",
}


def begun(kind: Kind = Kind.COMPLAINT, **answers: object) -> Visit:
    return flow.answered(flow.begin_case(Visit(), kind, CASE, b"1234567"), **answers)


def walk_to(step: Step, **answers: object) -> Visit:
    visit = begun(**(answers or ANSWERS))
    while visit.step is not step:
        onward = flow.forward(visit)
        assert onward != visit, f"stuck at {visit.step}"
        visit = onward
    return visit


@pytest.mark.parametrize("kind", Kind)
def test_a_case_asks_its_questions_in_order_and_ends(kind):
    visit, seen = begun(kind, **ANSWERS), []
    while visit.step is not Step.DONE:
        seen.append(visit.step)
        visit = flow.forward(visit)
    assert seen == list(flow.CASE_STEPS[kind])


def test_a_rating_asks_for_a_division_and_a_face():
    visit = flow.begin_rating(Visit(), CASE)
    assert flow.forward(visit) == visit
    visit = flow.forward(flow.answered(visit, division_code="works"))
    assert visit.step is Step.RATING
    assert flow.forward(visit) == visit
    assert flow.forward(flow.answered(visit, score=4)).step is Step.THANKS


def test_a_rating_of_a_division_chosen_at_home_asks_for_a_face_only():
    visit = flow.begin_rating(Visit(), CASE, "works")
    assert visit.step is Step.RATING
    assert flow.back(visit).step is Step.DIVISION
    assert flow.forward(flow.answered(visit, score=4)).step is Step.THANKS


@pytest.mark.parametrize(
    ("step", "missing"),
    [
        (Step.TOPIC, {"topic_code": ""}),
        (Step.WORDS, {"words": "  "}),
        (Step.PLACE, {"village_code": None}),
        (Step.CONTACT, {"phone": "12"}),
    ],
)
def test_a_step_without_an_accepted_answer_is_not_left(step, missing):
    visit = flow.answered(walk_to(step), **missing)
    assert not flow.is_complete(visit, step)
    assert flow.forward(visit) == visit
    at_review = flow.answered(walk_to(Step.REVIEW), **missing)
    assert flow.forward(at_review) == at_review


def test_not_sure_where_and_nobody_to_name_are_answers():
    visit = walk_to(Step.REVIEW, topic_code="road", words="หลุม", village_code="")
    assert flow.is_complete(visit, Step.REVIEW)


def test_going_back_keeps_every_answer():
    visit = walk_to(Step.REVIEW)
    for step in reversed(flow.CASE_STEPS[Kind.COMPLAINT][:-1]):
        visit = flow.back(visit)
        assert visit.step is step
        assert visit.draft == walk_to(Step.REVIEW).draft


def test_going_back_from_the_first_question_is_home_with_nothing_left():
    assert flow.back(begun(**ANSWERS)) == Visit()


def test_a_line_of_the_review_leads_back_to_the_review():
    changing = flow.change(walk_to(Step.REVIEW), Step.WORDS)
    assert changing.step is Step.WORDS
    assert flow.forward(flow.answered(changing, words="ใหม่")).step is Step.REVIEW
    assert flow.back(changing).step is Step.REVIEW
    emptied = flow.answered(changing, words="")
    assert flow.forward(emptied) == emptied


def test_nothing_leads_back_once_it_is_kept():
    kept = walk_to(Step.DONE)
    assert flow.back(kept) == kept
    assert flow.forward(kept) == kept
    assert flow.change(kept, Step.WORDS) == kept


@given(st.lists(st.sampled_from(["forward", "back", "th", "en", "change"]), max_size=30))
def test_no_way_through_the_form_changes_or_half_loses_an_answer(moves):
    visit = start = begun(**ANSWERS)
    for move in moves:
        if move in {"th", "en"}:
            before = visit
            visit = flow.in_language(visit, move)
            assert (visit.step, visit.draft) == (before.step, before.draft)
        elif move == "change":
            visit = flow.change(visit, Step.PLACE)
        else:
            visit = getattr(flow, move)(visit)
        assert visit.draft == start.draft or visit == Visit(language=visit.language)


def test_progress_counts_the_questions_from_one():
    assert flow.progress(begun()) == (1, 5)
    assert flow.progress(walk_to(Step.REVIEW)) == (5, 5)
    assert flow.progress(Visit()) == (0, 0)
    assert flow.progress(walk_to(Step.DONE)) == (0, 0)


def test_the_answers_do_not_show_in_a_repr():
    visit = walk_to(Step.REVIEW)
    for said in ("ถนนเป็นหลุม", "สมชาย", "0812345678"):
        assert said not in repr(visit)


def test_words_may_say_where_it_is_in_the_place_of_a_village():
    visit = flow.aside(walk_to(Step.PLACE, **{**ANSWERS, "village_code": None}), Step.WHERE)
    assert visit.step is Step.WHERE
    assert flow.progress(visit) == flow.progress(flow.back(visit)) == (3, 5)
    assert flow.forward(visit) == visit
    assert flow.forward(flow.answered(visit, place="  ")).step is Step.WHERE
    said = flow.answered(visit, place="หน้าวัด")
    assert flow.forward(said).step is Step.CONTACT
    assert flow.back(said).step is Step.PLACE
    assert flow.is_complete(said, Step.REVIEW)


def test_words_that_are_too_long_hold_the_place_up():
    visit = flow.aside(walk_to(Step.PLACE), Step.WHERE)
    said = flow.answered(visit, place="ก" * 201)
    assert flow.forward(said) == said
    assert flow.what_is_wrong(said) == {"place": "too_long"}


def test_from_the_review_words_about_the_place_lead_back_to_the_review():
    visit = flow.change(walk_to(Step.REVIEW), Step.PLACE)
    visit = flow.answered(flow.aside(visit, Step.WHERE), place="หน้าวัด")
    assert flow.forward(visit).step is Step.REVIEW


def test_nowhere_else_does_the_place_in_words_open():
    visit = walk_to(Step.CONTACT)
    assert flow.aside(visit, Step.WHERE) == visit


def looked_up(**typed: str) -> Visit:
    return flow.answered(flow.begin_lookup(Visit()), **typed)


def test_a_slip_is_looked_up_once_both_numbers_read_right():
    visit = looked_up(reference="a1 0042 9", key="k7qm-2r9x-k7qm-2r9x")
    assert flow.forward(visit).step is Step.STORY
    assert flow.forward(flow.forward(visit)) == flow.forward(visit)
    assert flow.back(flow.forward(visit)) == visit
    assert flow.back(visit) == Visit()
    assert flow.progress(visit) == (0, 0)


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"reference": "A1-0042-Q", "key": "0" * 16}, {"reference": "not_a_reference"}),
        ({"reference": "A1-0042-9", "key": "0" * 15}, {"key": "not_a_key"}),
        ({"reference": "8850123456789", "key": "8850123456789"}, ...),
        ({}, ...),
    ],
)
def test_what_does_not_read_as_a_slip_is_said_field_by_field(typed, wrong):
    visit = looked_up(**typed)
    assert flow.forward(visit) == visit
    both = {"reference": "not_a_reference", "key": "not_a_key"}
    assert flow.what_is_wrong(visit) == (both if wrong is ... else wrong)


def test_a_look_up_tells_nothing_of_itself():
    assert "0042" not in repr(looked_up(reference="A1-0042-9"))
