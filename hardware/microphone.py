"""A USB microphone: ALSA's `arecord` hears it, `opusenc` makes Opus of what it heard.

Both are children of ours behind pipes. What somebody said is in their memory and in ours, is
written to no disk, and ours is written over as soon as the recording is made.
"""

import contextlib
import logging
import math
import os
import select
import subprocess
from collections.abc import Callable, Sequence
from threading import Event, Thread

from hardware import alsa
from hardware.errors import DeviceLost, DeviceMissing, HardwareError

log = logging.getLogger(__name__)

RATE_HZ = 16_000
"""Samples a second, 16 bit, one channel: all that speech needs."""
BYTES_A_SECOND = 2 * RATE_HZ
LONGEST_S = 180.0
SHORTEST_S = 0.5
"""Less is a touch by mistake."""
BITRATE = 24
"""Thousand bits a second; Opus calls it full quality for speech. Three minutes are 540 kB."""
QUIETEST_DB = -60.0
"""Decibels below full scale at which the meter stands at 0."""
SILENT_S = 3.0
"""A microphone that delivers nothing for so long is gone."""
ENCODE_S = 60.0

_CHUNK = BYTES_A_SECOND // 10
_OPUSENC = (
    *("opusenc", "--quiet", "--raw", "--raw-bits", "16", "--raw-chan", "1"),
    *("--raw-rate", str(RATE_HZ), "--bitrate", str(BITRATE), "--speech", "--padding", "0"),
    *("-", "-"),
)


class Recording:
    """One recording that has begun. It goes on until `stop`, `drop` or `longest_s`.

    `level` is how loud it is now, from 0 to 1; `loudest` the most so far. Once it `is_over`,
    `opus` is what was said, Ogg Opus, empty where nothing was; `trouble` is the code of what
    ended it early. What had been said before that is kept.
    """

    def __init__(self, child: "subprocess.Popen[bytes]", pipe: int, longest_s: float) -> None:
        self.level, self.loudest = 0.0, 0.0
        self.opus, self.trouble = b"", ""
        self._child, self._pipe, self._filled = child, pipe, 0
        self._samples = bytearray(int(longest_s * RATE_HZ) * 2)
        self._stopped, self._over, self._dropped = Event(), Event(), Event()
        Thread(target=self._run, name="microphone", daemon=True).start()

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self._filled / BYTES_A_SECOND

    @property
    def is_listening(self) -> bool:
        """Whether what is said now is recorded."""
        return not self._stopped.is_set()

    @property
    def is_over(self) -> bool:
        """Whether `opus` is there."""
        return self._over.is_set()

    def stop(self) -> None:
        """That was it; `is_over` follows when it has been encoded."""
        self._stopped.set()
        with contextlib.suppress(ProcessLookupError):
            self._child.terminate()

    def drop(self) -> None:
        """Nobody wants it any more: it is wiped, and never encoded."""
        self._dropped.set()
        self.stop()

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until it is over."""
        return self._over.wait(timeout_s)

    def _run(self) -> None:
        try:
            self._listen()
            if self.seconds >= SHORTEST_S and not self._dropped.is_set():
                self.opus = encoded(memoryview(self._samples)[: self._filled])
        except HardwareError as error:
            self._note(error)
        finally:
            self._samples[:] = bytes(len(self._samples))
            self._over.set()

    def _listen(self) -> None:
        with self._child, os.fdopen(self._pipe, "rb"):
            while self.is_listening and self._filled < len(self._samples):
                if not self._hear():
                    break
            was_stopped = not self.is_listening
            self._stopped.set()
            self._child.terminate()
        if not was_stopped and self._filled < len(self._samples):
            self._note(DeviceLost("the microphone is gone"))

    def _hear(self) -> bool:
        """Take what is there; False when there will be no more."""
        if not select.select([self._pipe], [], [], SILENT_S)[0]:
            return False
        end = min(self._filled + _CHUNK, len(self._samples))
        room = memoryview(self._samples)[self._filled : end]
        count = os.readv(self._pipe, [room])
        self._measure(self._filled, self._filled + count)
        self._filled += count
        return count > 0

    def _measure(self, first: int, last: int) -> None:
        whole = memoryview(self._samples)[first + first % 2 : last - last % 2]
        if samples := whole.cast("h"):
            self.level = level_of(max(max(samples), -min(samples)))
            self.loudest = max(self.loudest, self.level)

    def _note(self, error: HardwareError) -> None:
        self.trouble = error.code
        log.warning("a recording ended early: %s: %s", error.code, error)


class Microphone:
    """What `record`s; `command` writes raw samples to its output until it is ended."""

    def __init__(self, command: Sequence[str], is_there: Callable[[], bool]) -> None:
        self._command, self._is_there = list(command), is_there

    @property
    def is_there(self) -> bool:
        """Whether it is plugged in."""
        return self._is_there()

    def record(self, longest_s: float = LONGEST_S) -> Recording:
        """Begin a recording.

        Raises:
            DeviceMissing: it is not plugged in, or what records it is not installed.
        """
        if not self.is_there:
            raise DeviceMissing("no microphone is plugged in")
        ours, its = os.pipe()
        try:
            child = subprocess.Popen(
                self._command, stdin=subprocess.DEVNULL, stdout=its, stderr=subprocess.DEVNULL
            )
        except OSError as error:
            os.close(ours)
            raise DeviceMissing(f"{self._command[0]}: {error.strerror}") from error
        finally:
            os.close(its)
        return Recording(child, ours, longest_s)


def alsa_microphone(device: str) -> Microphone:
    """The microphone that ALSA calls `device`, such as `plughw:CARD=Device`."""
    samples = ("-t", "raw", "-f", "S16_LE", "-c", "1", "-r", str(RATE_HZ))
    command = ("arecord", "-q", "-D", device, *samples)
    return Microphone(command, lambda: alsa.is_there(device, alsa.CAPTURE))


def level_of(peak: int) -> float:
    """A peak of samples, 0 to 32768, as the ear takes it: 0 to 1."""
    if peak <= 0:
        return 0.0
    decibels = 20 * math.log10(peak / 32768)
    return max(0.0, 1 - decibels / QUIETEST_DB)


def encoded(samples: memoryview) -> bytes:
    """Ogg Opus of raw samples.

    Raises:
        DeviceMissing: `opusenc` is not installed, or fails.
    """
    try:
        made = subprocess.run(
            _OPUSENC,
            input=samples,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=ENCODE_S,
            check=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise DeviceMissing(f"opusenc: {type(error).__name__}") from error
    return made.stdout
