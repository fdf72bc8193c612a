"""What the CapabilityStatement says: all that can be asked for, and nothing else. A test walks through it."""

from __future__ import annotations

from typing import Any, NamedTuple

from appointments.fhir.resources import Resource

FHIR_VERSION = "4.0.1"
SINCE = "2026-11-24"  # when this statement last changed
BULK_PUBLISH = "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/bulk-publish"


class Parameter(NamedTuple):
    name: str
    kind: str  # http://hl7.org/fhir/R4/valueset-search-param-type.html
    said: str


ID = Parameter("_id", "token", "Up to 100, with commas between.")
KINDS: dict[str, tuple[str, tuple[Parameter, ...]]] = {
    "Location": ("The clinic's open places. One that is out of use can still be read, as inactive.", (ID,)),
    "PractitionerRole": (
        "Doctors whom patients can book, with the places where they work. 410 for one who is out of use.",
        (ID, Parameter("location", "reference", "Location/{id}: who works there.")),
    ),
    "Schedule": (
        "What a doctor offers at one place: one PractitionerRole and one Location are its actors.",
        (ID, Parameter("actor", "reference", "PractitionerRole/{id} or Location/{id}.")),
    ),
    "Slot": (
        (
            "Computed when asked for. A search gives free slots only: any other status finds nothing. Reading one says "
            "whether it is free, busy or, when it is too late to book it, busy-unavailable; 410 when it is past. "
            "A free one carries the address where it can be booked."
        ),
        (
            Parameter("schedule", "reference", "Schedule/{id}. Required, and one only."),
            Parameter("start", "date", "eq, ge, gt, le, lt; 62 days at most, and where no end is given."),
            Parameter("status", "token", "free"),
        ),
    ),
    "Appointment": (
        (
            "For the bearer of a token: the appointments that the account may see, without reasons or answers. The "
            "patient is a logical reference, as patients cannot be read here."
        ),
        (
            ID,
            Parameter("date", "date", "When it starts: eq, ge, gt, le, lt."),
            Parameter("status", "token", "Several with commas between."),
            Parameter("actor", "reference", "PractitionerRole/{id} or Location/{id}."),
        ),
    ),
}


def statement(*, site: str) -> Resource:
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": SINCE,
        "kind": "instance",
        "software": {"name": "Citas"},
        "implementation": {"description": "A clinic's appointment book, for reading", "url": f"{site}/fhir"},
        "fhirVersion": FHIR_VERSION,
        "format": ["application/fhir+json", "json"],
        "rest": [_rest()],
    }


def _rest() -> dict[str, Any]:
    return {
        "mode": "server",
        "documentation": "Pages of a search have _count resources (1 to 100, 50 unless asked) and a link to the next.",
        "security": {
            "description": "All but Appointment is public. Appointment: Authorization: Bearer, a token of this clinic."
        },
        "resource": [_resource(kind, said, parameters) for kind, (said, parameters) in KINDS.items()],
        "operation": [
            {
                "name": "bulk-publish",
                "definition": BULK_PUBLISH,
                "documentation": "SMART Scheduling Links: every Location, Schedule and free Slot as NDJSON.",
            }
        ],
    }


def _resource(kind: str, said: str, parameters: tuple[Parameter, ...]) -> dict[str, Any]:
    return {
        "type": kind,
        "documentation": said,
        "interaction": [{"code": "read"}, {"code": "search-type"}],
        "versioning": "no-version",
        "conditionalRead": "not-match",
        "searchParam": [{"name": one.name, "type": one.kind, "documentation": one.said} for one in parameters],
    }
