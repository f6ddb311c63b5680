"""A stick from a site without a network: taken by the rules of the wire, answered on the stick."""

import gzip
import os
import re
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync.central.cases.models import Case
from sync.central.fleet.models import Device
from sync.central.fleet.revoking import revoke
from sync.central.intake.models import Attachment, Piece, Record
from sync.central.intake.sticks import Import
from sync.central.surveys.models import Rating
from sync.identity import join
from sync.records import Attachment as Announced
from sync.reference import reference_for
from sync.signature import open_signed, sign_payload, verify_key_of
from sync.stick import (
    ENROLMENT,
    FOLDER,
    LARGEST_FILE,
    TALLY,
    StickBatch,
    StickEnrolment,
    StickTally,
    answer_name,
    attachment_name,
    batch_name,
    write_message,
)
from sync.tally import chain_of
from sync.wire import (
    ATTACHMENT_PIECE,
    Acknowledgement,
    AttachmentStatus,
    BootClock,
    Enrolment,
    Signed,
    Tally,
    TallyAnswer,
    decode,
    digest_of,
    encode,
)
from tests.sync.central.kiosk import Kiosk, encode_batch, instant, rating

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


class Stick:
    """What one kiosk writes to a stick, and what central answers there."""

    def __init__(self, path, kiosk):
        self.path = path
        self.kiosk = kiosk
        self.folder = path / FOLDER / kiosk.code
        self.folder.mkdir(parents=True)

    def put(self, name, message, seed=None):
        (self.folder / name).write_bytes(
            write_message(message, self.kiosk.code, seed or self.kiosk.seed)
        )

    def batch(self, number, *records, **facts):
        packed = gzip.compress(encode_batch(records, **facts))
        self.put(batch_name(number), StickBatch(device_code=self.kiosk.code, packed=packed))

    def enrolment(self, code=None):
        message = Enrolment(
            device_code=self.kiosk.code,
            enrolment_code=code or self.kiosk.facts.enrolment_code,
            public_key=verify_key_of(self.kiosk.seed),
        )
        self.put(ENROLMENT, StickEnrolment(enrolment=message))

    def answer(self, name, shape):
        envelope = decode((self.folder / answer_name(name)).read_bytes(), Signed)
        return decode(open_signed(envelope, self.kiosk.facts.central_key), shape)

    def take(self, **facts):
        run = Import(lambda: NOW, **facts)
        run.run(self.path)
        return run


@pytest.fixture
def stick(tmp_path, kiosk):
    return Stick(tmp_path, kiosk)


def test_a_batch_is_taken_and_answered_beside_it(stick, kiosk):
    record, bad = kiosk.case()[0], b'{"type":"rating_given"}'
    stick.batch(1, record, rating(), bad)
    run = stick.take()
    assert run.skipped == []
    assert run.told() == [
        "A1: records taken: 2, refused: 1, in batches: 1; attachments: 0; tally: not compared"
    ]
    acknowledgement = stick.answer(batch_name(1), Acknowledgement)
    assert acknowledgement.device_code == "A1"
    assert [(answer.digest, answer.outcome) for answer in acknowledgement.answers][::2] == [
        (digest_of(record), "acknowledged"),
        (digest_of(bad), "refused"),
    ]
    assert (Case.objects.count(), Rating.objects.count()) == (1, 1)


def test_taking_it_again_changes_nothing_and_answers_the_same(stick, kiosk):
    stick.batch(1, kiosk.case()[0])
    stick.take()
    first = stick.answer(batch_name(1), Acknowledgement).answers
    run = stick.take()
    assert stick.answer(batch_name(1), Acknowledgement).answers == first
    assert (run.skipped, Record.objects.count()) == ([], 1)
    assert sorted(path.name for path in stick.folder.iterdir()) == [
        *("0001.ack", "0001.batch", "keyring.ack")
    ]


def test_a_kiosk_that_was_never_online_enrols_by_its_stick(db, tmp_path, client):
    stick = Stick(tmp_path, Kiosk.create("N1", client))
    stick.batch(1, rating())
    stick.enrolment()
    assert stick.take().skipped == []
    assert stick.answer(ENROLMENT, dict)["device_code"] == "N1"
    assert Rating.objects.count() == 1
    assert stick.take().skipped == []


def test_without_an_enrolment_a_stranger_is_skipped(db, tmp_path, client):
    stick = Stick(tmp_path, Kiosk.create("N1", client))
    stick.batch(1, rating())
    [(name, why)] = stick.take().skipped
    assert (name, "enrolled" in why) == ("N1/0001.batch", True)
    assert not Rating.objects.exists()


def test_a_wrong_enrolment_code_on_a_stick_is_refused(db, tmp_path, client):
    stick = Stick(tmp_path, Kiosk.create("N1", client))
    stick.enrolment(code="guessed")
    [(name, why)] = stick.take().skipped
    assert (name, why) == (f"N1/{ENROLMENT}", "the enrolment code is used or wrong")
    assert not Device.objects.get().public_key


def test_an_attachment_and_a_tally_travel_too(stick, kiosk):
    sealed = os.urandom(ATTACHMENT_PIECE + 5)
    address = digest_of(sealed)
    record, _ = kiosk.case(attachments=[Announced(address=address, size=len(sealed))])
    stick.batch(1, record)
    (stick.folder / attachment_name(address)).write_bytes(sealed)
    chain = chain_of([(str(reference_for("A1", 1)), digest_of(record))])
    stick.put(TALLY, StickTally(device_code="A1", tally=Tally(through=1, chain=chain)))
    for _ in range(2):
        run = stick.take()
        assert run.skipped == []
        assert run.told()[0].endswith("attachments: 1; tally: agreed")
    status = stick.answer(attachment_name(address), AttachmentStatus)
    assert (status.is_complete, status.received) == (True, len(sealed))
    assert stick.answer(TALLY, TallyAnswer).agreed
    assert b"".join(bytes(piece.raw) for piece in Piece.objects.all()) == sealed
    assert Device.objects.get().agreed_through == 1


@pytest.mark.parametrize("size", [3, 70_000])
def test_an_attachment_that_does_not_fit_is_skipped(stick, kiosk, size):
    sealed = os.urandom(size)
    announced = Announced(address=digest_of(sealed), size=size + 1)
    stick.batch(1, kiosk.case(attachments=[announced])[0])
    (stick.folder / attachment_name(announced.address)).write_bytes(sealed)
    (stick.folder / attachment_name("0" * 64)).write_bytes(sealed)
    assert [why for _, why in stick.take().skipped] == [
        "damaged, or no case announced it",
        "announced with another size",
    ]
    assert Attachment.objects.get().completed_at is None


def test_how_long_the_stick_travelled_does_not_shift_the_time(stick, kiosk):
    unset = instant(boot_id="b", monotonic_s=100.0, trusted=False)
    stick.batch(1, kiosk.case(captured=unset)[0], sent=instant(boot_id="b", monotonic_s=200.0))
    stick.take()
    assert Case.objects.get().submitted_at is None


def test_a_boots_beginning_tells_the_time_on_a_stick_too(stick, kiosk):
    began_at = NOW - timedelta(days=30)
    unset = instant(boot_id="b", monotonic_s=100.0, trusted=False)
    stick.batch(
        1,
        kiosk.case(captured=unset)[0],
        sent=instant(boot_id="b", monotonic_s=200.0),
        boots=[BootClock(boot_id="b", began_at=began_at)],
    )
    stick.take()
    assert Case.objects.get().submitted_at == began_at + timedelta(seconds=100)


def damage(stick, kiosk):
    """Files that are wrong in every way, by name with the word the operator reads."""
    good = gzip.compress(encode_batch([rating()]))
    folder = stick.folder
    stick.batch(2, rating())
    whole = (folder / batch_name(2)).read_bytes()
    (folder / batch_name(2)).write_bytes(whole[: len(whole) // 2])
    (folder / batch_name(3)).write_bytes(b"")
    (folder / batch_name(4)).write_bytes(os.urandom(5000))
    with (folder / batch_name(5)).open("wb") as file:
        file.truncate(LARGEST_FILE + 1)
    stick.put(batch_name(6), StickBatch(device_code="A1", packed=good), seed=os.urandom(32))
    stick.put(batch_name(7), StickBatch(device_code="A1", packed=good[:-4]))
    bomb = gzip.compress(bytes(50_000_000), 1)
    stick.put(batch_name(8), StickBatch(device_code="A1", packed=bomb))
    stick.put(batch_name(9), StickBatch(device_code="Z9", packed=good))
    (folder / batch_name(10)).symlink_to("/etc/hostname")
    os.mkfifo(folder / batch_name(11))
    (folder / "autorun\n.inf").write_bytes(b"x")
    return {
        2: "damaged",
        3: "damaged",
        4: "damaged",
        5: "too large",
        6: "not signed",
        7: "damaged",
        8: "damaged",
        9: "does not know",
        10: "cannot be read",
        11: "not a regular file",
    }


def test_whatever_is_wrong_is_named_and_skipped_and_the_rest_is_taken(stick, kiosk):
    expected = damage(stick, kiosk)
    stick.batch(1, rating())
    stick.batch(12, rating())
    run = stick.take()
    why = dict(run.skipped)
    for number, words in expected.items():
        assert words in why[f"A1/{batch_name(number)}"]
    assert why["A1/autorun\n.inf"] == "foreign"
    assert "skipped A1/autorun?.inf: foreign" in run.told()
    assert len(why) == len(expected) + 1
    assert Rating.objects.count() == 2
    assert stick.answer(batch_name(12), Acknowledgement).answers


SIGNED = st.builds(
    lambda payload, key_id: encode(sign_payload(payload, bytes(32), key_id)),
    st.binary(max_size=50)
    | st.sampled_from([b'{"type":"stick_batch","device_code":"A1","packed":""}', b"{}"]),
    st.sampled_from(["A1", "Z9", "A\0"]),
)
NAMES = [batch_name(1), batch_name(2), ENROLMENT, TALLY, attachment_name("0" * 64)]


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.dictionaries(st.sampled_from(NAMES), st.binary(max_size=200) | SIGNED, min_size=1))
def test_nothing_that_lies_on_a_stick_breaks_the_import(kiosk, files):
    with tempfile.TemporaryDirectory() as folder:
        bundle = Path(folder) / FOLDER / "A1"
        bundle.mkdir(parents=True)
        for name, raw in files.items():
            (bundle / name).write_bytes(raw)
        run = Import(lambda: NOW)
        run.run(Path(folder))
        assert {name.removeprefix("A1/") for name, _ in run.skipped} == set(files)
        assert len(list(bundle.iterdir())) == len(files)


def test_an_answer_replaces_a_link_and_follows_none(stick, kiosk, tmp_path):
    precious = tmp_path / "precious"
    precious.write_text("mine")
    (stick.folder / "0001.ack").symlink_to(precious)
    stick.batch(1, rating())
    stick.take()
    assert precious.read_text() == "mine"
    assert stick.answer(batch_name(1), Acknowledgement).answers


def test_a_stick_that_takes_no_answer_is_named_and_may_come_again(stick, kiosk):
    stick.batch(1, rating())
    (stick.folder / "0001.ack").mkdir()
    [(_, why)] = stick.take().skipped
    assert why.startswith("taken, but its answer cannot be written")
    assert Rating.objects.count() == 1
    (stick.folder / "0001.ack").rmdir()
    assert stick.take().skipped == []
    assert len(list(stick.folder.iterdir())) == 3  # the keyring as well


def test_a_revoked_kiosks_stick_is_taken_only_when_asked_for(stick, kiosk):
    stick.batch(1, kiosk.case()[0])
    stick.enrolment()
    stick.put(TALLY, StickTally(device_code="A1", tally=Tally(through=0, chain="0" * 64)))
    revoke("A1", "stolen", NOW - timedelta(days=1))
    heard_at = Device.objects.get().heard_at
    assert all("--revoked" in why for name, why in stick.take().skipped if "batch" in name)
    assert not Case.objects.exists()
    run = stick.take(with_revoked=True)
    assert run.skipped == []
    assert Case.objects.get().came_after_revocation
    assert stick.answer(batch_name(1), Acknowledgement).answers
    device = Device.objects.get()
    assert (device.heard_at, device.tally_at) == (heard_at, None)


def test_the_operators_command_tells_what_it_took(running_central, tmp_path):
    output = running_central.folder / "v5.toml"
    running_central.command("join-file", "V5", "--output", str(output))
    identity = join(output, running_central.folder / "v5")
    kiosk = Kiosk(identity, None)
    kiosk.seed = identity.device_key
    stick = Stick(tmp_path, kiosk)
    stick.enrolment()
    stick.batch(1, kiosk.case()[0])
    done = running_central.command("import-usb", str(tmp_path))
    assert done.stdout == (
        "V5: records taken: 1, refused: 0, in batches: 1; attachments: 0; tally: not compared\n"
    )
    assert done.returncode == 0
    (stick.folder / "strange.txt").write_text("x")
    again = running_central.command("import-usb", str(stick.folder))
    assert again.returncode == 1
    assert again.stdout.endswith("skipped V5/strange.txt: foreign\n")
    nowhere = running_central.command("import-usb", str(tmp_path / "nowhere"))
    assert nowhere.returncode == 2
    words = r"central: .*nowhere: No such file or directory; next: .+\n"
    assert re.fullmatch(words, nowhere.stderr)
