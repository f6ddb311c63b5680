"""The glass's language: every text on it is bound to `tr`, so switching re-renders all.

In kv write `text: tr._("Next")`, in Python `tr._("Next")`. Texts of the profile are
bound to `tr.language`. Messages are English; a catalogue per language holds the rest.
"""

from kivy.event import EventDispatcher
from kivy.lang.builder import global_idmap
from kivy.properties import BooleanProperty, ObjectProperty, StringProperty

from kiosk.catalogues import catalogue

DOMAIN = "kiosk"
_THAI_DIGITS = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")


class Translator(EventDispatcher):  # type: ignore[misc]  # Kivy has no types
    """The language in force. `_` is a property: what is bound to it follows a switch.

    `thai_digits` is the profile's wish, for what is read; what people copy or typed stays.
    """

    language = StringProperty("th")
    _ = ObjectProperty(catalogue(DOMAIN, "th").gettext)
    thai_digits = BooleanProperty(False)

    def use(self, language: str) -> None:
        """Switch every bound text to `language`."""
        self._ = catalogue(DOMAIN, language).gettext  # first: who hears of the language asks it
        self.language = language

    def digits(self, said: str) -> str:
        """`said` with Thai digits, where the profile wants them and the language is Thai."""
        is_wanted = self.thai_digits and self.language == "th"
        return said.translate(_THAI_DIGITS) if is_wanted else said


tr = Translator()
"""The one translator; kv knows it as `tr` without an import."""

global_idmap["tr"] = tr
