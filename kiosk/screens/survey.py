"""A questionnaire, one question a screen: five faces, or something about the person."""

from kivy.properties import NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.form.model import Questionnaire
from kiosk.i18n import tr
from kiosk.scene import Choose, Forward, Leave, Scene
from kiosk.screens.faces import Faces
from kiosk.screens.listing import most_columns
from kiosk.screens.screen import Screen, load_layout, taken
from kiosk.theme import theme
from kiosk.widgets.button import Choice
from kiosk.widgets.pages import Pages
from sync.profile import Fact, Option, Question

load_layout(__file__)

MOST_IN_TWO = 4
"""More answers than this stand in three columns on a panel that lies."""


class SurveyScreen(Screen):
    """Each answer moves on; any question may be skipped and the rest left."""

    question = StringProperty("")
    above = StringProperty("")
    score = NumericProperty(0)

    def lower(self) -> None:
        """What leaves the question out stands in the bar."""
        super().lower()
        row = BoxLayout(spacing=theme.mm(2), size_hint_x=None)
        for way_out in (taken(self.ids.skip), taken(self.ids.finish)):
            row.add_widget(way_out)
        row.width = sum(way_out.width for way_out in row.children) + row.spacing
        self.puts_in = row

    def show(self, scene: Scene) -> None:
        """The question that is asked now, and the answer given before."""
        asked, said = scene.visit.survey, scene.visit.language
        survey = self.profile.survey_for(asked.division_code) if asked else None
        if asked is None or survey is None:
            return
        if asked.is_about_them:
            fact = survey.about[asked.number - len(survey.questions)]
            self._show_options(fact, asked, said)
        else:
            self._show_faces(survey.questions[asked.number], asked, said)

    def skip(self) -> None:
        """The next question without an answer."""
        self.ask(Forward())

    def stop(self) -> None:
        """Home; what was answered counts."""
        self.ask(Leave())

    def _show_faces(self, question: Question, asked: Questionnaire, said: str) -> None:
        self.question, self.above = question.text.in_language(said), _aspect(question.aspect)
        if not hasattr(self, "_faces"):
            self._faces = Faces(is_small=theme.is_low)
            self._faces.bind(on_rate=lambda _, score: self._answer(score))
        self._faces.chosen = asked.scores.get(question.code, 0)
        self._put(self._faces, theme.mm(60))

    def _show_options(self, fact: Fact, asked: Questionnaire, said: str) -> None:
        self.question, self.above = fact.text.in_language(said), ""
        if not hasattr(self, "_options"):
            self._options = Pages()
        self._options.columns = most_columns(1, 3 if len(fact.options) > MOST_IN_TWO else 2)
        before = asked.about.get(fact.code, "")
        shown = (fact.code, before, said)
        if shown != getattr(self, "_shown", None):
            self._shown = shown
            self._options.fill(fact.options, lambda option: self._card(option, before, said))
        rows = -(-len(fact.options) // int(self._options.columns))
        self._put(self._options, rows * (theme.card * 1.3 + theme.gap))

    def _card(self, option: Option, before: str, said: str) -> Choice:
        card = Choice(
            name=f"option:{option.code}",
            text=option.name.in_language(said),
            chosen=option.code == before,
        )
        card.bind(on_release=lambda _: self._answer(option.code))
        return card

    def _answer(self, answer: str | int) -> None:
        if self.scene.visit.survey:
            self.ask(Choose(self.scene.visit.survey.asked, answer))

    def _put(self, answers: Faces | Pages, tall: float) -> None:
        """`tall` pixels are theirs on an upright panel; else they take what is left."""
        if theme.is_upright:
            self.ids.answers.height = tall
        if self.ids.answers.children != [answers]:
            self.ids.answers.clear_widgets()
            self.ids.answers.add_widget(answers)


def _aspect(aspect: str) -> str:
    """What of the service is asked about, as Thai statistics name its four aspects."""
    names = {
        "process": tr._("Steps and time"),
        "channel": tr._("Ways to reach us"),
        "officer": tr._("Officers"),
        "facility": tr._("Place"),
    }
    return str(names[aspect])
