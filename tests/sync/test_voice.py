"""A recording is read strictly: how long it is, and that it is nothing else."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.fake.microphone import tone
from hardware.microphone import encoded
from sync.errors import BadMessage
from sync.voice import LARGEST, seconds_of


@pytest.fixture(scope="module")
def opus():
    return encoded(memoryview(tone(1.25)))


def test_a_recording_tells_its_length(opus):
    assert seconds_of(opus) == pytest.approx(1.25, abs=0.001)


@pytest.mark.parametrize("raw", [b"", b"<script>", b"RIFF....WAVE", b"OggS", b"OggS" + bytes(60)])
def test_anything_else_is_no_recording(raw):
    with pytest.raises(BadMessage):
        seconds_of(raw)


def test_one_that_is_cut_off_or_too_large_is_refused(opus):
    for end in range(1, len(opus), 97):
        with pytest.raises(BadMessage):
            seconds_of(opus[:end])
    with pytest.raises(BadMessage, match="large"):
        seconds_of(bytes(LARGEST + 1))


def test_other_sound_in_ogg_is_refused(opus):
    with pytest.raises(BadMessage):
        seconds_of(opus.replace(b"OpusHead", b"\x01vorbis."))


@given(at=st.integers(0, 2000), byte=st.integers(0, 255))
def test_no_changed_byte_breaks_the_reading(opus, at, byte):
    changed = bytearray(opus)
    changed[at % len(changed)] = byte
    with contextlib.suppress(BadMessage):
        assert seconds_of(bytes(changed)) >= 0
