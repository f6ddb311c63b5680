"""A thief has a copy of everything that central and kiosk hold; the real processes made it."""

import base64
import json
import re
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing

import pytest
import requests
from uuid6 import uuid7

from kiosk.form.model import Draft
from kiosk.intake import Intake
from sync.agent import Agent, AgentSettings, Surroundings
from sync.case import Kind
from sync.client import Client
from sync.errors import BadSeal
from sync.identity import Renewing, join, load_identity
from sync.profile import decode_profile
from sync.seal import open_sealed
from sync.store import STORE_FILE, Store
from tests.migrated import lay_database
from tests.sync.central.conftest import PROFILE
from tests.sync.central.kiosk import instant
from tests.sync.central.running import Central

SENTENCE = "ผู้อำนวยการกองเรียกเงินใต้โต๊ะ 5000 บาท"
NOTE = "พยานปากเอกคือคนขับรถคันที่สาม"
REASON = "สอบข้อเท็จจริงตามคำสั่ง"
PASSPHRASE = "เจ็ดช้างข้ามคลองหลังวัด"


@pytest.fixture
def central(tmp_path):
    lay_database(tmp_path / "state")
    with Central(tmp_path, PROFILE) as running:
        yield running


class Box:
    """A kiosk: its store, its intake as the glass calls it, its agent."""

    def __init__(self, central, code):
        folder = central.folder / code
        join_file = central.folder / f"{code}.toml"
        assert central.command("join-file", code, "--output", str(join_file)).returncode == 0
        self.state = folder
        self.identity = join(join_file, folder)
        self.store = Store.open(folder / STORE_FILE)
        renewing = Renewing(folder, self.identity)
        profile = decode_profile(PROFILE.read_bytes())
        self.intake = Intake(
            self.identity, profile, self.store, instant, lambda: None, renewing.now
        )

    def say(self, words, kind):
        """Where the slip leads."""
        complaint = Draft(
            case_id=uuid7(), chance=b"chances", kind=kind, topic_code="street_light", words=words
        )
        return self.intake.submit(complaint, "th").tracking_url

    def send(self):
        """One pass of a fresh agent, as after a restart; True when all went well."""
        settings = AgentSettings(state_dir=self.state, runtime_dir=self.state, timeout_s=10)
        client = Client(load_identity(self.state), instant, 10)
        around = Surroundings(clock=instant, stop=threading.Event())
        return Agent(self.store, client, settings, around).pass_once()


@pytest.fixture
def box(central):
    made = Box(central, "K1")
    yield made
    made.store.close()


def page(url):
    return requests.get(f"{url}?lang=en", timeout=10).text


def ok(done):
    assert done.returncode == 0, done.stderr
    return done.stdout


def sign_in(central, name, password):
    """A session of an officer's browser."""
    browser = requests.Session()
    post(browser, f"{central.url}/staff/sign-in", username=name, password=password)
    return browser


def post(browser, url, **fields):
    browser.get(url, timeout=10)
    token = browser.cookies.get("csrftoken", path="/staff/")
    answer = browser.post(
        url, {"csrfmiddlewaretoken": token, **fields}, headers={"Referer": url}, timeout=20
    )
    assert answer.status_code == 200, answer.text
    return answer


def confidential_officer(central):
    """Created, granted the key with the recovery key from paper, signed in."""
    told = ok(central.command("officer", "malee", "--confidential"))
    recovery = re.search(
        r"^(?:[A-Z2-7]{4}-){12}[A-Z2-7]{4}$", central.log.read_text(), re.MULTILINE
    )[0]
    granted = subprocess.run(
        [sys.executable, "-m", "sync.central", "corruption-key", "grant", "malee"],
        env=central.environment,
        input=f"{recovery}\n{PASSPHRASE}\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert "malee can open cases about corruption" in ok(granted)
    return sign_in(central, "malee", re.search(r"password (\S+)", told)[1])


def forms_of(words):
    """How words may lie on a disk."""
    for part in (words, words[: len(words) // 2]):
        plain = part.encode()
        yield from (plain, part.encode("utf-16-le"), part.encode("utf-16-be"))
        yield from (json.dumps(part)[1:-1].encode(), plain.hex().encode())
    for shift in range(3):  # wherever the words begin within base64's groups of three
        whole = base64.b64encode(b"x" * shift + words.encode())
        yield whole[4:-4]


def test_a_copy_of_all_that_central_has_tells_nothing_of_a_corruption_case(central, box):
    browser = confidential_officer(central)
    assert box.send()
    url = box.say(SENTENCE, Kind.CORRUPTION)
    assert box.send()
    assert "The complaint centre has received your case" in page(url)
    reference = url.split("/T/")[1].split("/")[0]
    listed = browser.get(f"{central.url}/staff/", timeout=10).text
    case = re.search(rf'href="(/staff/cases/[^"]+)">{reference}<', listed)[1]

    post(browser, f"{central.url}/staff/corruption", passphrase=PASSPHRASE)
    posted = {"headers": {"Referer": central.url}, "timeout": 20}
    token = browser.cookies.get("csrftoken", path="/staff/")
    opening = {"csrfmiddlewaretoken": token, "reason": REASON}
    note = {"csrfmiddlewaretoken": token, "words": NOTE}
    assert browser.post(f"{central.url}{case}/house-notes", note, **posted).status_code == 200
    opened = browser.post(f"{central.url}{case}/open", opening, **posted).text
    assert SENTENCE in opened
    assert NOTE in opened

    files = [path for path in central.folder.rglob("*") if path.is_file()]
    assert central.log in files
    found = set()
    for path in files:
        kept = path.read_bytes()
        found |= {words for words in (REASON, reference) if words.encode() in kept}
        for words in (SENTENCE, NOTE, PASSPHRASE):
            assert not [form for form in forms_of(words) if form in kept], path
    assert found == {REASON, reference}  # so the looking itself works
    assert not boxes_that_open(central)


def boxes_that_open(central):
    """Whatever in the database a thief opens with every 32 bytes in the keys' folder."""
    keys = [path.read_bytes() for path in (central.folder / "state/keys").iterdir()]
    keys = [key for key in keys if len(key) == 32]
    assert len(keys) >= 4
    with closing(sqlite3.connect(central.folder / "state/central.db")) as database:
        sealed = [row[0] for row in database.execute("SELECT confidential FROM cases_case")]
        sealed += [row[0] for row in database.execute("SELECT sealed FROM cases_housenote")]
        sealed += [row[0] for row in database.execute("SELECT sealed FROM confidential_share")]
    sealed = [each for each in sealed if each]
    assert len(sealed) >= 3
    return [each for each in sealed for key in keys if opens(each, key)]


def opens(sealed, key):
    try:
        return bool(open_sealed(sealed, key))
    except BadSeal:
        return False
