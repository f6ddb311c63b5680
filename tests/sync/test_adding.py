"""Words added to a case, under their seals: from outside all look alike."""

import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.adding import AddedWords, seal_added
from sync.confiding import SealingKeys
from sync.keyring import PublicKey
from sync.seal import open_sealed, public_key_of
from sync.wire import LARGEST_RECORD, decode

INTAKE, CORRUPTION = secrets.token_bytes(32), secrets.token_bytes(32)
KEYS = SealingKeys(
    intake=PublicKey(id="intake-1", key=public_key_of(INTAKE)),
    corruption=PublicKey(id="corruption-1", key=public_key_of(CORRUPTION)),
)


def added(words: str) -> AddedWords:
    return AddedWords(reference="A1-0042-9", tracking_key="K7QM2R9XK7QM2R9X", words=words)


@given(st.text(min_size=1, max_size=3000))
def test_a_box_does_not_tell_what_kind_of_case_it_is_for(words: str) -> None:
    ordinary = seal_added(added(words), KEYS, is_confidential=False)
    assert len(ordinary) == len(seal_added(added(words), KEYS, is_confidential=True))


def test_words_to_a_case_about_corruption_are_closed_to_the_intake_key() -> None:
    box = seal_added(added("เขาโทรมาขู่"), KEYS, is_confidential=True)
    opened = decode(open_sealed(box, INTAKE), AddedWords)
    assert (opened.words, opened.confided_to) == ("", "corruption-1")
    assert open_sealed(opened.confided, CORRUPTION).decode() == "เขาโทรมาขู่"


def test_the_longest_words_fit_into_a_record() -> None:
    box = seal_added(added("ๆ" * 10_000), KEYS, is_confidential=True)
    assert len(box) * 4 / 3 + 1000 < LARGEST_RECORD


@pytest.mark.parametrize("secret", ["K7QM", "ฝนตก"])
def test_its_name_tells_neither_key_nor_words(secret: str) -> None:
    assert secret not in repr(added("ฝนตก"))
