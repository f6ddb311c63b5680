"""What is heard and played at the glass: one recording, one playing at a time.

They stand here and not on a screen, which may be built anew while somebody speaks.
"""

import logging

from hardware.errors import HardwareError
from hardware.fake.microphone import virtual_microphone
from hardware.fake.speaker import virtual_speaker
from hardware.microphone import LONGEST_S, Microphone, Recording, alsa_microphone
from hardware.speaker import Playing, Speaker, alsa_speaker
from kiosk.config import SoundSettings
from kiosk.prompts import Prompts

log = logging.getLogger(__name__)

MICROPHONES = {"alsa": alsa_microphone, "virtual": virtual_microphone}
SPEAKERS = {"alsa": alsa_speaker, "virtual": virtual_speaker}


class Sound:
    """A box's microphone and speaker; either may be missing.

    `recording` is what is being said or was said last, until it is taken or hushed;
    `playing` what is being played. `prompts` are what screens say aloud.
    """

    def __init__(self, settings: SoundSettings, longest_s: float = LONGEST_S) -> None:
        self.longest_s = longest_s
        self.prompts = Prompts(settings.prompts)
        self.recording: Recording | None = None
        self.playing: Playing | None = None
        self._microphone: Microphone | None = None
        self._speaker: Speaker | None = None
        if settings.microphone and settings.driver in MICROPHONES:
            self._microphone = MICROPHONES[settings.driver](settings.microphone)
        if settings.speaker and settings.driver in SPEAKERS:
            self._speaker = SPEAKERS[settings.driver](settings.speaker)

    @property
    def can_record(self) -> bool:
        """Whether a microphone is plugged in."""
        return self._microphone is not None and self._microphone.is_there

    @property
    def can_play(self) -> bool:
        """Whether a speaker is plugged in."""
        return self._speaker is not None and self._speaker.is_there

    def record(self) -> bool:
        """Begin a recording in the place of the one before; False where there is none."""
        self.hush()
        if self._microphone is not None:
            try:
                self.recording = self._microphone.record(self.longest_s)
            except HardwareError as error:
                log.warning("no recording: %s: %s", error.code, error)
        return self.recording is not None

    def play(self, opus: bytes) -> bool:
        """Begin to play Ogg Opus in the place of what is playing; False where nothing plays."""
        self.be_quiet()
        if self._speaker is not None:
            try:
                self.playing = self._speaker.play(opus)
            except HardwareError as error:
                log.warning("nothing is played: %s: %s", error.code, error)
        return self.playing is not None

    def be_quiet(self) -> None:
        """Play no more."""
        if self.playing is not None:
            self.playing.stop()
        self.playing = None

    def hush(self) -> None:
        """Play no more, and forget what is being said."""
        self.be_quiet()
        if self.recording is not None:
            self.recording.drop()
        self.recording = None


def no_sound() -> Sound:
    """A box with neither."""
    return Sound(SoundSettings())
