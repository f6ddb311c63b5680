"""`/api/v1/profile`: the profile, for whoever asks. Nothing in it is secret."""

from django.http import HttpRequest, HttpResponse

from sync.central.content.releasing import newest
from sync.central.intake.problems import problem
from sync.central.intake.signing import in_envelope
from sync.central.intake.views import api
from sync.central.keys.views import published
from sync.release import ProfileRelease
from sync.wire import encode


@api("GET")
def profile(request: HttpRequest) -> HttpResponse:
    """The profile under central's key; its version is its ETag."""
    found = newest()
    if found is None:
        return problem("not_found")
    release = ProfileRelease(version=found.version, issued_at=found.issued_at, profile=found.text)
    return published(request, encode(in_envelope(release)), found.version)
