"""How answers become a case: seal it, keep it, ring the bells. Only then speak.

A case is composed inside the store's transaction, because its reference carries the
number the store gives it. Record and slip are encoded there, once; whoever sends or
prints them later uses those very bytes.
"""

import logging
from collections.abc import Callable
from datetime import date
from typing import Protocol
from uuid import UUID

import msgspec

from kiosk import slip
from kiosk.form.checks import clean_name, clean_phone, clean_place, clean_words
from kiosk.form.model import Addition, Draft, Joining, Questionnaire, Rating, Remark
from kiosk.thanks import Thanks, joined_paper
from sync import drawing, records, voice, wire
from sync.adding import AddedWords, seal_added
from sync.bulletin import Item
from sync.case import AttachmentContent, CaseContent, Contact, Instant
from sync.confiding import seal_attachment, seal_case
from sync.deadline import THAILAND, due_on
from sync.identity import Identity
from sync.keyring import PublicKey
from sync.opinion import Explanation, SurveyAnswers
from sync.profile import Profile
from sync.reference import make_key, parse_reference, reference_for, tracking_url
from sync.seal import encoded, seal
from sync.signing_up import SignUp
from sync.store import Kept, Paper, Submission

log = logging.getLogger(__name__)

CONFIDED_TOPIC = "corruption"
"""What a case about corruption has in the place of a topic."""


SEE_ENCLOSED = "ผู้แจ้งเขียนหรือวาดด้วยนิ้ว โปรดดูสิ่งที่แนบมา"
HEAR_ENCLOSED = "ผู้แจ้งบันทึกเสียงไว้ โปรดฟังสิ่งที่แนบมา"
ALONE = {drawing.MEDIA_TYPE: SEE_ENCLOSED, voice.MEDIA_TYPE: HEAR_ENCLOSED}
"""The words of a case that only its enclosures tell; officers read them, in Thai."""

Enclosed = list[tuple[bytes, AttachmentContent]]


class Keeper(Protocol):
    """What intake asks of a store; `sync.store.Store` is one."""

    def submit(
        self, case_id: UUID, captured: Instant, compose: Callable[[int], Submission]
    ) -> Kept:
        """Keep case, outbox entry and slip job, or none of them."""

    def keep_rating(
        self, rating_id: UUID, captured: Instant, record: bytes, paper: Paper | None = None
    ) -> bool:
        """Keep a rating, or what followed one or a case; False where it is kept already.

        A `paper` is printed for whoever gave it.
        """

    def look(self) -> None:
        """Raise what would stand in the way of keeping anything."""


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """What the reporter takes home. There is one only when the case is on the disk.

    `due_on` is the promised day, None where the clock is a guess. The `repr` does not
    tell the key.
    """

    case_id: UUID
    reference: str
    tracking_key: str
    tracking_url: str
    due_on: date | None = None

    def __repr__(self) -> str:
        return f"Receipt({self.reference})"


class Intake:
    """Takes finished forms.

    `clock` reads the device's clocks; `ring` wakes who waits. `newest` tells, with each
    case, which of central's keys to seal to; without it they stay as `identity` has them.
    """

    def __init__(
        self,
        identity: Identity,
        profile: Profile,
        store: Keeper,
        clock: Callable[[], Instant],
        ring: Callable[[], None],
        newest: Callable[[], Identity] | None = None,
    ) -> None:
        self._identity = identity
        self._newest = newest or (lambda: identity)
        self._profile = profile
        self._store = store
        self._clock = clock
        self._ring = ring
        self._thanks = Thanks(profile, identity.device_code)

    def submit(self, draft: Draft, language: str) -> Receipt:
        """Keep a case and return what its reporter takes home.

        Submitting the same `case_id` again gives the same reference and key.

        Raises:
            AnswerInvalid: an answer that the form should not have let through.
            NewCodeNeeded: this box takes no case under its device code any more.
            StoreFull: the disk takes no more; nothing was half-written.
            StoreDamaged: the store cannot be trusted.
        """
        self._identity = self._newest()
        captured = self._clock()
        due = self._due_on(captured)

        enclosed = self._sealed(draft)

        def compose(number: int) -> Submission:
            receipt = self._receipt(draft, self._reference(number), due)
            record = self._record(draft, language, receipt, captured, enclosed)
            return Submission(
                reference=receipt.reference,
                record=wire.encode(record),
                attachments=[sealed for sealed, _ in enclosed],
                slip=slip.encode(self._slip(draft, language, receipt, captured)),
            )

        kept = self._store.submit(draft.case_id, captured, compose)
        log.info("case kept reference=%s again=%s", kept.reference, not kept.is_new)
        self._ring()
        return self._receipt(draft, kept.reference, due)

    def look(self) -> None:
        """Make sure that a form has a chance of being kept, before one is begun.

        Raises:
            StoreFull: hardly anything is free.
            StoreDamaged: the store cannot be trusted, or not be written to.
        """
        self._store.look()

    def rate(self, rating: Rating, language: str) -> bool:
        """Keep a rating, once; True when a voucher is printed for it.

        Raises:
            StoreFull: the disk takes no more.
            StoreDamaged: the store cannot be trusted.
        """
        captured = self._clock()
        record = records.RatingGiven(
            rating_id=rating.rating_id,
            division_code=rating.division_code,
            score=rating.score,
            captured=captured,
            language=language,
        )
        voucher = self._thanks.voucher(record)
        is_new = self._store.keep_rating(rating.rating_id, captured, wire.encode(record), voucher)
        if is_new:
            self._thanks.note(record)
        log.info("rating kept rating_id=%s", rating.rating_id)
        self._ring()
        return is_new and voucher is not None

    def explain(self, remark: Remark, language: str) -> None:
        """Keep why a rating was given, sealed. Raises as `rate` does."""
        said = Explanation(reason=remark.reason, words=remark.words, language=language)
        captured, key = self._clock(), self._sealing_key()
        record = records.RatingExplained(
            explanation_id=remark.explanation_id,
            rating_id=remark.rating_id,
            captured=captured,
            sealed_to=key.id,
            sealed=_sealed_to(key, said),
        )
        self._keep_opinion(record)

    def answer(self, survey: Questionnaire, language: str) -> None:
        """Keep what was answered of a questionnaire, sealed. Raises as `rate` does."""
        said = SurveyAnswers(scores=survey.scores, about=survey.about, language=language)
        captured, key = self._clock(), self._sealing_key()
        record = records.SurveyAnswered(
            answers_id=survey.answers_id,
            survey_code=survey.survey_code,
            survey_version=survey.survey_version,
            division_code=survey.division_code,
            captured=captured,
            sealed_to=key.id,
            sealed=_sealed_to(key, said),
        )
        self._keep_opinion(record)

    def add(self, addition: Addition, language: str) -> None:
        """Keep words that are added to a case, sealed as the case is. Raises as `rate` does."""
        captured, key = self._clock(), self._sealing_key()
        said = AddedWords(
            reference=addition.reference,
            tracking_key=addition.key,
            words=addition.words,
            language=language,
        )
        keys, is_confidential = self._identity.sealing_keys, addition.is_confidential
        record = records.WordsAdded(
            added_id=addition.added_id,
            captured=captured,
            sealed_to=key.id,
            sealed=seal_added(said, keys, is_confidential=is_confidential),
        )
        self._store.keep_rating(record.record_id, captured, wire.encode(record))
        log.info("words added record_id=%s", record.record_id)
        self._ring()

    def join(self, joining: Joining, language: str, activity: Item | None = None) -> bool:
        """Keep that somebody signed up for an activity, sealed. Raises as `rate` does.

        What the glass told of the `activity` is printed, and not who signed up; False when
        it is not.
        """
        contact = Contact(name=clean_name(joining.name), phone=clean_phone(joining.phone))
        captured, key = self._clock(), self._sealing_key()
        record = records.SignedUp(
            sign_up_id=joining.sign_up_id,
            item_id=UUID(joining.item_id),
            captured=captured,
            sealed_to=key.id,
            sealed=_sealed_to(key, SignUp(contact=contact, language=language)),
        )
        paper = joined_paper(activity, self._profile, language, captured) if activity else None
        is_new = self._store.keep_rating(record.record_id, captured, wire.encode(record), paper)
        log.info("sign-up kept record_id=%s", record.record_id)
        self._ring()
        return is_new and paper is not None

    def note_event(self, kind: str, found_at_start: bool) -> bool:
        """Keep what became of the box itself; True. Raises as `rate` does."""
        from uuid6 import uuid7  # the first frame need not wait for its loading

        event = records.DeviceEvent(
            event_id=uuid7(), kind=kind, captured=self._clock(), found_at_start=found_at_start
        )
        self._store.keep_rating(event.event_id, event.captured, wire.encode(event))
        log.info("event kept kind=%s record_id=%s", event.kind, event.event_id)
        self._ring()
        return True

    def _sealing_key(self) -> PublicKey:
        """Central's newest intake key."""
        self._identity = self._newest()
        return self._identity.sealing_keys.intake

    def _keep_opinion(self, record: records.Opinion) -> None:
        self._store.keep_rating(record.record_id, record.captured, wire.encode(record))
        log.info("opinion kept record_id=%s", record.record_id)
        self._ring()

    def _reference(self, number: int) -> str:
        return str(reference_for(self._identity.device_code, number))

    def _due_on(self, captured: Instant) -> date | None:
        if not captured.trusted:
            return None
        return due_on(_day(captured), self._profile.deadline, self._profile.holidays)

    def _receipt(self, draft: Draft, reference: str, due: date | None) -> Receipt:
        named = parse_reference(reference)
        key = make_key(self._identity.slip_secret, named, draft.chance)
        return Receipt(
            case_id=draft.case_id,
            reference=reference,
            tracking_key=key,
            tracking_url=tracking_url(self._identity.public_url, reference, key),
            due_on=due,
        )

    def _sealed(self, draft: Draft) -> Enclosed:
        """The enclosures under the seals that the case itself gets."""
        keys = self._identity.sealing_keys
        return [
            seal_attachment(draft.kind, each.data, each.media_type, keys)
            for each in draft.enclosures
        ]

    def _record(
        self,
        draft: Draft,
        language: str,
        receipt: Receipt,
        captured: Instant,
        enclosed: Enclosed,
    ) -> records.CaseSubmitted:
        content = CaseContent(
            kind=draft.kind,
            topic_code=draft.topic_code or CONFIDED_TOPIC,
            words=_words(draft),
            tracking_key=receipt.tracking_key,
            village_code=draft.village_code or "",
            place=clean_place(draft.place),
            excluded=list(draft.excluded),
            contact=Contact(name=clean_name(draft.name), phone=clean_phone(draft.phone)),
            language=language,
            privacy_notice_version=self._profile.privacy_notice.version,
            due_on=receipt.due_on,
            attachments=[content for _, content in enclosed],
        )
        return records.CaseSubmitted(
            case_id=draft.case_id,
            reference=receipt.reference,
            captured=captured,
            sealed_to=self._identity.intake_key_id,
            sealed=seal_case(content, self._identity.sealing_keys),
            attachments=[
                records.Attachment(address=told.address, size=len(sealed))
                for sealed, told in enclosed
            ],
        )

    def _slip(
        self, draft: Draft, language: str, receipt: Receipt, captured: Instant
    ) -> slip.SlipWords:
        profile = self._profile
        topic = profile.topic(draft.topic_code) if draft.topic_code else None
        division = profile.division(topic.division) if topic else None
        call = topic.call_first if topic else None
        village = profile.village(draft.village_code) if draft.village_code else None
        return slip.SlipWords(
            municipality=profile.name.in_language(language),
            municipality_th=profile.name.th,
            complaint_centre=profile.complaint_centre.in_language(language),
            phone=profile.phone,
            reference=receipt.reference,
            tracking_key=receipt.tracking_key,
            tracking_url=receipt.tracking_url,
            language=language,
            kind=draft.kind,
            topic=topic.name.in_language(language) if topic else "",
            division=division.name.in_language(language) if division else "",
            place=self._place(draft, language),
            topic_th=topic.name.th if topic else "",
            division_th=division.name.th if division else "",
            place_th=village.name.th if village else "",
            call_first=call.name.in_language(language) if call else "",
            call_first_phone=call.phone if call else "",
            submitted_on=_day(captured) if captured.trusted else None,
            due_on=receipt.due_on,
            privacy_notice_version=profile.privacy_notice.version,
            thai_digits=profile.thai_digits,
        )

    def _place(self, draft: Draft, language: str) -> str:
        """Where it is, as the slip says it: the village, and the reporter's own words."""
        code = draft.village_code
        village = self._profile.village(code).name.in_language(language) if code else ""
        return " ".join(part for part in (village, clean_place(draft.place)) if part)


def _sealed_to(key: PublicKey, said: Explanation | SurveyAnswers | SignUp) -> bytes:
    with encoded(said) as plain:
        return seal(plain, key.key)


def _words(draft: Draft) -> str:
    """What was typed; where only enclosures speak, that, for a case has words."""
    enclosed = {each.media_type for each in draft.enclosures}
    if enclosed and not draft.words.strip():
        return "\n".join(words for form, words in ALONE.items() if form in enclosed)
    return clean_words(draft.words)


def _day(captured: Instant) -> date:
    """The day in Thailand; what a resident calls today."""
    return captured.wall.astimezone(THAILAND).date()
