"""Logging that never tells a tracking key, nor the words of a person.

Every line any part of central writes passes through `DiscreetFormatter`: keys are cut
out of whatever names one, and of an exception only its kind and place are told, because
its message may quote what somebody wrote.
"""

import logging
import re
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

_TRACK_PATH = re.compile(r"(?i)((?:/|%2f)t(?:/|%2f)+(?:(?!%2f)[^/\n])*(?:/|%2f)+)(?!…)[^\n]+")
"""A track address in any writing; what a key is typed with nobody knows, so the line ends there."""
_BARE_KEY = re.compile(r"(?<![-0-9A-Za-z])(?:[0-9A-Za-z]{4}-?){3}[0-9A-Za-z]{4}(?![-0-9A-Za-z])")

_ExceptionInfo = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
)


def masked(text: str) -> str:
    """`text` with `/T/<reference>/…` for track addresses and `…` for anything like a key."""
    return _BARE_KEY.sub("…", _TRACK_PATH.sub(r"\1…", text))


def one_line(text: str) -> str:
    """`text` with `?` for line breaks and the like: no stranger writes lines of our log."""
    return "".join(sign if sign.isprintable() else "?" for sign in text)


class DiscreetFormatter(logging.Formatter):
    """ISO 8601 in UTC with microseconds; masked; exceptions without their messages."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """One line, or with an exception a few."""
        return masked(super().format(record))

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802
        """The message alone, on one line."""
        return one_line(super().formatMessage(record))

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: ARG002, N802
        """When the record was made."""
        moment = datetime.fromtimestamp(record.created, UTC)
        return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")

    def formatException(self, ei: _ExceptionInfo) -> str:  # noqa: N802
        """Kind and place of an exception and of what caused it; never its message."""
        error = ei[1]
        lines = []
        while error is not None:
            lines.append(f"{type(error).__module__}.{type(error).__qualname__}")
            frames = traceback.extract_tb(error.__traceback__)
            lines += [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
            error = error.__cause__ or error.__context__
        return "\n".join(lines)


def settings() -> dict[str, Any]:
    """`dictConfig` for Django and gunicorn alike: everything to standard error.

    Django's own lines about requests that failed or were refused are left out, unless it
    is our fault: the access log has them.
    """
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"discreet": {"()": DiscreetFormatter}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "discreet"}},
        "root": {"level": "INFO", "handlers": ["stderr"]},
        "loggers": {
            "django.request": {"level": "ERROR"},
            "django.security": {"level": "CRITICAL"},
            "gunicorn.error": {"level": "INFO", "handlers": [], "propagate": True},
            "gunicorn.access": {"level": "WARNING", "handlers": [], "propagate": True},
        },
    }
