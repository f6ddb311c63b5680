"""Thank you, and whoever likes may say more; home by itself."""

from collections.abc import Sequence

from kivy.properties import BooleanProperty, StringProperty

from kiosk.form.flow import Step
from kiosk.form.model import Rating
from kiosk.i18n import tr
from kiosk.scene import Aside, Begin, Choose, Leave, Scene
from kiosk.screens.listing import most_columns
from kiosk.screens.screen import Screen, load_layout
from kiosk.theme import theme
from kiosk.widgets import pages  # noqa: F401  (kv names it)
from kiosk.widgets.button import Choice, Plate
from sync.profile import Reason

load_layout(__file__)

CONTENT_FROM = 4
"""From this score on somebody is asked what was good, below it what should be better."""


class ThanksScreen(Screen):
    """The rating is kept. A reason, words and a questionnaire are offered, each once."""

    question = StringProperty("")
    is_low = BooleanProperty(False)
    has_paper = BooleanProperty(False)

    def show(self, scene: Scene) -> None:
        """The reasons that fit the rating, and what else may be said."""
        rating, said = scene.visit.rating, scene.visit.language
        self.is_low = theme.is_low or bool(theme.reach and theme.access.large_text)
        self.has_paper = scene.has_paper
        if rating is None:
            return
        reasons = self.profile.reasons_for(rating.score)
        self.question = _asked(rating) if reasons else ""
        shown = (rating.rating_id, rating.reason, rating.is_remarked, rating.is_surveyed, said)
        if shown != getattr(self, "_shown", None):
            self._shown = shown
            self._offer_reasons(reasons, rating, said)
            self._offer_more(rating)

    def go_on(self) -> None:
        """Home."""
        self.ask(Leave())

    def _offer_reasons(self, reasons: Sequence[Reason], rating: Rating, said: str) -> None:
        grid = self.ids.reasons
        grid.columns = _columns_for(len(reasons))
        grid.fill(reasons, lambda reason: self._card(reason, rating, said))

    def _card(self, reason: Reason, rating: Rating, said: str) -> Choice:
        card = Choice(
            name=f"reason:{reason.code}",
            text=reason.name.in_language(said),
            role="small",
            halign="center",
            chosen=rating.reason == reason.code,
            disabled=rating.reason not in ("", reason.code),
        )
        card.bind(on_release=lambda _: self.ask(Choose("reason", reason.code)))
        return card

    def _offer_more(self, rating: Rating) -> None:
        row = self.ids.more
        row.clear_widgets()
        if not rating.is_remarked:
            words = Plate(name="words", icon="pencil-outline", text=tr._("Say it in words"))
            words.bind(on_release=lambda _: self.ask(Aside(Step.REMARK)))
            row.add_widget(words)
        if self.profile.survey_for(rating.division_code) and not rating.is_surveyed:
            survey = Plate(
                name="survey",
                icon="clipboard-text-outline",
                text=tr._("Answer some questions"),
            )
            survey.bind(on_release=lambda _: self.ask(Begin("survey")))
            row.add_widget(survey)
        for entry in row.children:
            entry.look, entry.role = "outline", "small"


def _asked(rating: Rating) -> str:
    if rating.score >= CONTENT_FROM:
        return str(tr._("What was good?"))
    return str(tr._("What should be better?"))


def _columns_for(count: int) -> int:
    """One row where they fit in one; else rows that are full: four in two, six in three."""
    widest = 4 if theme.reach else most_columns(2, 4)
    if count <= widest:
        return max(1, count)
    return 2 if count == 4 else min(widest, 3)
