"""Central as the device sees it: what it can be asked, and which answers count.

Whatever goes wrong comes out as Unreachable (nobody useful answered: wait) or Refused
(central itself said no). Only an answer that central could have given counts as one, so
a captive portal's log-in page is Unreachable, not an answer.
"""

import gzip
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import TypeVar

import msgspec

from sync.case import Instant
from sync.errors import BadMessage, KeyUnknown, Unreachable
from sync.identity import Identity
from sync.inquiry import Inquiry, InquiryAnswer
from sync.line import Answered, Line, failure_of
from sync.signature import open_signed, sign_payload, verify_key_of
from sync.tls import PUBLIC, Certificates
from sync.wire import (
    PATHS,
    Acknowledgement,
    Answer,
    AttachmentStatus,
    Batch,
    Beat,
    BootClock,
    Enrolment,
    HeldAnswer,
    HeldQuestion,
    KeyChange,
    KeyChanged,
    Signed,
    Tally,
    TallyAnswer,
    decode,
    digest_of,
    encode,
)

_JSON = {"Content-Type": "application/json"}
_GZIPPED = {**_JSON, "Content-Encoding": "gzip"}
_BYTES = {"Content-Type": "application/octet-stream"}

T = TypeVar("T")


class Enrolled(msgspec.Struct, frozen=True, kw_only=True):
    """Central has the device's key."""

    device_code: str
    enrolled_at: datetime


class Received(msgspec.Struct, frozen=True, kw_only=True):
    """Central heard a beat."""

    received_at: datetime


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """Central's answers to one batch, the signed bytes they stand in, and central's time."""

    answers: list[Answer]
    envelope: bytes
    answered_at: datetime


class Uploaded(msgspec.Struct, frozen=True, kw_only=True):
    """How much of an attachment central holds, and the signed bytes that say so."""

    status: AttachmentStatus
    envelope: bytes


class Client:
    """One device's conversation with its central; `clock` reads the device's clocks."""

    def __init__(
        self,
        identity: Identity,
        clock: Callable[[], Instant],
        timeout_s: float = 20,
        certificates: Certificates = PUBLIC,
    ) -> None:
        self._identity = identity
        self._clock = clock
        self._manner = (timeout_s, certificates)
        self._line = Line(identity, clock, *self._manner)

    def under(self, identity: Identity) -> "Client":
        """Another device code's conversation, led in the same manner."""
        return Client(identity, self._clock, *self._manner)

    @property
    def offset(self) -> timedelta:
        """Central's clock minus ours, as its last answer had it."""
        return self._line.offset

    @property
    def device_code(self) -> str:
        """Whose client this is."""
        return self._identity.device_code

    @property
    def identity(self) -> Identity:
        """Whose client this is, with the keys at hand."""
        return self._identity

    def enrol(self) -> Enrolled:
        """Introduce the device's public key; safe to repeat with the same key.

        Raises:
            Unreachable: no answer that central could have given.
            Refused: the enrolment code is used or wrong.
        """
        message = Enrolment(
            device_code=self._identity.device_code,
            enrolment_code=self._identity.enrolment_code,
            public_key=verify_key_of(self._identity.device_key),
        )
        enrolled = self._signed(self._post("enrol", encode(message)), Enrolled)
        self._insist(enrolled.device_code == self._identity.device_code)
        return enrolled

    def change_key(self, seed: bytes) -> KeyChanged:
        """Have only the key with this seed (Ed25519, 32 bytes) speak for the device from now on.

        Raises:
            Unreachable: no answer that central could have given.
            Refused: central will not have it; `signature_refused` where it has it already.
        """
        public_key = verify_key_of(seed)
        change = KeyChange(device_code=self.device_code, public_key=public_key)
        envelope = sign_payload(encode(change), seed, self.device_code)
        changed = self._signed(self._post("device_key", encode(envelope)), KeyChanged)
        self._insist((changed.device_code, changed.public_key) == (self.device_code, public_key))
        return changed

    def send(self, records: Sequence[bytes], boots: Sequence[BootClock] = ()) -> Verdict:
        """Send a batch, each record as the bytes it was kept in, and when its boots began.

        Raises:
            Unreachable: no answer, or one that is not about these records.
            Refused: the batch as a whole, or this device.
        """
        raws = [msgspec.Raw(record) for record in records]
        batch = Batch(records=raws, sent=self._clock(), boots=list(boots))
        envelope = self._post("records", gzip.compress(encode(batch), mtime=0), _GZIPPED)
        acknowledgement = self._signed(envelope, Acknowledgement)
        self._insist(acknowledgement.device_code == self._identity.device_code)
        answered = [answer.digest for answer in acknowledgement.answers]
        self._insist(len(set(answered)) == len(answered))
        self._insist({digest_of(record) for record in records} >= set(answered))
        return Verdict(
            answers=acknowledgement.answers,
            envelope=envelope,
            answered_at=acknowledgement.answered_at,
        )

    def attachment_status(self, address: str) -> Uploaded:
        """How much of an attachment central holds.

        Raises:
            Unreachable: no answer that central could have given.
            Refused: `attachment_unknown`, or this device.
        """
        return self._uploaded(address, self._line.ask("GET", _path_of(address)))

    def send_piece(self, address: str, offset: int, piece: bytes) -> Uploaded:
        """Send the bytes of an attachment that begin at `offset`.

        Raises:
            Unreachable: no answer that central could have given.
            Refused: `offset_refused`, `attachment_refused`, `attachment_unknown`, or this device.
        """
        path = f"{_path_of(address)}/{offset}"
        return self._uploaded(address, self._line.ask("PUT", path, piece, _BYTES))

    def compare(self, tally: Tally) -> TallyAnswer:
        """Ask whether central holds exactly these cases.

        Raises:
            Unreachable: no answer, or one that is not about this tally.
            Refused: central does not take this device, or knows no tallies.
        """
        answer = self._signed(self._post("tally", encode(tally)), TallyAnswer)
        self._insist(answer.device_code == self._identity.device_code)
        self._insist((answer.through, answer.chain) == (tally.through, tally.chain))
        return answer

    def held(self, question: HeldQuestion) -> tuple[HeldAnswer, bytes]:
        """Ask which of these bytes central has from elsewhere; its answer, and as it was signed.

        Raises:
            Unreachable: no answer, or one that is not about these bytes.
            Refused: central does not take this device, or answers no such question.
        """
        envelope = self._post("held", encode(question))
        answer = self._signed(envelope, HeldAnswer)
        self._insist(answer.device_code == self._identity.device_code)
        self._insist(answer.about == question.about)
        self._insist({each.digest for each in question.records} >= set(answer.records))
        self._insist(set(question.attachments) >= set(answer.attachments))
        return answer, envelope

    def inquire(self, inquiry: Inquiry) -> InquiryAnswer:
        """Ask how a case stands, for whoever has its slip.

        Raises:
            Unreachable: no answer, or one that is not about this case.
            Refused: central does not take this device, or answers no such question.
        """
        answer = self._signed(self._post("inquire", encode(inquiry)), InquiryAnswer)
        self._insist(answer.device_code == self._identity.device_code)
        self._insist(answer.reference == inquiry.reference)
        return answer

    def beat(self, beat: Beat) -> datetime:
        """Say that the device lives; central's time of hearing it comes back.

        Raises:
            Unreachable: no answer that central could have given.
            Refused: central does not take this device.
        """
        return _read(self._post("beat", encode(beat)), Received).received_at

    def published(self, what: str, version: int) -> bytes | None:
        """The newest `keys`, `profile` or `bulletin`, as an encoded `Signed` still to be checked.

        None where central has no newer one than `version`. The request is not signed, for
        nothing in them is secret, and they count by their own signature.

        Raises:
            Unreachable: no answer that central could have given.
            Refused: central has none.
        """
        answered = self._line.look_up(PATHS[what], {"If-None-Match": f'"{version}"'})
        if answered.status == HTTPStatus.NOT_MODIFIED:
            return None
        return _good(answered)

    def picture(self, address: str) -> bytes:
        """What central serves as the picture at `address`, still to be checked. Not signed.

        Raises:
            Unreachable: no answer that central could have given.
            Refused: central serves no such picture, or is of a release without pictures.
        """
        return _good(self._line.look_up(f"{PATHS['pictures']}/{address}", {}))

    def take_on(self, identity: Identity) -> None:
        """Go on with the keys of a newer keyring, or with a new key of the device's."""
        self._identity = identity
        self._line.take_on(identity)

    def close(self) -> None:
        """Let go of idle connections: minutes later they would be dead. Sending reopens."""
        self._line.close()

    def _post(self, to: str, body: bytes, headers: dict[str, str] = _JSON) -> bytes:
        return _good(self._line.ask("POST", PATHS[to], body, headers))

    def _uploaded(self, address: str, answered: Answered) -> Uploaded:
        envelope = _good(answered)
        status = self._signed(envelope, AttachmentStatus)
        self._insist((status.device_code, status.address) == (self.device_code, address))
        return Uploaded(status=status, envelope=envelope)

    def _signed(self, raw: bytes, shape: type[T]) -> T:
        """The payload of an envelope that our own central signed."""
        envelope = _read(raw, Signed)
        try:
            key = self._identity.central_key_called(envelope.key_id)
        except KeyError as error:
            raise KeyUnknown("the answer is signed by a key we do not know") from error
        try:
            return decode(open_signed(envelope, key), shape)
        except BadMessage as error:
            raise Unreachable(f"whoever answered is not our central: {error}") from error

    @staticmethod
    def _insist(holds: bool) -> None:
        if not holds:
            raise Unreachable("the answer is not to what was asked")


def _read(raw: bytes, shape: type[T]) -> T:
    try:
        return decode(raw, shape)
    except BadMessage as error:
        raise Unreachable("what answered does not speak as central does") from error


def _good(answered: Answered) -> bytes:
    """The body of a good answer. Raises Unreachable or Refused: it is none."""
    if answered.status not in (HTTPStatus.OK, HTTPStatus.CREATED):
        raise failure_of(answered)
    return answered.body


def _path_of(address: str) -> str:
    return f"{PATHS['attachments']}/{address}"
