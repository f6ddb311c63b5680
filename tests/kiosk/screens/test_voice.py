"""A resident says it aloud; it is heard again, sealed and kept with the case."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from kivy.clock import Clock
from msgspec import json

from hardware.fake.microphone import tone
from kiosk.config import SoundSettings
from kiosk.intake import HEAR_ENCLOSED, SEE_ENCLOSED
from kiosk.screens.voice import VoiceScreen
from kiosk.sound import Sound
from kiosk.widgets.meter import BARS
from sync.case import CaseContent
from sync.seal import open_sealed
from sync.voice import MEDIA_TYPE, seconds_of
from sync.wire import decode_record
from tests.kiosk.screens.box import INTAKE_KEY, Box
from tests.kiosk.screens.test_drawing import LINE, draw


class Booth:
    """A box with a virtual microphone that hears a tone, and a virtual speaker."""

    def __init__(self, folder: Path, *, longest_s: float = 180.0, loudness: float = 0.3) -> None:
        self.microphone, self.speaker = folder / "microphone", folder / "speaker"
        self.microphone.write_bytes(tone(10, loudness=loudness))
        self.speaker.touch()
        settings = SoundSettings(
            driver="virtual", microphone=str(self.microphone), speaker=str(self.speaker)
        )
        self.sound = Sound(settings, longest_s)
        self.box = Box(folder, sound=self.sound)

    @property
    def screen(self) -> VoiceScreen:
        return self.box.glass._screen

    @property
    def said(self) -> bytes:
        """The recording in the case, if there is one."""
        enclosed = self.box.clerk.scene.visit.draft.enclosures
        return next((each.data for each in enclosed if each.media_type == MEDIA_TYPE), b"")

    def enter(self, kind: str = "kind:complaint") -> None:
        for target in (kind, "topic:road", "way:voice"):
            self.box.touch(target)
        assert self.box.glass.name == "voice"

    def speak(self, seconds: float = 0.8) -> None:
        self.box.touch("talk")
        self.hear(seconds)
        self.box.touch("talk")
        self.box.wait_until(lambda: self.screen.stage == "kept")

    def hear(self, seconds: float = 0.8) -> None:
        """Wait until so much was recorded."""
        self.box.wait_until(lambda: self.sound.recording.seconds >= seconds)


@pytest.fixture
def booth(tmp_path: Path) -> Iterator[Booth]:
    booth = Booth(tmp_path)
    yield booth
    booth.sound.hush()
    booth.box.close()


def test_a_recording_alone_makes_a_case_that_only_central_can_open(booth: Booth) -> None:
    box = booth.box
    booth.enter()
    booth.speak()
    said = booth.said
    assert seconds_of(said) >= 0.8
    for target in ("next", "village:village-3", "next"):
        box.touch(target)
    assert box.glass._screen.ids.words.answer == "เสียงที่ท่านพูด"
    box.touch("next")
    assert box.glass.name == "done"
    [entry] = [each for each in box.store.waiting(10) if each.record.startswith(b"{")]
    content = json.decode(
        open_sealed(decode_record(entry.record).sealed, INTAKE_KEY), type=CaseContent
    )
    assert content.words == HEAR_ENCLOSED
    assert [told.media_type for told in content.attachments] == [MEDIA_TYPE]
    waiting = box.store.next_attachment("A1")
    assert waiting is not None
    assert open_sealed(waiting.record, INTAKE_KEY) == said


def test_it_is_heard_again_and_stopped(booth: Booth) -> None:
    booth.enter()
    booth.speak(1.5)
    booth.box.touch("listen")
    booth.box.wait_until(lambda: booth.speaker.stat().st_size > 1000)
    assert booth.screen.is_playing
    booth.box.touch("listen")
    assert not booth.screen.is_playing
    booth.box.touch("listen")
    booth.box.wait_until(lambda: not booth.screen.is_playing)
    assert booth.sound.playing is None
    assert booth.screen.stage == "kept"


def test_speaking_again_takes_the_place_of_what_was_said_before(booth: Booth) -> None:
    booth.enter()
    booth.speak(1.2)
    before = booth.said
    booth.box.touch("talk")
    booth.hear(0.6)
    assert booth.said == before
    booth.box.touch("talk")
    booth.box.wait_until(lambda: booth.screen.stage == "kept")
    assert booth.said != before
    assert seconds_of(booth.said) < seconds_of(before)


def test_what_was_said_can_be_taken_back(booth: Booth) -> None:
    booth.enter()
    booth.speak()
    booth.box.touch("remove")
    assert booth.said == b""
    assert booth.screen.stage == "ready"
    assert "next" not in booth.box.targets()


def test_the_meter_rises_with_the_voice_and_time_is_told(booth: Booth) -> None:
    booth.enter()
    assert booth.screen.level == 0
    booth.box.touch("talk")
    booth.box.wait_until(lambda: booth.screen.level > 0.7)
    booth.box.wait_until(lambda: booth.screen.time == "0:01 / 3:00")
    [meter] = [each for each in booth.screen.walk() if type(each).__name__ == "Meter"]
    assert BARS * 0.7 < meter.lit < BARS
    assert "back" not in booth.box.targets()


def test_a_recording_ends_when_it_is_long_enough(tmp_path: Path) -> None:
    booth = Booth(tmp_path, longest_s=0.7)
    booth.enter()
    booth.box.touch("talk")
    booth.box.wait_until(lambda: booth.screen.stage == "kept")
    assert seconds_of(booth.said) == pytest.approx(0.7, abs=0.02)
    assert booth.screen.hint == "เสียงที่ท่านพูด"
    booth.box.close()


def test_a_microphone_that_is_pulled_out_keeps_what_was_said(booth: Booth) -> None:
    booth.enter()
    booth.box.touch("talk")
    booth.hear()
    booth.microphone.unlink()
    booth.box.wait_until(lambda: booth.screen.stage == "kept")
    assert seconds_of(booth.said) >= 0.8
    assert "เสียงที่พูดไปแล้วยังอยู่" in booth.screen.hint
    booth.box.touch("talk")
    assert booth.screen.stage == "kept"
    assert "ไมโครโฟนใช้ไม่ได้" in booth.screen.hint
    assert "next" in booth.box.targets()


def test_a_touch_by_mistake_is_said_and_keeps_nothing(booth: Booth) -> None:
    booth.enter()
    booth.box.touch("talk")
    booth.box.touch("talk")
    booth.box.wait_until(lambda: booth.screen.stage == "ready")
    assert booth.said == b""
    assert "ไม่ได้ยินเสียง" in booth.screen.hint


def test_a_voice_that_is_too_quiet_is_kept_and_said(tmp_path: Path) -> None:
    booth = Booth(tmp_path, loudness=0.002)
    booth.enter()
    booth.speak()
    assert booth.said
    assert "เสียงเบามาก" in booth.screen.hint
    booth.box.close()


def test_without_a_microphone_nobody_is_offered_one(booth: Booth) -> None:
    booth.microphone.unlink()
    booth.box.glass.show(booth.box.clerk.look_up())
    for target in ("kind:complaint", "topic:road"):
        booth.box.touch(target)
    assert "way:draw" in booth.box.targets()
    assert "way:voice" not in booth.box.targets()


def test_without_a_speaker_it_can_be_kept_and_not_heard(booth: Booth) -> None:
    booth.speaker.unlink()
    booth.enter()
    booth.speak()
    assert "listen" not in booth.box.targets()
    assert "next" in booth.box.targets()


def test_another_language_and_larger_words_interrupt_nobody(booth: Booth) -> None:
    booth.enter()
    booth.box.touch("talk")
    booth.box.touch("language:en")
    assert booth.screen.hint == "We are listening."
    before = booth.screen
    for target in ("access", "access:large_text", "close-access"):
        booth.box.touch(target)
    assert booth.screen is not before
    booth.hear()
    booth.box.touch("talk")
    booth.box.wait_until(lambda: booth.screen.stage == "kept")
    assert seconds_of(booth.said) >= 0.8


def test_who_speaks_is_not_asked_whether_they_are_there(tmp_path: Path) -> None:
    booth = Booth(tmp_path)
    booth.box.glass._vigil._idle_s = 1.5
    booth.enter()
    booth.box.touch("talk")
    booth.box.wait_until(
        lambda: booth.box.glass.name != "voice" or booth.sound.recording.seconds > 3.0
    )
    assert booth.box.glass.name == "voice"
    booth.sound.hush()
    booth.box.close()


def test_whoever_leaves_leaves_nothing_said(booth: Booth) -> None:
    booth.enter()
    booth.box.touch("talk")
    booth.hear(0.6)
    recording = booth.sound.recording
    booth.box.glass._leave()
    assert recording.wait(10)
    assert (recording.opus, any(recording._samples)) == (b"", False)
    booth.box.frames()
    assert booth.sound.recording is None
    booth.enter()
    assert (booth.screen.stage, booth.screen.time) == ("ready", "")


def test_whoever_leaves_with_larger_words_leaves_nothing_said_either(booth: Booth) -> None:
    booth.enter()
    for target in ("access", "access:large_text", "close-access", "talk"):
        booth.box.touch(target)
    booth.hear(0.6)
    booth.box.glass._leave()
    assert booth.sound.recording is None


def test_nothing_wakes_once_it_has_been_said(booth: Booth) -> None:
    booth.enter()
    booth.speak()
    booth.box.frames(5)
    waiting = [event for event in Clock.get_events() if "VoiceScreen" in repr(event.get_callback())]
    assert waiting == []


def test_words_a_drawing_and_a_voice_go_together(booth: Booth) -> None:
    booth.enter()
    booth.speak()
    booth.box.touch("back")
    assert "way:voice" in booth.box.targets()
    assert booth.box.clerk.scene.visit.step == "words"
    booth.box.type("ดู")
    for target in ("next", "village:village-3", "next"):
        booth.box.touch(target)
    assert booth.box.glass._screen.ids.words.answer == "ดู  ·  เสียงที่ท่านพูด"


def test_a_drawing_beside_a_voice_is_told_of_too(booth: Booth) -> None:
    booth.enter()
    booth.speak()
    booth.box.touch("back")
    booth.box.touch("way:draw")
    draw(booth.box, LINE)
    for target in ("next", "village:village-3", "next", "next"):
        booth.box.touch(target)
    [entry] = [each for each in booth.box.store.waiting(10) if each.record.startswith(b"{")]
    content = json.decode(
        open_sealed(decode_record(entry.record).sealed, INTAKE_KEY), type=CaseContent
    )
    assert content.words == f"{SEE_ENCLOSED}\n{HEAR_ENCLOSED}"
    assert len(content.attachments) == 2


def test_a_report_about_corruption_says_who_may_hear(booth: Booth) -> None:
    for target in ("kind:corruption", "next", "way:voice"):
        booth.box.touch(target)
    assert "คนใกล้เคียงอาจได้ยิน" in booth.screen.hint
