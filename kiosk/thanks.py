"""The papers that go with a rating or a sign-up, as jobs for the spooler. Nobody stands on them."""

from datetime import date

from kiosk.papers import JOINED, VOUCHER
from kiosk.papers.joined import JoinedWords
from kiosk.papers.voucher import VoucherWords
from kiosk.slip import kept
from sync.bulletin import Item
from sync.case import Instant
from sync.deadline import THAILAND
from sync.guarding import Run, Touch
from sync.profile import Profile
from sync.records import RatingGiven
from sync.store import Paper


class Thanks:
    """Thanks for ratings that count, by the rule that central counts by; a child's fifty taps
    are one run, and get no more than one or two vouchers.
    """

    def __init__(self, profile: Profile, device_code: str) -> None:
        self._profile, self._device_code = profile, device_code
        self._run: Run | None = None

    def voucher(self, rating: RatingGiven) -> Paper | None:
        """The voucher for a rating; None where there are none, or this one would not count."""
        promise = self._profile.voucher
        if promise is None or not self._with(rating).counts:
            return None
        names = {each.code: each.name for each in self._profile.divisions}
        division = names.get(rating.division_code)
        words = VoucherWords(
            municipality=self._profile.name.in_language(rating.language),
            municipality_th=self._profile.name.th,
            language=rating.language,
            text=promise.in_language(rating.language),
            text_th=promise.th,
            division=division.in_language(rating.language) if division else "",
            given_on=_day(rating.captured),
            thai_digits=self._profile.thai_digits,
        )
        return Paper(VOUCHER, kept(words))

    def note(self, rating: RatingGiven) -> None:
        """A rating was kept."""
        self._run = self._with(rating)

    def _with(self, rating: RatingGiven) -> Run:
        touch = Touch(
            device_code=self._device_code,
            boot_id=rating.captured.boot_id,
            monotonic_s=rating.captured.monotonic_s,
            division_code=rating.division_code,
            score=rating.score,
        )
        return self._run.with_touch(touch) if self._run else Run(touch)


def joined_paper(activity: Item, profile: Profile, language: str, captured: Instant) -> Paper:
    """What whoever signs up takes home: the activity in the words that the glass told of it."""
    title, about = activity.title, activity.words
    words = JoinedWords(
        municipality=profile.name.in_language(language),
        municipality_th=profile.name.th,
        language=language,
        title=title.in_language(language) or title.th,
        title_th=title.th,
        about=about.in_language(language) or about.th,
        about_th=about.th,
        phone=profile.phone,
        signed_on=_day(captured),
        thai_digits=profile.thai_digits,
    )
    return Paper(JOINED, kept(words))


def _day(captured: Instant) -> date | None:
    return captured.wall.astimezone(THAILAND).date() if captured.trusted else None
