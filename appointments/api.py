"""Appointments and free time through the API: every rule is booking's and attendance's."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router

from accounts.api_access import DESK, ApiRequest, anybody
from accounts.models import Role
from appointments import api_repository as repository
from appointments import api_shapes as shapes
from appointments import attendance, booking, calendars, openings
from appointments.api_repository import AppointmentRow
from appointments.models import Appointment, Status
from appointments.openings import Opening
from citas.apikit import answers, etags, idempotency, openapi, problems
from citas.apikit.cursors import pack
from citas.apikit.shapes import of_page
from citas.apikit.words import EARLIEST, LATEST, local
from citas.db import uuid7_text
from citas.errors import DomainError
from doctors import repository as doctors_repository

router = Router(tags=["appointments"])
Body = dict[str, Any]
USUAL_SPAN, LONGEST_SPAN = timedelta(days=14), timedelta(days=62)
A_DAY = timedelta(days=1)


@router.get(
    "/doctors/available-slots", auth=anybody, openapi_extra=openapi.PUBLIC, response=shapes.SlotsOut, tags=["doctors"]
)
def list_slots(request: HttpRequest, asked: Query[shapes.SlotsAsked]) -> HttpResponse:
    """Free starts in time order, and when there is none in the interval, the next one after it."""
    now = timezone.now()
    since, until = _interval(asked, now)
    place = repository.location_key(asked.location) if asked.location else None
    offers = repository.offers(
        doctor=asked.doctor or "", specialty=asked.specialty or "", visit_type=asked.visit_type or ""
    )
    where: Body = {"offers": [] if asked.location and place is None else offers, "location": place, "now": now}
    found = openings.between(**where, since=since, until=until, after=asked.after, limit=asked.limit + 1)
    shown, more = found[: asked.limit], found[asked.limit :]
    beyond = openings.next_free(**where, since=max(since, until)) if not found else None

    def make() -> tuple[Any, Body]:
        page = answers.page([_slot(one) for one in shown], pack(*shown[-1].place) if more else None)
        return (found, beyond), {**page, "next_free": _slot(beyond) if beyond else None}

    return answers.read(request, marks=lambda: (found, beyond), make=make, cache=etags.PUBLIC)


@router.get("/appointments", response=of_page(shapes.AppointmentOut))
def list_appointments(request: ApiRequest, asked: Query[shapes.AppointmentsAsked]) -> HttpResponse:
    """One's own, the own agenda, or the clinic's: in time order."""
    exact = {"patient": asked.patient, "status": asked.status}
    found = repository.wanted(
        user=request.auth,
        doctor=asked.doctor or "",
        since=_instant(asked.from_) if asked.from_ else None,
        until=_instant(asked.to, end=True) if asked.to else None,
        **{name: value for name, value in exact.items() if value is not None},
    )
    place: Body = {"after": asked.after, "limit": asked.limit}

    def make() -> tuple[list[Any], Body]:
        rows = repository.page(found, **place)
        shown, more = rows[: asked.limit], rows[asked.limit :]
        following = pack(shown[-1].starts_at, shown[-1].id) if more else None
        return [row.stamp for row in rows], answers.page([_appointment(row) for row in shown], following)

    return answers.read(request, marks=lambda: repository.stamps(found, **place), make=make)


@router.get("/appointments/{uuid:id}", response=shapes.AppointmentOut)
def show_appointment(request: ApiRequest, id: UUID) -> HttpResponse:
    def make() -> tuple[Any, Body]:
        row = repository.row(id, user=request.auth)
        return row.stamp, _appointment(row)

    return answers.read(request, marks=lambda: repository.stamp(id, user=request.auth), make=make)


@router.post("/appointments", response={201: shapes.AppointmentOut})
def book(request: ApiRequest, data: shapes.BookIn, key: idempotency.Key) -> HttpResponse:
    """Book a visit. When the time is taken: 409 with the five nearest."""
    body, request_key = idempotency.fingerprint(request), key or uuid7_text()
    made = booking.booked(actor=request.auth, request_key=request_key) if key else None
    if made is None:
        made = _book(request, data, request_key=request_key, fingerprint=body)
    return _answer(idempotency.same(made, body), status=201)


@router.patch("/appointments/{uuid:id}", response=shapes.AppointmentOut)
def change(request: ApiRequest, id: UUID, data: shapes.ChangeIn) -> HttpResponse:
    """Move a visit, cancel it, or say what has become of it; the last status can be taken back."""
    found = repository.to_change(id, user=request.auth)
    if data.starts_at is not None:
        return _answer(_move(request, found, data.starts_at))
    return _answer(_bring_to(request, found, data.status))


@router.api_operation(["DELETE"], "/appointments/{uuid:id}", response=shapes.AppointmentOut)
def cancel(request: ApiRequest, id: UUID) -> HttpResponse:
    """Cancel a visit: the answer is the cancelled visit, however often."""
    found = repository.to_change(id, user=request.auth)
    return _answer(_bring_to(request, found, Status.CANCELLED))


def _interval(asked: shapes.SlotsAsked, now: datetime) -> tuple[datetime, datetime]:
    """The interval asked for; one that ends before it begins has nothing free. Raises Invalid when it is too long."""
    since = _instant(asked.from_) if asked.from_ else now
    until = _instant(asked.to, end=True) if asked.to else min(since, LATEST - USUAL_SPAN) + USUAL_SPAN
    if until - since > LONGEST_SPAN:
        raise problems.in_query("to", _("Ask for 62 days at most."))
    return since, until


def _instant(asked: date | datetime, *, end: bool = False) -> datetime:
    """An instant as it is; a date as its beginning, or its end, by the clinic's clock."""
    if isinstance(asked, datetime):
        return asked
    midnight = datetime.combine(asked, time(), doctors_repository.clinic().tz)
    try:
        return (midnight + A_DAY if end else midnight).astimezone(UTC)
    except OverflowError:
        return EARLIEST if asked.year == 1 else LATEST


def _book(request: ApiRequest, data: shapes.BookIn, **keys: Any) -> Appointment:
    asked = _named(request, data)
    user, doctor = request.auth, asked["doctor"]
    if user.role == Role.DOCTOR and asked["patient"].account_id != user.pk and doctor.user_id != user.pk:
        raise PermissionDenied  # another doctor's agenda is not theirs to fill
    now = timezone.now()
    try:
        return booking.book(**asked, reason=data.reason, answers=data.answers, **_by(request, now), **keys)
    except DomainError as refusal:
        raise _with_nearest(refusal, asked, now=now) from refusal


def _named(request: ApiRequest, data: shapes.BookIn) -> Body:
    """What a request names, as it is stored. Raises Invalid for what there is not, and 404 for others' patients."""
    found: Body = {
        "doctor": repository.doctor(data.doctor),
        "visit_type": repository.visit_type(data.visit_type),
        "location": repository.location(data.location),
    }
    if missing := [name for name, value in found.items() if value is None]:
        detail = _("There is none that can be booked.")
        raise problems.Invalid(*(problems.Fault("body", problems.pointer(name), detail) for name in missing))
    patient = repository.patient_for(user=request.auth, patient=data.patient)
    if patient is None:
        raise problems.Missing(problems.Fault("body", "#/patient", _("There is no such patient on your list.")))
    return {**found, "patient": patient, "starts_at": data.starts_at}


def _by(request: ApiRequest, now: datetime) -> Body:
    return {"actor": request.auth, "source": "api", "now": now}


def _with_nearest(refusal: DomainError, asked: Body, *, now: datetime, without: UUID | None = None) -> DomainError:
    """The refusal with the five nearest free times, where another time would do."""
    around = asked["starts_at"]
    if not refusal.another_time or not booking.FIRST_YEAR <= around.year <= booking.LAST_YEAR:
        return refusal
    offering = doctors_repository.offering(doctor=asked["doctor"], visit_type=asked["visit_type"])
    if offering is not None:
        slots = calendars.nearest(offering=offering, around=around, now=now, without=without)
        kind = offering.visit_type_id
        near = [Opening(one.starts_at, one.doctor, kind, one.location, one.ends_at, one.zone) for one in slots]
        refusal.more = {"nearest": [_slot(one) for one in near]}
    return refusal


def _move(request: ApiRequest, found: Appointment, starts_at: datetime) -> Appointment:
    now = timezone.now()
    try:
        return booking.move(appointment=found, starts_at=starts_at, seen=_seen(request, found), **_by(request, now))
    except booking.Stale as refusal:
        raise _stale(request) from refusal
    except DomainError as refusal:
        asked = {"doctor": found.doctor, "visit_type": found.visit_type, "starts_at": starts_at}
        raise _with_nearest(refusal, asked, now=now, without=found.pk) from refusal


def _bring_to(request: ApiRequest, found: Appointment, status: str) -> Appointment:
    user = request.auth
    works_on_it = user.role in DESK or (user.role == Role.DOCTOR and found.doctor.user_id == user.pk)
    if status != Status.CANCELLED and not works_on_it:
        raise PermissionDenied
    by = _by(request, timezone.now())
    try:
        return attendance.bring_to(appointment=found, status=status, seen=_seen(request, found), **by)
    except booking.Stale as refusal:
        raise _stale(request) from refusal


def _seen(request: ApiRequest, found: Appointment) -> int | None:
    """The version that If-Match names: None where it is that of now or any; 0 is that of no appointment."""
    current = etags.tag(repository.row_of(found).stamp)
    return None if etags.holds(request, lambda: current) else 0


def _stale(request: ApiRequest) -> DomainError:
    """412 for who has said which version is meant, else 409."""
    return etags.Changed() if etags.is_conditional(request) else booking.Stale()


def _answer(appointment: Appointment, *, status: int = 200) -> HttpResponse:
    row = repository.row_of(appointment)
    location = f"/api/appointments/{row.id}" if status == 201 else ""
    return answers.answer(_appointment(row), tag=etags.tag(row.stamp), status=status, location=location)


def _appointment(row: AppointmentRow) -> Body:
    keys = {name: str(getattr(row, name)) for name in ("doctor", "patient", "visit_type", "location")}
    instants = {name: local(getattr(row, name), row.zone) for name in INSTANTS}
    plain = {"zone": row.zone, "status": row.status, "reason": row.reason, "answers": row.answers}
    return {"id": str(row.id), "reference": row.reference, **keys, **instants, **plain}


INSTANTS = ("starts_at", "ends_at", "created_at", "updated_at")


def _slot(opening: Opening) -> Body:
    return {
        "id": opening.code,
        "doctor": str(opening.doctor),
        "visit_type": str(opening.visit_type),
        "location": str(opening.location),
        "starts_at": local(opening.starts_at, opening.zone),
        "ends_at": local(opening.ends_at, opening.zone),
        "zone": opening.zone,
    }
