"""`/api/v1/keys`: the keyring, for whoever asks. It holds public keys only."""

from django.http import HttpRequest, HttpResponse

from sync.central import municipality
from sync.central.intake.views import api


@api("GET")
def keyring(request: HttpRequest) -> HttpResponse:
    """The keyring under the root; its version is its ETag."""
    keys = municipality.keys()
    return published(request, keys.envelope, keys.keyring.version)


def published(request: HttpRequest, envelope: bytes, version: int) -> HttpResponse:
    """A signed document, or 304 where the device has this version."""
    tag = f'"{version}"'
    if request.headers.get("If-None-Match") == tag:
        answer = HttpResponse(status=304)
    else:
        answer = HttpResponse(envelope, content_type="application/json")
    answer.headers["ETag"] = tag
    return answer
