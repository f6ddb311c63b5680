"""A speaker: `opusdec` makes sound of Ogg Opus, ALSA's `aplay` plays it.

Both are children of ours behind pipes; nothing that is played is written to a disk.
"""

import logging
import subprocess
from collections.abc import Callable, Sequence
from threading import Event, Thread

from hardware import alsa
from hardware.errors import DeviceLost, DeviceMissing, HardwareError

log = logging.getLogger(__name__)

RATE_HZ = 24_000
"""What is played: WAV, 16 bit, as many channels as were recorded, so many samples a second."""
DECODE_S = 30.0

_OPUSDEC = ("opusdec", "--quiet", "--rate", str(RATE_HZ), "--force-wav", "-", "-")


class Playing:
    """Something that is being played until it `is_over`, or `stop`ped.

    `trouble` is the code of what ended it early.
    """

    def __init__(self, opus: bytes, player: "subprocess.Popen[bytes]") -> None:
        self.trouble = ""
        self._player = player
        self._stopped, self._over = Event(), Event()
        Thread(target=self._run, args=(opus,), name="speaker", daemon=True).start()

    @property
    def is_over(self) -> bool:
        """Whether nothing of it is to be heard any more."""
        return self._over.is_set()

    def stop(self) -> None:
        """That is enough."""
        self._stopped.set()
        self._player.terminate()

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until it is over."""
        return self._over.wait(timeout_s)

    def _run(self, opus: bytes) -> None:
        try:
            sound = _decoded(opus)
            self._player.communicate(sound)
            if self._player.returncode and not self._stopped.is_set():
                raise DeviceLost(f"the player ended with {self._player.returncode}")
        except HardwareError as error:
            self.trouble = error.code
            log.warning("not played to its end: %s: %s", error.code, error)
        finally:
            self._player.terminate()
            self._player.communicate()
            self._over.set()


class Speaker:
    """What `play`s; `command` reads WAV from its input and plays it."""

    def __init__(self, command: Sequence[str], is_there: Callable[[], bool]) -> None:
        self._command, self._is_there = list(command), is_there

    @property
    def is_there(self) -> bool:
        """Whether it is plugged in."""
        return self._is_there()

    def play(self, opus: bytes) -> Playing:
        """Begin to play Ogg Opus.

        Raises:
            DeviceMissing: it is not plugged in, or what plays is not installed.
        """
        if not self.is_there:
            raise DeviceMissing("no speaker is plugged in")
        try:
            player = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        except OSError as error:
            raise DeviceMissing(f"{self._command[0]}: {error.strerror}") from error
        return Playing(opus, player)


def alsa_speaker(device: str) -> Speaker:
    """The speaker that ALSA calls `device`, such as `plughw:CARD=Device`."""
    command = ("aplay", "-q", "-D", device, "-t", "wav", "-")
    return Speaker(command, lambda: alsa.is_there(device, alsa.PLAYBACK))


def _decoded(opus: bytes) -> bytes:
    """WAV of Ogg Opus.

    Raises:
        DeviceMissing: `opusdec` is not installed, or can't read it.
    """
    try:
        made = subprocess.run(
            _OPUSDEC,
            input=opus,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=DECODE_S,
            check=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise DeviceMissing(f"opusdec: {type(error).__name__}") from error
    return made.stdout
