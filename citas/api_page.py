"""The description of the API as a page shows it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from citas.apikit.openapi import METHODS
from citas.errors import CATALOGUE, DomainError

Schema = dict[str, Any]


def outline(schema: Schema) -> dict[str, Any]:
    """Operations under their tags, the schemas that they name, and every error that has a name of its own."""
    operations = list(_operations(schema))
    groups = [(tag["name"], [one for one in operations if tag["name"] in one["tags"]]) for tag in schema["tags"]]
    schemas = [_schema(name, found) for name, found in sorted(schema["components"]["schemas"].items())]
    return {"groups": groups, "schemas": schemas, "errors": sorted(_errors().items())}


def _operations(schema: Schema) -> Iterator[dict[str, Any]]:
    for path, methods in schema["paths"].items():
        for method in METHODS:
            if method in methods:
                yield _operation(path, method, methods[method], schema)


def _operation(path: str, method: str, found: Schema, schema: Schema) -> dict[str, Any]:
    body = found.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    return {
        "id": found["operationId"],
        "method": method.upper(),
        "path": path,
        "tags": found.get("tags", []),
        "text": found.get("description") or found["summary"],
        "public": not found["security"],
        "parameters": [_parameter(_resolved(one, schema)) for one in found.get("parameters", [])],
        "body": _type(body) if body else None,
        "answers": [_answer(status, one) for status, one in found["responses"].items() if status < "400"],
        "refusals": [int(status) for status in found["responses"] if status >= "400"],
    }


def _resolved(found: Schema, schema: Schema) -> Schema:
    if "$ref" not in found:
        return found
    _root, _components, kind, name = found["$ref"].split("/")
    return schema["components"][kind][name]


def _parameter(found: Schema) -> dict[str, Any]:
    text = found.get("description") or found["schema"].get("description", "")
    return {"name": found["name"], "where": found["in"], "type": _type(found["schema"]), "text": text}


def _answer(status: str, found: Schema) -> dict[str, Any]:
    shape = found.get("content", {}).get("application/json", {}).get("schema")
    return {"status": status, "type": _type(shape) if shape else None}


def _schema(name: str, found: Schema) -> dict[str, Any]:
    needed = found.get("required", [])
    members = [
        {"name": member, "type": _type(one), "needed": member in needed, "text": one.get("description", "")}
        for member, one in found.get("properties", {}).items()
    ]
    return {"name": name, "text": found.get("description", ""), "members": members}


def _type(found: Schema) -> dict[str, str]:
    """What a value is, in one line, and the schema that tells more."""
    if "$ref" in found:
        name = found["$ref"].rpartition("/")[2]
        return {"text": name, "schema": name}
    if "anyOf" in found:
        kinds = [_type(one) for one in found["anyOf"]]
        return {"text": " | ".join(kind["text"] for kind in kinds), "schema": kinds[0]["schema"]}
    if found.get("type") == "array":
        inner = _type(found["items"])
        return {"text": f"[{inner['text']}]", "schema": inner["schema"]}
    if "enum" in found:
        return {"text": " | ".join(map(str, found["enum"])), "schema": ""}
    bounds = [f"{name} {found[key]}" for key, name in BOUNDS.items() if key in found]
    return {"text": " ".join([found.get("format") or found.get("type", "any"), *bounds]), "schema": ""}


BOUNDS = {"minimum": "≥", "maximum": "≤", "maxLength": "length ≤", "pattern": "as"}


def _errors() -> dict[str, tuple[int, Any]]:
    """Status and words of each error, by its name."""
    found: dict[str, tuple[int, Any]] = {kind.code: (status, kind.detail) for status, kind in CATALOGUE.items()}
    for error in _all(DomainError):
        found.setdefault(error.code, (error.status, error.message))
    return found


def _all(error: type[DomainError]) -> Iterator[type[DomainError]]:
    for kind in error.__subclasses__():
        yield kind
        yield from _all(kind)
