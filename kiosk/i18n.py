"""The glass's language: every text on it is bound to `tr`, so switching re-renders all.

In kv write `text: tr._("Next")`, in Python `tr._("Next")`. Texts of the profile are
bound to `tr.language`. Messages are English; a catalogue per language holds the rest.
"""

from kivy.event import EventDispatcher
from kivy.lang.builder import global_idmap
from kivy.properties import ObjectProperty, StringProperty

from kiosk.catalogues import catalogue

DOMAIN = "kiosk"


class Translator(EventDispatcher):  # type: ignore[misc]  # Kivy has no types
    """The language in force. `_` is a property: what is bound to it follows a switch."""

    language = StringProperty("th")
    _ = ObjectProperty(catalogue(DOMAIN, "th").gettext)

    def use(self, language: str) -> None:
        """Switch every bound text to `language`."""
        self.language = language
        self._ = catalogue(DOMAIN, language).gettext


tr = Translator()
"""The one translator; kv knows it as `tr` without an import."""

global_idmap["tr"] = tr
