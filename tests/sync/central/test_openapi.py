import re

import pytest
from django.urls import resolve

from sync.central.intake import urls
from sync.central.intake.problems import TITLES
from sync.wire import PATHS
from tests.sync.central.kiosk import HOST


@pytest.fixture
def document(db, client):
    response = client.get(PATHS["openapi"], SERVER_NAME=HOST)
    assert response.headers["Content-Type"] == "application/json"
    return response.json()


def references(value):
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"]
        for item in value.values():
            yield from references(item)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


def test_it_describes_each_route_and_no_other(document):
    routes = {
        "/api/v1/" + re.sub(r"<\w+:(\w+)>", r"{\1}", str(route.pattern))
        for route in urls.urlpatterns
    }
    assert set(document["paths"]) == routes
    samples = {"{address}": "0" * 64, "{offset}": "7"}
    for path in document["paths"]:
        for name, sample in samples.items():
            path = path.replace(name, sample)
        assert resolve(path)
    assert document["openapi"] == "3.1.0"


def test_every_reference_leads_somewhere(document):
    found = set(references(document))
    assert found
    names = {reference.removeprefix("#/components/schemas/") for reference in found}
    assert names <= set(document["components"]["schemas"])


SIGNED = {
    *("bad_request", "clock_skew", "device_unknown", "replayed", "signature_refused"),
    *("method_not_allowed", "too_large", "too_many"),
}
READ = SIGNED | {"batch_unreadable", "encoding_unknown"}
OPEN = {"bad_request", "method_not_allowed"}
REFUSALS = {
    "attachments/{address}": SIGNED | {"attachment_unknown", "not_found"},
    "attachments/{address}/{offset}": READ
    | {"attachment_unknown", "not_found", "offset_refused", "attachment_refused"},
    "beats": READ,
    "bulletin": OPEN | {"not_found"},
    "device-keys": READ,
    "enrolments": READ - {"device_unknown"} | {"enrolment_refused"},
    "held": READ,
    "inquiries": READ,
    "keys": OPEN,
    "openapi.json": OPEN,
    "pictures/{address}": OPEN | {"not_found"},
    "profile": OPEN | {"not_found"},
    "records": READ,
    "tallies": READ,
}
"""Under `/api/v1/`, as PROTOCOL.md has it."""


@pytest.mark.parametrize("path", REFUSALS)
def test_it_names_every_way_to_be_refused_with_its_status(document, path):
    [operation] = document["paths"][f"/api/v1/{path}"].values()
    named = {
        (code, int(status))
        for status, answer in operation["responses"].items()
        if "application/problem+json" in answer.get("content", {})
        for code in re.findall(r"`(\w+)`", answer["description"])
    }
    assert named == {(code, int(TITLES[code][0])) for code in REFUSALS[path]}


def test_no_operation_was_forgotten_here(document):
    assert set(document["paths"]) == {f"/api/v1/{path}" for path in REFUSALS}


def test_the_shapes_are_those_that_are_decoded(document):
    schemas = document["components"]["schemas"]
    assert schemas["CaseSubmitted"]["properties"]["type"] == {"enum": ["case_submitted"]}
    assert set(schemas["Enrolment"]["required"]) == {
        "device_code",
        "enrolment_code",
        "public_key",
    }
    assert schemas["RatingGiven"]["properties"]["score"]["maximum"] == 5
    assert schemas["Batch"]["properties"]["records"]["maxItems"] == 100


def test_what_central_really_answers_is_in_it(document, kiosk):
    enrolled = document["paths"][PATHS["enrol"]]["post"]["responses"]
    assert str(kiosk.enrol().status_code) in enrolled
    records = document["paths"][PATHS["records"]]["post"]["responses"]
    for plain in (b"", b'{"records":[],"sent":{}}'):
        assert str(kiosk.send_raw(plain).status_code) in records
    assert str(kiosk.post("records", b"x", **{"Content-Encoding": "br"}).status_code) in records
