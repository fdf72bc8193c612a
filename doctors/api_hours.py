"""A doctor's weekly hours and exceptions through the API: staff read, the desk and the doctor keep them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import time
from typing import Any
from uuid import UUID

from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router

from accounts.api_access import DESK, ApiRequest, staff
from citas.apikit import answers, etags, idempotency, problems
from citas.apikit.cursors import pack
from citas.apikit.shapes import of_page
from doctors import api_repository as repository
from doctors import api_shapes as shapes
from doctors.api_repository import ExceptionRow, HoursRow
from doctors.models import ScheduleException, WorkingHours

router = Router(auth=staff, tags=["hours"])
Body = dict[str, Any]
Rule = WorkingHours | ScheduleException


@router.get("/doctors/{uuid:id}/hours", response=of_page(shapes.HoursOut))
def list_hours(request: ApiRequest, id: UUID, asked: Query[shapes.Listed]) -> HttpResponse:
    """The weekly hours of a doctor."""
    repository.exists(id)
    return _list(request, repository.hours(id), _rule, asked)


@router.post("/doctors/{uuid:id}/hours", response={201: shapes.HoursOut})
def add_hours(request: ApiRequest, id: UUID, data: shapes.HoursIn, key: idempotency.Key) -> HttpResponse:
    """Weekly hours more, at one location, that overlap no others."""
    _must_keep(request, id)
    return _add(request, WorkingHours, id, _typed(data.dict()), key)


@router.get("/doctors/{uuid:id}/hours/{uuid:hours}", response=shapes.HoursOut)
def show_hours(request: ApiRequest, id: UUID, hours: UUID) -> HttpResponse:
    return _show(request, repository.hours(id, only=hours), _rule)


@router.patch("/doctors/{uuid:id}/hours/{uuid:hours}", response=shapes.HoursOut)
def change_hours(request: ApiRequest, id: UUID, hours: UUID, data: shapes.HoursChange) -> HttpResponse:
    """Visits that are booked already stay as they are."""
    _must_keep(request, id)
    return _change(request, repository.stored(WorkingHours, hours), id, _typed(data.dict(exclude_unset=True)))


@router.api_operation(["DELETE"], "/doctors/{uuid:id}/hours/{uuid:hours}", response={204: None})
def remove_hours(request: ApiRequest, id: UUID, hours: UUID) -> HttpResponse:
    """Visits that are booked already stay as they are."""
    _must_keep(request, id)
    still = _still(request, lambda: repository.hours(id, only=hours))
    repository.remove(WorkingHours, doctor=id, key=hours, still=still)
    return answers.nothing()


@router.get("/doctors/{uuid:id}/exceptions", response=of_page(shapes.ExceptionOut))
def list_exceptions(request: ApiRequest, id: UUID, asked: Query[shapes.Listed]) -> HttpResponse:
    """A doctor's own days off and days besides; the clinic's holidays are not among them."""
    repository.exists(id)
    return _list(request, repository.exceptions(id), _exception, asked)


@router.post("/doctors/{uuid:id}/exceptions", response={201: shapes.ExceptionOut})
def add_exception(
    request: ApiRequest,
    id: UUID,
    data: shapes.ExceptionIn,
    key: idempotency.Key,
) -> HttpResponse:
    """A day off, or a day besides the weekly hours."""
    _must_keep(request, id)
    return _add(request, ScheduleException, id, _typed(data.dict()), key)


@router.get("/doctors/{uuid:id}/exceptions/{uuid:exception}", response=shapes.ExceptionOut)
def show_exception(request: ApiRequest, id: UUID, exception: UUID) -> HttpResponse:
    return _show(request, repository.exceptions(id, only=exception), _exception)


@router.patch("/doctors/{uuid:id}/exceptions/{uuid:exception}", response=shapes.ExceptionOut)
def change_exception(
    request: ApiRequest,
    id: UUID,
    exception: UUID,
    data: shapes.ExceptionChange,
) -> HttpResponse:
    _must_keep(request, id)
    return _change(request, repository.stored(ScheduleException, exception), id, _typed(data.dict(exclude_unset=True)))


@router.api_operation(["DELETE"], "/doctors/{uuid:id}/exceptions/{uuid:exception}", response={204: None})
def remove_exception(request: ApiRequest, id: UUID, exception: UUID) -> HttpResponse:
    _must_keep(request, id)
    still = _still(request, lambda: repository.exceptions(id, only=exception))
    repository.remove(ScheduleException, doctor=id, key=exception, still=still)
    return answers.nothing()


def _must_keep(request: ApiRequest, doctor: UUID) -> None:
    """Raises PermissionDenied for a doctor who means somebody else."""
    if request.auth.role not in DESK and not repository.is_doctors(doctor, user=request.auth):
        raise PermissionDenied


def _rows(row: Rule) -> list[Any]:
    """A rule or an exception as a plain row."""
    rows: Any = repository.hours if isinstance(row, WorkingHours) else repository.exceptions
    return rows(row.doctor_id, only=row.pk)


def _list(request: ApiRequest, rows: list[Any], body: Callable[[Any], Body], asked: shapes.Listed) -> HttpResponse:
    """A page of so few rows that they are read whole."""
    rest = [row for row in rows if asked.after is None or row.id > asked.after[0]]
    shown = rest[: asked.limit]
    following = pack(shown[-1].id) if len(rest) > len(shown) else None
    return answers.read(
        request, marks=lambda: rest, make=lambda: (rest, answers.page([body(row) for row in shown], following))
    )


def _show(request: ApiRequest, rows: list[Any], body: Callable[[Any], Body]) -> HttpResponse:
    if not rows:
        raise Http404
    return answers.read(request, marks=lambda: rows, make=lambda: (rows, body(rows[0])))


def _add(request: ApiRequest, kind: type[Rule], doctor: UUID, typed: Body, key: str | None) -> HttpResponse:
    pk = idempotency.key_of(actor=request.auth, kind=f"{kind.__name__}/{doctor}", given=key)
    body = idempotency.fingerprint(request)
    new = kind(id=pk, doctor_id=doctor, request_fingerprint=body, **typed)
    made = idempotency.once(
        find=lambda: repository.stored(kind, pk), make=lambda: _keep(new, new=True, still=lambda: None), body=body
    )
    return _answer(made, status=201)


def _change(request: ApiRequest, found: Rule | None, doctor: UUID, typed: Body) -> HttpResponse:
    if found is None or found.doctor_id != doctor:
        raise Http404
    for name, value in typed.items():
        setattr(found, name, value)
    _keep(found, new=False, still=_still(request, lambda: _rows(found)))
    return _answer(found)


def _still(request: ApiRequest, rows: Callable[[], Iterable[Any]]) -> Callable[[], None]:
    """Raises Changed when If-Match names another version than that of now."""
    return lambda: etags.check(request, lambda: etags.tag(rows()))


def _keep(row: Rule, *, new: bool, still: Callable[[], None]) -> Rule:
    try:
        return repository.keep(row, new=new, still=still)
    except ValidationError as error:
        raise _said(error) from error


def _said(error: ValidationError) -> problems.Invalid:
    """What the model's own checks found, as it is told here."""
    said = error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}
    pointers = {name: problems.pointer(*([] if name == NON_FIELD_ERRORS else [name])) for name in said}
    return problems.Invalid(
        *(problems.Fault("body", pointers[name], text) for name, texts in said.items() for text in texts)
    )


def _typed(typed: Body) -> Body:
    """What is stored of what was sent: a location by its key."""
    if typed.get("location") is None:
        return {("location_id" if name == "location" else name): value for name, value in typed.items()}
    place = repository.location(typed.pop("location"))
    if place is None:
        raise problems.in_body("location", _("There is no such location in use."))
    return {**typed, "location_id": place.pk}


def _answer(row: Rule, *, status: int = 200) -> HttpResponse:
    rows = _rows(row)
    if not rows:  # made by the same request before, and removed since
        raise Http404
    is_rule = isinstance(row, WorkingHours)
    body = _rule(rows[0]) if is_rule else _exception(rows[0])
    location = f"/api/doctors/{row.doctor_id}/{'hours' if is_rule else 'exceptions'}/{row.pk}" if status == 201 else ""
    return answers.answer(body, tag=etags.tag(rows), status=status, location=location)


def _rule(row: HoursRow) -> Body:
    return {
        "id": str(row.id),
        "doctor": str(row.doctor),
        "location": str(row.location),
        "zone": row.zone,
        "weekday": row.weekday,
        "starts": _clock(row.starts),
        "ends": _clock(row.ends),
        "valid_from": str(row.valid_from),
        "valid_until": str(row.valid_until) if row.valid_until else None,
    }


def _exception(row: ExceptionRow) -> Body:
    return {
        "id": str(row.id),
        "doctor": str(row.doctor),
        "location": str(row.location) if row.location else None,
        "zone": row.zone,
        "date": str(row.date),
        "starts": _clock(row.starts) if row.starts is not None else None,
        "ends": _clock(row.ends) if row.ends is not None else None,
        "kind": row.kind,
        "reason": row.reason,
    }


def _clock(moment: time) -> str:
    return f"{moment:%H:%M}"
