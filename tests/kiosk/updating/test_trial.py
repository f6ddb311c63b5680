"""What follows from what is seen of a release on trial."""

from hypothesis import given
from hypothesis import strategies as st

from hardware.manager import Unit
from kiosk.updating.trial import (
    GLASS,
    KEEP_AFTER_S,
    START_S,
    Fault,
    Look,
    Verdict,
    Watch,
    judge,
    well,
)

AGENT = "kiosk-sync.service"
OLD, NEW = Unit(state="active", run="old"), Unit(state="active", run="new", result="success")
STARTING = Unit(state="activating", run="new")
WATCH = Watch(demanded=(GLASS, AGENT), began_s=0.0, former={GLASS: "old", AGENT: "old"})


def look(at_s: float, glass: Unit = NEW, agent: Unit = NEW, **pulse: float) -> Look:
    return Look(at_s=at_s, units={GLASS: glass, AGENT: agent}, **pulse)


def after(*looks: Look, watch: Watch = WATCH) -> Verdict:
    verdict: Verdict = "wait"
    for each in looks:
        watch, verdict = judge(watch, each)
        if verdict != "wait":
            break
    return verdict


def reason(*looks: Look) -> str:
    verdict = after(*looks)
    assert isinstance(verdict, Fault), verdict
    return verdict.reason


def test_a_release_is_kept_once_all_was_well_for_a_minute() -> None:
    assert after(look(2), look(KEEP_AFTER_S + 1)) == "wait"
    assert after(look(2), look(KEEP_AFTER_S + 2)) == "keep"


def test_the_minute_begins_when_the_last_is_ready() -> None:
    assert after(look(2, agent=STARTING), look(20), look(KEEP_AFTER_S + 19)) == "wait"


def test_the_release_before_does_not_count_while_it_ends() -> None:
    assert after(look(0, OLD, OLD), look(1, OLD, NEW), look(2)) == "wait"
    ending = Unit(state="failed", run="old", result="timeout")
    assert after(look(0, ending, NEW), look(2)) == "wait"


def test_a_glass_that_crashes_is_a_fault_at_once() -> None:
    crashed = Unit(state="activating", run="new", result="exit-code", is_waiting_to_restart=True)
    assert reason(look(2), look(9, crashed)) == "kiosk-ui ended: exit-code"


def test_one_that_crashed_between_two_looks_is_found_by_its_next_run() -> None:
    assert reason(look(2), look(9, Unit(state="active", run="newer"))) == "kiosk-ui did not stay up"


def test_one_that_gave_up_before_it_was_ready_is_a_fault_at_once() -> None:
    assert reason(look(3, Unit(state="failed", run="new", result="exit-code"))).startswith(
        "kiosk-ui"
    )


def test_one_that_never_draws_is_a_fault_after_half_a_minute() -> None:
    assert after(look(START_S, STARTING)) == "wait"
    assert "drew no first frame within 30 s" in reason(look(START_S + 0.5, STARTING))


def test_the_glass_is_named_where_others_wait_for_its_first_frame() -> None:
    watch = Watch(demanded=("kiosk-print.service", GLASS), began_s=0.0)
    waiting = {GLASS: STARTING, "kiosk-print.service": Unit()}
    _, verdict = judge(watch, Look(at_s=31, units=waiting))
    assert isinstance(verdict, Fault), verdict
    assert "kiosk-ui drew no first frame" in verdict.reason


def test_the_time_counts_from_when_a_unit_could_start() -> None:
    """Services of before may take their time to end: first the others, then the glass."""
    ended = Unit(state="inactive", run="old")
    held = [look(10, OLD, OLD), look(38, OLD, ended), look(39, STARTING, ended)]
    assert after(*held, look(44, NEW, STARTING), look(46)) == "wait"
    assert after(*held, look(68, STARTING, ended)) == "wait"
    assert "kiosk-ui drew no first frame" in reason(*held, look(69, STARTING, ended))
    ready = look(44, NEW, STARTING)
    assert "kiosk-sync was not ready" in reason(*held, ready, look(70, NEW, STARTING))


def test_a_glass_of_before_that_never_ends_is_a_fault() -> None:
    looks = [look(at, OLD, Unit(state="inactive", run="old")) for at in range(0, 90, 5)]
    assert "kiosk-ui drew no first frame" in reason(*looks)


def test_a_glass_that_was_not_well_holds_nobody_up_for_ever() -> None:
    watch = Watch(demanded=(AGENT,), began_s=0.0)
    looks = [look(at, STARTING, Unit()) for at in range(0, 130, 5)]
    verdict = after(*looks, watch=watch)
    assert isinstance(verdict, Fault), verdict
    assert "kiosk-sync was not ready" in verdict.reason


def test_one_that_never_starts_is_a_fault_too() -> None:
    assert "kiosk-sync was not ready" in reason(look(31, agent=OLD))


def test_a_glass_that_draws_no_more_is_found_before_systemd_ends_it() -> None:
    beats = [look(at, frame_at_s=at, frame_every_s=10.0) for at in (2, 12, 22)]
    assert after(*beats, look(40, frame_at_s=22, frame_every_s=10.0)) == "wait"
    assert "no frame for 19 s" in reason(*beats, look(41, frame_at_s=22, frame_every_s=10.0))


def test_the_pulse_of_the_release_before_is_not_the_new_ones() -> None:
    late = look(50, frame_at_s=-5, frame_every_s=10.0)
    assert after(late, look(67, frame_at_s=-5, frame_every_s=10.0)) == "wait"


def test_what_was_not_well_before_is_not_demanded() -> None:
    failed = Unit(state="failed", run="x")
    assert well({GLASS: failed, AGENT: OLD, "c.service": STARTING}) == (AGENT,)
    watch = Watch(demanded=(AGENT,), began_s=0.0)
    assert after(look(2, failed), look(KEEP_AFTER_S + 2, failed), watch=watch) == "keep"


def test_where_nothing_was_well_before_a_minute_is_waited_all_the_same() -> None:
    watch = Watch(demanded=(), began_s=0.0)
    assert after(look(1), watch=watch) == "wait"
    assert after(look(1), look(61), watch=watch) == "keep"


UNITS = st.builds(
    Unit,
    state=st.sampled_from(["active", "activating", "inactive", "failed", "deactivating"]),
    run=st.sampled_from(["old", "new", "newer"]),
    is_waiting_to_restart=st.booleans(),
)


@given(st.lists(st.tuples(st.floats(0.1, 30), UNITS, UNITS), max_size=40))
def test_nothing_is_kept_that_was_not_seen_well_for_a_minute_in_one_run(
    seen: list[tuple[float, Unit, Unit]],
) -> None:
    watch, at_s, streak_s, runs = WATCH, 0.0, None, None
    for pause_s, glass, agent in seen:
        at_s += pause_s
        watch, verdict = judge(watch, look(at_s, glass, agent))
        if isinstance(verdict, Fault):
            return
        is_well = all(unit.state == "active" and unit.run != "old" for unit in (glass, agent))
        if not is_well or (glass.run, agent.run) != runs:
            streak_s = at_s if is_well else None
            runs = (glass.run, agent.run) if is_well else None
        if verdict == "keep":
            assert streak_s is not None
            assert at_s - streak_s >= KEEP_AFTER_S
            return
