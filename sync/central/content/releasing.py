"""Releasing the profile: a new version for each change of its text, never the same one twice."""

from datetime import datetime

from django.db import transaction

from sync.central.content.models import ProfileRelease
from sync.central.errors import SettingsWrong
from sync.central.surveys.forms import reworded


def release_profile(text: str, now: datetime) -> int:
    """Publish the profile's TOML unless it is what was published last; its version.

    A text from before that comes back is a new version too: kiosks only go up.

    Raises:
        SettingsWrong: a questionnaire has other questions than were published in its version.
    """
    if survey := reworded(text):
        raise SettingsWrong(
            f"questionnaire {survey.code!r}: version {survey.version} was published with other "
            f"words; answers would no longer fit. Give it version {survey.version + 1}"
        )
    with transaction.atomic():
        last = newest()
        if last and last.text == text:
            return last.version
        version = last.version + 1 if last else 1
        ProfileRelease.objects.create(version=version, text=text, issued_at=now)
    return version


def newest() -> ProfileRelease | None:
    """The release in force; None before the first one."""
    return ProfileRelease.objects.order_by("version").last()
