"""The description of an API (OpenAPI 3.1), completed with what its framework does not know: errors, headers, access."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.utils import translation

from citas.apikit import problems
from citas.apikit.shapes import Problem
from citas.errors import CATALOGUE

Schema = dict[str, Any]
PUBLIC: Schema = {"security": []}
SECURITY: list[Schema] = [{"token": []}, {"session": []}]
METHODS = ("get", "post", "patch", "delete")
ANYWHERE = (400, 405, 413, 422, 429, 500, 503)
HEADERS: Schema = {
    "ETag": {
        "description": "The version of what was answered: for If-None-Match and If-Match.",
        "schema": {"type": "string"},
    },
    "Location": {
        "description": "Where what was made can be read.",
        "schema": {"type": "string", "format": "uri-reference"},
    },
    "X-Request-ID": {"description": "What to give when you call us about it.", "schema": {"type": "string"}},
    "Retry-After": {
        "description": "Seconds after which trying again makes sense.",
        "schema": {"type": "integer", "minimum": 1},
    },
    "Allow": {"description": "The methods that this address takes.", "schema": {"type": "string"}},
    "WWW-Authenticate": {"description": "How to say who you are.", "schema": {"type": "string"}},
}
OF_STATUS = {401: "WWW-Authenticate", 405: "Allow", 429: "Retry-After", 503: "Retry-After"}
PARAMETERS: Schema = {
    "IfNoneMatch": {
        "name": "If-None-Match",
        "in": "header",
        "description": "The ETag of what you have: 304 when it is still so.",
        "schema": {"type": "string"},
    },
    "IfMatch": {
        "name": "If-Match",
        "in": "header",
        "description": "The ETag of what you have seen: 412 when it has changed since.",
        "schema": {"type": "string"},
    },
}


def completed(schema: Schema, examples: Schema) -> Schema:
    """The whole description. `examples`: one for each schema that has one, by its name."""
    for path, operations in schema["paths"].items():
        for method in METHODS:
            if method in operations:
                operations[method] = _operation(operations[method], method, named="{" in path)
    components = schema.setdefault("components", {})
    components["schemas"]["Problem"] = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    components["schemas"] |= components["schemas"]["Problem"].pop("$defs")
    for name, example in examples.items():
        components["schemas"][name]["examples"] = [example]
    components["responses"] = {CATALOGUE[status].code: _problem(status) for status in CATALOGUE}
    components |= {"headers": HEADERS, "parameters": PARAMETERS, "securitySchemes": _schemes()}
    return schema


def _schemes() -> Schema:
    return {
        "token": {
            "type": "http",
            "scheme": "bearer",
            "description": "A token of `manage.py api_token`, with one scope: own, agenda, reception or manager.",
        },
        "session": {
            "type": "apiKey",
            "in": "cookie",
            "name": settings.SESSION_COOKIE_NAME,
            "description": "Whoever is signed in on the site; changes need the header X-CSRFToken, too.",
        },
    }


def _operation(operation: Schema, method: str, *, named: bool) -> Schema:
    public = operation.setdefault("security", SECURITY) == []
    responses: Schema = {str(status): _success(answer, status) for status, answer in operation["responses"].items()}
    responses |= {str(status): _ref("responses", CATALOGUE[status].code) for status in _refusals(method, public, named)}
    condition = {"get": "IfNoneMatch", "patch": "IfMatch", "delete": "IfMatch"}.get(method)
    if method == "get":
        responses["304"] = {"description": "Not Modified", "headers": _headers("ETag", "X-Request-ID")}
    if condition:
        operation["parameters"] = [*operation.get("parameters", []), _ref("parameters", condition)]
    return {**operation, "responses": dict(sorted(responses.items()))}


def _refusals(method: str, public: bool, named: bool) -> Iterable[int]:
    yield from ANYWHERE
    if not public:
        yield from (401, 403)
    if named or method == "post":
        yield 404
    if method != "get":
        yield from (409, 412, 415)


def _success(answer: Schema, status: int) -> Schema:
    names = ["X-Request-ID", *(["ETag"] if "content" in answer else []), *(["Location"] if status == 201 else [])]
    return {**answer, "headers": _headers(*names)}


def _problem(status: int) -> Schema:
    kind = CATALOGUE[status]
    names = ["X-Request-ID", *([OF_STATUS[status]] if status in OF_STATUS else [])]
    with translation.override("en"):
        example = {
            "type": f"{problems.EXPLAINED_AT}#{kind.code}",
            "title": str(kind.title),
            "status": status,
            "detail": str(kind.detail),
            "request_id": "0193e4a07c1e70008000000000000001",
        }
        content = {"schema": _ref("schemas", "Problem"), "examples": {kind.code: {"value": example}}}
        return {
            "description": str(kind.title),
            "headers": _headers(*names),
            "content": {problems.MEDIA_TYPE: content},
        }


def _headers(*names: str) -> Schema:
    return {name: _ref("headers", name) for name in names}


def _ref(kind: str, name: str) -> Schema:
    return {"$ref": f"#/components/{kind}/{name}"}
