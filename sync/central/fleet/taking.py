"""What became of the kiosks themselves, out of a batch into its table."""

from collections.abc import Sequence

from sync.central.database.rows import Row, insert
from sync.central.fleet.models import Event
from sync.central.intake.arrival import Arrival, Arrived
from sync.records import DeviceEvent


def take_events(arrived: Sequence[Arrived[DeviceEvent]], arrival: Arrival) -> None:
    """Keep new events; the caller holds the transaction."""
    insert(Event, [_row(item.record, arrival) for item in arrived])


def _row(record: DeviceEvent, arrival: Arrival) -> Row:
    return {
        "event_id": record.event_id,
        "device_id": arrival.device_code,
        "kind": record.kind,
        "found_at_start": record.found_at_start,
        "happened_at": arrival.corrected(record.captured),
        "received_at": arrival.received_at,
    }
