"""What comes before a switch: it refuses, or lays a release, and never touches the one in force."""

import os
import resource
import shutil
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kiosk.errors import Busy, ReleaseRefused, Unfinished
from kiosk.updating import deed, record, window
from kiosk.updating.trial import GLASS
from tests.kiosk.updating.box import Box


def snapshot(box: Box) -> dict[str, bytes | None]:
    """All that is on the box, but for who is at it."""
    return {
        str(path): path.read_bytes() if path.is_file() and not path.is_symlink() else None
        for path in box.where.system.rglob("*")
        if path.name != deed.LOCK_FILE
    }


def refusal(box: Box, path: Path) -> str:
    before = snapshot(box)
    with pytest.raises(ReleaseRefused) as caught:
        deed.lay(box.where, path, deed.examine(box.where, path))
    assert snapshot(box) == before
    return str(caught.value)


def test_a_signed_bundle_becomes_a_release_that_runs(box: Box) -> None:
    path = box.bring("1.1.0")
    assert deed.lay(box.where, path, deed.examine(box.where, path)) == "1.1.0"
    assert (box.where.release("1.1.0") / "bin/kiosk").exists()
    assert not box.where.staging.exists()
    assert box.is_whole() == "1.0.0"
    deed.begin(box.where, box.manager, "update", "1.1.0")
    assert box.carry_on().phase == "kept"


def test_a_release_that_does_not_run_here_is_refused_and_removed(box: Box) -> None:
    assert "1.1.13 does not run here: ImportError: libunlucky" in refusal(box, box.bring("1.1.13"))


@pytest.mark.parametrize(
    ("fact", "value"), [("suite", "buster"), ("arch", "armhf"), ("python", "3.7")]
)
def test_a_bundle_for_another_machine_is_refused_unread(box: Box, fact: str, value: str) -> None:
    assert f"for {fact} {value}, this box has" in refusal(box, box.bring("1.1.0", **{fact: value}))


def test_the_release_in_force_is_not_laid_again(box: Box) -> None:
    assert "1.0.0 is in force already" in refusal(box, box.bring("1.0.0"))


def test_a_release_whose_store_this_one_could_not_read_is_refused(box: Box) -> None:
    assert "next: a release in between" in refusal(box, box.bring("2.0.0", store=2))


def test_where_there_is_no_room_nothing_is_unpacked(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deed, "SPARE_BYTES", 1 << 60)
    assert "MB are free, the update needs" in refusal(box, box.bring("1.1.0"))


def test_a_release_that_wants_other_debian_packages_is_the_installers(box: Box) -> None:
    from deploy import bundling, signing
    from tests.deploy.bundles import MACHINE, make_bundle

    bundle = make_bundle(box.folder, "1.1.0")
    stood_for = "awk"  # by mawk or another one; there is no package of this name
    listed = f"dpkg\n{stood_for}\nno-such-package  # for nothing\n"
    (bundle / "share/apt.txt").write_text(listed)
    bundling.write_manifest(bundle, {"version": "1.1.0", **MACHINE})
    signing.sign(box.key, bundle)
    assert "(no-such-package); next: unpack" in refusal(box, bundling.pack(bundle))


def test_a_disk_that_fills_up_while_unpacking_leaves_nothing_of_it(box: Box) -> None:
    path = box.bring("1.1.0")
    manifest = deed.examine(box.where, path)
    before = snapshot(box)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limits[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            deed.lay(box.where, path, manifest)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert snapshot(box) == before


def test_while_one_update_is_on_its_way_another_is_told_so(box: Box) -> None:
    path = box.bring("1.2.0")
    box.begin("1.1.0")
    with pytest.raises(Busy, match=r"the update to 1\.1\.0 is on its way"):
        deed.examine(box.where, path)
    with pytest.raises(Busy):
        deed.former(box.where)


def test_without_a_release_before_there_is_none_to_go_back_to(box: Box) -> None:
    with pytest.raises(ReleaseRefused, match="there is no release before"):
        deed.former(box.where)


def test_what_was_left_by_a_power_cut_in_the_middle_is_cleared_away(box: Box) -> None:
    box.where.staging.mkdir()
    (box.where.staging / "half").touch()
    partial = box.where.release("1.1.0.partial")
    partial.mkdir()
    path = box.bring("1.1.0")
    deed.lay(box.where, path, deed.examine(box.where, path))
    assert not partial.exists()
    assert not box.where.staging.exists()


def test_each_phase_is_told_once_until_it_is_over(box: Box) -> None:
    box.begin("1.1.0")
    told: list[str] = []
    follow = lambda trial: told.append(trial.phase)  # noqa: E731
    deed.follow(box.where, box.manager, follow, lambda _: box.carry_on())
    assert told == ["switching", "kept"]


def test_who_comes_second_is_told_so_and_nothing_of_theirs_is_half_done(box: Box) -> None:
    """While the first still asks how the services are, before anything is noted."""
    box.lay("1.1.0")
    box.lay("1.2.0")
    path = box.bring("1.3.0")
    manifest = deed.examine(box.where, path)
    refused: list[str] = []

    def meanwhile() -> None:
        box.during = lambda: None
        with pytest.raises(Busy) as caught:
            deed.begin(box.where, box.manager, "update", "1.2.0", box._sleep)
        refused.append(str(caught.value))
        before = snapshot(box)
        with pytest.raises(Busy):
            deed.lay(box.where, path, manifest)
        assert snapshot(box) == before

    box.manager.restart("kiosk.target", [GLASS])
    box.during = meanwhile
    deed.begin(box.where, box.manager, "update", "1.1.0", box._sleep)
    assert refused == ["another update is prepared now; next: wait, then kiosk status"]
    noted = record.read(box.where)
    assert noted is not None
    assert noted.target == "1.1.0"
    assert box.manager.told.count(f"start {deed.GUARD_UNIT}") == 1
    with pytest.raises(Busy, match=r"the update to 1\.1\.0 is on its way"):
        deed.begin(box.where, box.manager, "update", "1.2.0", box._sleep)


def test_a_release_that_was_removed_meanwhile_is_not_switched_to(box: Box) -> None:
    with pytest.raises(ReleaseRefused, match=r"1\.4\.0 lies here no more; next: kiosk update"):
        deed.begin(box.where, box.manager, "update", "1.4.0", box._sleep)
    assert not box.where.on_trial.exists()


def test_a_guard_that_does_not_start_is_told_of_with_what_the_next_boot_does(box: Box) -> None:
    box.manager.masked.add(deed.GUARD_UNIT)
    with pytest.raises(Unfinished) as caught:
        box.begin("1.1.0")
    assert str(caught.value).startswith(
        "switching from 1.0.0 to 1.1.0, but rapfang-trial.service did not start: systemctl start: "
    )
    assert str(caught.value).endswith("; next: systemctl start rapfang-trial.service")
    box.manager.masked.clear()
    box.reboot()
    assert (box.carry_on().phase, box.is_whole()) == ("kept", "1.1.0")


def followed(box: Box) -> str:
    """What a technician is told in the end, and how long they wait."""
    began_s = box.now_s
    with pytest.raises(Unfinished) as caught:
        deed.follow(box.where, box.manager, lambda _: None, box._sleep)
    assert box.now_s - began_s <= deed.SILENCE_S
    return str(caught.value)


def test_nobody_waits_for_a_guard_that_died(box: Box) -> None:
    box.begin("1.1.0")
    box.manager.stop(deed.GUARD_UNIT)
    assert followed(box) == (
        "switching from 1.0.0 to 1.1.0, but rapfang-trial.service has ended; "
        "next: systemctl start rapfang-trial.service"
    )


def test_nobody_waits_for_a_guard_that_notes_nothing(box: Box) -> None:
    box.begin("1.1.0")
    assert "nothing was heard for 300 s; next: kiosk status; journalctl" in followed(box)


def test_nobody_waits_for_a_record_that_cannot_be_read(box: Box) -> None:
    box.begin("1.1.0")
    box.where.record.write_bytes(b"")
    box.manager.is_there = False
    assert "update.json cannot be read, and nothing was heard" in followed(box)


def test_the_inbox_gives_the_newest_bundle_that_is_believed(box: Box) -> None:
    inbox = box.where.inbox
    inbox.mkdir(parents=True)
    shutil.copy(box.bring("1.0.0"), inbox / "in-force.tar")
    shutil.copy(box.bring("1.1.0"), inbox / "new.tar")
    (inbox / "holiday.tar").write_bytes(b"x")
    assert waiting(box) == ["new.tar"]
    assert {path.name for path in inbox.iterdir()} == {"new.tar", "holiday.tar.refused"}
    taken_back = record.Trial(
        kind="update",
        origin="1.0.0",
        target="1.1.0",
        phase="returned",
        began_at=datetime.now(UTC),
    )
    assert waiting(box, taken_back) == []
    assert {path.name for path in inbox.iterdir()} == {"new.tar", "holiday.tar.refused"}


def waiting(box: Box, last: record.Trial | None = None, after_s: float = 3600.0) -> list[str]:
    """What is to be installed, so long after it was brought."""
    return [path.name for path in window.waiting(box.where, last, time.time() + after_s)]


def test_what_is_still_being_copied_is_left_alone_and_holds_no_other_up(box: Box) -> None:
    box.where.inbox.mkdir(parents=True)
    shutil.copy(box.bring("1.1.0"), box.where.inbox / "a.tar")
    whole = box.bring("1.2.0").read_bytes()
    half = box.where.inbox / "b.tar"
    half.write_bytes(whole[:300])
    os.utime(half, (2e9, 2e9))  # as of a stick that knows another time
    assert waiting(box, after_s=60.0) == []
    assert half.exists()
    half.write_bytes(whole)
    os.utime(half, (2e9, 2e9))
    assert waiting(box) == ["b.tar", "a.tar"]


def test_a_key_that_this_box_lacks_puts_no_bundle_aside(box: Box) -> None:
    box.where.inbox.mkdir(parents=True)
    shutil.copy(box.bring("1.1.0"), box.where.inbox)
    keys = box.where.keys.read_text()
    box.where.keys.unlink()
    assert waiting(box) == []
    box.where.keys.write_text(keys)
    assert len(waiting(box)) == 1


def test_what_came_before_the_one_in_force_is_no_way_back(box: Box) -> None:
    box.where.inbox.mkdir(parents=True)
    for age_s, version in ((30, "0.9.0"), (20, "1.0.0"), (10, "1.1.0")):
        path = box.where.inbox / f"{version}.tar"
        shutil.copy(box.bring(version), path)
        os.utime(path, (1e9 - age_s, 1e9 - age_s))
    assert waiting(box) == ["1.1.0.tar"]
    left = {path.name for path in box.where.inbox.iterdir()}
    assert left == {"1.1.0.tar", "0.9.0.tar.superseded"}


OPEN = {"mon": "08:00-16:30", "tue": "08:00-24:00"}


def at(clock: str, day: int = 23) -> datetime:
    """On a November day of 2026; the 23rd is a Monday."""
    return datetime.fromisoformat(f"2026-11-{day}T{clock}:00+07:00")


def test_a_box_is_updated_unasked_only_outside_of_opening_hours() -> None:
    opening: dict = OPEN
    for clock, may in (("07:30", True), ("07:45", False), ("16:29", False), ("16:30", True)):
        assert window.may_unasked(at(clock), opening, is_trusted=True) is may, clock
    assert window.may_unasked(at("12:00", 25), opening, is_trusted=True), "a day of rest"
    assert not window.may_unasked(at("23:59", 24), opening, is_trusted=True)
    assert not window.may_unasked(at("20:00"), opening, is_trusted=False), "a clock that guesses"


def test_a_box_without_opening_hours_is_updated_unasked_at_night_only() -> None:
    for clock, may in (("00:59", False), ("01:00", True), ("03:59", True), ("04:00", False)):
        assert window.may_unasked(at(clock), {}, is_trusted=True) is may, clock


def test_a_person_is_told_the_hours_while_the_house_is_open() -> None:
    opening: dict = OPEN
    with pytest.raises(window.Occupied, match=r"\(08:00-16:30\); next: after that, or add --now"):
        window.insist_on_closed(at("10:00"), opening, is_trusted=True)
    window.insist_on_closed(at("17:00"), opening, is_trusted=True)
    window.insist_on_closed(at("10:00"), opening, is_trusted=False)
    window.insist_on_closed(at("10:00"), {}, is_trusted=True)
