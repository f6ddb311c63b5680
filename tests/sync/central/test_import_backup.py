"""What a dead box left in its backup: taken in once, by the rules of the wire, or not at all."""

import io
import sqlite3
import uuid
from contextlib import closing
from datetime import UTC, datetime

import pytest

from sync import boxed, strongbox
from sync.backed_up import Manifest
from sync.backup import back_up
from sync.case import CaseContent, ConfidentialContent, Instant, Kind
from sync.central.cases.models import Case
from sync.central.errors import BackupRefused, DeviceUnknown
from sync.central.fleet.models import Deed, Device
from sync.central.fleet.revoking import revoke
from sync.central.intake.backups import open_backup
from sync.central.intake.models import Attachment, Boot, Record, Revision
from sync.central.intake.tallying import compare
from sync.central.surveys.models import Rating
from sync.confiding import confided
from sync.keyring import PublicKey
from sync.records import Attachment as Announced
from sync.records import CaseSubmitted
from sync.reference import reference_for
from sync.seal import public_key_of, seal
from sync.store import STORE_FILE, STORE_READING, Store, Submission
from sync.wire import decode_record, digest_of, encode
from tests.sync.central.kiosk import CORRUPTION_KEY, Kiosk, instant, rating

NOW = datetime.now(UTC)


@pytest.fixture
def keys():
    """The operator's pair, as the bytes that seal and open."""
    private, public = strongbox.make_keys()
    read = strongbox.read_key
    return read(private, strongbox.PRIVATE), read(public, strongbox.PUBLIC)


class DeadBox:
    """A kiosk that kept things, was backed up and never sent any of it."""

    def __init__(self, kiosk, folder, keys):
        self.kiosk, self.path, self.keys = kiosk, folder / "A1.backup", keys
        self.draft = folder / "draft"
        self.store = Store.open(folder / STORE_FILE)

    def keep(self, record, attachments=()):
        """As the box's intake does; the case's number is the one that its record has."""
        case = decode_record(record)
        made = Submission(
            record=record, reference=case.reference, slip=b"words", attachments=list(attachments)
        )
        self.store.submit(case.case_id, case.captured, lambda _number: made)
        return record

    def keep_rating(self, record):
        given = decode_record(record)
        self.store.keep_rating(given.rating_id, given.captured, record)
        return record

    def back_up(self, **about):
        facts = {"device_code": self.kiosk.code, "made_at": NOW, "version": "1", **about}
        with self.path.open("wb") as out:
            back_up(self.store, facts, {"kiosk.toml": b"# settings"}, out, self.keys[1])
        self.store.close()
        return self

    def open(self, key=None):
        self.draft.mkdir(exist_ok=True)
        return open_backup(self.path, key or self.keys[0], self.draft)

    def take(self):
        return self.open().take(NOW)


@pytest.fixture
def box(tmp_path, kiosk, keys):
    dead = DeadBox(kiosk, tmp_path, keys)
    yield dead
    dead.store.close()


def test_what_was_never_sent_is_taken_in_for_the_device_that_kept_it(box, kiosk):
    records = [box.keep(kiosk.case()[0]), box.keep(kiosk.case()[0])]
    box.keep_rating(rating())
    backup = box.back_up().open()
    assert backup.planned()[1] == "A1: not yet here: 3 records, 0 attachments; known: 0"
    assert Record.objects.count() == 0
    [(code, taken)] = backup.take(NOW).items()
    assert (code, taken.records, taken.known, taken.refused) == ("A1", 3, 0, 0)
    assert {case.device_id for case in Case.objects.all()} == {"A1"}
    numbers = Record.objects.filter(number__isnull=False).order_by("number")
    assert [(r.number, r.digest) for r in numbers] == [
        (number, digest_of(record)) for number, record in enumerate(records, 1)
    ]
    assert Rating.objects.count() == 1


def test_twice_is_once(box, kiosk):
    box.keep(kiosk.case()[0])
    box.back_up().take()
    taken = box.take()["A1"]
    assert (taken.records, taken.known, taken.changed) == (0, 1, 0)
    assert (Record.objects.count(), Revision.objects.count(), Case.objects.count()) == (1, 0, 1)


def test_what_central_had_by_the_wire_is_known(box, kiosk):
    sent, unsent = box.keep(kiosk.case()[0]), box.keep(kiosk.case()[0])
    kiosk.send(sent)
    taken = box.back_up().take()["A1"]
    assert (taken.records, taken.known) == (1, 1)
    assert Record.objects.filter(digest=digest_of(unsent)).exists()


def test_central_holds_the_cases_that_the_device_counted(box, kiosk, tmp_path):
    kept = [box.keep(kiosk.case()[0]) for _ in range(3)]
    box.back_up()
    with Store.open(tmp_path / STORE_FILE) as store:
        store.acknowledge([digest_of(record) for record in kept], b"", NOW, NOW)
        tally = store.tally("A1")
    assert tally.through == 3
    assert not compare(tally, "A1", NOW, lambda: None).agreed
    box.take()
    assert compare(tally, "A1", NOW, lambda: None).agreed


def test_drawings_and_voices_come_along_once(box, kiosk):
    sealed = b"a drawing, sealed" * 100
    announced = [Announced(address=digest_of(sealed), size=len(sealed))]
    box.keep(kiosk.case(attachments=announced)[0], [sealed])
    assert box.back_up().take()["A1"].attachments == 1
    kept = Attachment.objects.get()
    assert (bool(kept.completed_at), b"".join(p.raw for p in kept.pieces.all())) == (True, sealed)
    again = box.take()["A1"]
    assert (again.attachments, again.known) == (0, 2)


def test_a_revoked_device_is_heard_out_and_stays_revoked(box, kiosk):
    box.keep(kiosk.case()[0])
    box.back_up()
    revoke("A1", "died", NOW)
    backup = box.open()
    assert backup.planned()[1].startswith("A1 (revoked): ")
    assert backup.take(NOW)["A1"].records == 1
    assert Device.objects.get(code="A1").revoked_at


def test_a_box_that_never_enrolled_needs_only_its_code(db, tmp_path, client, keys):
    box = DeadBox(Kiosk.create("N1", client), tmp_path, keys)
    box.keep(box.kiosk.case()[0])
    assert box.back_up().take()["N1"].records == 1
    assert Device.objects.get(code="N1").heard_at is None


def test_a_case_about_corruption_stays_sealed_as_it_came(box, kiosk):
    key = PublicKey(id="corruption-1", key=public_key_of(CORRUPTION_KEY))
    secret = CaseContent(
        kind=Kind.CORRUPTION, topic_code="x", words="เงินใต้โต๊ะ", tracking_key=kiosk.key_for(1)
    )
    content = confided(secret, key)
    assert isinstance(content, ConfidentialContent)
    record = encode(
        CaseSubmitted(
            case_id=uuid.uuid4(),
            reference=str(reference_for("A1", 1)),
            captured=instant(),
            sealed_to=kiosk.facts.intake_key_id,
            sealed=seal(encode(content), kiosk.facts.intake_key),
        )
    )
    box.keep(record)
    assert box.back_up().take()["A1"].records == 1
    case = Case.objects.get()
    assert (case.words, bytes(case.confidential)) == ("", content.sealed)
    assert bytes(Record.objects.get().raw) == record


def test_records_are_judged_as_on_the_wire(box, kiosk):
    box.keep(kiosk.case()[0])
    stranger = encode(decode_record(kiosk.case()[0])).replace(b"A1-", b"B9-")
    box.store.keep_rating(uuid.uuid4(), instant(), stranger)
    taken = box.back_up().take()["A1"]
    assert (taken.records, taken.refused) == (1, 1)


def test_when_the_boots_began_comes_along(box, kiosk):
    began_at = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
    box.store.note_boot("boot-9", began_at)
    captured = Instant(
        wall=datetime(1971, 1, 1, tzinfo=UTC), boot_id="boot-9", monotonic_s=60, trusted=False
    )
    box.keep(kiosk.case(captured=captured)[0])
    box.back_up().take()
    assert Boot.objects.get(boot_id="boot-9").began_at == began_at
    assert Case.objects.get().submitted_at == datetime(2026, 11, 20, 8, 1, tzinfo=UTC)


def test_it_is_logged_among_the_deeds_of_the_device(box, kiosk):
    box.keep(kiosk.case()[0])
    box.back_up().take()
    assert Deed.objects.filter(device_id="A1", what=Deed.What.BACKUP_TAKEN).count() == 1


def test_another_key_opens_nothing(box, kiosk):
    box.keep(kiosk.case()[0])
    other = strongbox.read_key(strongbox.make_keys()[0], strongbox.PRIVATE)
    with pytest.raises(BackupRefused, match="does not open with this key"):
        box.back_up().open(other)


@pytest.mark.parametrize("harm", ["cut", "changed", "more"])
def test_what_is_not_whole_is_refused_and_nothing_is_taken(box, kiosk, harm):
    box.keep(kiosk.case()[0])
    box.back_up()
    content = bytearray(box.path.read_bytes())
    if harm == "changed":
        content[len(content) // 2] ^= 1
    harmed = {"cut": content[: len(content) // 2], "changed": content, "more": content + b"x"}
    box.path.write_bytes(harmed[harm])
    with pytest.raises(BackupRefused, match="damaged"):
        box.open()
    assert Record.objects.count() == 0


def test_a_device_that_central_does_not_know_is_refused(box, kiosk):
    box.keep(kiosk.case()[0])
    with pytest.raises(DeviceUnknown, match="Z9"):
        box.back_up(device_code="Z9").open()
    assert Record.objects.count() == 0


def test_a_store_that_only_a_later_release_reads_is_refused(box, kiosk, tmp_path):
    box.keep(kiosk.case()[0])
    image = box.store.image()
    later = tmp_path / "later.db"
    later.write_bytes(image)
    with closing(sqlite3.connect(later)) as connection:
        connection.execute(f"PRAGMA user_version = {STORE_READING + 1}")
    box.store.close()
    write(box, later.read_bytes())
    with pytest.raises(BackupRefused, match="later release"):
        box.open()


def test_a_store_that_is_none_is_refused(box):
    box.store.close()
    write(box, b"SQLite format 3\0 and nothing more")
    with pytest.raises(BackupRefused, match="not sound"):
        box.open()


def write(box, store):
    """A backup that is sealed well, whatever its store is."""
    facts = {"device_code": "A1", "made_at": NOW, "version": "1", "cases": 1, "waiting": 1}
    made = Manifest(**facts, codes=["A1"], files=boxed.digests_of({STORE_FILE: store}))
    out = io.BytesIO()
    boxed.seal({STORE_FILE: store}, made, out, box.keys[1])
    box.path.write_bytes(out.getvalue())
