"""The questions of a questionnaire in the version that people answered."""

from collections.abc import Iterator
from functools import lru_cache

from sync.central import municipality
from sync.central.content.models import ProfileRelease
from sync.errors import BadMessage
from sync.profile import Survey, decode_profile


def survey_of(code: str, version: int) -> Survey | None:
    """As it was published; None where central never published it."""
    for survey in (*municipality.profile().surveys, *_published()):
        if (survey.code, survey.version) == (code, version):
            return survey
    return None


def reworded(text: str) -> Survey | None:
    """A questionnaire of a profile's TOML that was published otherwise in that version."""
    before = {(survey.code, survey.version): survey for survey in _published()}
    for survey in decode_profile(text.encode()).surveys:
        if before.get((survey.code, survey.version), survey) != survey:
            return survey
    return None


def _published() -> Iterator[Survey]:
    """All that was ever released, the newest first."""
    numbers = ProfileRelease.objects.order_by("-version").values_list("version", flat=True)
    for number in numbers:
        yield from _of_release(number, ProfileRelease.objects.get(pk=number).text)


@lru_cache(maxsize=64)
def _of_release(number: int, text: str) -> tuple[Survey, ...]:  # noqa: ARG001 number keeps apart
    """A release never changes; one of a former central may no longer be readable."""
    try:
        return tuple(decode_profile(text.encode()).surveys)
    except BadMessage:
        return ()
