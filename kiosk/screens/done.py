"""The case is on the disk: its reference, its code, and how far the slip is."""

from kivy.properties import StringProperty

from kiosk.i18n import tr
from kiosk.scene import Leave, Scene
from kiosk.screens.screen import Screen, load_layout
from kiosk.widgets import code  # noqa: F401  (kv names it)
from sync.deadline import day_in_words
from sync.reference import grouped

load_layout(__file__)


class DoneScreen(Screen):
    """What to take home; the key leaves the screen with the visit."""

    reference = StringProperty("")
    key = StringProperty("")
    url = StringProperty("")
    promise = StringProperty("")
    slip_text = StringProperty("")
    slip_icon = StringProperty("")
    slip_ink = StringProperty("ink")

    def show(self, scene: Scene) -> None:
        """Reference, key, promise and the slip's state."""
        receipt = scene.receipt
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

    def wipe(self) -> None:
        """Forget the key."""
        self.reference = self.key = self.url = self.promise = ""

    def finish(self) -> None:
        """Home."""
        self.ask(Leave())


def _slip_in_words(slip: str, printer: str) -> tuple[str, str, str]:
    """Sentence, icon and ink for a slip's state, given what the printer says of itself."""
    match slip, printer:
        case "printed", _:
            return tr._("Please take your slip"), "receipt-text-check-outline", "good"
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
