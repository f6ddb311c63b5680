"""Screens are said aloud, in the resident's language, once somebody asked for it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.fake.microphone import tone
from hardware.microphone import encoded
from kiosk.config import SoundSettings
from kiosk.prompts import Prompts
from kiosk.sound import Sound
from tests.kiosk.screens.box import Box

RECORDED = ("th/home", "th/topic", "th/words", "th/confide", "en/topic")


class Office:
    """A box with a virtual speaker and some recordings."""

    def __init__(self, folder: Path) -> None:
        self.speaker, self.prompts = folder / "speaker", folder / "prompts"
        self.speaker.touch()
        said = encoded(memoryview(tone(2)))
        for name in RECORDED:
            path = self.prompts / f"{name}.opus"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(said)
        settings = SoundSettings(
            driver="virtual", speaker=str(self.speaker), prompts=str(self.prompts)
        )
        self.sound = Sound(settings)
        self.box = Box(folder, sound=self.sound)

    @property
    def is_heard(self) -> bool:
        return self.sound.playing is not None


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = Office(tmp_path)
    yield office
    office.sound.hush()
    office.box.close()


def test_nothing_is_said_until_somebody_asks_and_then_each_screen(office: Office) -> None:
    box = office.box
    box.touch("kind:complaint")
    assert not office.is_heard
    box.touch("prompt")
    box.wait_until(lambda: office.speaker.stat().st_size > 1000)
    first = office.sound.playing
    box.touch("topic:road")
    assert office.sound.playing is not first
    assert office.is_heard
    for target in ("phrase:1", "back"):
        box.touch(target)
    assert office.is_heard


def test_a_screen_without_a_recording_is_silent_and_shows_no_sign(office: Office) -> None:
    box = office.box
    box.touch("prompt")
    assert office.is_heard
    box.touch("division:works")
    assert not office.is_heard
    assert "prompt" not in box.targets()


def test_a_second_touch_stops_it_for_good(office: Office) -> None:
    box = office.box
    box.touch("kind:complaint")
    box.touch("prompt")
    box.touch("prompt")
    assert not office.is_heard
    box.touch("topic:road")
    assert not office.is_heard


def test_it_is_said_in_the_language_of_the_visit(office: Office) -> None:
    box = office.box
    box.touch("kind:complaint")
    box.touch("prompt")
    thai = office.sound.playing
    box.touch("language:en")
    assert office.sound.playing not in (thai, None)
    box.touch("topic:road")
    assert not office.is_heard


def test_typing_does_not_begin_it_anew(office: Office) -> None:
    box = office.box
    for target in ("kind:complaint", "topic:road", "prompt"):
        box.touch(target)
    saying = office.sound.playing
    box.type("ดู")
    assert office.sound.playing is saying


def test_a_report_about_corruption_is_only_said_when_asked_for_there(office: Office) -> None:
    box = office.box
    box.touch("prompt")
    box.touch("kind:corruption")
    assert not office.is_heard
    box.touch("prompt")
    box.touch("prompt")
    assert office.is_heard
    box.touch("next")
    assert not office.is_heard


def test_whoever_comes_next_hears_nothing(office: Office) -> None:
    box = office.box
    box.touch("kind:complaint")
    box.touch("prompt")
    box.glass._leave()
    box.frames()
    assert not office.is_heard
    box.touch("kind:complaint")
    assert not office.is_heard


def test_without_a_speaker_nothing_is_offered(office: Office) -> None:
    office.speaker.unlink()
    office.box.touch("kind:complaint")
    assert "prompt" not in office.box.targets()


def test_what_is_no_recording_is_not_played_and_is_named(office: Office) -> None:
    (office.prompts / "th/topic.opus").write_bytes(b"nonsense")
    (office.prompts / "th/toppic.opus").write_bytes(b"x")
    (office.prompts / "fr").mkdir()
    (office.prompts / "fr/home.opus").write_bytes(b"x")
    office.box.touch("kind:complaint")
    office.box.touch("prompt")
    assert not office.is_heard
    named = "\n".join(Prompts(str(office.prompts)).remarks())
    assert "th/topic.opus: " in named
    assert "th/toppic.opus: no screen is called so" in named
    assert "fr/home.opus: does not lie in a language's folder" in named
    assert "th/words" not in named
    assert not list(Prompts("").remarks())
