"""The case is on the disk: its reference, its code, and how far the slip is."""

from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.handing import ASKED
from kiosk.i18n import tr
from kiosk.scene import Leave, Scene, TellSlip
from kiosk.screens.screen import Screen, load_layout, taken
from kiosk.theme import theme
from kiosk.widgets import code  # noqa: F401  (kv names it)
from kiosk.widgets.button import Plate, Step
from sync.deadline import day_in_words
from sync.reference import grouped

load_layout(__file__)


class SlipRow(BoxLayout):  # type: ignore[misc]  # Kivy has no types
    """How the slip is, behind its sign; nothing at all without `text`."""

    icon = StringProperty("")
    text = StringProperty("")
    ink = StringProperty("ink")
    tall_mm = NumericProperty(14.5)


class DoneScreen(Screen):
    """What to take home; the key leaves the screen with the visit.

    When nobody knows whether the slip came out, whoever stands here is asked.
    """

    reference = StringProperty("")
    key = StringProperty("")
    url = StringProperty("")
    promise = StringProperty("")
    slip_text = StringProperty("")
    slip_icon = StringProperty("")
    slip_ink = StringProperty("ink")
    is_asked = BooleanProperty(False)
    is_tight = BooleanProperty(False)

    def lower(self) -> None:
        """The question's answers and the way home find their place in the bar."""
        super().lower()
        self.puts_in = taken(self.ids.answers)

    def show(self, scene: Scene) -> None:
        """Reference, key, promise and the slip's state."""
        helps, receipt = theme.access, scene.receipt
        is_short = (helps.large_text and not theme.is_upright) or (helps.low_reach and theme.is_low)
        self.is_tight = is_short or bool(helps.low_reach and theme.masthead)
        if receipt is None:
            return
        self.reference = receipt.reference
        self.key = grouped(receipt.tracking_key)
        self.url = receipt.tracking_url
        self.promise = ""
        if receipt.due_on:
            day = day_in_words(
                receipt.due_on, scene.visit.language, thai_digits=self.profile.thai_digits
            )
            self.promise = tr._("You will have an answer by {day}.").format(day=day)
        self.slip_text, self.slip_icon, self.slip_ink = _slip_in_words(
            scene.slip, scene.box.printer
        )
        self._offer(is_asked=scene.slip == ASKED, said=scene.visit.language)

    def wipe(self) -> None:
        """Forget the key."""
        self.reference = self.key = self.url = self.promise = ""

    def go_on(self) -> None:
        """Home."""
        self.ask(Leave())

    def _offer(self, *, is_asked: bool, said: str) -> None:
        """Under the question its two answers, else the way home."""
        self.is_asked = is_asked
        if (is_asked, said) == getattr(self, "_offered", None):
            return
        self._offered = (is_asked, said)
        answers = self.ids.answers
        answers.clear_widgets()
        for widget in self._answers() if is_asked else self._way_home():
            answers.add_widget(widget)

    def _answers(self) -> tuple[Widget, Widget]:
        again = Plate(name="slip:again", text=tr._("No, print it again"), look="outline")
        taken = Step(name="slip:taken", text=tr._("Yes, I have it"))
        again.bind(on_release=lambda _: self.ask(TellSlip(came_out=False)))
        taken.bind(on_release=lambda _: self.ask(TellSlip(came_out=True)))
        for button in (again, taken):
            button.halign = "center"
        return again, taken

    def _way_home(self) -> tuple[Widget, Widget]:
        size = (theme.wide(3.2), theme.target)
        finish = Step(name="finish", text=tr._("Finish"), size_hint=(None, None), size=size)
        finish.bind(on_release=lambda _: self.go_on())
        return Widget(), finish


def _slip_in_words(slip: str, printer: str) -> tuple[str, str, str]:
    """Sentence, icon and ink for a slip's state, given what the printer says of itself."""
    match slip, printer:
        case "printed", _:
            return tr._("Please take your slip"), "receipt-text-check-outline", "good"
        case "asked", _:
            return tr._("Did your whole slip come out?"), "help-circle-outline", "ink"
        case "unknown", _:
            words = tr._("The slip may be incomplete. Please photograph this screen.")
            return words, "camera-outline", "warn"
        case "expired", _:
            words = tr._("No slip this time. Please photograph this screen.")
            return words, "camera-outline", "warn"
        case _, "ok":
            return tr._("Your slip is being printed"), "printer-outline", "klong"
    return printer_in_words(printer), "camera-outline", "warn"


def printer_in_words(printer: str) -> str:
    """Why no slip comes, and what to do instead."""
    sentences: dict[str, str] = {
        "paper_out": tr._("The paper is used up. You can photograph this screen instead."),
        "cover_open": tr._("The printer is open. You can photograph this screen instead."),
    }
    other = tr._("The printer is not working. You can photograph this screen instead.")
    return sentences.get(printer, str(other))
