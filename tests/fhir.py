"""Whether an answer is FHIR R4 (4.0.1): HL7's own JSON schema, and what it cannot say."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

SCHEMA = Path(__file__).parent / "schemas" / "fhir-r4.schema.json.gz"
CONTENT_TYPE = "application/fhir+json; charset=utf-8"


@cache
def _definitions() -> dict[str, Any]:
    """The package's schema is from before the technical correction 4.0.1, whose name it does not know yet."""
    definitions = json.loads(gzip.decompress(SCHEMA.read_bytes()))["definitions"]
    definitions["CapabilityStatement"]["properties"]["fhirVersion"]["enum"].append("4.0.1")
    return definitions


@cache
def _validator(kind: str) -> Any:
    return jsonschema_rs.Draft6Validator({"$ref": f"#/definitions/{kind}", "definitions": _definitions()})


def faults(resource: dict[str, Any]) -> list[str]:
    """What is not right with a resource; of a Bundle, with what is in it, each by its own kind."""
    kind = resource.get("resourceType")
    if kind not in _definitions():
        return [f"no resource: {kind!r}"]
    inner = [entry["resource"] for entry in resource.get("entry", [])] if kind == "Bundle" else []
    found = [f"{kind} {error.instance_path}: {error.message[:200]}" for error in _validator(kind).iter_errors(resource)]
    return [*(fault for one in inner for fault in faults(one)), *found, *_empty(resource, kind)]


def _empty(value: Any, where: str) -> Iterator[str]:
    """FHIR has neither null nor anything empty: http://hl7.org/fhir/R4/json.html"""
    if value in (None, "", [], {}):
        yield f"{where} is empty"
    elif isinstance(value, dict):
        for name, member in value.items():
            yield from _empty(member, f"{where}.{name}")
    elif isinstance(value, list):
        for number, member in enumerate(value):
            yield from _empty(member, f"{where}[{number}]")


def read(response: Any, status: int = 200) -> dict[str, Any]:
    """The resource of an answer, which is right in every respect that can be checked."""
    assert response.status_code == status, (response.status_code, response.content[:500])
    assert response["Content-Type"] == CONTENT_TYPE
    resource: dict[str, Any] = response.json()
    assert faults(resource) == []
    return resource


def refused(response: Any, status: int) -> str:
    """The code of the OperationOutcome that an answer is."""
    outcome = read(response, status)
    assert outcome["resourceType"] == "OperationOutcome"
    return outcome["issue"][0]["code"]


def resources(bundle: dict[str, Any]) -> list[dict[str, Any]]:
    """What is in a page of a search."""
    assert (bundle["resourceType"], bundle["type"]) == ("Bundle", "searchset")
    return [entry["resource"] for entry in bundle.get("entry", [])]


def next_url(bundle: dict[str, Any]) -> str | None:
    """Where the next page is, without the host."""
    urls = {link["relation"]: link["url"] for link in bundle["link"]}
    return urls["next"].partition("localhost:8000")[2] if "next" in urls else None


def pages(client: Any, url: str, **headers: Any) -> list[list[dict[str, Any]]]:
    """All pages of a search, each read as it should be."""
    found, following = [], url
    while following:
        bundle = read(client.get(following, **headers))
        found.append(resources(bundle))
        following = next_url(bundle)
    return found
