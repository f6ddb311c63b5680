"""What is played: to its end, until it is stopped, or until the speaker is pulled out."""

import pytest

from hardware.errors import DeviceLost, DeviceMissing
from hardware.fake.microphone import tone, virtual_microphone
from hardware.fake.speaker import virtual_speaker
from hardware.speaker import Speaker, alsa_speaker
from tests.hardware.test_microphone import until

WAV_HEAD = 44
SECOND = 2 * 24_000


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """Ogg Opus of 0.6 s."""
    file = tmp_path_factory.mktemp("said") / "microphone"
    file.write_bytes(tone(1.0))
    recording = virtual_microphone(str(file)).record(longest_s=0.6)
    assert recording.wait(10)
    return recording.opus


@pytest.fixture
def tape(tmp_path):
    file = tmp_path / "speaker"
    file.touch()
    return file


def test_what_was_recorded_is_heard_to_its_end(said, tape):
    playing = virtual_speaker(str(tape)).play(said)
    assert playing.wait(10)
    assert playing.trouble == ""
    played = tape.read_bytes()[WAV_HEAD:]
    assert len(played) == pytest.approx(0.6 * SECOND, abs=SECOND / 40)
    assert max(memoryview(played).cast("h")) > 5000


def test_it_is_silent_soon_after_it_is_stopped(said, tape):
    playing = virtual_speaker(str(tape)).play(said)
    until(lambda: tape.stat().st_size > WAV_HEAD, "nothing is played")
    playing.stop()
    assert playing.wait(10)
    assert playing.trouble == ""
    assert len(tape.read_bytes()) < 0.6 * SECOND


def test_a_speaker_that_is_pulled_out_ends_it(said, tape):
    playing = virtual_speaker(str(tape)).play(said)
    until(lambda: tape.stat().st_size > WAV_HEAD, "nothing is played")
    tape.unlink()
    assert playing.wait(10)
    assert playing.trouble == DeviceLost.code


def test_what_is_no_recording_is_not_played(tape):
    playing = virtual_speaker(str(tape)).play(b"nonsense")
    assert playing.wait(10)
    assert playing.trouble == DeviceMissing.code
    assert tape.read_bytes() == b""


def test_no_speaker_is_said_and_so_is_a_missing_program(said, tmp_path):
    gone = virtual_speaker(str(tmp_path / "nothing"))
    assert not gone.is_there
    with pytest.raises(DeviceMissing):
        gone.play(said)
    with pytest.raises(DeviceMissing):
        Speaker(["no-such-program"], lambda: True).play(said)


def test_alsas_own_program_takes_our_command(said):
    playing = alsa_speaker("null").play(said)
    assert playing.wait(10)
    assert playing.trouble == ""
