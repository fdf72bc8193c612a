"""FHIR R4, for reading: who can be booked where and when, for everybody; appointments for who may see them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from typing import TypeVar
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from accounts.models import User
from appointments.fhir import capabilities, free, ids, repository, resources
from appointments.fhir.answers import authorised, bundle, for_everybody, public, resource
from appointments.fhir.asking import Asked, or_none
from appointments.fhir.errors import Gone
from appointments.fhir.ids import ScheduleId, SlotId
from appointments.fhir.resources import STATUSES, Resource
from citas.apikit.cursors import pack
from citas.apikit.etags import PRIVATE
from doctors import repository as doctors_repository

T = TypeVar("T")
A_DAY = timedelta(days=1)
SLOW, QUICK = for_everybody(300), for_everybody(10)  # a slot that was taken is gone after ten seconds


@public
def metadata(request: HttpRequest) -> HttpResponse:
    return resource(request, capabilities.statement(site=settings.SITE_URL), cache=for_everybody(3600))


@public
def locations(request: HttpRequest) -> HttpResponse:
    asked = Asked(request, "_id")
    after = asked.after(UUID)
    rows = repository.locations(ids=asked.ids(ids.key), after=after and after[0], limit=asked.count + 1)
    made = partial(resources.location, country=doctors_repository.clinic().country)
    return _page(request, asked, rows, made, lambda row: pack(row.pk), SLOW)


@public
def location(request: HttpRequest, location: str) -> HttpResponse:
    found = _found(repository.location(_named(ids.key, location)))
    made = resources.location(found, country=doctors_repository.clinic().country)
    return resource(request, made, cache=SLOW)


@public
def roles(request: HttpRequest) -> HttpResponse:
    asked = Asked(request, "_id", "location")
    after, place = asked.after(UUID), asked.key("location", "Location")
    rows = repository.roles(
        ids=asked.ids(ids.key),
        place=place and place[1],
        after=after and after[0],
        limit=asked.count + 1,
        today=_today(),
    )
    return _page(request, asked, rows, resources.practitioner_role, lambda row: pack(row.doctor.pk), SLOW)


@public
def role(request: HttpRequest, role: str) -> HttpResponse:
    found = _found(repository.role(_named(ids.key, role), today=_today()))
    if not (found.doctor.active and found.doctor.specialty.active):
        raise Gone
    return resource(request, resources.practitioner_role(found), cache=SLOW)


@public
def schedules(request: HttpRequest) -> HttpResponse:
    asked = Asked(request, "_id", "actor")
    kind, key = asked.key("actor", "PractitionerRole", "Location") or ("", None)
    rows = repository.schedules(
        ids=asked.ids(ScheduleId.parse),
        doctor=key if kind == "PractitionerRole" else None,
        place=key if kind == "Location" else None,
        after=asked.after(UUID, UUID),
        limit=asked.count + 1,
        today=_today(),
    )
    made = partial(resources.schedule, today=_today(), site=settings.SITE_URL)
    return _page(request, asked, rows, made, lambda row: pack(row.offering.pk, row.location.pk), SLOW)


@public
def schedule(request: HttpRequest, schedule: str) -> HttpResponse:
    found = _found(repository.schedule(_named(ScheduleId.parse, schedule), today=_today()))
    made = resources.schedule(found, today=_today(), site=settings.SITE_URL)
    return resource(request, made, cache=SLOW)


@public
def slots(request: HttpRequest) -> HttpResponse:
    """Free slots of one schedule."""
    asked, now = Asked(request, "schedule", "start", "status"), timezone.now()
    named = or_none(ScheduleId.parse, asked.required("schedule", "Schedule"))
    wanted = repository.schedule(named, today=_today()) if named else None
    zone = (wanted.location if wanted else doctors_repository.clinic()).tz
    within, after = free.window(asked.period("start", zone=zone), now=now), asked.after(datetime)
    if wanted is None or "free" not in (asked.codes("status") or {"free"}):
        return _page(request, asked, [], dict, str, QUICK)
    rows = free.page(wanted, within, after=after and after[0], limit=asked.count + 1, now=now)
    made = partial(resources.free_slot, wanted.id, site=settings.SITE_URL)
    return _page(request, asked, rows, made, lambda row: pack(row.starts_at), QUICK)


@public
def slot(request: HttpRequest, slot: str) -> HttpResponse:
    """Whether a start is free now."""
    named = _named(SlotId.parse, slot)
    found = _found(repository.schedule(named.schedule, today=_today()))
    status = _found(free.status(found, named.starts_at, now=timezone.now()))
    span = {"starts_at": named.starts_at, "ends_at": free.ends_at(found, named.starts_at)}
    made = resources.slot(found.id, **span, zone=found.location.zone, site=settings.SITE_URL, status=status)
    return resource(request, made, cache=QUICK)


@authorised
def appointments(request: HttpRequest, user: User) -> HttpResponse:
    asked = Asked(request, "_id", "date", "status", "actor")
    rows = repository.page_of(
        repository.appointments(user=user, now=timezone.now(), **_narrowed(asked)),
        after=asked.after(datetime, UUID),
        limit=asked.count + 1,
    )
    return _page(request, asked, rows, _shown_to(user), lambda row: pack(row.starts_at, row.pk), PRIVATE)


def _narrowed(asked: Asked) -> dict[str, object]:
    period = asked.period("date", zone=doctors_repository.clinic().tz)
    codes, actor, keys = asked.codes("status"), asked.key("actor", "PractitionerRole", "Location"), asked.ids(ids.key)
    exact: dict[str, object] = {"starts_at__gte": period.start, "starts_at__lt": period.end, "pk__in": keys}
    if codes is not None:
        exact["status__in"] = [status for status, code in STATUSES.items() if code in codes]
    if actor is not None:
        exact["doctor" if actor[0] == "PractitionerRole" else "location"] = actor[1]
    return {name: value for name, value in exact.items() if value is not None}


@authorised
def appointment(request: HttpRequest, user: User, appointment: str) -> HttpResponse:
    mine = repository.appointments(user=user, now=timezone.now(), pk=_named(ids.key, appointment))
    return resource(request, _shown_to(user)(_found(mine.first())), cache=PRIVATE)


def _shown_to(user: User) -> Callable[[repository.Appointment], Resource]:
    def made(row: repository.Appointment) -> Resource:
        named = user.works_here or row.patient.account_id == user.pk
        return resources.appointment(row, named=named, site=settings.SITE_URL)

    return made


def _page(
    request: HttpRequest,
    asked: Asked,
    rows: list[T],
    made: Callable[[T], Resource],
    place: Callable[[T], str],
    cache: str,
) -> HttpResponse:
    """A Bundle of the first rows; one row more than asked for says that there is a next page."""
    shown = rows[: asked.count]
    following = place(shown[-1]) if len(rows) > len(shown) else None
    return resource(request, bundle(asked, [made(row) for row in shown], following=following), cache=cache)


def _named(read: Callable[[str], T], text: str) -> T:
    """What an id names; what cannot be one names nothing: 404."""
    return _found(or_none(read, text))


def _found(row: T | None) -> T:
    if row is None:
        raise Http404
    return row


def _today() -> date:
    """The date where it is earliest: who works on it anywhere is found."""
    return (timezone.now() - A_DAY).date()
