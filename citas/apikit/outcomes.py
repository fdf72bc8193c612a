"""Refusals as FHIR R4 says them: an OperationOutcome, in the words of citas.errors and the reader's language."""

from __future__ import annotations

import json

from django.http import HttpRequest, HttpResponse

from citas import request_id
from citas.errors import CATALOGUE, DomainError

MEDIA_TYPE = "application/fhir+json"
CONTENT_TYPE = f"{MEDIA_TYPE}; charset=utf-8"
PREFIX = "/fhir/"

# http://hl7.org/fhir/R4/valueset-issue-type.html
ISSUES = {
    400: "invalid",
    401: "login",
    403: "forbidden",
    404: "not-found",
    405: "not-supported",
    406: "not-supported",
    409: "conflict",
    410: "deleted",
    413: "too-long",
    415: "not-supported",
    422: "business-rule",
    429: "throttled",
    500: "exception",
    503: "transient",
}
NAMED = {"required", "too-costly"}  # codes of our refusals that FHIR knows by the same name


def wanted(request: HttpRequest) -> bool:
    """Whether who asks reads FHIR."""
    return request.path_info.startswith(PREFIX)


def outcome(status: int, *, code: str = "", detail: object = "") -> HttpResponse:
    """The answer to what cannot be done. `code` is that of a DomainError, `detail` its message."""
    kind = CATALOGUE.get(status)
    said = detail if detail and detail != DomainError.message else (kind.detail if kind else "")
    issue = {
        "severity": "fatal" if status == 500 else "error",
        "code": code if code in NAMED else ISSUES.get(status, "processing"),
        "details": {"text": str(said)},
        "diagnostics": f"request {request_id.current.get() or '-'}",
    }
    body = {"resourceType": "OperationOutcome", "issue": [issue]}
    response = HttpResponse(json.dumps(body, ensure_ascii=False), status=status, content_type=CONTENT_TYPE)
    response["Cache-Control"] = "no-store"
    if kind and kind.retry_after:
        response["Retry-After"] = str(kind.retry_after)
    if status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="citas"'
    return response
