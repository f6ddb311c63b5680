"""The paths of the device API."""

from collections.abc import Callable
from datetime import datetime
from functools import partial, wraps

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from sync.central import municipality
from sync.central.content.posting import note_shown
from sync.central.fleet.beating import note_beat
from sync.central.intake import requests
from sync.central.intake.answers import Heard, OffsetRefused
from sync.central.intake.arrival import Arrival
from sync.central.intake.attachments import Outcome, status_of, take_piece
from sync.central.intake.callers import Caller, find, hear
from sync.central.intake.enrolling import enrol, insist_on_code
from sync.central.intake.holding import held
from sync.central.intake.openapi import document
from sync.central.intake.problems import (
    PROBLEM_TYPE,
    TITLES,
    RequestRefused,
    json_answer,
    problem,
)
from sync.central.intake.rekeying import change_key, read_change
from sync.central.intake.signing import in_envelope, signed
from sync.central.intake.taking import take_batch
from sync.central.intake.tallying import compare
from sync.signed_request import Signatory
from sync.wire import (
    ATTACHMENT_PIECE,
    Acknowledgement,
    Batch,
    Beat,
    Enrolment,
    HeldQuestion,
    Signed,
    Tally,
)

View = Callable[..., HttpResponse]
LARGEST_ENROLMENT = 4096
"""Bytes: it alone is read before its signature can be checked."""


def api(method: str) -> Callable[[View], View]:
    """A view of the API: one method, and refusals as problems. No cookie plays a part."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, **place: str | int) -> HttpResponse:
            if request.method != method:
                answer = problem("method_not_allowed")
                answer.headers["Allow"] = method
                return answer
            try:
                return view(request, **place)
            except RequestRefused as refusal:
                return _counted(request, refusal).answer()

        return csrf_exempt(guarded)

    return decorate


def _counted(request: HttpRequest, refusal: RequestRefused) -> RequestRefused:
    """A signed request counts, and may not come again, although it is refused."""
    caller = requests.caller_of(request)
    if caller is None:
        return refusal
    try:
        with transaction.atomic():
            hear(caller)
    except RequestRefused as other:
        return other
    return refusal


@api("POST")
def enrolments(request: HttpRequest) -> HttpResponse:
    """A device introduces its public key."""
    body, now = requests.read_body(request, LARGEST_ENROLMENT), requests.utc_now()
    enrolment = requests.decoded(request, body, Enrolment, LARGEST_ENROLMENT)
    signatory = requests.check_signature(request, body, now, lambda _code: enrolment.public_key)
    if signatory.device_code != enrolment.device_code:
        raise RequestRefused("signature_refused")
    insist_on_code(enrolment, now)
    with transaction.atomic():
        enrolled, is_new = enrol(enrolment, now)
        hear(_as_caller(signatory, len(body), now))
    return signed(enrolled, 201 if is_new else 200)


def _as_caller(signatory: Signatory, size: int, now: datetime) -> Caller:
    device = find(signatory.device_code)
    if device is None:
        raise RequestRefused("enrolment_refused")
    return Caller(device=device, nonce=signatory.nonce, size=size, at=now)


@api("POST")
def device_keys(request: HttpRequest) -> HttpResponse:
    """A device changes its key."""
    body, now = requests.read_body(request, LARGEST_ENROLMENT), requests.utc_now()
    caller = requests.signed_by_device(request, body, now)
    envelope = requests.decoded(request, body, Signed, LARGEST_ENROLMENT)
    change = read_change(envelope, caller.code)
    with transaction.atomic():
        hear(caller)
        changed = change_key(change, caller, now)
    return signed(changed)


@api("POST")
def records(request: HttpRequest) -> HttpResponse:
    """A batch of records; the answer is the signed acknowledgement."""
    body, now = requests.read_body(request), requests.utc_now()
    caller = requests.signed_by_device(request, body, now)
    batch = requests.decoded(request, body, Batch)
    arrival = Arrival(device_code=caller.code, sent=batch.sent, received_at=now)
    answers = take_batch(batch, arrival, partial(hear, caller))
    return signed(Acknowledgement(device_code=caller.code, answers=answers, answered_at=now))


@api("POST")
def beats(request: HttpRequest) -> HttpResponse:
    """A device says that it lives."""
    body, now = requests.read_body(request), requests.utc_now()
    caller = requests.signed_by_device(request, body, now)
    beat = requests.decoded(request, body, Beat)
    with transaction.atomic():
        hear(caller)
        note_beat(caller.code, beat, now)
        note_shown(caller.code, beat.shown)
    return json_answer(Heard(received_at=now))


@api("POST")
def tallies(request: HttpRequest) -> HttpResponse:
    """Which cases a device handed over; the signed answer says which are not here."""
    body, now = requests.read_body(request), requests.utc_now()
    caller = requests.signed_by_device(request, body, now)
    tally = requests.decoded(request, body, Tally)
    return signed(compare(tally, caller.code, now, partial(hear, caller)))


@api("POST")
def holdings(request: HttpRequest) -> HttpResponse:
    """Which bytes of a former code are here from elsewhere; the answer is signed."""
    body, now = requests.read_body(request), requests.utc_now()
    caller = requests.signed_by_device(request, body, now)
    question = requests.decoded(request, body, HeldQuestion)
    return signed(held(question, caller.code, now, partial(hear, caller)))


@api("PUT")
def piece(request: HttpRequest, address: str, offset: int) -> HttpResponse:
    """The next piece of an attachment; the answer is signed and says how much is here."""
    body, now = requests.read_body(request, ATTACHMENT_PIECE), requests.utc_now()
    caller = requests.signed_by_device(request, body, now)
    requests.insist_on_identity(request)
    return _told(take_piece(caller, address, offset, body))


@api("GET")
def attachment(request: HttpRequest, address: str) -> HttpResponse:
    """How much of an attachment is here, signed."""
    body, now = requests.read_body(request), requests.utc_now()
    caller = requests.signed_by_device(request, body, now)
    return _told(status_of(caller, address))


def _told(outcome: Outcome) -> HttpResponse:
    if outcome.status is None:
        return problem(outcome.code)
    held = in_envelope(outcome.status)
    if not outcome.code:
        return json_answer(held)
    status, title = TITLES[outcome.code]
    refused = OffsetRefused(code=outcome.code, title=title, status=status, held=held)
    return json_answer(refused, status, PROBLEM_TYPE)


@api("GET")
def openapi(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 Django's signature
    """This API, described."""
    return HttpResponse(
        document(municipality.environment().public_url), content_type="application/json"
    )
