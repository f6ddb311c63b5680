"""What is it about? The profile's topics, all of them or those that a word finds."""

from collections.abc import Sequence

from kivy.properties import BooleanProperty

from kiosk.form.searching import found
from kiosk.i18n import tr
from kiosk.scene import Scene
from kiosk.screens.listing import Card, ListingScreen, most_columns
from kiosk.screens.screen import load_layout, taken
from kiosk.theme import theme
from kiosk.widgets import field, keyboard  # noqa: F401  (kv names them)
from kiosk.widgets.button import Plate

load_layout(__file__)

MOST_FOUND = 4
"""One row of cards above the keyboard."""


class TopicScreen(ListingScreen):
    """The topics, each with its icon; a search brings the keyboard and puts the footer away."""

    field = "topic_code"
    target = "topic"
    is_searching = BooleanProperty(False)
    is_in_vain = BooleanProperty(False)

    def __init__(self, **properties: object) -> None:
        self._search = Plate(
            name="search",
            icon="magnify",
            look="outline",
            size_hint=(None, None),
            size=(theme.wide(2.6), theme.target),
        )
        self._search.bind(on_release=lambda _: self.search())
        super().__init__(**properties)

    def lower(self) -> None:
        """Field and keys stand above what is found; the ways to and fro are the bar's."""
        self._close = taken(self.ids.close)
        for below in (self.ids.top, self.ids.pages):
            self.add_widget(taken(below))

    def show(self, scene: Scene) -> None:
        """The cards, and above them the way to the search until it is open."""
        super().show(scene)
        self._search.text = tr._("Search")
        (self._show_low if theme.reach else self._show_top)()

    def _show_top(self) -> None:
        top = self.ids.top
        top.height = theme.row(10) if self.is_searching else theme.target
        if self.is_searching and not self.is_in_vain:
            top.height = 0
        top.opacity = 1 if top.height else 0
        if self.is_searching:
            top.remove_widget(self._search)
        elif self._search.parent is None:
            top.add_widget(self._search)

    def _show_low(self) -> None:
        """One row of what is found stands below the keys, or that nothing was."""
        typed, top, pages = self.ids.typed, self.ids.top, self.ids.pages
        self.puts_in = self._close if self.is_searching else self._search
        self.is_typing = self.is_searching
        typed.size_hint_y = 1 if self.is_searching else None
        top.size_hint_y = None if self.is_searching else 1
        top.height = theme.card if self.is_in_vain else 0
        top.opacity = 1 if self.is_in_vain or not self.is_searching else 0
        if self.is_searching:
            pages.height = 0 if self.is_in_vain else theme.card
        else:
            pages.height = theme.reach

    def cards(self, scene: Scene) -> Sequence[Card]:
        """The topics in the language in force."""
        self.columns = most_columns(2, 4)
        said, topics = scene.visit.language, self.profile.topics
        if self.is_searching:
            topics = found(topics, self.ids.field.text, MOST_FOUND)
        return [Card(t.code, t.name.in_language(said), t.icon) for t in topics]

    def chosen(self, scene: Scene) -> str | None:
        """The topic chosen before."""
        draft = scene.visit.draft
        return draft.topic_code if draft else None

    def wipe(self) -> None:
        """Forget what was looked for."""
        super().wipe()
        self.stop()

    def search(self) -> None:
        """Bring field and keyboard."""
        self.ids.keyboard.use(tr.language)
        self.is_searching, self.has_footer = True, False
        self.show(self.scene)

    def stop(self) -> None:
        """Show all topics again."""
        self.ids.field.wipe()
        self.is_searching, self.is_in_vain, self.has_footer = False, False, True
        self.show(self.scene)

    def seek(self, typed: str) -> None:
        """Somebody typed: show what it finds."""
        is_short = len(typed.strip()) < 2
        self.is_in_vain = not is_short and not self.cards(self.scene)
        self.show(self.scene)

    def type_text(self, letters: str) -> None:
        """A key was touched; a line break has no meaning here."""
        if letters != "\n":
            self.ids.field.insert(letters)
