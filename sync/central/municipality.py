"""Whose central this is: its profile and keys, typed, and what every page shows of them."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from sync.central.environment import Environment
from sync.central.keys import Keys, Reloaded
from sync.profile import Profile, Text

_STYLES = Path(__file__).parent / "static" / "central.css"


def profile() -> Profile:
    """The municipality's profile."""
    return cast(Profile, settings.PROFILE)


def keys() -> Keys:
    """Central's secrets as they are now; an operator may have rotated one."""
    return cast(Reloaded, settings.KEYS).now()


def environment() -> Environment:
    """Central's own settings."""
    return cast(Environment, settings.ENVIRONMENT)


def language() -> str:
    """The language of the page being made: `th` or `en`."""
    return (get_language() or "th")[:2]


def in_words(text: Text) -> str:
    """A text of the profile in the language of the page being made."""
    return text.in_language(language())


def context(request: HttpRequest) -> dict[str, Any]:  # noqa: ARG001 Django's signature
    """What the frame of every page needs."""
    other = "en" if language() == "th" else "th"
    return {
        "municipality": in_words(profile().name),
        "complaint_centre": in_words(profile().complaint_centre),
        "phone": profile().phone,
        "language": language(),
        "other_language": other,
        "styles": f"/static/central.css?v={_styles_version()}",
    }


@cache
def _styles_version() -> str:
    """Changes with the style sheet, so that a browser may keep it for a year."""
    return hashlib.sha256(_STYLES.read_bytes()).hexdigest()[:8]
