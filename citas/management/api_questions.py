"""What programs ask most often, through the JSON API and FHIR, as their repositories ask it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from accounts import token_repository
from accounts.models import User
from appointments import api_repository as appointments
from appointments import openings
from appointments.fhir import bulk
from appointments.fhir import repository as fhir
from appointments.models import Appointment, Status
from doctors import api_repository as doctors
from notifications import webhook_repository as webhooks
from patients import api_repository as patients

LIMIT = 100  # the most that a page holds
SPAN = timedelta(days=14)
NOBODY = UUID(int=0)
Question = Callable[[], Any]


class About(NamedTuple):
    """Who and what is asked for: keys and words of a visit, or what nobody has."""

    doctor: UUID
    patient: UUID
    location: UUID
    specialty: str
    place: str
    name: str
    starts_at: datetime
    after: tuple[datetime, UUID]


def about(visit: Appointment | None, now: datetime) -> About:
    if visit is None:
        return About(NOBODY, NOBODY, NOBODY, "none", "none", "none", now, (now, NOBODY))
    words = visit.doctor.specialty.slug, visit.location.slug, visit.patient.first_surname
    keys = visit.doctor_id, visit.patient_id, visit.location_id
    return About(*keys, *words, visit.starts_at, (visit.starts_at, visit.pk))


def questions(*, desk: User, visit: Appointment | None, now: datetime) -> dict[str, Question]:
    """Each under its name, in the role of reception, about a visit of those that there are."""
    of = about(visit, now)
    return {
        "api-token": partial(token_repository.bearer, secret="nobodys", now=now),  # noqa: S106
        **_of_doctors(of, now),
        **_of_patients(desk, of),
        **_of_appointments(desk, of),
        **_of_health_software(desk, of, now),
        "webhooks-due": partial(webhooks.due, now=now, limit=LIMIT),
        "webhooks-known": partial(webhooks.known, NOBODY),
    }


def _of_doctors(of: About, now: datetime) -> dict[str, Question]:
    page = partial(doctors.page, after=None, limit=LIMIT)

    def detail() -> None:
        doctors.offered(of.doctor)
        doctors.places(of.doctor)

    def slots() -> None:
        offers = appointments.offers(doctor="", specialty="", visit_type="")
        openings.between(offers=offers, location=None, since=now, until=now + SPAN, now=now, after=None, limit=LIMIT)

    return {
        "api-doctors": lambda: page(doctors.listed()),
        "api-doctors-after": lambda: page(doctors.listed(), after=of.doctor),
        "api-doctors-specialty": lambda: page(doctors.listed(specialty=of.specialty)),
        "api-doctors-location": lambda: page(doctors.listed(location=of.place)),
        "api-doctors-q": lambda: page(doctors.listed(words=of.name)),
        "api-doctor": detail,
        "api-slots": slots,
        "api-hours": lambda: doctors.hours(of.doctor),
        "api-exceptions": lambda: doctors.exceptions(of.doctor),
    }


def _of_patients(desk: User, of: About) -> dict[str, Question]:
    everybody = patients.visible(desk)
    page = partial(patients.page, limit=LIMIT)
    return {
        "api-patients": lambda: page(everybody, after=None),
        "api-patients-after": lambda: page(everybody, after=of.patient),
        "api-patients-q": lambda: page(patients.found(everybody, of.name), after=None),
        "api-patients-stamps": lambda: patients.stamps(everybody, after=None, limit=LIMIT),
        "api-patient": lambda: page(everybody.filter(pk=of.patient), after=None),
    }


def _of_appointments(desk: User, of: About) -> dict[str, Question]:
    def asked(after: Any = None, **narrowed: Any) -> Question:
        return lambda: appointments.page(appointments.wanted(user=desk, **narrowed), after=after, limit=LIMIT)

    span = {"since": of.starts_at, "until": of.starts_at + SPAN}
    return {
        "api-appointments": asked(),
        "api-appointments-after": asked(of.after),
        "api-appointments-doctor": asked(doctor=str(of.doctor)),
        "api-appointments-doctor-after": asked(of.after, doctor=str(of.doctor)),
        "api-appointments-patient": asked(patient=of.patient),
        "api-appointments-status": asked(status=Status.CANCELLED),
        "api-appointments-status-after": asked(of.after, status=Status.BOOKED),
        "api-appointments-span": asked(**span),
        "api-appointments-narrow": asked(of.after, doctor=str(of.doctor), status=Status.BOOKED, **span),
        "api-appointments-stamps": lambda: appointments.stamps(
            appointments.wanted(user=desk), after=of.after, limit=LIMIT
        ),
    }


def _of_health_software(desk: User, of: About, now: datetime) -> dict[str, Question]:
    today = (now - timedelta(days=1)).date()
    visits = partial(fhir.appointments, user=desk, now=now)
    page = partial(fhir.page_of, after=None, limit=LIMIT)
    monday = (now - timedelta(days=now.weekday())).date()
    week = f"slots-{monday.isocalendar().year:04}-W{monday.isocalendar().week:02}.ndjson"
    return {
        "fhir-locations": lambda: fhir.locations(ids=None, after=None, limit=LIMIT),
        "fhir-roles": lambda: fhir.roles(ids=None, place=of.location, after=None, limit=LIMIT, today=today),
        "fhir-schedules": lambda: fhir.schedules(doctor=of.doctor, limit=LIMIT, today=today),
        "fhir-schedules-place": lambda: fhir.schedules(place=of.location, limit=LIMIT, today=today),
        "fhir-appointments": lambda: page(visits()),
        "fhir-appointments-after": lambda: page(visits(), after=of.after),
        "fhir-appointments-actor": lambda: page(visits(doctor=of.doctor)),
        "fhir-appointments-patient": lambda: page(visits(patient=of.patient)),
        "fhir-bulk-locations": lambda: _whole(bulk.pieces("locations.ndjson", now=now, site="")),
        "fhir-bulk-schedules": lambda: _whole(bulk.pieces("schedules.ndjson", now=now, site="")),
        "fhir-bulk-slots": lambda: _whole(bulk.pieces(week, now=now, site="")),
    }


def _whole(pieces: Iterable[Any] | None) -> None:
    for _piece in pieces or ():
        pass
