"""Lights and sounds over time."""

from hypothesis import given
from hypothesis import strategies as st

from hardware.panel.pattern import QUICK, SLOW, STEADY, THREE_LONG, TWO_SHORT, Pattern, at


def test_steady_is_on_and_never_changes() -> None:
    assert at(STEADY, 1e9) == (True, None)


def test_two_short_ones_end_by_themselves() -> None:
    assert [at(TWO_SHORT, passed)[0] for passed in (0, 0.2, 0.35, 0.5, 0.7, 100)] == [
        *(True, False, True, False, False, False),
    ]
    assert at(TWO_SHORT, 0.7)[1] is None


@given(st.sampled_from([SLOW, QUICK, TWO_SHORT, THREE_LONG]), st.floats(0, 1000))
def test_it_stays_as_it_is_until_it_is_due(pattern: Pattern, passed_s: float) -> None:
    is_on, next_s = at(pattern, passed_s)
    if next_s is None or next_s - passed_s < 1e-6:
        assert not is_on or next_s
        return
    assert passed_s <= next_s
    assert at(pattern, (passed_s + next_s) / 2)[0] == is_on
    assert at(pattern, next_s + 1e-6)[0] != is_on or not is_on
