import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.errors import BadSeal
from sync.seal import SMALLEST_CLASS, open_sealed, public_key_of, seal

PRIVATE = bytes(range(32))
PUBLIC = public_key_of(PRIVATE)
OVERHEAD = 48


@given(st.binary(max_size=5000))
def test_what_is_sealed_opens_again(plain: bytes) -> None:
    assert open_sealed(seal(plain, PUBLIC), PRIVATE) == plain


@given(st.binary(max_size=5000))
def test_a_box_tells_only_its_size_class(plain: bytes) -> None:
    length = len(seal(plain, PUBLIC)) - OVERHEAD
    assert length in {SMALLEST_CLASS, SMALLEST_CLASS * 2, SMALLEST_CLASS * 4}


def test_the_same_words_never_make_the_same_box() -> None:
    assert seal(b"words", PUBLIC) != seal(b"words", PUBLIC)


@given(st.binary(max_size=100), st.data())
def test_a_changed_box_does_not_open(plain: bytes, data: st.DataObject) -> None:
    box = bytearray(seal(plain, PUBLIC))
    place = data.draw(st.integers(0, len(box) - 1))
    box[place] ^= data.draw(st.integers(1, 255))
    # X25519 ignores the top bit of the ephemeral key, but the nonce is made from all of it.
    with pytest.raises(BadSeal):
        open_sealed(bytes(box), PRIVATE)


@given(st.binary(max_size=200))
def test_what_is_no_box_does_not_open(noise: bytes) -> None:
    with pytest.raises(BadSeal):
        open_sealed(noise, PRIVATE)


def test_another_key_does_not_open_it() -> None:
    with pytest.raises(BadSeal):
        open_sealed(seal(b"words", PUBLIC), b"\x09" * 32)
