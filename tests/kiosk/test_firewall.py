"""What a box may reach. The rules are asked of nft itself, in a network of its own."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from kiosk import firewall
from kiosk.config import Config, Device, FirewallSettings, PrinterSettings
from sync.errors import BadMessage
from tests.sync.samples import join_file_text

RULES = Path("deploy/nftables")


def config(tmp_path: Path, printer: PrinterSettings | None = None, *also: str) -> Config:
    return Config(
        device=Device(state_dir=str(tmp_path)),
        printer=printer or PrinterSettings(),
        firewall=FirewallSettings(also=also),
    )


def joined(folder: Path, central_url: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    facts = join_file_text().splitlines()
    told = [f'central_url = "{central_url}"' if "central_url" in line else line for line in facts]
    (folder / "identity.toml").write_text("\n".join(told))


def test_a_box_that_has_not_joined_reaches_nobody(tmp_path: Path) -> None:
    assert firewall.places(config(tmp_path)) == set()


def test_central_is_reached_also_the_one_of_a_former_code(tmp_path: Path) -> None:
    joined(tmp_path, "https://central.example")
    joined(tmp_path / "former" / "A1", "https://before.example:8443")
    assert firewall.places(config(tmp_path)) == {"central.example:443", "before.example:8443"}


def test_the_printer_is_reached_where_it_is_on_the_network(tmp_path: Path) -> None:
    for device, expected in (
        ("printer.example", "printer.example:9100"),
        ("10.0.0.9:9101", "10.0.0.9:9101"),
        ("[2001:db8::9]", "[2001:db8::9]:9100"),
    ):
        printer = PrinterSettings(driver="network", device=device)
        assert firewall.places(config(tmp_path, printer)) == {expected}
    on_usb = PrinterSettings(driver="usb", device="04b8:0e28")
    assert firewall.places(config(tmp_path, on_usb)) == set()


def test_what_is_allowed_besides_is_reached(tmp_path: Path) -> None:
    assert firewall.places(config(tmp_path, None, "10.0.0.5:631")) == {"10.0.0.5:631"}


@pytest.mark.parametrize("wrong", ["10.0.0.5", "10.0.0.5:0", "a b:1", ":631"])
def test_what_is_no_place_is_refused(wrong: str) -> None:
    with pytest.raises((msgspec.ValidationError, ValueError)):
        FirewallSettings(also=(wrong,))


def test_an_identity_that_names_no_address_is_said(tmp_path: Path) -> None:
    joined(tmp_path, "ftp://central.example")
    with pytest.raises(BadMessage):
        firewall.places(config(tmp_path))


SOURCES = """# deb http://old.example/debian bookworm main
deb [signed-by=/usr/share/keyrings/x.gpg] http://deb.example/debian bookworm main
"""
DEB822 = """Types: deb
URIs: https://security.example/debian-security http://other.example:8080/debian
Suites: bookworm-security
# URIs: http://commented.example/
"""


def test_debians_mirrors_are_those_of_apts_lists() -> None:
    assert firewall.mirrors([SOURCES, DEB822], "") == {
        "deb.example:80",
        "security.example:443",
        "other.example:8080",
    }


def test_behind_a_proxy_only_the_proxy_is_reached() -> None:
    settings = 'Acquire::http::Proxy "http://proxy.example:3142/";\nAPT::Architecture "arm64";\n'
    assert firewall.mirrors([SOURCES], settings) == {"proxy.example:3142"}
    direct = 'Acquire::http::Proxy "DIRECT";\n'
    assert "deb.example:80" in firewall.mirrors([SOURCES], direct)


def test_a_name_that_does_not_answer_keeps_the_addresses_of_before() -> None:
    known = {"central.example:443": ["192.0.2.1"]}
    assert firewall.resolve(["central.example:443"], lambda _: [], known) == known


def test_new_addresses_come_first_and_old_ones_stay_up_to_a_number() -> None:
    known = {"a.example:443": [f"192.0.2.{number}" for number in range(firewall.MOST_ADDRESSES)]}
    [found] = firewall.resolve(["a.example:443"], lambda _: ["198.51.100.1"], known).values()
    assert found[0] == "198.51.100.1"
    assert len(found) == firewall.MOST_ADDRESSES


def test_the_same_addresses_in_another_order_are_no_news() -> None:
    assert not firewall.is_news({"a:1": ["x", "y"]}, {"a:1": ["y", "x"]})
    assert firewall.is_news({"a:1": ["x"]}, {"a:1": ["x", "y"]})
    assert firewall.is_news({}, {"a:1": ["x"]})


def test_a_place_that_is_no_longer_wanted_is_no_longer_reached() -> None:
    assert firewall.resolve([], lambda _: [], {"gone.example:443": ["192.0.2.1"]}) == {}
    assert "add element" not in firewall.rules({})


def nft(*commands: str) -> str:
    """What nft says after `commands`, in a network of its own; a skip where it cannot be asked."""
    if shutil.which("nft") is None:
        pytest.skip("THE FIREWALL IS NOT CHECKED: there is no nft (Debian: nftables)")
    alone = [
        "unshare",
        "--net",
        "--mount",
        *([] if os.geteuid() == 0 else ["--map-root-user"]),
        "sh",
        "-ec",
    ]
    may = subprocess.run([*alone, "nft list ruleset"], capture_output=True, text=True)
    if may.returncode:
        pytest.skip(f"THE FIREWALL IS NOT CHECKED: {may.stderr.strip()}")
    done = subprocess.run([*alone, "\n".join(commands)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("role", ["kiosk", "central"])
def test_nft_understands_the_rules(role: str) -> None:
    nft(f"nft --check --file {RULES / role}.nft")


def test_the_rules_of_a_box_can_be_loaded_again_and_filled_anew(tmp_path: Path) -> None:
    first, second = tmp_path / "first.nft", tmp_path / "second.nft"
    first.write_text(firewall.rules({"a.example:443": ["192.0.2.1", "2001:db8::1"]}))
    second.write_text(firewall.rules({"[2001:db8::9]:9100": ["2001:db8::9"]}))
    load = f"nft --file {RULES / 'kiosk.nft'}"
    told = nft(load, load, f"nft --file {first}", f"nft --file {second}", "nft --json list ruleset")
    sets = {
        each["set"]["name"]: each["set"].get("elem")
        for each in json.loads(told)["nftables"]
        if "set" in each
    }
    assert sets == {
        "reachable4": None,
        "reachable6": [{"concat": ["2001:db8::9", 9100]}],
        "knocking4": None,
        "knocking6": None,
    }


REACH = """
import socket, sys
made = socket.socket(socket.AF_INET, getattr(socket, sys.argv[3]))
made.settimeout(0.2)
made.connect((sys.argv[1], int(sys.argv[2])))
made.send(bytes(1))"""


def test_what_is_not_let_through_is_dropped_and_counted_by_the_kernel() -> None:
    """Two tries from this network to an address nobody let through, and one to a name server."""
    told = nft(
        "ip link set lo up",
        "ip link add box type veth peer name far && ip link set far up && ip link set box up",
        "ip address add 192.0.2.2/24 dev box",
        f"nft --file {RULES / 'kiosk.nft'}",
        "nft add element inet rapfang reachable4 { 192.0.2.7 . 443 }",
        f"reach() {{ {sys.executable} -c '{REACH}' \"$@\" 2>&1 | tail -1; }}",
        "echo forbidden: $(reach 192.0.2.9 443 SOCK_STREAM)",
        "echo other port: $(reach 192.0.2.7 80 SOCK_STREAM)",
        "echo central: $(reach 192.0.2.7 443 SOCK_STREAM)",
        "echo names: $(reach 192.0.2.9 53 SOCK_DGRAM)",
        "nft list chain inet rapfang outbound | grep 'dropped, out'",
    )
    lines = dict(line.split(":", 1) for line in told.splitlines() if ":" in line)
    assert "timed out" in lines["central"], told
    assert "Error" in lines["forbidden"], told
    assert "timed out" not in lines["forbidden"], told
    assert lines["other port"] == lines["forbidden"]
    assert lines["names"].strip() == ""
    assert "counter packets 2 " in told, told


KNOCK = """
import socket
def knocks(source, target, times, wait_s):
    came = 0
    for _ in range(times):
        with socket.socket(socket.AF_INET6 if ":" in target else socket.AF_INET) as made:
            made.settimeout(wait_s)
            made.bind((source, 0))
            came += not made.connect_ex((target, 22))
    return came
for net in ("192.0.2.", "2001:db8::"):
    guesses = knocks(f"{net}66", f"{net}2", 60, 0.01)
    print(f"{net} guesses slowed {guesses < 30}, technician {knocks(f'{net}5', f'{net}2', 5, 2)}")
"""
LISTEN = """
import socket, time
listening = socket.create_server(("::", 22), family=socket.AF_INET6, dualstack_ipv6=True)
print("listens", flush=True)
time.sleep(60)"""


@pytest.mark.parametrize("role", ["kiosk", "central"])
def test_who_guesses_keys_is_slowed_down_and_the_technician_is_not(role: str) -> None:
    """Two addresses of another machine, of IPv4 and IPv6; one knocks sixty times at once."""
    told = nft(
        "ip link set lo up",
        "unshare --net sleep 60 & far=$!",
        f"{sys.executable} -c '{LISTEN}' >$(mktemp) & serves=$!",
        "trap 'kill $far $serves' EXIT",
        "until [ $(readlink /proc/$far/ns/net) != $(readlink /proc/self/ns/net) ]; do :; done",
        "ip link add box type veth peer name far netns $far && ip link set box up",
        "ip address add 192.0.2.2/24 dev box && ip address add 2001:db8::2/64 dev box nodad",
        'there() { nsenter --net=/proc/$far/ns/net "$@"; }',
        "there ip link set far up",
        "for a in 192.0.2.5/24 192.0.2.66/24; do there ip address add $a dev far; done",
        "for a in 2001:db8::5/64 2001:db8::66/64; do there ip address add $a dev far nodad; done",
        "until ss -Htln 'sport = 22' | grep -q .; do sleep 0.05; done",
        f"nft --file {RULES / role}.nft",
        f"there {sys.executable} - <<'END'\n{KNOCK}END",
    )
    assert told.splitlines() == [
        "192.0.2. guesses slowed True, technician 5",
        "2001:db8:: guesses slowed True, technician 5",
    ]
