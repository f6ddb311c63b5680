"""`/api/v1/profile` and `/api/v1/bulletin`, for whoever asks. Nothing in them is secret."""

import msgspec
from django.http import HttpRequest, HttpResponse

from sync.bulletin import Bulletin, Item
from sync.central.content.pictures import published as published_picture
from sync.central.content.posting import newest_bulletin
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


@api("GET")
def bulletin(request: HttpRequest) -> HttpResponse:
    """What idle glasses show, under central's key; its version is its ETag."""
    found = newest_bulletin()
    if found is None:
        return problem("not_found")
    items = msgspec.json.decode(found.items, type=list[Item])
    release = Bulletin(version=found.version, issued_at=found.issued_at, items=items)
    return published(request, encode(in_envelope(release)), found.version)


@api("GET")
def picture(request: HttpRequest, address: str) -> HttpResponse:
    """A picture that the bulletin names. What is at an address never changes."""
    jpeg = published_picture(address)
    if jpeg is None:
        return problem("not_found")
    tag = f'"{address}"'
    if request.headers.get("If-None-Match") == tag:
        answer = HttpResponse(status=304)
    else:
        answer = HttpResponse(jpeg, content_type="image/jpeg")
    answer.headers["ETag"] = tag
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return answer
