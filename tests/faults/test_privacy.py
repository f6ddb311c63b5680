"""What a resident said, a tracking key, a confidential kind: where could a stranger find it?

Each scan looks through files and what the processes said, in every writing of `search.py`; that it
finds what is there is tested first.
"""

import base64
import json
import logging
import os
import sqlite3
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import requests

from deploy.demo.processes import Processes
from deploy.demo.product import program
from kiosk.form.model import Questionnaire, Rating, Remark
from sync.case import Kind
from sync.reference import grouped
from sync.store import SlipState
from sync.wire import decode_record
from tests.faults.search import found_in_files, writings
from tests.faults.services import Services, wait_until
from tests.faults.town import Box, Town, assert_all_settled

SENTENCE = "นกกระจาบสีครามเก้าตัวบินเหนือสะพานไม้"
NAME = "สมปองผู้ไม่มีใครเหมือน"
PHONE = "0898877123"
SAID = (SENTENCE, NAME, PHONE)


@pytest.fixture
def box(town: Town, tmp_path: Path) -> Iterator[Box]:
    device = Box(town.join_file(), tmp_path / "box")
    yield device
    device.close()


@pytest.mark.parametrize("writing", writings(SENTENCE))
def test_the_scan_finds_a_planted_sentence_in_each_writing(tmp_path: Path, writing: str) -> None:
    (tmp_path / "a.db-wal").write_bytes(b"\0\x01" + writings(SENTENCE)[writing] + b"\xff")
    assert any(writing in find for find in found_in_files(SAID, tmp_path))


@pytest.mark.parametrize("before", range(3))
def test_the_scan_finds_base64_wherever_the_sentence_began(tmp_path: Path, before: int) -> None:
    around = b"x" * before + SENTENCE.encode() + b"and more"
    (tmp_path / "a").write_bytes(base64.b64encode(around))
    assert found_in_files([SENTENCE], tmp_path)


@pytest.mark.parametrize("kind", Kind)
def test_no_file_of_a_box_has_what_a_resident_said(
    town: Town, box: Box, tmp_path: Path, caplog: pytest.LogCaptureFixture, kind: Kind
) -> None:
    caplog.set_level(logging.DEBUG)
    box.submit(kind=kind, words=SENTENCE, name=NAME, phone=PHONE)
    assert not found_in_files(SAID, tmp_path), "once kept, before it is sent"
    assert box.agent.pass_once()
    box.restart()
    (tmp_path / "said").write_text(caplog.text)
    assert not found_in_files(SAID, tmp_path), "once sent"


def test_the_real_processes_leave_nothing_said_and_no_key(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Spooler and agent print and send; store, log, WAL, temporary files, spool are searched."""
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    with Processes(tmp_path / "log") as processes:
        device = Services(tmp_path / "device", town, processes)
        settings = {"KIOSK_CONFIG": str(tmp_path / "device" / "kiosk.toml"), "LANG": "C.UTF-8"}
        processes.start("print", [program("kiosk"), "print"], settings)
        processes.start("sync", [program("kiosk"), "sync"], settings)
        receipt = device.hand_in(words=SENTENCE, name=NAME, phone=PHONE)
        wait_until(lambda: device.slips()[SlipState.PRINTED] == 1, "its slip")
        wait_until(lambda: device.store.outbox_counts().acknowledged == 1, "central")
        device.close()
    secrets = (*SAID, receipt.tracking_key, grouped(receipt.tracking_key))
    assert not found_in_files(secrets, tmp_path)


@pytest.mark.parametrize("end", ["printed", "answered by a person", "expired"])
def test_a_tracking_key_is_gone_from_the_store_once_its_slip_is_done_with(
    box: Box, tmp_path: Path, end: str
) -> None:
    receipt = box.submit()
    key = receipt.tracking_key
    assert found_in_files([key], tmp_path), "the slip that waits holds it, so the scan can fail"
    box.store.claim_slip(box.clock().wall)
    if end == "printed":
        box.store.slip_printed(receipt.case_id, box.clock().wall)
    elif end == "answered by a person":
        box.store.slip_unknown(receipt.case_id, "paper_out")
        box.store.slip_printed(receipt.case_id, box.clock().wall)
    else:
        box.store.recover_slips()
    assert not found_in_files([key, grouped(key)], tmp_path), "table, free pages and WAL"


def test_no_log_mail_or_trace_of_central_tells_a_key_or_a_word(
    town: Town, box: Box, tmp_path: Path
) -> None:
    receipt = box.submit(words=SENTENCE, name=NAME, phone=PHONE)
    assert box.agent.pass_once()
    key = receipt.tracking_key
    path = f"/T/{receipt.reference}/{key}"
    shown = requests.get(town.url + path, timeout=10)
    assert shown.status_code == 200
    assert shown.headers["Referrer-Policy"] == "no-referrer"
    for asked in (path + "/more", path.lower() + "?x=1", "/" + path.replace("/", "%2F"), f"/{key}"):
        requests.get(town.url + asked, headers={"Referer": town.url + path}, timeout=10)
    requests.post(town.url + "/", data={"reference": receipt.reference, "key": key}, timeout=10)
    requests.get(town.url + path, headers={"Host": "wrong.example"}, timeout=10)
    with town.broken_database():
        assert requests.get(town.url + path, timeout=60).status_code == 500
    town.command("worker", "--once")
    assert receipt.reference in town.log.read_text(), "the scan looks at the right log"
    (tmp_path / "log").mkdir()
    (tmp_path / "log" / "central.log").write_bytes(town.log.read_bytes())
    mail = town.folder / "state" / "mail"
    assert not found_in_files([key, grouped(key), *SAID], tmp_path / "log", mail)
    held = found_in_files([key, grouped(key)], town.folder / "state")
    assert not held, "central keeps a keyed hash only"


def test_from_outside_corruption_looks_like_any_other_case(
    town: Town, box: Box, tmp_path: Path
) -> None:
    """Sizes of boxes and slip rows, and what a technician's command tells."""
    assert box.identity.corruption_key, "else nothing would be sealed twice here"
    receipts = {kind: box.submit(kind=kind, words=SENTENCE, name=NAME) for kind in Kind}
    boxes = {len(decode_record(entry.record).sealed) for entry in box.entries()}
    slips = {len(job.slip) for job in box.store.slip_jobs(10)}
    assert (len(boxes), len(slips)) == (1, 1)
    (tmp_path / "kiosk.toml").write_text(
        f'[device]\nstate_dir = "{box.folder}"\nruntime_dir = "{tmp_path}"\n'
    )
    told = json.loads(_told(tmp_path, "outbox"))["entries"]
    assert len(told) == len(receipts)
    own = {"record_id", "reference", "kept_at"}
    alike = {json.dumps({k: v for k, v in entry.items() if k not in own}) for entry in told}
    assert len(alike) == 1


def _told(folder: Path, verb: str) -> str:
    done = subprocess.run(
        [program("kiosk"), verb, "--json"],
        env={**os.environ, "KIOSK_CONFIG": str(folder / "kiosk.toml")},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_what_is_said_after_a_rating_is_sealed_on_the_box_and_opened_at_central(
    town: Town, box: Box, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    rated = Rating(rating_id=uuid.uuid4(), division_code="works", score=2)
    remark = Remark(explanation_id=uuid.uuid4(), rating_id=rated.rating_id, words=SENTENCE)
    survey = Questionnaire(
        answers_id=uuid.uuid4(),
        survey_code="counter",
        survey_version=1,
        division_code="works",
        questions=("quick",),
        scores={"quick": 4},
        about={"occupation": "farmer"},
    )
    box.keeping(lambda intake: intake.rate(rated, "th"))
    box.keeping(lambda intake: intake.explain(remark, "th"))
    box.keeping(lambda intake: intake.answer(survey, "th"))
    assert not found_in_files([SENTENCE, "farmer"], tmp_path)
    assert box.agent.pass_once()
    assert SENTENCE not in caplog.text
    assert_all_settled(box)
    with closing(sqlite3.connect(f"file:{town.database}?mode=ro", uri=True)) as database:
        told = database.execute(
            "SELECT words, score FROM surveys_explanation JOIN surveys_rating USING (rating_id) "
            "WHERE surveys_rating.device_id = ?",
            (box.code,),
        ).fetchall()
        about = database.execute(
            "SELECT scores, about FROM surveys_answers WHERE device_id = ?", (box.code,)
        ).fetchall()
    assert told == [(SENTENCE, 2)]
    assert about == [('{"quick":4}', '{"occupation":"farmer"}')]
