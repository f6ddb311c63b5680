"""From outside a case about corruption is like any other; inside only its key opens it."""

import secrets

import msgspec
import pytest

from sync.case import LONGEST_WORDS, MOST_EXCLUDED, CaseContent, ConfidentialContent, Contact, Kind
from sync.confiding import SealingKeys, seal_attachment, seal_case
from sync.errors import BadMessage
from sync.keyring import PublicKey
from sync.seal import open_sealed, public_key_of
from sync.wire import LARGEST_RECORD, decode, digest_of

INTAKE, CORRUPTION = secrets.token_bytes(32), secrets.token_bytes(32)
KEYS = SealingKeys(
    intake=PublicKey(id="intake-1", key=public_key_of(INTAKE)),
    corruption=PublicKey(id="corruption-1", key=public_key_of(CORRUPTION)),
)
LENGTHS = [*range(1, 60), *range(200, 800, 7), *range(800, LONGEST_WORDS, 173), LONGEST_WORDS]


def content(kind, words="เรียกเงิน", **changes):
    facts = {"topic_code": "street_light", "tracking_key": "0" * 16}
    return CaseContent(kind=kind, words=words, **{**facts, **changes})


@pytest.mark.parametrize("letter", ["a", "ก", "😀", '"'])
def test_equal_words_make_equally_long_boxes_whatever_the_kind(letter):
    longest = ""
    for length in LENGTHS:
        words = letter * length
        sizes = {len(seal_case(content(kind, words), KEYS)) for kind in Kind}
        assert len(sizes) == 1
        longest = words
    assert len(seal_case(content(Kind.CORRUPTION, longest), KEYS)) * 4 // 3 < LARGEST_RECORD - 1000


@pytest.mark.parametrize("length", [1, 100, 200, 600])
def test_codes_contact_and_exclusions_do_not_show_in_the_length(length):
    full = {
        "topic_code": "t" * 64,
        "village_code": "v" * 64,
        "contact": Contact(name="ก" * 200, phone="0812345678"),
        "privacy_notice_version": "n" * 40,
        "excluded": [str(number) + "r" * 63 for number in range(MOST_EXCLUDED)],
    }
    sizes = {
        len(seal_case(content(kind, "ก" * length, **changes), KEYS))
        for kind in Kind
        for changes in ({}, full)
    }
    assert len(sizes) == 1


def test_a_place_in_words_makes_equally_long_boxes_whatever_the_kind():
    for length in (1, 60, 200):
        said = {"place": "ก" * length}
        sizes = {len(seal_case(content(kind, "ก" * 300, **said), KEYS)) for kind in Kind}
        assert len(sizes) == 1


def test_the_intake_key_opens_a_case_about_corruption_only_as_far_as_it_must():
    said = content(Kind.CORRUPTION, language="km")
    opened = open_sealed(seal_case(said, KEYS), INTAKE)
    with pytest.raises(BadMessage):
        decode(opened, CaseContent)
    outer = decode(opened, ConfidentialContent)
    assert set(msgspec.to_builtins(outer)) == {
        *("sealed_to", "sealed", "tracking_key", "language", "due_on"),
    }
    assert (outer.sealed_to, outer.language) == ("corruption-1", "km")
    with pytest.raises(BadMessage):
        open_sealed(outer.sealed, INTAKE)
    assert decode(open_sealed(outer.sealed, CORRUPTION), CaseContent) == said


def test_other_cases_open_with_the_intake_key_as_before():
    said = content(Kind.COMPLAINT)
    assert decode(open_sealed(seal_case(said, KEYS), INTAKE), CaseContent) == said


def test_without_a_corruption_key_the_length_is_the_same():
    alone = SealingKeys(intake=KEYS.intake)
    said = content(Kind.CORRUPTION)
    assert len(seal_case(said, alone)) == len(seal_case(said, KEYS))
    assert decode(open_sealed(seal_case(said, alone), INTAKE), CaseContent) == said


@pytest.mark.parametrize("size", [1, 2047, 2048, 2049, 70_000])
def test_an_attachment_is_as_long_for_every_kind_and_opens(size):
    picture = secrets.token_bytes(size)
    sealed = {kind: seal_attachment(kind, picture, "image/jpeg", KEYS) for kind in Kind}
    assert len({len(box) for box, _ in sealed.values()}) == 1
    box, said = sealed[Kind.COMPLAINT]
    assert (said.address, said.media_type) == (digest_of(box), "image/jpeg")
    assert open_sealed(box, INTAKE) == picture
    inner = open_sealed(sealed[Kind.CORRUPTION][0], INTAKE)
    assert open_sealed(inner, CORRUPTION) == picture
