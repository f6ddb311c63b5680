"""Releasing the profile: a new version for each change of its text, never the same one twice."""

from datetime import datetime

from django.db import transaction

from sync.central.content.models import ProfileRelease


def release_profile(text: str, now: datetime) -> int:
    """Publish the profile's TOML unless it is what was published last; its version.

    A text from before that comes back is a new version too: kiosks only go up.
    """
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
