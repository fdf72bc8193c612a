"""The description of the API: complete, true to its own standard, and a page for people under the same policy."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from jsonschema import Draft202012Validator

from citas import api
from citas.api_examples import EXAMPLES
from citas.apikit.openapi import METHODS

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    import json

    return json.loads(api.description())


def operations(description: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        f"{method.upper()} {path}": methods[method]
        for path, methods in description["paths"].items()
        for method in METHODS
        if method in methods
    }


def test_every_address_is_described(description):
    served = {f"/api/{pattern.pattern}" for pattern in api.urlpatterns}
    described = {re.sub(r"{(\w+)}", r"<uuidstr:\1>", path) for path in description["paths"]}

    assert served - described == {"/api/openapi.json", "/api/docs"}
    assert described <= served


def test_every_operation_says_who_what_and_what_not(description):
    for name, operation in operations(description).items():
        statuses = set(operation["responses"])
        assert operation["security"] or name.startswith("GET"), name
        assert statuses >= {"400", "422", "429", "500", "503"}, name
        assert ("401" in statuses) == bool(operation["security"]), name
        assert operation.get("description") or operation["summary"], name
        if name.startswith("POST"):
            assert "Idempotency-Key" in [one.get("name") for one in operation["parameters"]], name


def test_every_schema_has_an_example_that_fits(description):
    schemas = description["components"]["schemas"]
    own = {name for name in schemas if name.endswith(("In", "Out", "Change")) and name not in PARTS}
    assert own <= set(EXAMPLES)
    for name, example in EXAMPLES.items():
        schema = {"$ref": f"#/components/schemas/{name}", "components": description["components"]}
        assert list(Draft202012Validator(schema).iter_errors(example)) == [], name


PARTS = {"SpecialtyOut", "OfferedOut", "PlaceOut"}


def test_names_stand_for_something(description):
    text = api.description()
    for kind, name in re.findall(r'"#/components/(\w+)/([\w-]+)"', text):
        assert name in description["components"][kind], name


def test_served_as_31_and_304_after_that(description):
    answer = Client().get("/api/openapi.json")

    assert (answer.status_code, answer.json()["openapi"]) == (200, "3.1.0")
    assert Client().get("/api/openapi.json", headers={"If-None-Match": answer["ETag"]}).status_code == 304


def test_page_shows_every_operation_and_error_without_a_script(place):
    answer = Client().get("/api/docs")

    page = answer.content.decode()
    assert answer.status_code == 200
    assert page.count("<h3") > 40
    for code in ("slot-taken", "key-reused", "too-often", "not-found"):
        assert f'id="{code}"' in page
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    assert " style=" not in page
    main = page[page.index("<main") :]
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', main)


def test_health_says_ok(client):
    answer = client.get("/api/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
