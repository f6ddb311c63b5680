"""How a case stands: one sentence first, then what has happened, the newest first."""

from collections.abc import Iterator
from datetime import datetime

from kivy.properties import BooleanProperty, StringProperty

from kiosk.form.flow import Step
from kiosk.i18n import tr
from kiosk.scene import Aside, Leave, Scene
from kiosk.screens.screen import Screen, load_layout, taken
from kiosk.widgets import passage  # noqa: F401  (kv names it)
from kiosk.widgets.passage import Words
from sync.deadline import THAILAND, day_in_words
from sync.desk import Told
from sync.inquiry import CaseStory, Change
from sync.profile import Profile

load_layout(__file__)

SIGNS = {
    "received": ("inbox-arrow-down-outline", "klong"),
    "screening": ("magnify", "klong"),
    "in_progress": ("progress-wrench", "klong"),
    "answered": ("message-check-outline", "good"),
    "closed": ("check-circle-outline", "good"),
}
"""Icon and ink for a case's status."""
OPEN = ("received", "screening", "in_progress")


class StoryScreen(Screen):
    """What central told; while it is being asked, and where it cannot be, that."""

    reference = StringProperty("")
    sign = StringProperty("")
    ink = StringProperty("klong")
    sentence = StringProperty("")
    promise = StringProperty("")
    may_add = BooleanProperty(False)
    is_added = BooleanProperty(False)

    def lower(self) -> None:
        """The story has all the height; the way to add to it stands at the foot beside it."""
        super().lower()
        self.ids.stands.add_widget(taken(self.ids.add))

    def show(self, scene: Scene) -> None:
        """The sentence for what was found, and the story of a case."""
        told = scene.told
        if scene.visit.lookup is None:
            return
        story = told.answer.story if told and told.answer else None
        self.reference = told.answer.reference if told and told.answer and story else ""
        self.promise = ""
        self.is_added = scene.visit.lookup.is_added
        self.may_add = story is not None and not self.is_added
        if story:
            self._tell(story, scene.visit.language)
        else:
            self.sign, self.ink, self.sentence, self.promise = _without_story(told)
            self.ids.passage.tell([])

    def _tell(self, story: CaseStory, language: str) -> None:
        self.sign, self.ink = SIGNS[story.status]
        self.sentence = _stands(story, self.profile, language)
        if story.due_on and story.status in OPEN:
            said = (
                tr._("The answer was due by {day}. It is overdue.")
                if story.is_overdue
                else tr._("You will have an answer by {day}.")
            )
            self.promise = str(said).format(day=day_in_words(story.due_on, language))
            self.ink = "warn" if story.is_overdue else self.ink
        if self.is_added:
            self.promise = str(tr._("Your words are kept and go to the complaint centre."))
        self.ids.passage.tell(_paragraphs(story, self.profile, language))

    def wipe(self) -> None:
        """Forget the case."""
        self.reference = self.sign = self.sentence = self.promise = ""
        self.may_add = self.is_added = False
        self.ids.passage.wipe()

    def add_words(self) -> None:
        """There is more to say."""
        self.ask(Aside(Step.ADD))

    def go_on(self) -> None:
        """Home."""
        self.ask(Leave())


def _without_story(told: Told | None) -> tuple[str, str, str, str]:
    """Icon, ink, sentence and what to do, where there is no story to tell."""
    if told is None:
        return "timer-sand", "klong", str(tr._("One moment, we are asking the centre.")), ""
    found = told.answer.found if told.answer else ""
    known: dict[str, tuple[str, str, str, str]] = {
        "on_its_way": (
            "truck-fast-outline",
            "klong",
            tr._("Your case is kept in its kiosk and not yet at the centre."),
            tr._("You need not submit it again. Please look again later."),
        ),
        "shut": (
            "inbox-arrow-down-outline",
            "klong",
            tr._("The complaint centre has received your case."),
            tr._("You need not submit it again. Please look again later."),
        ),
        "nothing": (
            "help-circle-outline",
            "warn",
            tr._("No case opens with this reference and key."),
            tr._("Please go back and compare them with your slip."),
        ),
    }
    offline = (
        "cloud-off-outline",
        "warn",
        tr._("The centre cannot be reached from here just now."),
        tr._("Your case is safe. Please try again later, or scan the slip with a phone."),
    )
    sign, ink, sentence, promise = known.get(found, offline)
    return sign, ink, str(sentence), str(promise)


def _stands(story: CaseStory, profile: Profile, language: str) -> str:
    division = _division(profile, story.division_code, language)
    if story.status == "in_progress" and division:
        return str(tr._("{division} is working on your case.")).format(division=division)
    return str(
        {
            "received": tr._("The complaint centre has received your case."),
            "screening": tr._("An officer is looking into your case."),
            "in_progress": tr._("Your case is being worked on."),
            "answered": tr._("Your case has been answered."),
            "closed": tr._("Your case is closed."),
        }[story.status]
    )


def _paragraphs(story: CaseStory, profile: Profile, language: str) -> list[list[Words]]:
    """The answer, then each change from the newest to the day it was submitted."""
    told = []
    if story.answer:
        heading = Words(str(tr._("The answer")), "small", "muted")
        told.append([heading, Words(story.answer, bold=True, as_typed=True)])
    for at, title, note in sorted(_happened(story, profile, language), reverse=True):
        told.append(_step(title, at, language, note))
    told.append(_step(tr._("Reached the complaint centre"), story.received_at, language))
    if story.submitted_at:
        kiosk = str(tr._("Submitted at kiosk {device}")).format(device=story.device_code)
        told.append(_step(kiosk, story.submitted_at, language))
    return told


def _happened(
    story: CaseStory, profile: Profile, language: str
) -> Iterator[tuple[datetime, str, str]]:
    """When what happened at the centre, and the note that goes with it."""
    for change in story.changes:
        note = change.note if change.note != story.answer else ""
        yield change.at, _title(change, profile, language), note
    for at in story.added_at:
        yield at, str(tr._("You added words")), ""


def _step(title: str, at: datetime, language: str, note: str = "") -> list[Words]:
    """What happened, when, and what the officer wrote about it."""
    day = day_in_words(at.astimezone(THAILAND).date(), language)
    lines = [Words(str(title), bold=True), Words(day, "small", "muted")]
    return [*lines, Words(note, as_typed=True)] if note else lines


def _title(change: Change, profile: Profile, language: str) -> str:
    division = _division(profile, change.division_code, language)
    if change.status == "in_progress" and division:
        return str(tr._("Given to {division}")).format(division=division)
    return str(
        {
            "received": tr._("Received"),
            "screening": tr._("An officer began to look into it"),
            "in_progress": tr._("Being worked on"),
            "answered": tr._("Answered"),
            "closed": tr._("Closed"),
        }[change.status]
    )


def _division(profile: Profile, code: str, language: str) -> str:
    """The division's name; empty for none, and for one that this box does not know yet."""
    named = {division.code: division.name for division in profile.divisions}
    return named[code].in_language(language) if code in named else ""
