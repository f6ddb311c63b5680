"""Say it by voice: speak, hear it again, say it anew, beside typing."""

from kivy.clock import Clock
from kivy.properties import BooleanProperty, NumericProperty, OptionProperty, StringProperty

from kiosk.form.model import Draft, Enclosure
from kiosk.i18n import tr
from kiosk.scene import Back, Enclose, Forward, Scene
from kiosk.screens.screen import Screen, load_layout, taken
from kiosk.widgets import meter  # noqa: F401  (kv names it)
from sync.case import Kind
from sync.voice import MEDIA_TYPE, seconds_of

TICK_S = 0.1
"""How often the meter moves while somebody speaks; nothing wakes otherwise."""
STIR_TICKS = 10
QUIET = 0.35
"""Below this a whole recording is too quiet to be understood, by the meter's measure."""

load_layout(__file__)


class VoiceScreen(Screen):
    """`stage` is what it waits for: a touch, somebody's words, the encoder, or what next.

    What is being said is the box's `sound`, so that it outlives a screen built anew.
    """

    stage = OptionProperty("ready", options=["ready", "listening", "making", "kept"])
    time = StringProperty("")
    hint = StringProperty("")
    is_hint_grave = BooleanProperty(False)
    level = NumericProperty(0)
    can_listen = BooleanProperty(False)
    is_playing = BooleanProperty(False)

    def __init__(self, **properties: object) -> None:
        self._tick = Clock.create_trigger(self._look, TICK_S, interval=True)
        self._ticks, self._said, self._trouble = 0, b"", ""
        super().__init__(**properties)

    def lower(self) -> None:
        """What is done with a recording stands at the foot of its column."""
        super().lower()
        column = self.ids.spare.parent
        column.add_widget(taken(self.ids.spare), index=len(column.children))

    def show(self, scene: Scene) -> None:
        """What was said so far, or is being said now."""
        draft = scene.visit.draft
        if draft is None:
            return
        self._said = voice_of(draft)
        self._is_confidential = draft.kind is Kind.CORRUPTION
        self.can_listen = bool(self._said) and self.sound.can_play
        if self.sound.recording or self.sound.playing:
            self._tick()
        self._dress()

    def wipe(self) -> None:
        """Forget what was said."""
        self._tick.cancel()
        self._said, self._trouble, self.level, self.time = b"", "", 0, ""

    def talk(self) -> None:
        """The large button: begin, or that was it."""
        recording = self.sound.recording
        if recording is not None:
            recording.stop()
        else:
            self._trouble = "" if self.sound.record() else "gone"
            self._tick()
        self._dress()

    def listen(self) -> None:
        """Hear it, or stop hearing it."""
        if self.sound.playing:
            self.sound.be_quiet()
        elif self.sound.play(self._said):
            self._tick()
        self._dress()

    def remove(self) -> None:
        """As if nothing had been said."""
        self.sound.hush()
        self._trouble = ""
        self.ask(Enclose(Enclosure(media_type=MEDIA_TYPE, data=b"")))

    def go_on(self) -> None:
        """The next question."""
        self.sound.hush()
        self.ask(Forward())

    def go_back(self) -> None:
        """To the words."""
        self.sound.hush()
        self.ask(Back())

    def _look(self, *_: object) -> bool:
        """A tenth of a second later: louder, longer, over; True to look again."""
        if self.get_root_window() is None:  # another was built in this one's place
            return False
        recording, playing = self.sound.recording, self.sound.playing
        if recording and recording.is_over:
            self._take(recording.opus, recording.trouble, recording.loudest)
        elif playing and playing.is_over:
            self.sound.be_quiet()
        self._ticks += 1
        if self._ticks % STIR_TICKS == 0:
            self.dispatch("on_stir")
        self._dress()
        return bool(self.sound.recording or self.sound.playing)

    def _take(self, opus: bytes, trouble: str, loudest: float) -> None:
        """It has been made: enclosed, it stands in the place of what was said before."""
        self.sound.recording = None
        self._trouble = _trouble_of(opus, trouble, loudest)
        if opus:
            self.ask(Enclose(Enclosure(media_type=MEDIA_TYPE, data=opus)))

    def _dress(self) -> None:
        recording = self.sound.recording
        self.stage = _stage(self.sound.recording, self._said)
        self.is_playing = self.sound.playing is not None
        self.level = recording.level if recording and recording.is_listening else 0
        self.hint, self.is_hint_grave = self._hinted(), bool(self._trouble)
        self.can_go_on = self.stage == "kept"
        if recording:
            self.time = f"{clock(recording.seconds)} / {clock(self.sound.longest_s)}"
        else:
            self.time = clock(seconds_of(self._said)) if self._said else ""

    def _hinted(self) -> str:
        """One line under the meter, in the language in force."""
        if self.stage == "listening":
            return str(tr._("We are listening."))
        if self.stage == "making":
            return str(tr._("One moment…"))
        if self._trouble:
            return _said_of(self._trouble)
        if self._is_confidential:
            return str(tr._("People nearby can hear you, and a voice can be recognised."))
        if self.stage == "kept":
            return str(tr._("Your recording"))
        return str(tr._("Touch the button and speak, up to 3 minutes."))


def voice_of(draft: Draft) -> bytes:
    """The recording among a draft's enclosures; empty where there is none."""
    return next((each.data for each in draft.enclosures if each.media_type == MEDIA_TYPE), b"")


def clock(seconds: float) -> str:
    """A length as minutes and seconds."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def _stage(recording: object, said: bytes) -> str:
    if recording is None:
        return "kept" if said else "ready"
    return "listening" if getattr(recording, "is_listening", False) else "making"


def _trouble_of(opus: bytes, trouble: str, loudest: float) -> str:
    if trouble:
        return "cut_off" if opus else "gone"
    if not opus:
        return "too_short"
    return "quiet" if loudest < QUIET else ""


def _said_of(trouble: str) -> str:
    said = {
        "gone": tr._("The microphone does not answer. Please type or write by hand."),
        "cut_off": tr._("The microphone stopped. What you said before is kept."),
        "too_short": tr._("Nothing was heard. Please speak again."),
        "quiet": tr._("It is very quiet. Please listen, or speak again."),
    }
    return str(said[trouble])
