"""Logging for a service and for a person at a terminal: to standard error, UTC."""

import logging
import sys
from datetime import UTC, datetime


class UtcFormatter(logging.Formatter):
    """ISO 8601 in UTC with microseconds, so that two processes' lines can be compared."""

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: ARG002, N802
        """When the record was made."""
        moment = datetime.fromtimestamp(record.created, UTC)
        return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def to_stderr(*, for_person: bool = False) -> None:
    """Send this process's log to standard error; the journal keeps it from there.

    In a person's terminal it is what was said, and who said it when is plain.
    """
    handler = logging.StreamHandler(sys.stderr)
    shape = "%(asctime)s %(levelname)s %(name)s: %(message)s"
    is_plain = for_person and sys.stderr.isatty()
    handler.setFormatter(UtcFormatter("%(message)s" if is_plain else shape))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
