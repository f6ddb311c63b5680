"""The plays of deploy/fleet against a booted Debian, over SSH as a technician has it."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy import bundling
from sync.strongbox import make_keys
from tests.appliance import tree
from tests.appliance.conftest import SUITE, VERSION
from tests.appliance.guest import Guest
from tests.deploy.test_fleet import FLEET, PROFILE, ansible, counts
from tests.sync.samples import join_file_text

Done = subprocess.CompletedProcess[str]
CHANNEL = "exec 3<>/dev/tcp/127.0.0.1/22; cat <&3 & cat >&3"
"""To the guest's SSH, from within its network, which nothing else reaches."""


class Reached:
    """A Debian with a technician who has a key and sudo, and nothing of ours yet."""

    def __init__(self, box: Guest, folder: Path) -> None:
        self.box, self.folder = box, folder
        self.key = folder / "id"
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self.key], check=True)
        box.run("useradd", "--create-home", "--shell", "/bin/bash", "technician")
        box.run("install", "-d", "-m", "700", "-o", "technician", "/home/technician/.ssh")
        self._give("/home/technician/.ssh/authorized_keys", self.public_key)
        self._give("/etc/sudoers.d/technician", "technician ALL=(ALL) NOPASSWD: ALL\n")
        box.run("chown", "technician", "/home/technician/.ssh/authorized_keys")
        # As every installer writes it: sudo looks its own machine's name up.
        self._give("/etc/hosts", "127.0.0.1 localhost\n127.0.1.1 rapfang-guest\n")
        box.run("systemctl", "start", "ssh.service")

    @property
    def public_key(self) -> str:
        return self.key.with_suffix(".pub").read_text()

    def play(self, name: str, *words: str, **facts: object) -> Done:
        reach = f"nsenter --target={self.box.leader()} --net bash -c '{CHANNEL}'"
        options = ["-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null"]
        host = {
            "ansible_host": "127.0.0.1",
            "ansible_user": "technician",
            "ansible_ssh_args": "-o ControlMaster=no",  # a line kept open may be another guest's
            "ansible_ssh_private_key_file": str(self.key),
            "ansible_ssh_common_args": f'{" ".join(options)} -o ProxyCommand="{reach}"',
            "rapfang_technician_keys": [self.public_key.strip()],
            "rapfang_version": VERSION,
            **facts,
        }
        group = "centrals" if name.startswith("central") else "kiosks"
        inventory = self.folder / "inventory.json"
        inventory.write_text(json.dumps({group: {"hosts": {"box": host}}}))
        return ansible("-i", str(inventory), *words, str(FLEET / f"{name}.yml"))

    def _give(self, path: str, text: str) -> None:
        self.box.run("tee", path, text=text)


@pytest.fixture
def reached(tmp_path: Path) -> Iterator[Reached]:
    """A box without a panel, whose glass does not try: the ladder would reboot it meanwhile."""
    box = Guest.fresh(SUITE, "fleet")
    folder = box.root / "etc/systemd/system/kiosk-ui.service.d"
    folder.mkdir(parents=True)
    (folder / "no-panel.conf").write_text("[Unit]\nConditionPathExists=/dev/dri\n")
    box.boot()
    yield Reached(box, tmp_path)
    box.stop()


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Reached]:
    """The same with PostgreSQL, which no bundle brings and no network reaches here."""
    box = Guest.fresh(SUITE, "centre", more="postgresql")
    box.boot()
    yield Reached(box, tmp_path)
    box.stop()


@pytest.fixture
def bundles(bundle: Path, release_key: Path) -> dict[str, object]:
    """Where the operator has them."""
    bundling.pack(bundle)
    return {
        "rapfang_bundles": str(bundle.parent),
        "rapfang_release_key": str(release_key.with_suffix(".pub")),
    }


def test_install_makes_a_kiosk_over_ssh_and_a_second_run_changes_nothing(
    reached: Reached, bundles: dict[str, object]
) -> None:
    (reached.folder / "join.toml").write_text(join_file_text(device_code="A1"))
    facts = {
        **bundles,
        "rapfang_join_file": str(reached.folder / "join.toml"),
        "install_may_lack": True,  # there is no panel, so the glass does not run
    }
    before = tree.of(reached.box.root)
    foreseen = reached.play("install", "--check", "--diff", **facts)
    assert foreseen.returncode == 0, foreseen.stdout
    assert f"would install release {VERSION}" in foreseen.stdout
    assert tree.differences(before, tree.of(reached.box.root)) == []
    done = reached.play("install", **facts)
    assert done.returncode == 0, done.stdout
    told = reached.box.run("kiosk", "status", "--json", check=False).stdout
    assert (json.loads(told)["device_code"], json.loads(told)["release"]) == ("A1", VERSION)
    assert "passwordauthentication no" in reached.box.run("sshd", "-T").stdout
    again = reached.play("install", **facts)
    assert again.returncode == 0, again.stdout
    assert counts(again)["box"]["changed"] == 0, again.stdout
    ill = reached.play("health", **facts)
    assert ill.returncode != 0
    assert "kiosk ui: does not run" in ill.stdout


@pytest.mark.parametrize("power", ["stays", "is cut"])
def test_who_is_locked_out_by_a_play_is_let_in_again(reached: Reached, power: str) -> None:
    keys = "/home/technician/.ssh/authorized_keys"
    other = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPb5bbfGrmC3LoKvNP7ECJYbmIcwdJm8s3c0vGDMHL/F other"
    slip = {"rapfang_technician_keys": [other], "ssh_undo_after_s": 90, "ssh_wait_s": 5}
    refused = reached.play("harden", **slip)
    assert "SSH becomes what it was" in refused.stdout, refused.stdout
    if power == "is cut":
        assert reached.box.run("cat", keys).stdout == f"{other}\n"
        reached.box.cut()
        reached.box.boot()
    timer = "/etc/systemd/system/rapfang-ssh-before.timer"
    reached.box.run("sh", "-c", f"while [ -e {timer} ]; do sleep 1; done", timeout_s=180)
    assert reached.box.run("cat", keys).stdout == reached.public_key
    assert "passwordauthentication yes" in reached.box.run("sshd", "-T").stdout
    done = reached.play("harden")
    assert done.returncode == 0, done.stdout
    assert "passwordauthentication no" in reached.box.run("sshd", "-T").stdout
    assert counts(reached.play("harden"))["box"]["changed"] == 0
    left = reached.box.run("systemctl", "list-timers", "--all", "--no-legend").stdout
    assert "rapfang-ssh-before" not in left


def test_central_stands_behind_nginx_on_postgresql_and_is_backed_up(
    centre: Reached, bundles: dict[str, object]
) -> None:
    facts = {
        **bundles,
        **certificate(centre.folder),
        "central_host": "cases.example.go.th",
        "central_profile": str(PROFILE),
        "central_fleet_mail_to": "technician@example.go.th",
        "central_backup_key": str(centre.folder / "backup.pub"),
        "central_backups": str(centre.folder / "backups"),
    }
    (centre.folder / "backup.pub").write_text(make_keys()[1] + "\n")
    first = centre.play("central", **facts)
    assert first.returncode == 0, first.stdout
    [command] = re.findall(r"and run: sudo (.*?); write the recovery", first.stdout)
    assert "Recovery key" in centre.box.run(*command.split()).stdout
    second = centre.play("central", **facts)
    assert second.returncode == 0, second.stdout
    centre.box.run("systemctl", "start", "central.target")
    assert asked(centre.box, "/healthz") == {"status": "ok"}
    third = centre.play("central", **facts)
    assert counts(third)["box"]["changed"] == 0, third.stdout
    fetched = centre.play("central-backup", **facts)
    assert fetched.returncode == 0, fetched.stdout
    [backup] = (centre.folder / "backups").iterdir()
    assert backup.stat().st_size > 10_000


def certificate(folder: Path) -> dict[str, object]:
    """Of its own, as no operator would have it."""
    key, made = folder / "tls.key", folder / "tls.crt"
    subject = ["-subj", "/CN=cases.example.go.th", "-days", "2"]
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    words = ["openssl", "req", "-x509", *curve, *subject, "-keyout", key, "-out", made]
    subprocess.run(words, check=True, capture_output=True)
    return {"central_tls_certificate": str(made), "central_tls_key": str(key)}


def asked(box: Guest, path: str) -> object:
    """What central answers over TLS, to whoever believes that certificate."""
    script = (
        "import http.client, ssl; c = http.client.HTTPSConnection('127.0.0.1',"
        " context=ssl._create_unverified_context());"
        f" c.request('GET', '{path}', headers={{'Host': 'cases.example.go.th'}});"
        " print(c.getresponse().read().decode())"
    )
    return json.loads(box.run("python3", "-c", script).stdout)
