"""The guard switches, watches, keeps or returns; and goes on after whatever ends it."""

import shutil
from pathlib import Path

import pytest

from hardware.errors import HardwareError
from hardware.fake.manager import Fate
from kiosk.errors import ReleaseRefused
from kiosk.updating import deed, record, resuming
from kiosk.updating.guard import OUT_OF_SERVICE, SERVICES, see_to_it
from kiosk.updating.trial import GLASS
from tests.kiosk.updating.box import Box, PowerCut, cut_after


def test_a_release_that_is_well_is_kept_and_the_one_before_can_be_returned_to(box: Box) -> None:
    box.begin("1.1.0")
    trial = box.carry_on()
    assert (trial.phase, trial.reason) == ("kept", "")
    assert box.is_whole() == "1.1.0"
    assert box.where.named("previous") == "1.0.0"
    assert not box.where.on_trial.exists()


@pytest.mark.parametrize(
    ("fate", "words"),
    [
        (Fate(crashes_s=0.5, ready_s=None), "kiosk-ui ended: exit-code"),
        (Fate(crashes_s=10.0), "kiosk-ui ended: exit-code"),
        (Fate(ready_s=None), "kiosk-ui drew no first frame within 30 s"),
        (Fate(hangs_s=5.0), "kiosk-ui drew no frame for"),
    ],
    ids=["crashes at start", "crashes later", "never ready", "hangs"],
)
def test_a_bad_release_is_taken_back_within_a_minute_with_the_reason(
    box: Box, fate: Fate, words: str
) -> None:
    box.fates["1.1.0"] = fate
    box.begin("1.1.0")
    went_wrong_s = box.now_s + (fate.crashes_s or fate.hangs_s or 0.0)
    trial = box.carry_on()
    assert trial.phase == "returned"
    assert words in trial.reason
    assert box.now_s - went_wrong_s <= 60
    assert box.is_whole() == "1.0.0"
    assert trial.took_s is not None
    assert trial.took_s <= 60
    assert not box.where.release("1.1.0").exists(), "what was taken back is removed"
    assert "1.1.0 was taken back" in " ".join(trial.text().split())


def test_a_good_release_is_kept_though_the_services_of_before_end_slowly(box: Box) -> None:
    """As an agent does while central swallows its requests."""
    box.fates["1.0.0"] = Fate(stops_s=29.0)
    box.reboot()
    box.begin("1.1.0")
    trial = box.carry_on()
    assert (trial.phase, trial.reason) == ("kept", "")


def test_a_hang_that_the_pulse_does_not_tell_is_found_by_systemds_watchdog(box: Box) -> None:
    box.has_pulse = False
    box.fates["1.1.0"] = Fate(hangs_s=5.0)
    box.begin("1.1.0")
    assert "ended: watchdog" in box.carry_on().reason


def test_what_was_taken_back_is_not_what_is_returned_to_later(box: Box) -> None:
    box.begin("1.1.0")
    box.carry_on()
    box.fates["1.2.0"] = Fate(crashes_s=1.0)
    box.begin("1.2.0")
    box.carry_on()
    assert box.is_whole() == "1.1.0"
    assert box.where.named("previous") == "1.0.0"


def test_two_releases_are_kept_and_older_ones_removed(box: Box) -> None:
    for version in ("1.1.0", "1.2.0", "1.3.0"):
        box.begin(version)
        assert box.carry_on().phase == "kept"
    there = {path.name for path in (box.where.root / "releases").iterdir()}
    assert there == {"1.2.0", "1.3.0"}


def test_a_rollback_switches_and_says_how_it_went(box: Box) -> None:
    box.begin("1.1.0")
    box.carry_on()
    deed.begin(box.where, box.manager, "rollback", deed.former(box.where))
    trial = box.carry_on()
    assert (trial.kind, trial.phase) == ("rollback", "kept")
    assert trial.took_s is not None
    assert trial.took_s <= 60
    assert box.is_whole() == "1.0.0"


def test_a_rollback_to_a_release_that_is_ill_says_so_and_stays(box: Box) -> None:
    box.begin("1.1.0")
    box.carry_on()
    box.fates["1.0.0"] = Fate(crashes_s=1.0)
    deed.begin(box.where, box.manager, "rollback", "1.0.0")
    trial = box.carry_on()
    assert (trial.phase, box.is_whole()) == ("failed", "1.0.0")
    assert "next: kiosk doctor" in trial.text()


def test_a_release_that_mends_a_glass_that_was_down_is_kept(box: Box) -> None:
    box.fates["1.0.0"] = Fate(ready_s=None)
    box.reboot()
    box.begin("1.1.0")
    assert box.carry_on().phase == "kept"


def test_what_starts_just_now_is_waited_for_and_then_demanded(box: Box) -> None:
    """Else whatever came after it would be kept."""
    box.reboot()
    assert box.begin("1.1.0").demanded == tuple(sorted(SERVICES))


def test_a_guard_that_still_clears_up_is_waited_for(box: Box) -> None:
    """To start it while it runs does nothing, and nobody would make the switch."""
    box.manager.start(deed.GUARD_UNIT)
    began_s = box.now_s

    def during() -> None:
        if box.now_s - began_s > 40:
            box.manager.stop(deed.GUARD_UNIT)

    box.during = during
    box.begin("1.1.0")
    assert box.now_s - began_s > 40
    box.during = lambda: None
    box.manager.stop(deed.GUARD_UNIT)
    assert box.carry_on().phase == "kept"


def test_a_guard_that_never_ends_is_told(box: Box) -> None:
    box.manager.start(deed.GUARD_UNIT)
    with pytest.raises(ReleaseRefused, match="still at the last update"):
        box.begin("1.1.0")
    assert not box.where.on_trial.exists()


def test_a_switch_that_cannot_be_made_leaves_the_old_release(box: Box) -> None:
    box.begin("1.1.0")
    shutil.rmtree(box.where.release("1.1.0") / "share")
    trial = box.carry_on()
    assert trial.phase == "returned"
    assert "lay_release.py" in trial.reason
    assert box.is_whole() == "1.0.0"


@pytest.mark.parametrize("gave_up", [True, False])
def test_where_not_even_the_way_back_is_open_a_glass_that_gave_up_is_out_of_service(
    box: Box, gave_up: bool
) -> None:
    """The ladder is not climbed while a release is on trial, so the panel would stay dark."""
    box.fates["1.1.0"] = Fate(crashes_s=1.0)
    box.begin("1.1.0")
    way_back = box.where.release("1.0.0") / "share"
    box.during = lambda: lose(box, way_back, gave_up=gave_up)
    assert see_to_it(box.where, box.guard(), box.manager) == 1
    assert (f"start {OUT_OF_SERVICE}" in box.manager.told) is gave_up
    assert box.where.on_trial.exists()
    (box.folder / "lost").rename(way_back)
    assert box.carry_on().phase == "returned"
    assert box.is_whole() == "1.0.0"


def lose(box: Box, way_back: Path, *, gave_up: bool) -> None:
    """The release before is no longer whole, once the new one is watched."""
    box.during = lambda: None
    way_back.rename(box.folder / "lost")
    box.manager.gave_up.update({GLASS} if gave_up else ())


@pytest.mark.parametrize("looks", [1, 3, 60])
def test_a_power_cut_in_the_watch_is_gone_on_with_at_boot(box: Box, looks: int) -> None:
    box.begin("1.1.0")
    cut_after(box, looks)
    with pytest.raises(PowerCut):
        box.guard().carry_on()
    assert box.where.on_trial.exists()
    box.reboot()
    trial = box.carry_on()
    assert (trial.phase, trial.starts) == ("kept", 2)
    assert box.is_whole() == "1.1.0"


def test_a_bad_release_whose_watch_was_broken_off_is_taken_back_at_boot(box: Box) -> None:
    box.fates["1.1.0"] = Fate(crashes_s=8.0)
    box.begin("1.1.0")
    cut_after(box, 2)
    with pytest.raises(PowerCut):
        box.guard().carry_on()
    box.reboot()
    assert box.carry_on().phase == "returned"
    assert box.is_whole() == "1.0.0"


def test_a_release_under_which_the_box_restarts_again_and_again_is_taken_back(box: Box) -> None:
    box.begin("1.1.0")
    for _ in range(3):
        cut_after(box, 5)
        with pytest.raises(PowerCut):
            box.guard().carry_on()
        box.reboot()
    trial = box.carry_on()
    assert trial.phase == "returned"
    assert "the box restarted 3 times" in trial.reason
    assert box.is_whole() == "1.0.0"


def test_while_a_release_is_on_trial_the_one_before_starts_its_guard_at_boot(box: Box) -> None:
    box.begin("1.1.0")
    cut_after(box, 2)
    with pytest.raises(PowerCut):
        box.guard().carry_on()
    units = box.where.system / "etc/systemd/system"
    assert "the guard of 1.1.0\n" in (units / "rapfang-trial.service").read_text()
    unit = (units / resuming.UNIT).read_text()
    assert "the guard of 1.0.0\n" in unit
    assert "UMask=0077" in unit, "its own drop-ins, which the new release may have broken"
    wanted = units / "multi-user.target.wants" / resuming.UNIT
    assert str(wanted.readlink()) == f"/etc/systemd/system/{resuming.UNIT}"
    box.reboot()
    box.carry_on()
    assert not wanted.is_symlink()
    assert not (units / resuming.UNIT).exists()


def test_what_a_power_cut_left_of_the_second_way_goes_with_the_next_start(box: Box) -> None:
    box.where.state.mkdir(parents=True, exist_ok=True)
    resuming.insure(box.where, "1.0.0")
    box.guard().carry_on()
    assert not (box.where.system / "etc/systemd/system" / resuming.UNIT).exists()


def test_a_power_cut_on_the_way_back_is_gone_on_with(box: Box) -> None:
    box.fates["1.1.0"] = Fate(crashes_s=1.0)
    box.begin("1.1.0")
    counted = [0]

    def during() -> None:
        counted[0] += 1
        if (trial := record.read(box.where)) and trial.phase == "returning":
            box.during = lambda: None
            raise PowerCut

    box.during = during
    with pytest.raises(PowerCut):
        box.guard().carry_on()
    box.reboot()
    assert box.carry_on().phase == "returned"
    assert box.is_whole() == "1.0.0"


def test_a_boot_without_an_update_has_nothing_to_do(box: Box) -> None:
    assert box.guard().carry_on() is None
    box.where.state.mkdir(parents=True, exist_ok=True)
    box.where.on_trial.touch()
    assert box.guard().carry_on() is None
    assert not box.where.on_trial.exists(), "or it would be looked at on every boot"


def test_where_not_even_the_way_back_is_open_it_is_tried_again(box: Box) -> None:
    box.fates["1.1.0"] = Fate(crashes_s=1.0)
    box.begin("1.1.0")
    hidden = box.where.release("1.0.0").with_name("hidden")
    box.where.release("1.0.0").rename(hidden)
    with pytest.raises(ReleaseRefused):
        box.guard().carry_on()
    assert box.where.on_trial.exists()
    hidden.rename(box.where.release("1.0.0"))
    assert box.carry_on().phase == "returned"


def test_without_a_manager_nothing_is_begun(box: Box) -> None:
    box.manager.is_there = False
    with pytest.raises(ReleaseRefused, match="nothing was switched"):
        box.begin("1.1.0")
    assert not box.where.on_trial.exists()
    with pytest.raises(HardwareError):
        box.manager.units(["kiosk-ui.service"])
