"""The `central` command and the server, as processes with real sockets."""

import json
import os
import re
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import time
import uuid
from contextlib import closing
from datetime import UTC, datetime

import pytest
import requests

from sync.case import CaseContent, Instant, Kind
from sync.client import Client
from sync.identity import join
from sync.records import CaseSubmitted
from sync.reference import make_key, reference_for, tracking_url
from sync.seal import seal
from sync.wire import Beat, encode
from tests.bench import bare
from tests.bench.load import Sender, send
from tests.migrated import lay_database
from tests.sync.central.running import WAIT_S, Central, free_port

WORDS = "หมาจรจัดไล่กัดเด็กหน้าตลาด"


def clock():
    return Instant(wall=datetime.now(UTC), boot_id="b", monotonic_s=time.monotonic(), trusted=True)


@pytest.fixture(scope="session")
def device(running_central):
    """A device that has joined and enrolled over the real wire."""
    join_file = running_central.folder / "a1.toml"
    done = running_central.command("join-file", "A1", "--output", str(join_file))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert stat.S_IMODE(join_file.stat().st_mode) == 0o600
    identity = join(join_file, running_central.folder / "device")
    client = Client(identity, clock)
    client.enrol()
    return identity, client


def case_of(identity, number):
    reference = reference_for(identity.device_code, number)
    key = make_key(identity.slip_secret, reference, os.urandom(7))
    content = CaseContent(kind=Kind.COMPLAINT, topic_code="animals", words=WORDS, tracking_key=key)
    record = CaseSubmitted(
        case_id=uuid.uuid4(),
        reference=str(reference),
        captured=clock(),
        sealed_to=identity.intake_key_id,
        sealed=seal(encode(content), identity.intake_key),
    )
    return encode(record), tracking_url(identity.public_url, str(reference), key), key


def test_from_the_wire_to_the_track_page(device):
    identity, client = device
    record, url, _ = case_of(identity, 1)
    assert "not yet at the centre" in requests.get(url + "?lang=en", timeout=5).text
    assert [answer.outcome for answer in client.send([record]).answers] == ["acknowledged"]
    page = requests.get(url, timeout=5)
    assert "สัตว์จรจัด" in page.text
    assert "Date" in page.headers
    client.beat(Beat(sent=clock()))


def test_a_device_with_a_wrong_clock_learns_centrals(device):
    identity, _ = device
    wrong = Instant(wall=datetime(2001, 1, 1, tzinfo=UTC), boot_id="b", monotonic_s=1.0)
    client = Client(identity, lambda: wrong)
    record, _, _ = case_of(identity, 2)
    assert client.send([record]).answers[0].outcome == "acknowledged"


def test_no_key_and_no_words_in_any_log_or_file(running_central, device):
    identity, client = device
    record, url, key = case_of(identity, 3)
    requests.get(url, timeout=5)
    client.send([record])
    path = url.split("/T/")[1]
    for address in (url, url.lower(), f"{url}/more", f"{url}?x=1", url.replace("/T/", "//T/")):
        requests.get(address, timeout=5)
    requests.get(f"{url[:-6]}%0a{url[-6:]}", timeout=5)
    requests.post(url, timeout=5)
    typed = {"reference": path.split("/")[0], "key": key}
    requests.post(f"{running_central.url}/", data=typed, timeout=5)
    speak(running_central.port, f"GET /T/{path} HTP/1.1\r\n\r\n")
    speak(running_central.port, f"GET /T/{path}\x01 HTTP/1.1\r\nHost: \x02\r\n\r\n")
    speak(running_central.port, f"GET /T/{path} HTTP/1.1\r\nHost: evil.invalid\r\n\r\n")
    log = running_central.log.read_bytes()
    assert b"/T/A1-0003-" in log
    for part in (key, key.lower(), key[:6], key[-6:]):
        assert part.encode() not in log
    for path in (running_central.folder / "state").rglob("*"):
        if path.is_file():
            kept = path.read_bytes()
            assert key.encode() not in kept, path
            if "central.db" not in path.name:
                assert WORDS.encode() not in kept, path
    assert WORDS.encode() not in log


def test_the_benchmarks_load_is_taken_and_their_bare_driver_writes_the_same_rows(
    running_central, device, tmp_path
):
    sender = Sender(device[0], running_central.port)
    sender.number = 1000
    began = datetime.now(UTC)
    load = send([sender], 2)
    assert len(load.latencies_ms) == 2
    database, copy = running_central.folder / "state/central.db", tmp_path / "bare.db"
    assert bare.in_sqlite(database, copy, began) > 0
    with closing(sqlite3.connect(copy)) as written:
        counts = [
            written.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("intake_record", "surveys_rating", "cases_case")
        ]
    assert counts == [200, 192, 8]


def speak(port, words):
    """Bytes that no well-behaved client would send."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(words.encode())
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(4096):
            pass


def test_what_is_not_http_gets_no_server_error(running_central):
    for words in ("\x00\x01\x02\r\n\r\n", "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n"):
        speak(running_central.port, words)
    assert requests.get(f"{running_central.url}/healthz", timeout=5).json() == {"status": "ok"}


def test_looking_at_the_head_only_is_no_trouble(running_central):
    whole = requests.get(f"{running_central.url}/", timeout=5)
    head = requests.head(f"{running_central.url}/", timeout=5)
    assert head.headers["Content-Length"] == whole.headers["Content-Length"]
    assert "no-body response" not in running_central.log.read_text()


def test_a_chunked_batch_is_refused_by_name(running_central):
    answer = requests.post(f"{running_central.url}/api/v1/records", data=iter([b"{}"]), timeout=5)
    assert (answer.status_code, answer.json()["code"]) == (401, "signature_refused")


def test_the_style_sheet_is_served_and_may_be_kept(running_central):
    page = requests.get(f"{running_central.url}/", timeout=5)
    address = re.search(r'rel="stylesheet" href="([^"]+)"', page.text)[1]
    styles = requests.get(running_central.url + address, timeout=5)
    assert styles.status_code == 200
    assert "max-age=31536000" in styles.headers["Cache-Control"]


def test_the_first_password_is_told_once_and_signs_in(running_central):
    assert running_central.log.read_text().count("password") == 1
    again = running_central.command("migrate")
    assert (again.returncode, again.stdout) == (0, "")
    session = requests.Session()
    page = session.get(f"{running_central.url}/staff/sign-in", timeout=5)
    fields = {
        "username": "officer",
        "password": running_central.password,
        "csrfmiddlewaretoken": re.search(r'csrfmiddlewaretoken" value="([^"]+)', page.text)[1],
    }
    answer = session.post(f"{running_central.url}/staff/sign-in", data=fields, timeout=20)
    assert answer.url == f"{running_central.url}/staff/"


def test_a_device_code_is_handed_out_once(running_central, device):
    output = running_central.folder / "again.toml"
    again = running_central.command("join-file", "A1", "--output", str(output))
    assert again.returncode == 2
    assert again.stderr == "central: A1 was handed out before; next: another device code\n"
    assert not output.exists()
    nonsense = running_central.command("join-file", "!!")
    assert nonsense.returncode == 2
    assert nonsense.stderr.count("\n") == 1


def test_a_join_file_never_overwrites_a_file(running_central):
    output = running_central.folder / "there.toml"
    output.write_text("mine")
    refused = running_central.command("join-file", "B7", "--output", str(output))
    assert (refused.returncode, output.read_text()) == (2, "mine")
    assert running_central.command("join-file", "B7").returncode == 0


def test_an_officer_is_created_once(running_central):
    first = running_central.command("officer", "malee", "--confidential")
    assert re.fullmatch(r"Officer malee, password \S{19} \(shown once\)\n", first.stdout)
    assert running_central.command("officer", "malee").returncode == 2


def test_the_worker_mails_what_came_in(running_central, device):
    identity, client = device
    record, _, _ = case_of(identity, 4)
    client.send([record])
    done = running_central.command("worker", "--once")
    assert done.returncode == 0
    mails = list((running_central.folder / "state" / "mail").iterdir())
    assert any(b"A1-0004-" in mail.read_bytes() for mail in mails)
    assert all(WORDS.encode() not in mail.read_bytes() for mail in mails)
    assert WORDS not in done.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_all_of_it(tmp_path, running_central, number):
    profile = running_central.environment["CENTRAL_PROFILE"]
    lay_database(tmp_path / "state")
    with Central(tmp_path, profile) as central:
        family = children(central.process.pid)
        assert len(family) >= 4
        assert central.end(number) == 0
    assert not [pid for pid in family if is_alive(pid)]


def test_central_ends_when_a_part_of_it_dies(tmp_path, running_central):
    profile = running_central.environment["CENTRAL_PROFILE"]
    lay_database(tmp_path / "state")
    with Central(tmp_path, profile) as central:
        family = children(central.process.pid)
        worker = next(pid for pid in family if b"worker" in command_line(pid).split(b"\0"))
        os.kill(worker, signal.SIGKILL)
        assert central.process.wait(WAIT_S) == 1
    assert not [pid for pid in family if is_alive(pid)]


def test_what_serves_is_loaded_once_before_it_forks(running_central):
    family = children(running_central.process.pid)
    masters = [pid for pid in family if len(children(pid)) == 2]
    assert ["_sodium" in maps_of(pid) for pid in masters] == [True]


def maps_of(pid):
    with open(f"/proc/{pid}/maps") as file:  # noqa: PTH123
        return file.read()


def children(pid):
    """All descendants."""
    direct = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False)
    found = [int(word) for word in direct.stdout.split()]
    return found + [more for child in found for more in children(child)]


def command_line(pid):
    with open(f"/proc/{pid}/cmdline", "rb") as file:  # noqa: PTH123
        return file.read()


def is_alive(pid):
    try:
        return command_line(pid) != b""
    except FileNotFoundError:
        return False


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"CENTRAL_PROT": "1"}, "central: CENTRAL_PROT: unknown"),
        ({"CENTRAL_PROFILE": "/nowhere.toml"}, "central: CENTRAL_PROFILE: /nowhere.toml"),
        ({"CENTRAL_STATE_DIR": "/proc/nowhere"}, "central: /proc/nowhere"),
        ({}, "central: no database in"),
    ],
)
def test_what_the_operator_has_to_mend_is_one_line(tmp_path, running_central, variables, words):
    verb = ["migrate"] if variables else ["worker"]
    done = subprocess.run(
        [sys.executable, "-m", "sync.central", *verb],
        env={
            **running_central.environment,
            "CENTRAL_STATE_DIR": str(tmp_path),
            **variables,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith(words)
    assert done.stderr.count("\n") == 1


def told_to(listening):
    """The first of the words that somebody tells a service manager."""
    listening.settimeout(WAIT_S)
    return listening.recv(200).splitlines()[0]


@pytest.mark.parametrize(
    ("verb", "words"), [("web", [b"READY=1"]), ("worker", [b"READY=1", b"WATCHDOG=1"])]
)
def test_web_and_worker_tell_their_service_manager(tmp_path, running_central, verb, words):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        process = subprocess.Popen(
            [sys.executable, "-m", "sync.central", verb],
            env={
                **running_central.environment,
                "CENTRAL_PORT": str(free_port()),
                "NOTIFY_SOCKET": str(tmp_path / "notify"),
            },
            stderr=subprocess.DEVNULL,
        )
        try:
            assert [told_to(listening) for _ in words] == words
        finally:
            process.terminate()
            assert process.wait(WAIT_S) == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["join-file", "A1", "--output", "/nope/a1.toml"], "No such file or directory; next: ls"),
        (["join-file", "A1", "--output", "/dev/null"], "File exists; next: another name"),
        (["join-file", "ABCDE"], "; next: central join-file --help"),
        (["revoke", "Z8"], "; next: central fleet"),
        (["import-backup", "/nope", "--key", "/nope"], "no such key; next: bring the private half"),
        (
            ["backup", "--to", "/nope", "--key", "/nope"],
            "no such key; next: copy the public half there",
        ),
        (["technician", "nobody"], "; next: central officer NAME"),
        (["keys", "lost", "intake-77"], "; next: central keys list"),
        (["frobnicate"], "invalid choice: 'frobnicate'; next: central --help"),
        (["fleet", "--jsn"], "unrecognized arguments: --jsn; next: central --help"),
    ],
    ids=" ".join,
)
def test_whatever_is_refused_says_what_comes_next_in_one_line(running_central, words, told):
    done = running_central.command(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_program_that_asks_for_json_gets_a_refusal_as_json(running_central, tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "sync.central", "fleet", "--json"],
        env={**running_central.environment, "CENTRAL_STATE_DIR": str(tmp_path / "none")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    error = json.loads(done.stdout)["error"]
    assert (error["code"], error["next"]) == ("config", "central migrate")
    assert "no database in" in error["finding"]
