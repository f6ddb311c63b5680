import os

import pytest

from sync.errors import BadMessage, BadSignature
from sync.signature import sign_payload, verify_key_of
from sync.stick import (
    ENROLMENT,
    TALLY,
    StickBatch,
    StickEnrolment,
    StickTally,
    answer_name,
    attachment_name,
    batch_name,
    is_answer,
    is_attachment,
    is_batch,
    read_message,
    write_message,
)
from sync.wire import Enrolment, Tally, encode

SEED, OTHER = os.urandom(32), os.urandom(32)
KEYS = {"A1": verify_key_of(SEED)}.__getitem__
BATCH = StickBatch(device_code="A1", packed=b"packed")
ENROLMENT_OF_A1 = StickEnrolment(
    enrolment=Enrolment(device_code="A1", enrolment_code="x", public_key=verify_key_of(SEED))
)


@pytest.mark.parametrize(
    "message",
    [
        BATCH,
        ENROLMENT_OF_A1,
        StickTally(device_code="A1", tally=Tally(through=3, chain="0" * 64, without=[2])),
    ],
)
def test_what_a_device_writes_reads_back(message):
    assert read_message(write_message(message, "A1", SEED), KEYS) == message


def test_an_enrolment_brings_its_own_key():
    raw = write_message(ENROLMENT_OF_A1, "A1", SEED)
    assert read_message(raw, {}.__getitem__) == ENROLMENT_OF_A1
    with pytest.raises(BadSignature):
        read_message(write_message(ENROLMENT_OF_A1, "A1", OTHER), KEYS)


def test_another_key_does_not_count():
    with pytest.raises(BadSignature):
        read_message(write_message(BATCH, "A1", OTHER), KEYS)


def test_a_device_without_a_key_has_signed_nothing():
    with pytest.raises(BadSignature):
        read_message(write_message(BATCH, "A1", SEED), lambda _code: b"")


def test_a_device_speaks_for_itself_only():
    with pytest.raises(BadMessage):
        read_message(write_message(BATCH, "B2", SEED), KEYS)


def test_a_device_nobody_knows_is_a_lookup_error():
    with pytest.raises(LookupError):
        read_message(write_message(BATCH, "A1", SEED), {}.__getitem__)


@pytest.mark.parametrize("raw", [b"", b"{}", b"\xff", b'{"payload":"","signature":"","key_id":""}'])
def test_what_is_no_such_file_is_a_bad_message(raw):
    with pytest.raises(BadMessage):
        read_message(raw, KEYS)


def test_every_changed_byte_shows():
    raw = write_message(BATCH, "A1", SEED)
    for place in range(0, len(raw), 7):
        changed = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
        try:
            read = read_message(changed, KEYS)
        except (BadMessage, LookupError):
            continue
        assert read == BATCH


def test_a_payload_of_another_sort_is_none_of_these():
    tally = encode(sign_payload(encode(Tally(through=0, chain="0" * 64)), SEED, "A1"))
    with pytest.raises(BadMessage):
        read_message(tally, KEYS)


def test_names_tell_what_a_file_is():
    names = [batch_name(7), attachment_name("a" * 64), ENROLMENT, TALLY]
    assert names[0] == "0007.batch"
    assert [is_batch(name) for name in names] == [True, False, False, False]
    assert [is_attachment(name) for name in names] == [False, True, False, False]
    assert all(is_answer(answer_name(name)) and not is_answer(name) for name in names)
    for foreign in ("0007.batch.exe", "7.batch", "0007.BATCH", "0007.batch\n", "../0007.batch"):
        assert not is_batch(foreign)
