"""The clerk's part after a rating: hears a reason, words or a questionnaire, and keeps them."""

from collections.abc import Callable
from typing import Protocol

from kiosk.form import opinions
from kiosk.form.flow import Visit
from kiosk.form.model import Questionnaire, Remark
from kiosk.form.opinions import Turn
from kiosk.scene import Aside, Back, Begin, Choose, Forward, Say
from sync.profile import Survey

Opinion = Begin | Say | Choose | Forward | Back | Aside
"""What is asked after a rating, beside what may be asked anywhere."""


class Keeper(Protocol):
    """Who keeps what follows a rating; `kiosk.intake.Intake` is one."""

    def explain(self, remark: Remark, language: str) -> None:
        """Keep why a rating was given."""

    def answer(self, survey: Questionnaire, language: str) -> None:
        """Keep what was answered of a questionnaire."""


class Opinions:
    """`survey_for` finds the questionnaire about a division."""

    def __init__(self, keeper: Keeper, survey_for: Callable[[str], Survey | None]) -> None:
        self._keeper = keeper
        self._survey_for = survey_for

    def hear(self, visit: Visit, ask: Opinion) -> Visit:
        """The visit to show next; what is finished with it is kept before.

        Raises as `Intake.rate` does.
        """
        turn = self._turn(visit, ask)
        self._keep(turn.finished, visit.language)
        return turn.visit

    def leave(self, visit: Visit) -> None:
        """A questionnaire that is left early counts as far as it was answered.

        Raises as `Intake.rate` does.
        """
        self._keep(opinions.left(visit), visit.language)

    def _turn(self, visit: Visit, ask: Opinion) -> Turn:
        from uuid6 import uuid7

        match ask:
            case Begin():
                division = visit.rating.division_code if visit.rating else ""
                return opinions.begin_survey(visit, uuid7(), self._survey_for(division))
            case Aside():
                return opinions.begin_remark(visit)
            case Choose():
                return opinions.answered(visit, ask.field, ask.answer, uuid7())
            case Say():
                return opinions.typed(visit, ask.answer)
            case Forward():
                return opinions.forward(visit, uuid7())
            case Back():
                return opinions.back(visit)

    def _keep(self, finished: Remark | Questionnaire | None, language: str) -> None:
        if isinstance(finished, Remark):
            self._keeper.explain(finished, language)
        elif finished:
            self._keeper.answer(finished, language)
