"""When an attachment starts again, and when it waits for a person."""

from datetime import UTC, datetime
from typing import cast

import uuid6

from sync.case import Instant
from sync.client import Client, Uploaded
from sync.errors import Refused
from sync.store import Store
from sync.uploading import MOST_STARTS, Uploads
from sync.wire import ATTACHMENT_PIECE, AttachmentStatus
from tests.sync.samples import submission

NOW = Instant(wall=datetime(2026, 11, 24, 3, tzinfo=UTC), boot_id="b", monotonic_s=1, trusted=True)
SEALED = bytes(ATTACHMENT_PIECE * 8)


class ForgetfulCentral:
    """Refuses every second piece with `code`; what it took before, it keeps or drops."""

    device_code = "A1"

    def __init__(self, code: str, keeps: bool) -> None:
        self.code, self.keeps = code, keeps
        self.received = self.asked = 0

    def attachment_status(self, address: str) -> Uploaded:
        """How much is here."""
        status = AttachmentStatus(
            device_code=self.device_code,
            address=address,
            received=self.received,
            size=len(SEALED),
            is_complete=self.received == len(SEALED),
            answered_at=NOW.wall,
        )
        return Uploaded(status=status, envelope=b"signed")

    def send_piece(self, address: str, offset: int, piece: bytes) -> Uploaded:
        """Take it, or not."""
        self.asked += 1
        if self.asked % 2 == 0:
            self.received = self.received if self.keeps else 0
            raise Refused(self.code)
        self.received = offset + len(piece)
        return self.attachment_status(address)


def carry(store: Store, central: ForgetfulCentral) -> None:
    """Until nothing of it waits any more."""
    case_id = uuid6.uuid7()
    store.submit(case_id, NOW, lambda number: submission(case_id, number, attachments=[SEALED]))
    uploads = Uploads(store, cast(Client, central), lambda: NOW)
    while entry := store.next_attachment("A1"):
        uploads.advance(entry)


def test_a_place_that_differs_again_and_again_parks_nothing_while_it_grows(store: Store) -> None:
    central = ForgetfulCentral("offset_refused", keeps=True)
    carry(store, central)
    assert central.asked // 2 >= MOST_STARTS
    assert store.outbox_counts().parked == 0
    assert central.received == len(SEALED)


def test_bytes_that_are_never_what_they_should_be_wait_for_a_person(store: Store) -> None:
    central = ForgetfulCentral("attachment_refused", keeps=False)
    carry(store, central)
    assert central.asked // 2 == MOST_STARTS
    assert store.outbox_counts().parked == 1
