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


def test_it_names_every_way_to_be_refused(document):
    for methods in document["paths"].values():
        [(_method, operation)] = methods.items()
        refusals = {
            status: answer["description"]
            for status, answer in operation["responses"].items()
            if "application/problem+json" in answer.get("content", {})
        }
        for code, (status, _title) in TITLES.items():
            if any(f"`{code}`" in words for words in refusals.values()):
                assert f"`{code}`" in refusals[str(int(status))]
        assert "405" in refusals


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
