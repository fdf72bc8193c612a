"""Patients through the API: an account's own, or everybody for the desk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from ninja import Query, Router

from accounts.api_access import DESK, ApiRequest
from citas.apikit import answers, etags, idempotency
from citas.apikit.cursors import pack
from citas.apikit.shapes import of_page
from patients import api_repository as repository
from patients import api_shapes as shapes
from patients import repository as patients_repository
from patients import typed
from patients.api_repository import PatientRow
from patients.models import Patient

router = Router(tags=["patients"])
Body = dict[str, Any]


@router.get("/patients", response=of_page(shapes.PatientOut))
def list_patients(request: ApiRequest, asked: Query[shapes.PatientsAsked]) -> HttpResponse:
    """One's own and those one cares for; the desk finds everybody."""
    found = repository.found(repository.visible(request.auth), asked.q or "")
    place: dict[str, Any] = {"after": asked.after[0] if asked.after else None, "limit": asked.limit}

    def make() -> tuple[list[Any], Body]:
        rows = repository.page(found, **place)
        following = pack(rows[asked.limit - 1].id) if len(rows) > asked.limit else None
        marks = [(row.id, row.updated_at) for row in rows]
        return marks, answers.page([_patient(row) for row in rows[: asked.limit]], following)

    return answers.read(request, marks=lambda: repository.stamps(found, **place), make=make)


@router.get("/patients/{uuid:id}", response=shapes.PatientOut)
def show_patient(request: ApiRequest, id: UUID) -> HttpResponse:
    def make() -> tuple[Any, Body]:
        row = repository.row(id, user=request.auth)
        return (row.id, row.updated_at), _patient(row)

    return answers.read(request, marks=lambda: repository.stamp(id, user=request.auth), make=make)


@router.post("/patients", response={201: shapes.PatientOut})
def add_patient(request: ApiRequest, data: shapes.PatientIn, key: idempotency.Key) -> HttpResponse:
    """Somebody new: of the account, or known to reception only."""
    user, body = request.auth, idempotency.fingerprint(request)
    pk = idempotency.key_of(actor=user, kind="patient", given=key)
    known = repository.by_id(pk)
    add = _register if user.role in DESK else _add
    made = idempotency.same(known, body) if known else add(request, pk, data.dict(), body)
    return _answer(request, made.pk, status=201)


@router.patch("/patients/{uuid:id}", response=shapes.PatientOut)
def change_patient(request: ApiRequest, id: UUID, data: shapes.PatientChange) -> HttpResponse:
    user = request.auth
    known = repository.of_account(id, user=user)
    found = typed.changes(data.dict(exclude_unset=True), patient=known, desk=user.role in DESK)
    repository.change(patient=id, user=user, still=_still(request, id), now=timezone.now(), **found)
    return _answer(request, id)


@router.api_operation(["DELETE"], "/patients/{uuid:id}", response={204: None})
def remove_patient(request: ApiRequest, id: UUID) -> HttpResponse:
    """Take somebody off the list: refused, with their number, when there are visits."""
    repository.deactivate(patient=id, user=request.auth, still=_still(request, id), now=timezone.now())
    return answers.nothing()


def _add(request: ApiRequest, key: UUID, sent: Body, body: str) -> Patient:
    details = typed.details(sent, desk=False)
    repository.check_oneself(user=request.auth, relationship=details["relationship"])
    added = patients_repository.add(
        id=key, account=request.auth, now=timezone.now(), request_fingerprint=body, **details
    )
    return idempotency.same(added, body)  # a twin of this request may have been faster


def _register(request: ApiRequest, key: UUID, sent: Body, body: str) -> Patient:
    details = typed.details(sent, desk=True)
    patient = Patient(id=key, request_fingerprint=body, **details)
    return idempotency.once(
        find=lambda: repository.by_id(key), make=lambda: repository.register(patient=patient), body=body
    )


def _still(request: ApiRequest, patient: UUID) -> Callable[[], None]:
    """Raises Changed when If-Match names another version than that of now."""
    return lambda: etags.check(request, lambda: etags.tag(repository.stamp(patient, user=request.auth)))


def _answer(request: ApiRequest, patient: UUID, *, status: int = 200) -> HttpResponse:
    row = repository.row(patient, user=request.auth)
    location = f"/api/patients/{patient}" if status == 201 else ""
    return answers.answer(_patient(row), tag=etags.tag((row.id, row.updated_at)), status=status, location=location)


def _patient(row: PatientRow) -> Body:
    plain = {name: getattr(row, name) for name in ("relationship", *TEXTS)}
    born = row.birth_date.isoformat() if row.birth_date else None
    phone = "" if row.phone is None else str(row.phone)  # whether it is empty would be asked by writing it once more
    return {"id": str(row.id), **plain, "birth_date": born, "phone": phone}


TEXTS = (
    *("given_names", "first_surname", "second_surname"),
    *("document_country", "document_type", "document_number", "email", "language"),
)
