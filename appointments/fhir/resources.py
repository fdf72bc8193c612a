"""Rows of the clinic as FHIR R4 resources. Pure: what a resource says is all in what is given.

Public resources name the clinic's people and places only; patients appear in Appointment alone. Words are the clinic's
own, whatever the reader's language. R4: http://hl7.org/fhir/R4/
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from appointments.fhir.ids import ScheduleId, SlotId
from appointments.fhir.repository import Role, Schedule
from appointments.models import Appointment, Status
from appointments.openings import Opening
from citas.apikit.words import local
from doctors.models import Doctor, Location, VisitType

Resource = dict[str, Any]

TIME_ZONE = "http://hl7.org/fhir/StructureDefinition/timezone"
DEEP_LINK = "http://fhir-registry.smarthealthit.org/StructureDefinition/booking-deep-link"

# One to one, as in http://hl7.org/fhir/R4/valueset-appointmentstatus.html
STATUSES = {
    Status.HELD: "pending",
    Status.BOOKED: "booked",
    Status.ARRIVED: "arrived",
    Status.COMPLETED: "fulfilled",
    Status.CANCELLED: "cancelled",
    Status.NO_SHOW: "noshow",
}


def location(place: Location, *, country: str) -> Resource:
    telecom = {"telecom": [{"system": "phone", "value": place.phone.as_e164, "use": "work"}]} if place.phone else {}
    text = ", ".join(part for part in (place.address, place.city) if part)
    address = {"use": "work", "text": text, "line": [place.address], "city": place.city, "country": country}
    return {
        "resourceType": "Location",
        "id": str(place.pk),
        "extension": [{"url": TIME_ZONE, "valueCode": place.zone}],
        "status": "active" if place.active else "inactive",
        "name": place.name,
        "mode": "instance",
        **telecom,
        "address": _said(address),
    }


def practitioner_role(role: Role) -> Resource:
    doctor = role.doctor
    places = [_to("Location", place.pk, place.name) for place in role.locations]
    return {
        "resourceType": "PractitionerRole",
        "id": str(doctor.pk),
        "active": doctor.active,
        "practitioner": {"type": "Practitioner", "display": doctor.full_name},
        "specialty": [{"text": doctor.specialty.name}],
        **({"location": places} if places else {}),
    }


def schedule(of: Schedule, *, today: date, site: str) -> Resource:
    """`today` is where its planning horizon begins."""
    doctor, kind = of.offering.doctor, of.offering.visit_type
    return {
        "resourceType": "Schedule",
        "id": str(of.id),
        "active": True,
        "serviceType": [_service(kind, site)],
        "specialty": [{"text": doctor.specialty.name}],
        "actor": [_doctor(doctor), _to("Location", of.location.pk, of.location.name)],
        "planningHorizon": {
            "start": today.isoformat(),
            "end": (today + timedelta(days=kind.horizon_days)).isoformat(),
        },
    }


def slot(of: ScheduleId, *, starts_at: datetime, ends_at: datetime, zone: str, site: str, status: str) -> Resource:
    """A start of a schedule. Who can still book it gets the address where."""
    name = str(SlotId(of, starts_at))
    link = {"extension": [{"url": DEEP_LINK, "valueUrl": f"{site}/citas/hueco/{name}/"}]} if status == "free" else {}
    return {
        "resourceType": "Slot",
        "id": name,
        **link,
        "schedule": {"reference": f"Schedule/{of}"},
        "status": status,
        "start": local(starts_at, zone),
        "end": local(ends_at, zone),
    }


def free_slot(of: ScheduleId, free: Opening, *, site: str) -> Resource:
    return slot(of, starts_at=free.starts_at, ends_at=free.ends_at, zone=free.zone, site=site, status="free")


def appointment(of: Appointment, *, named: bool, site: str) -> Resource:
    """`named`: whether the reader may know whose visit it is. Neither reasons nor answers of patients are in it."""
    zone = of.location.zone
    status = "tentative" if of.status == Status.HELD else "accepted"
    actors = [
        _patient(of, site, named=named),
        _doctor(of.doctor),
        _to("Location", of.location_id, of.location.name),
    ]
    return {
        "resourceType": "Appointment",
        "id": str(of.pk),
        "meta": {"lastUpdated": local(of.updated_at, "UTC")},
        "identifier": [{"system": f"{site}/fhir/NamingSystem/reference", "value": of.reference}],
        "status": STATUSES[Status(of.status)],
        "serviceType": [_service(of.visit_type, site)],
        "specialty": [{"text": of.doctor.specialty.name}],
        "start": local(of.starts_at, zone),
        "end": local(of.ends_at, zone),
        "minutesDuration": (of.ends_at - of.starts_at) // timedelta(minutes=1),
        "created": local(of.created_at, "UTC"),
        "participant": [{"actor": actor, "status": status} for actor in actors],
    }


def _patient(of: Appointment, site: str, *, named: bool) -> Resource:
    """A logical reference: there is no Patient to read here."""
    identifier = {"system": f"{site}/fhir/NamingSystem/patient", "value": str(of.patient_id)}
    return {
        "type": "Patient",
        "identifier": identifier,
        **({"display": of.patient.full_name} if named else {}),
    }


def _doctor(doctor: Doctor) -> Resource:
    return _to("PractitionerRole", doctor.pk, doctor.full_name)


def _service(kind: VisitType, site: str) -> Resource:
    coding = {"system": f"{site}/fhir/CodeSystem/visit-type", "code": kind.slug, "display": kind.name}
    return {"coding": [coding], "text": kind.name}


def _to(kind: str, key: object, display: str) -> Resource:
    return {"reference": f"{kind}/{key}", "type": kind, **_said({"display": display})}


def _said(fields: Resource) -> Resource:
    """Without what is empty: FHIR knows no empty texts."""
    return {name: value for name, value in fields.items() if value not in ("", [""])}
