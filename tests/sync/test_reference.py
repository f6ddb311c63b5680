import contextlib
import string

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_37_36

from sync.errors import BadReference
from sync.reference import (
    ALPHABET,
    Reference,
    grouped,
    is_genuine,
    make_key,
    parse_key,
    parse_reference,
    parse_tracking_url,
    reference_for,
    tracking_url,
)

FIRST_LETTERS = sorted(set(ALPHABET) & set(string.ascii_uppercase))
codes = st.builds(
    str.__add__, st.sampled_from(FIRST_LETTERS), st.text(ALPHABET, min_size=1, max_size=3)
)
numbers = st.integers(1, 99_999_999)
references = st.builds(reference_for, codes, numbers)
secrets = st.binary(min_size=32, max_size=32)
randoms = st.binary(min_size=7, max_size=32)
keys = st.text(ALPHABET, min_size=16, max_size=16)
LOOKALIKES = {"0": "oO", "1": "iIlL"}


@given(references)
def test_a_reference_is_read_as_it_was_written(reference: Reference) -> None:
    assert parse_reference(str(reference)) == reference


@given(references)
def test_its_check_character_is_iso_7064s(reference: Reference) -> None:
    stem = f"{len(reference.device_code)}{reference.device_code}{reference.number:04d}"
    assert str(reference)[-1] == mod_37_36.calc_check_digit(stem, alphabet=ALPHABET)


@given(references, st.data())
def test_a_reference_is_read_however_a_person_types_it(
    reference: Reference, data: st.DataObject
) -> None:
    written = str(reference)
    typed = "".join(
        data.draw(st.sampled_from([letter, letter.lower(), *LOOKALIKES.get(letter, "")]))
        for letter in written
    )
    assert parse_reference(typed) == reference
    assert parse_reference(written.replace("-", data.draw(st.sampled_from(["", " ", "–"])))) == (
        reference
    )
    assert (
        parse_reference(written.translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙"))) == reference
    )


@given(references, st.data())
def test_one_wrong_character_is_noticed(reference: Reference, data: st.DataObject) -> None:
    written = str(reference)
    places = [index for index, letter in enumerate(written) if letter != "-"]
    place = data.draw(st.sampled_from(places))
    wrong = data.draw(st.sampled_from(ALPHABET))
    assume(wrong != written[place])
    with pytest.raises(BadReference):
        parse_reference(written[:place] + wrong + written[place + 1 :])


def test_an_ordinary_reference_typed_without_dashes_shows_every_slip_too() -> None:
    bare = "A10042" + str(reference_for("A1", 42))[-1]
    for place, right in enumerate(bare):
        for wrong in set(ALPHABET) - {right}:
            with pytest.raises(BadReference):
                parse_reference(bare[:place] + wrong + bare[place + 1 :])


@given(st.text(max_size=40))
def test_whatever_is_typed_is_a_reference_or_a_bad_one(typed: str) -> None:
    with contextlib.suppress(BadReference):
        assert isinstance(parse_reference(typed), Reference)


def test_a_bad_reference_is_not_repeated_in_the_error() -> None:
    with pytest.raises(BadReference) as caught:
        parse_reference("A1-0042-Z-SECRET")
    assert "0042" not in str(caught.value)
    assert "SECRET" not in str(caught.value)


@pytest.mark.parametrize(
    ("code", "number"), [("A", 1), ("1A", 1), ("ABCDE", 1), ("IL", 1), ("A1", 0), ("A1", 10**8)]
)
def test_impossible_references_are_not_made(code: str, number: int) -> None:
    with pytest.raises(BadReference):
        reference_for(code, number)


@given(secrets, references, randoms)
def test_a_key_is_genuine_for_its_slip(secret: bytes, reference: Reference, random: bytes) -> None:
    key = make_key(secret, reference, random)
    assert parse_key(grouped(key).lower()) == key
    assert is_genuine(key, secret, reference)


@given(secrets, secrets, references, references, randoms)
def test_a_key_is_not_genuine_elsewhere(
    secret: bytes, other: bytes, reference: Reference, elsewhere: Reference, random: bytes
) -> None:
    assume(secret != other)
    assume(reference != elsewhere)
    key = make_key(secret, reference, random)
    assert not is_genuine(key, other, reference)
    assert not is_genuine(key, secret, elsewhere)


@given(secrets, references, randoms, st.data())
def test_one_wrong_character_makes_a_key_a_stranger(
    secret: bytes, reference: Reference, random: bytes, data: st.DataObject
) -> None:
    key = make_key(secret, reference, random)
    place = data.draw(st.integers(0, len(key) - 1))
    wrong = data.draw(st.sampled_from(ALPHABET))
    assume(wrong != key[place])
    assert not is_genuine(key[:place] + wrong + key[place + 1 :], secret, reference)


@pytest.mark.parametrize(
    "typed", ["", "K7QM", "K7QM-2R9X-K7QM-2R9U", "K7QM2R9XK7QM2R9XX", "ก" * 16]
)
def test_what_is_not_a_key_is_refused_without_repeating_it(typed: str) -> None:
    with pytest.raises(BadReference) as caught:
        parse_key(typed)
    assert not typed or typed not in str(caught.value)


def test_the_address_on_the_slip_is_upper_case_throughout() -> None:
    url = tracking_url("https://tk.example.go.th/", "A1-0042-Y", "K7QM2R9XK7QM2R9X")
    assert url == "HTTPS://TK.EXAMPLE.GO.TH/T/A1-0042-Y/K7QM2R9XK7QM2R9X"


@given(references, keys)
def test_what_the_slip_says_is_read_from_its_code(reference: Reference, key: str) -> None:
    scanned = tracking_url("https://rapfang.example.go.th/box", str(reference), key)
    assert parse_tracking_url(scanned) == (reference, key)
    assert parse_tracking_url(scanned.lower()) == (reference, key)


@pytest.mark.parametrize(
    "scanned",
    ["", "8850999220017", "HTTPS://X/T/A1-0042-9", "ftp://x/T/A1-0042-9/K7QM2R9XK7QM2R9X"],
)
def test_what_is_no_slip_is_refused_without_repeating_it(scanned: str) -> None:
    with pytest.raises(BadReference) as refused:
        parse_tracking_url(scanned)
    assert not scanned or scanned not in str(refused.value)
