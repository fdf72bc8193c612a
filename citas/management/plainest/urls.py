"""Six views as one writes them first: read instances, make dictionaries, answer a JsonResponse.

Behind the same middleware, authentication and limits as the API's own, and with the same members.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.urls import include, path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from accounts.api_access import anybody, signed_in
from appointments.models import Appointment
from appointments.slot_code import SlotCode
from citas import urls as site
from citas.apikit.cursors import pack
from citas.db import deadlines
from citas.errors import Unavailable
from citas.management.plainest import repository
from citas.management.plainest.repository import Free
from doctors.models import Doctor, Location, Offering
from patients.models import Patient

Body = dict[str, Any]
Who = Callable[[HttpRequest], Any]
SPAN = timedelta(days=14)
FAR = timedelta(days=732)  # nothing can be booked later


def let_in(who: Who) -> Callable[[Callable[..., Body]], Callable[..., JsonResponse]]:
    """A view for whomever `who` lets in, who is the view's second argument."""

    def decorate(view: Callable[..., Body]) -> Callable[..., JsonResponse]:
        @login_not_required
        @csrf_exempt
        @wraps(view)
        def answer(request: HttpRequest, **keys: Any) -> JsonResponse:
            user = who(request)
            return JsonResponse(view(request, user, **keys) if user else {}, status=200 if user else 401)

        return answer

    return decorate


@let_in(anybody)
def health(request: HttpRequest, user: Any) -> Body:
    if not deadlines.answers():
        raise Unavailable
    return {"status": "ok"}


@let_in(anybody)
def doctors(request: HttpRequest, user: Any) -> Body:
    limit = _limit(request)
    found = repository.doctors(limit=limit + 1)
    return _page(found, limit, _doctor, lambda last: pack(last.pk))


@let_in(anybody)
def doctor(request: HttpRequest, user: Any, key: UUID) -> Body:
    found = repository.doctor(key)
    offered = [_offered(one) for one in repository.offered(found)]
    return {**_doctor(found), "visit_types": offered, "locations": [_place(one) for one in repository.places(found)]}


@let_in(anybody)
def slots(request: HttpRequest, user: Any) -> Body:
    now, limit = timezone.now(), _limit(request)
    found = repository.free(since=now, until=now + SPAN, now=now, limit=limit + 1)
    beyond = [] if found else repository.free(since=now + SPAN, until=now + FAR, now=now, limit=1)
    page = _page(found, limit, _slot, lambda last: pack(*last.place))
    return {**page, "next_free": _slot(beyond[0]) if beyond else None}


@let_in(signed_in)
def patients(request: HttpRequest, user: Any) -> Body:
    limit = _limit(request)
    found = repository.patients(user=user, limit=limit + 1)
    return _page(found, limit, _patient, lambda last: pack(last.pk))


@let_in(signed_in)
def appointments(request: HttpRequest, user: Any) -> Body:
    limit = _limit(request)
    found = repository.appointments(user=user, limit=limit + 1)
    return _page(found, limit, _appointment, lambda last: pack(last.starts_at, last.pk))


def _limit(request: HttpRequest) -> int:
    return int(request.GET.get("limit", "20"))


def _page(found: list[Any], limit: int, show: Callable[[Any], Body], mark: Callable[[Any], str]) -> Body:
    """`found` holds one more than is shown where there are more."""
    shown = found[:limit]
    return {"items": [show(one) for one in shown], "next": mark(shown[-1]) if len(found) > limit else None}


def _doctor(doctor: Doctor) -> Body:
    specialty = doctor.specialty
    return {
        "id": str(doctor.pk),
        "slug": doctor.slug,
        "title": doctor.title,
        "given_names": doctor.given_names,
        "surnames": doctor.surnames,
        "name": doctor.full_name,
        "specialty": {"id": str(specialty.pk), "slug": specialty.slug, "name": specialty.label},
        "languages": doctor.languages,
        "bio": doctor.bio,
        "bio_en": doctor.bio_en,
    }


def _offered(offering: Offering) -> Body:
    kind = offering.visit_type
    duration = offering.duration or kind.duration
    return {"id": str(kind.pk), "slug": kind.slug, "name": kind.label, "duration": duration}


def _place(place: Location) -> Body:
    texts = {name: getattr(place, name) for name in ("slug", "name", "address", "city", "zone")}
    return {"id": str(place.pk), **texts}


def _slot(free: Free) -> Body:
    slot, (starts_at, doctor, visit_type) = free.slot, free.place
    return {
        "id": str(SlotCode(doctor, visit_type, slot.location, starts_at)),
        "doctor": str(doctor),
        "visit_type": str(visit_type),
        "location": str(slot.location),
        "starts_at": _local(starts_at, slot.zone),
        "ends_at": _local(slot.ends_at, slot.zone),
        "zone": slot.zone,
    }


def _patient(patient: Patient) -> Body:
    names = ("given_names", "first_surname", "second_surname")
    document = ("document_country", "document_type", "document_number")
    texts = {name: getattr(patient, name) for name in ("relationship", *names, *document, "email", "language")}
    born = patient.birth_date.isoformat() if patient.birth_date else None
    return {"id": str(patient.pk), **texts, "birth_date": born, "phone": str(patient.phone or "")}


def _appointment(visit: Appointment) -> Body:
    keys = {name: str(getattr(visit, f"{name}_id")) for name in ("doctor", "patient", "visit_type", "location")}
    instants = ("starts_at", "ends_at", "created_at", "updated_at")
    times = {name: _local(getattr(visit, name), visit.location.zone) for name in instants}
    plain = {name: getattr(visit, name) for name in ("reference", "status", "reason", "answers")}
    return {"id": str(visit.pk), **keys, **times, **plain, "zone": visit.location.zone}


def _local(moment: datetime, zone: str) -> str:
    return moment.astimezone(ZoneInfo(zone)).isoformat()


views = [
    path("health", health),
    path("doctors", doctors),
    path("doctors/available-slots", slots),
    path("doctors/<uuid:key>", doctor),
    path("patients", patients),
    path("appointments", appointments),
]
# In the place of the API, so that a request is looked up as long as there.
everything: list[Any] = site.urlpatterns
urlpatterns = [path("api/", include(views)) if str(one.pattern) == "api/" else one for one in everything]
handler400, handler403, handler404, handler500 = site.handler400, site.handler403, site.handler404, site.handler500
