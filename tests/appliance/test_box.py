"""A box in the field, from its join file to out of service, on one booted Debian.

Central runs in the same guest, on loopback: nothing of it leaves the guest.
"""

import json
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import pytest

from deploy.demo.processes import Processes
from tests.appliance import panel
from tests.appliance.conftest import SUITE, WITH_KEY, install
from tests.appliance.guest import FOLDER, Guest
from tests.appliance.small_disk import fill, make_room, served_by, slips_in, small_disk
from tests.journey.glass import Hand

JOIN_FILE = "/boot/firmware/kiosk-join.toml"
WAIT_S = 90
SETTLED_S = 400
"""By then the first beats are over, and the disk was tried, as it is every six hours."""
MEASURED_S = 600
"""Two beats to central: each is kept and answered, and nothing else happens to an idle box."""
WATCHED_S = 45
"""Twice as long as a glass may hang before its watchdog restarts it."""
BOOTS = 3
"""With a network, and as many without."""
DAILY = ("kiosk-health", "systemd-tmpfiles-clean")
"""What comes once a day, and once soon after a boot: in ten minutes it would count 144 times."""
_UPLINK = """[Unit]
DefaultDependencies=no
Before=network-pre.target kiosk.target kiosk-ui.service kiosk-sync.service
After=nftables.service
[Service]
Type=oneshot
ExecStart=/bin/sh -e /root/uplink
[Install]
WantedBy=sysinit.target
"""
UPLINKS = {
    "with": """
ip link add uplink type veth peer name other
ip address add 192.0.2.2/24 dev uplink
ip link set other up
ip link set uplink up
ip route add default via 192.0.2.1
""",
    "without": """
nft add table inet cut
nft 'add chain inet cut out { type filter hook output priority -9 ; }'
nft add rule inet cut out oif lo tcp dport 8470 drop
""",
}
"""What a boot begins with: a network, with central, or neither."""
MEASURING = Path(__file__).with_name("measuring.py").read_text()


def until(is_so: Callable[[], bool], what: str, wait_s: float = WAIT_S) -> None:
    """Return once it is so. Raises TimeoutError: it never was."""
    deadline = time.monotonic() + wait_s
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {wait_s:.0f} s for {what}")
        time.sleep(0.2)


@pytest.fixture(scope="module")
def hand(shared: dict[str, Path]) -> Iterator[tuple[Guest, Hand]]:
    """A box that joined by file, and a hand on its glass."""
    box = Guest.fresh(SUITE, "box", {**shared, panel.PLACE: panel.SOCKETS})
    with Processes(FOLDER / "log") as processes:
        its_hand = panel.mounted(box, processes)
        box.boot()
        made = install(box, *WITH_KEY, "--central")
        assert "central has neither keys nor database" in made.stdout, made.stdout + made.stderr
        assert "Recovery key" in box.run("central", "migrate").stdout
        quiet = box.root / "etc/systemd/system/central-web.service.d/90-guest.conf"
        quiet.parent.mkdir()
        quiet.write_text("[Service]\n# Its log is not the box's.\nStandardOutput=null\n")
        box.run("systemctl", "daemon-reload")
        box.run("systemctl", "start", "central.target")
        box.run("mkdir", "-p", "/boot/firmware")
        assert install(box, *WITH_KEY).returncode == 1
        box.run("sh", "-c", f"central join-file A1 >{JOIN_FILE}")
        restart(box)
        yield box, its_hand
        box.stop()


def restart(box: Guest) -> None:
    """Reboot, and wait until it is up again."""
    before = box.leader()
    box.run("systemctl", "reboot", check=False)
    until(lambda: rebooted(box, before), "the guest to come back")
    box.wait_until_up()


def rebooted(box: Guest, before: int) -> bool:
    try:
        return box.leader() != before
    except LookupError:
        return False


def shown(box: Guest, unit: str, name: str) -> str:
    return box.run("systemctl", "show", "--value", f"--property={name}", unit).stdout.strip()


def served_s(box: Guest) -> float:
    """How long the agent runs; the guest's clock that only goes forward is this machine's."""
    return time.monotonic() - int(shown(box, "kiosk-sync", "ActiveEnterTimestampMonotonic")) / 1e6


def test_the_join_file_on_the_boot_partition_is_taken_on_and_erased(
    hand: tuple[Guest, Hand],
) -> None:
    box, _ = hand
    assert 'device_code = "A1"' in box.run("cat", "/var/lib/kiosk/identity.toml").stdout
    assert box.run("stat", JOIN_FILE, check=False).returncode == 1
    assert "PIN" not in box.run("journalctl", "--unit=kiosk-join").stdout


def test_all_services_are_up_and_the_glass_is_drawn(hand: tuple[Guest, Hand]) -> None:
    box, on_glass = hand
    on_glass.wait_for("home")
    for unit in ("kiosk-ui", "kiosk-print", "kiosk-sync", "central-web", "central-worker"):
        assert shown(box, unit, "ActiveState") == "active", unit
    picture = on_glass.picture()
    picture.save(FOLDER / "glass.png")
    assert len(picture.convert("RGB").getcolors(1 << 20) or []) > 100


def test_an_install_leaves_a_resident_alone_and_for_a_key_the_glass(
    hand: tuple[Guest, Hand],
) -> None:
    box, on_glass = hand
    timer = box.root / "etc/systemd/system/kiosk-vacuum.timer"
    as_installed = timer.read_text()
    on_glass.wait_for("home")
    on_glass.touch("kind:complaint")
    on_glass.wait_for("topic")
    glass = shown(box, "kiosk-ui", "MainPID")

    timer.write_text(as_installed + "# of before\n")
    refused = install(box, *WITH_KEY)
    assert refused.returncode == 2, refused.stdout + refused.stderr
    assert "a resident is at the glass; next: wait" in refused.stderr
    assert timer.read_text() != as_installed

    timer.write_text(as_installed)
    box.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "/root/me")
    done = install(box, *WITH_KEY, "--ssh-key", "/root/me.pub")
    assert "let the keys in /root/me.pub log in" in done.stdout, done.stdout + done.stderr
    assert shown(box, "kiosk-ui", "MainPID") == glass
    assert on_glass.look()["screen"] == "topic"

    timer.write_text(as_installed + "# of before\n")
    on_glass.touch("back")
    on_glass.wait_for("home")
    install(box, *WITH_KEY)
    assert timer.read_text() == as_installed
    assert shown(box, "kiosk-ui", "MainPID") != glass


def to_review(on_glass: Hand) -> None:
    """A complaint, typed in as far as its last look."""
    on_glass.wait_for("home")
    for target, screen in (
        ("kind:complaint", "topic"),
        ("topic:street_light", "words"),
        ("words", "words"),
        ("next", "place"),
        ("village:village-3", "contact"),
        ("next", "review"),
    ):
        if target == "words":
            on_glass.type("ไฟดับ")
            continue
        touched(on_glass, target)
        on_glass.wait_for(screen)


def touched(on_glass: Hand, target: str) -> None:
    time.sleep(0.8)  # sooner, it could be half a double tap
    on_glass.touch(target)


def told(box: Guest, *verb: str) -> subprocess.CompletedProcess[str]:
    """What a technician's verb tells, for programs."""
    return box.run("runuser", "-u", "kiosk", "--", "kiosk", *verb, "--json", check=False)


def states(box: Guest) -> list[str]:
    """Of what is in the outbox, the newest first in each state."""
    return [entry["state"] for entry in json.loads(told(box, "outbox").stdout)["entries"]]


def test_a_case_is_taken_printed_and_acknowledged_by_central(hand: tuple[Guest, Hand]) -> None:
    box, on_glass = hand
    to_review(on_glass)
    touched(on_glass, "next")
    on_glass.wait_for("done")
    until(lambda: states(box) == ["acknowledged"], "central's acknowledgement")
    until(lambda: bool(list((box.root / "var/lib/kiosk/tray").glob("slip-*"))), "the slip")
    on_glass.picture().save(FOLDER / "done.png")
    on_glass.touch("finish")


def test_the_appliance_takes_less_than_250_mb(
    hand: tuple[Guest, Hand], figures: dict[str, float]
) -> None:
    """All three services after a visit, but for the libraries that draw where there is no GPU."""
    box, _ = hand
    pss = json.loads(box.run("python3", "-", "pss", text=MEASURING).stdout)
    figures["appliance_pss_mib"] = pss["all"]
    figures["appliance_pss_without_software_renderer_mib"] = pss["all"] - pss["renderer"]
    assert 20 < pss["all"] - pss["renderer"] < 250 * 1e6 / 2**20


def test_a_full_disk_is_said_and_nothing_is_lost_by_it(hand: tuple[Guest, Hand]) -> None:
    """Full before somebody begins, and again as they hand in, which is kept once there is room."""
    box, on_glass = hand
    on_glass.wait_for("home")
    held, agreed_before = states(box), agreed(box)
    with small_disk(box) as small:
        pids, slips = served_by(box), slips_in(small)
        assert ("acknowledged" in held, is_short(box)) == (True, False)
        refused(box, on_glass, "kind:complaint")
        assert_named(box)
        told(box, "sync-now")  # the agent meets it too
        time.sleep(WATCHED_S)
        assert served_by(box) == pids

        make_room(box)
        to_review(on_glass)
        refused(box, on_glass, "next")
        assert (states(box), slips_in(small)) == (held, slips)

        make_room(box)
        touched(on_glass, "next")
        on_glass.wait_for("done")
        until(lambda: states(box) == ["acknowledged", *held], "the acknowledgement", SETTLED_S)
        until(lambda: slips_in(small) == slips + 1, "the slip")
        until(lambda: agreed(box) == agreed_before + 1, "central to hold all of them", SETTLED_S)
        assert served_by(box) == pids
        on_glass.touch("finish")
    on_glass.wait_for("home")
    assert states(box) == ["acknowledged", *held]


def test_an_idle_box_writes_less_than_a_megabyte_an_hour(
    hand: tuple[Guest, Hand], figures: dict[str, float]
) -> None:
    """Beats come every five minutes; that central answers is noted once an hour, which may not fall
    into the time that is measured; what comes once a day counts as much as falls to an hour."""
    box, on_glass = hand
    on_glass.wait_for("home")
    box.run("systemctl", "stop", *(f"{name}.timer" for name in DAILY))
    until(lambda: served_s(box) > SETTLED_S, "the box to settle", SETTLED_S)
    daily = written_in(box, lambda: box.run("systemctl", "start", *DAILY))
    as_kiosk = "runuser", "-u", "kiosk", "--", "/opt/rapfang/current/bin/python"
    noted = int(box.run(*as_kiosk, "-", "noted", text=MEASURING).stdout)
    # What is measured then is a time in which nothing happens.
    wrote = written_in(box, lambda: time.sleep(MEASURED_S))
    box.run("systemctl", "start", *(f"{name}.timer" for name in DAILY))
    an_hour = sum(wrote.values()) * 3600 / MEASURED_S + noted + sum(daily.values()) / 24
    figures["idle_writes_mb_an_hour"] = round(an_hour / 1e6, 3)
    told = [{name: count for name, count in each.items() if count} for each in (wrote, daily)]
    assert an_hour < 1e6, (told, noted)


def written_in(box: Guest, deed: Callable[[], object]) -> dict[str, int]:
    """Bytes that each program has had written to a disk meanwhile, those of the journal too."""

    def written() -> dict[str, int]:
        box.run("journalctl", "--sync")
        return dict(json.loads(box.run("python3", "-", "written", text=MEASURING).stdout))

    before = written()
    deed()
    return {name: count - before.get(name, 0) for name, count in written().items()}


def refused(box: Guest, on_glass: Hand, target: str) -> None:
    """Fill the disk and touch: the glass stays there, and has other words under its header."""
    screen = on_glass.look()["screen"]

    def refusals() -> int:
        said = box.run("journalctl", "--unit=kiosk-ui", "--boot", "--output=cat").stdout
        return said.count("nothing can be kept: store_full")

    def words() -> bytes:
        return on_glass.picture().crop((0, 94, 1280, 148)).tobytes()

    fill(box)
    before, words_before = refusals(), words()
    touched(on_glass, target)
    until(lambda: refusals() > before, "the glass to find the disk full")
    until(lambda: words() != words_before, "the glass to say so")
    assert on_glass.look()["screen"] == screen
    on_glass.picture().save(FOLDER / f"full-{screen}.png")


def assert_named(box: Guest) -> None:
    """Doctor and status say that the disk is full, and the doctor what to type."""
    doctor = told(box, "doctor")
    findings = {each["name"]: each for each in json.loads(doctor.stdout)["findings"]}
    assert (doctor.returncode, findings["disk"]["is_well"]) == (1, False)
    assert "No space left on device" in findings["disk"]["evidence"]
    assert findings["disk"]["next"].startswith("du -xh /var/lib/kiosk")
    assert (told(box, "status").returncode, is_short(box)) == (1, True)


def is_short(box: Guest) -> bool:
    """Whether the room on its disk is what makes the box's status bad."""
    vitals = json.loads(told(box, "status").stdout)["health"]["vitals"]
    return ("disk_free", "bad") in [(vital["name"], vital["severity"]) for vital in vitals]


def agreed(box: Guest) -> int:
    """Up to which number central last held the same as the box."""
    return int(json.loads(told(box, "status").stdout)["tally"]["agreed_through"])


def since_power(box: Guest, on_glass: Hand) -> tuple[float, float]:
    """Reboot: seconds from the first process to the glass, and from its unit's start to that."""
    restart(box)
    on_glass.wait_for("home")
    asked = "--property=UserspaceTimestampMonotonic"
    power = int(box.run("systemctl", "show", "--value", asked).stdout)
    began = int(shown(box, "kiosk-ui", "InactiveExitTimestampMonotonic"))
    drawn = int(shown(box, "kiosk-ui", "ActiveEnterTimestampMonotonic"))
    return (drawn - power) / 1e6, (drawn - began) / 1e6


def test_the_glass_comes_up_as_soon_without_a_network_as_with_one(
    hand: tuple[Guest, Hand], figures: dict[str, float]
) -> None:
    """Alternating boots; how long they take is told, not judged: a container's boot is no Pi's."""
    box, on_glass = hand
    (box.root / "etc/systemd/system/uplink.service").write_text(_UPLINK)
    box.run("systemctl", "enable", "--quiet", "uplink")
    booted: dict[str, list[tuple[float, float]]] = {"with": [], "without": []}
    for _ in range(BOOTS):
        for network, times in booted.items():
            (box.root / "root/uplink").write_text(UPLINKS[network])
            times.append(since_power(box, on_glass))
            reaches = box.run("ip", "route", "get", "192.0.2.9", check=False).returncode == 0
            assert reaches == (network == "with")
    box.run("systemctl", "disable", "--quiet", "uplink")
    for network, times in booted.items():
        figures[f"boot_to_glass_{network}_network_s"] = round(median(t[0] for t in times), 2)
        figures[f"unit_to_first_frame_{network}_network_s"] = round(median(t[1] for t in times), 2)


def test_a_glass_that_hangs_is_restarted_by_its_watchdog(hand: tuple[Guest, Hand]) -> None:
    box, on_glass = hand
    box.run("systemctl", "reset-failed", "kiosk-ui", check=False)
    before = int(shown(box, "kiosk-ui", "NRestarts"))
    box.run("systemctl", "kill", "--signal=SIGSTOP", "kiosk-ui")
    until(lambda: int(shown(box, "kiosk-ui", "NRestarts")) > before, "the watchdog")
    assert "Watchdog timeout" in box.run("journalctl", "--unit=kiosk-ui", "--boot").stdout
    until(lambda: shown(box, "kiosk-ui", "ActiveState") == "active", "the glass")
    on_glass.wait_for("home")


def test_a_glass_that_crashes_again_and_again_climbs_the_ladder_to_out_of_service(
    hand: tuple[Guest, Hand],
) -> None:
    """Five crashes reboot the box, twice within the hour; then the panel says whom to turn to."""
    box, _ = hand
    for _ in range(2):
        before = box.leader()
        until(lambda was=before: crashed_into(box, lambda: rebooted(box, was)), "a reboot")
        box.wait_until_up()
    until(
        lambda: crashed_into(
            box, lambda: shown(box, "kiosk-out-of-service", "ActiveState") == "active"
        ),
        "out of service",
    )
    assert len(json.loads((box.root / "var/lib/kiosk/ladder.json").read_text())["reboots"]) == 2
    for unit in ("kiosk-print", "kiosk-sync"):  # what was kept is still printed and sent
        assert shown(box, unit, "ActiveState") == "active"


def crashed_into(box: Guest, is_over: Callable[[], bool]) -> bool:
    """Have the glass crash once where it runs; whether that was enough."""
    try:
        if is_over():
            return True
        box.run("systemctl", "kill", "--signal=SIGKILL", "kiosk-ui", check=False)
        return is_over()
    except (LookupError, subprocess.CalledProcessError):  # it is on its way down
        return False
