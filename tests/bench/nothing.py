"""Central's way in, doing nothing: it checks, decodes and signs, and keeps no record.

Served by the gunicorn that serves central, with central's own functions and middleware;
only the database is left out. `BENCH_DEVICES` holds the devices' public keys as JSON.
"""

import json
import os

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.urls import path

os.environ["DJANGO_SETTINGS_MODULE"] = "sync.central.settings"
django.setup()
settings.ROOT_URLCONF = __name__

from sync.central.intake import requests, views  # noqa: E402 Django must be set up
from sync.central.intake.problems import json_answer  # noqa: E402
from sync.central.intake.signing import in_envelope  # noqa: E402
from sync.wire import PATHS, Acknowledgement, Answer, Batch, digest_of  # noqa: E402

KEYS = {code: bytes.fromhex(key) for code, key in json.loads(os.environ["BENCH_DEVICES"]).items()}


@views.api("POST")
def records(request: HttpRequest) -> HttpResponse:
    """What `views.records` does around the keeping."""
    body, now = requests.read_body(request), requests.utc_now()
    signatory = requests.check_signature(request, body, now, KEYS.__getitem__)
    batch = requests.decoded(request, body, Batch)
    answers = [Answer(digest=digest_of(raw), outcome="acknowledged") for raw in batch.records]
    acknowledgement = Acknowledgement(
        device_code=signatory.device_code, answers=answers, answered_at=now
    )
    return json_answer(in_envelope(acknowledgement), 200)


def alive(request: HttpRequest) -> HttpResponse:
    """As central's own `/healthz`."""
    return HttpResponse()


urlpatterns = [path(PATHS["records"][1:], records), path("healthz", alive)]
application = WSGIHandler()
