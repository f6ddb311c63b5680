"""What is said into a microphone: heard, measured, limited, encoded, and never on a disk."""

import subprocess
import time

import pytest

from hardware import alsa
from hardware.errors import DeviceLost, DeviceMissing
from hardware.fake.microphone import tone, virtual_microphone
from hardware.microphone import BYTES_A_SECOND, Microphone, alsa_microphone, level_of


def until(is_so, what, timeout_s=10):
    end = time.monotonic() + timeout_s
    while not is_so():
        assert time.monotonic() < end, what
        time.sleep(0.01)


@pytest.fixture
def heard(tmp_path):
    file = tmp_path / "microphone"
    file.write_bytes(tone(0.4))
    return file


def decoded(opus):
    """Raw samples, as `opusdec` reads them."""
    done = subprocess.run(
        ["opusdec", "--quiet", "--rate", "16000", "-", "-"],
        input=opus,
        capture_output=True,
        check=True,
    )
    return done.stdout


def test_what_is_said_becomes_opus_of_its_length(heard):
    recording = virtual_microphone(str(heard)).record()
    until(lambda: recording.seconds >= 0.8, "nothing is heard")
    recording.stop()
    assert recording.wait(10)
    assert (recording.trouble, recording.is_listening) == ("", False)
    assert recording.opus.startswith(b"OggS")
    assert len(decoded(recording.opus)) / BYTES_A_SECOND == pytest.approx(
        recording.seconds, abs=0.02
    )
    assert max(memoryview(decoded(recording.opus)).cast("h")) > 5000


def test_the_meter_follows_the_voice_and_falls_with_silence(heard):
    recording = virtual_microphone(str(heard)).record()
    until(lambda: recording.level > 0.7, "the meter does not rise")
    until(lambda: recording.level == 0.0, "the meter does not fall")
    assert recording.loudest > 0.7
    recording.drop()
    assert recording.wait(10)


@pytest.mark.parametrize(
    ("peak", "level"), [(0, 0.0), (1, 0.0), (33, 0.0), (1036, 0.5), (32768, 1.0)]
)
def test_the_meter_measures_as_the_ear_does(peak, level):
    assert level_of(peak) == pytest.approx(level, abs=0.01)


def test_it_ends_by_itself_when_it_is_long_enough(heard):
    recording = virtual_microphone(str(heard)).record(longest_s=0.6)
    assert recording.wait(10)
    assert (recording.seconds, recording.trouble) == (0.6, "")
    assert decoded(recording.opus)


def test_what_was_said_before_the_microphone_was_pulled_out_is_kept(heard):
    recording = virtual_microphone(str(heard)).record()
    until(lambda: recording.seconds >= 0.6, "nothing is heard")
    heard.unlink()
    assert recording.wait(10)
    assert recording.trouble == DeviceLost.code
    assert len(decoded(recording.opus)) >= 0.5 * BYTES_A_SECOND


def test_a_touch_by_mistake_makes_no_recording(heard):
    recording = virtual_microphone(str(heard)).record()
    recording.stop()
    assert recording.wait(10)
    assert (recording.opus, recording.trouble) == (b"", "")


def test_what_is_dropped_is_wiped_and_never_encoded(heard):
    recording = virtual_microphone(str(heard)).record()
    until(lambda: recording.seconds >= 0.6, "nothing is heard")
    recording.drop()
    assert recording.wait(10)
    assert recording.opus == b""
    assert not any(recording._samples)


def test_a_recording_that_was_encoded_is_wiped_too(heard):
    recording = virtual_microphone(str(heard)).record(longest_s=0.6)
    assert recording.wait(10)
    assert recording.opus
    assert not any(recording._samples)


def test_no_microphone_is_said_and_so_is_a_missing_program(tmp_path):
    gone = virtual_microphone(str(tmp_path / "nothing"))
    assert not gone.is_there
    with pytest.raises(DeviceMissing):
        gone.record()
    with pytest.raises(DeviceMissing):
        Microphone(["no-such-program"], lambda: True).record()


def test_a_microphone_that_delivers_nothing_at_once_is_lost():
    recording = Microphone(["false"], lambda: True).record()
    assert recording.wait(10)
    assert (recording.trouble, recording.opus) == (DeviceLost.code, b"")


def test_alsas_own_program_takes_our_command():
    recording = alsa_microphone("null").record(longest_s=1.0)
    assert recording.wait(20)
    assert (recording.trouble, recording.seconds) == ("", 1.0)
    assert decoded(recording.opus)


def test_a_card_is_found_by_its_name_its_number_or_at_all(tmp_path):
    for card, pcm in (("card0", "pcm0p"), ("card1", "pcm0c")):
        (tmp_path / card / pcm).mkdir(parents=True)
    (tmp_path / "Device").symlink_to("card1")

    def finds(device, direction):
        return alsa.is_there(device, direction, tmp_path)

    assert finds("plughw:CARD=Device,DEV=0", alsa.CAPTURE)
    assert finds("hw:1", alsa.CAPTURE)
    assert finds("plughw:1,0", alsa.CAPTURE)
    assert finds("default", alsa.CAPTURE)
    assert not finds("plughw:CARD=Device", alsa.PLAYBACK)
    assert not finds("hw:0", alsa.CAPTURE)
    assert not finds("plughw:CARD=Gone", alsa.CAPTURE)
    assert not alsa.is_there("default", alsa.CAPTURE, tmp_path / "none")
