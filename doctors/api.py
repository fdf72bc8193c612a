"""Doctors through the API: anybody reads those whom patients can book, managers keep them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import Query, Router

from accounts.api_access import ApiRequest, anybody, managers
from citas.apikit import answers, etags, idempotency, openapi, problems
from citas.apikit.cursors import pack
from citas.apikit.shapes import of_page
from doctors import api_hours
from doctors import api_repository as repository
from doctors import api_shapes as shapes
from doctors.api_repository import DoctorRow, OfferedRow, PlaceRow
from doctors.models import ENGLISH_TITLES, Doctor, Specialty, VisitType

router = Router(tags=["doctors"])
router.add_router("", api_hours.router)
Body = dict[str, Any]


@router.get("/doctors", auth=anybody, openapi_extra=openapi.PUBLIC, response=of_page(shapes.DoctorOut))
def list_doctors(request: HttpRequest, asked: Query[shapes.DoctorsAsked]) -> HttpResponse:
    """Doctors whom patients can book, in the order of their names."""
    found = repository.listed(specialty=asked.specialty or "", location=asked.location or "", words=asked.q or "")
    rows = repository.page(found, after=asked.after[0] if asked.after else None, limit=asked.limit)
    following = pack(rows[asked.limit - 1].id) if len(rows) > asked.limit else None
    return answers.read(
        request,
        marks=lambda: rows,
        make=lambda: (rows, answers.page([_doctor(row) for row in rows[: asked.limit]], following)),
        cache=etags.PUBLIC,
    )


@router.get("/doctors/{uuid:id}", auth=anybody, openapi_extra=openapi.PUBLIC, response=shapes.DoctorDetailOut)
def show_doctor(request: HttpRequest, id: UUID) -> HttpResponse:
    """A doctor with what can be booked and where."""
    marks = _marks(id)
    return answers.read(request, marks=lambda: marks, make=lambda: (marks, _detail(*marks)), cache=etags.PUBLIC)


@router.post("/doctors", auth=managers, response={201: shapes.DoctorDetailOut})
def create_doctor(request: ApiRequest, data: shapes.DoctorIn, key: idempotency.Key) -> HttpResponse:
    """A new doctor. Hours are given afterwards; without them nobody can book."""
    pk, body = idempotency.key_of(actor=request.auth, kind="doctor", given=key), idempotency.fingerprint(request)
    typed = data.dict()
    offers = _offers(typed.pop("visit_types"))
    typed["specialty"] = _specialty(typed["specialty"])
    doctor = Doctor(id=pk, request_fingerprint=body, **typed)
    made = idempotency.once(
        find=lambda: repository.by_id(pk), make=lambda: repository.create(doctor=doctor, offers=offers), body=body
    )
    return _answer_doctor(made.pk, status=201)


@router.patch("/doctors/{uuid:id}", auth=managers, response=shapes.DoctorDetailOut)
def change_doctor(request: ApiRequest, id: UUID, data: shapes.DoctorChange) -> HttpResponse:
    """Change some of what is said of a doctor."""
    repository.row(id)
    typed = data.dict(exclude_unset=True)
    offers = _offers(typed.pop("visit_types")) if "visit_types" in typed else None
    if "specialty" in typed:
        typed["specialty"] = _specialty(typed["specialty"])
    repository.change(doctor=id, still=_still(request, id), offers=offers, **typed)
    return _answer_doctor(id)


@router.api_operation(["DELETE"], "/doctors/{uuid:id}", auth=managers, response={204: None})
def deactivate_doctor(request: ApiRequest, id: UUID) -> HttpResponse:
    """Take a doctor out of use: refused, with their number, while visits are ahead."""
    repository.deactivate(
        doctor=id,
        still=_still(request, id),
        needed=lambda: repository.upcoming.check(id, now=timezone.now()),
    )
    return answers.nothing()


def _marks(doctor: UUID) -> tuple[Any, ...]:
    """A doctor's row, and those of what is offered and where. Raises Http404."""
    return repository.row(doctor), repository.offered(doctor), repository.places(doctor)


def _still(request: HttpRequest, doctor: UUID) -> Callable[[], None]:
    """Raises Changed when If-Match names another version than that of now."""
    return lambda: etags.check(request, lambda: etags.tag(_marks(doctor)))


def _answer_doctor(doctor: UUID, *, status: int = 200) -> HttpResponse:
    marks = _marks(doctor)
    location = f"/api/doctors/{doctor}" if status == 201 else ""
    return answers.answer(_detail(*marks), tag=etags.tag(marks), status=status, location=location)


def _offers(words: list[str]) -> list[VisitType]:
    found = repository.visit_types(words)
    if len(found) < len(set(words)):
        raise problems.in_body("visit_types", _("Not all of these are visit types in use."))
    return found


def _specialty(word: str) -> Specialty:
    found = repository.specialty(word)
    if found is None:
        raise problems.in_body("specialty", _("There is no such specialty in use."))
    return found


def _detail(row: DoctorRow, offered: list[OfferedRow], places: list[PlaceRow]) -> Body:
    return {
        **_doctor(row),
        "visit_types": [_offered(one) for one in offered],
        "locations": [{**place._asdict(), "id": str(place.id)} for place in places],
    }


def _doctor(row: DoctorRow) -> Body:
    plain = {name: getattr(row, name) for name in ("slug", "title", "given_names", "surnames")}
    specialty = _label(row.specialty_name, row.specialty_name_en)
    return {
        "id": str(row.id),
        **plain,
        "name": _full_name(row),
        "specialty": {"id": str(row.specialty), "slug": row.specialty_slug, "name": specialty},
        "languages": row.languages,
        "bio": row.bio,
        "bio_en": row.bio_en,
    }


def _full_name(row: DoctorRow) -> str:
    title = ENGLISH_TITLES.get(row.title, row.title) if get_language() == "en" else row.title
    return " ".join(part for part in (title, row.given_names, row.surnames) if part)


def _label(name: str, name_en: str) -> str:
    return name_en if name_en and get_language() == "en" else name


def _offered(row: OfferedRow) -> Body:
    name = _label(row.name, row.name_en)
    return {"id": str(row.id), "slug": row.slug, "name": name, "duration": row.own or row.usual}
