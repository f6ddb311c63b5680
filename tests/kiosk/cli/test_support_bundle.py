"""What is planted all over a box is found nowhere in its support bundle, in no encoding."""

import base64
import gzip
import json
import tarfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from kiosk import redacting
from kiosk.cli import main
from kiosk.config import Config
from sync.identity import load_identity
from sync.store import STORE_FILE, Store
from tests.kiosk.cli.journals import make_journal
from tests.sync.samples import INSTANT, submission

NAME, LATIN, PHONE, KEY = "สมชาย ใจดี", "Somchai Jaidee", "0812345678", "7JQ4M9XW2C5TRHVB"
WORDS, LOWER = "ไฟดับหน้าบ้าน", "somchai"
PLANTED = (NAME, LATIN, PHONE, KEY, WORDS, LOWER, "once-only")
LINES = [
    ("kiosk-ui.service", "2026-09-21T13:33:21.000000Z INFO kiosk.app: in service"),
    ("kiosk-ui.service", f"2026-09-21T13:33:22.000000Z INFO kiosk.app: {NAME} said {WORDS}"),
    ("kiosk-sync.service", f"2026-09-21T13:33:23.000000Z WARNING sync.agent: {LATIN} {PHONE}"),
    ("kiosk-sync.service", f"/T/A1-0001-V/{KEY} {LOWER}"),
    (
        "kiosk-ui.service",
        f"2026-09-21T13:33:24.000000Z ERROR kiosk.app: out of service: store_full: {LOWER}",
    ),
    ("kiosk-ui.service", f"ValueError: {PHONE}"),
]


@pytest.fixture
def planted(box: Config, tmp_path: Path) -> Path:
    """Names, phones, keys and words in store, settings and journal; the journal's file."""
    settings = tmp_path / "kiosk.toml"
    settings.write_text(
        settings.read_text() + f'[sound]\nprompts = "/home/{LOWER}/{PHONE}"\n'
        f'[scanner]\ndevice = "/dev/{LATIN} {NAME}"\n'
    )
    with Store.open(box.state_dir / STORE_FILE) as store:
        slip = json.dumps({"key": KEY, "name": NAME, "words": WORDS}).encode()
        case_id = uuid.uuid4()
        store.submit(case_id, INSTANT, lambda number: submission(case_id, number, slip))
        store.keep_rating(uuid.uuid4(), INSTANT, f"{LATIN} {PHONE} {KEY}".encode())
    return make_journal(tmp_path / "planted.journal", LINES)


def in_all_encodings(words: str) -> Iterator[bytes]:
    """As text in several alphabets, quoted, in hexadecimal, and at each of base64's offsets."""
    yield from (words.encode(name) for name in ("utf-8", "utf-16-le", "utf-16-be", "tis-620"))
    yield json.dumps(words)[1:-1].encode()
    yield quote(words).encode()
    raw = words.encode()
    yield from (raw.hex().encode(), raw.hex().upper().encode())
    for offset in range(3):
        coded = base64.b64encode(bytes(offset) + raw)
        yield coded[4 if offset else 0 : -4]


def everything_in(path: Path) -> bytes:
    """Names and contents, unpacked; and the file as it lies there."""
    unpacked = gzip.decompress(path.read_bytes())
    return path.read_bytes() + unpacked


def test_nothing_that_was_planted_is_in_the_bundle(
    box: Config, planted: Path, tmp_path: Path
) -> None:
    file = tmp_path / "box.tar.gz"
    assert main(["support-bundle", str(file), "--journal", str(planted)]) == 0
    found = everything_in(file)
    for words in PLANTED:
        for encoded in in_all_encodings(words):
            assert encoded not in found, words
    identity = load_identity(box.state_dir)
    for secret in (identity.device_key, identity.slip_secret):
        for encoded in (secret, secret.hex().encode(), base64.b64encode(secret)):
            assert encoded not in found


def test_a_bundle_that_is_only_packed_would_be_found_out(tmp_path: Path) -> None:
    """The search itself works: in every encoding, through gzip."""
    for words in PLANTED:
        for encoded in in_all_encodings(words):
            (tmp_path / "x").write_bytes(gzip.compress(b"..." + encoded))
            assert any(each in everything_in(tmp_path / "x") for each in in_all_encodings(words))


def test_what_helps_somebody_far_away_is_in_it(box: Config, planted: Path, tmp_path: Path) -> None:
    file = tmp_path / "box.tar.gz"
    assert main(["support-bundle", str(file), "--journal", str(planted)]) == 0
    with tarfile.open(file) as tar:
        parts = {entry.name: tar.extractfile(entry).read().decode() for entry in tar}
    about = json.loads(parts["box/about.json"])
    assert about["device_code"] == "A1"
    assert about["packages"]["rapfang"]
    assert "kiosk.app: in service\n" in parts["box/journal.txt"]
    assert "out of service: store_full: [left out, 7 characters]" in parts["box/journal.txt"]
    assert parts["box/journal.txt"].count("\n") == len(LINES)
    store = json.loads(parts["box/store.json"])
    assert ["cases", 1] in store["rows"]
    assert any("CREATE TABLE" in sql for sql in store["schema"])
    findings = {each["name"]: each for each in json.loads(parts["box/doctor.json"])["findings"]}
    assert findings["store"]["evidence"] == "whole, WAL, synchronous=FULL"
    config = json.loads(parts["box/config.json"])
    assert config["printer"]["driver"] == "virtual"
    assert config["sound"]["prompts"].startswith("[left out, ")
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_box_that_is_nobody_and_has_no_journal_is_told_of_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = tmp_path / "kiosk.toml"
    settings.write_text(f'[device]\nstate_dir = "{tmp_path}/none"\nruntime_dir = "{tmp_path}/r"\n')
    monkeypatch.setenv("KIOSK_CONFIG", str(settings))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["support-bundle", str(tmp_path / "box.tar.gz"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {"status.json", "store.json", "units.json", "journal.txt"} <= set(told["missing"])
    assert "config.json" in told["parts"]
    assert main(["support-bundle", str(tmp_path / "box.tar.gz")]) == 2


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("kiosk-ui.service: Failed with result 'watchdog'.", None),
        ('  File "/opt/rapfang/current/kiosk/app.py", line 3, in run', None),
        ("sync.errors.StoreError: somchai", "sync.errors.StoreError: [left out, 31 characters]"),
        ("whatever somchai says", "[left out, 21 characters]"),
    ],
)
def test_of_what_others_say_only_known_shapes_go_out(said: str, left: str | None) -> None:
    assert redacting.line(said) == (left or said)
