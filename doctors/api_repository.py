"""Doctors, their hours and exceptions as the API reads and writes them: plain rows out, one transaction in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, time
from typing import Any, NamedTuple
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import F
from django.http import Http404
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from citas.apikit import cursors
from citas.apikit.words import named
from citas.db import together
from citas.ties import Ties
from doctors import repository
from doctors.forms import overlap
from doctors.models import (
    Doctor,
    DoctorQuerySet,
    Location,
    Offering,
    ScheduleException,
    Specialty,
    VisitType,
    WorkingHours,
)

upcoming = Ties()  # visits ahead of a doctor
ORDER = ("surnames", "given_names", "id")
RULE = ("weekday", "starts", "ends", "valid_from", "valid_until")


class DoctorRow(NamedTuple):
    id: UUID
    slug: str
    title: str
    given_names: str
    surnames: str
    languages: str
    bio: str
    bio_en: str
    specialty: UUID
    specialty_slug: str
    specialty_name: str
    specialty_name_en: str


class OfferedRow(NamedTuple):
    """A visit type as a doctor does it, in minutes; `own` is the doctor's own duration."""

    id: UUID
    slug: str
    name: str
    name_en: str
    usual: int
    own: int | None


class PlaceRow(NamedTuple):
    id: UUID
    slug: str
    name: str
    address: str
    city: str
    zone: str


class HoursRow(NamedTuple):
    """Wall-clock times of `zone`."""

    id: UUID
    doctor: UUID
    location: UUID
    zone: str
    weekday: int
    starts: time
    ends: time
    valid_from: date
    valid_until: date | None


class ExceptionRow(NamedTuple):
    """`location` None is everywhere; `starts` None is the whole day."""

    id: UUID
    doctor: UUID
    location: UUID | None
    zone: str | None
    date: date
    starts: time | None
    ends: time | None
    kind: str
    reason: str


DOCTOR = (
    *("id", "slug", "title", "given_names", "surnames", "languages", "bio", "bio_en"),
    *("specialty_id", "specialty__slug", "specialty__name", "specialty__name_en"),
)
OFFERED = (*(f"visit_type__{name}" for name in ("id", "slug", "name", "name_en", "duration")), "duration")
HOURS = ("id", "doctor_id", "location_id", "location__zone", *RULE)
EXCEPTION = ("id", "doctor_id", "location_id", "location__zone", "date", "starts", "ends", "kind", "reason")


def listed(*, specialty: str = "", location: str = "", doctor: str = "", words: str = "") -> DoctorQuerySet:
    """Doctors whom patients see, by keys or short names, and by the words of a name, accents ignored."""
    found = Doctor.objects.listed()
    if specialty:
        found = found.filter(specialty__in=Specialty.objects.filter(**named(specialty)).values("pk"))
    if location:
        there = WorkingHours.objects.filter(location__in=Location.objects.filter(active=True, **named(location)))
        found = found.filter(pk__in=there.values("doctor"))
    if doctor:
        found = found.filter(**named(doctor))
    for word in slugify(words).split("-") if words.strip() else ():
        # A word of nothing but signs is in nobody's name.
        found = found.filter(slug__contains=word) if word else found.none()
    return found


def page(doctors: DoctorQuerySet, *, after: UUID | None, limit: int) -> list[DoctorRow]:
    """So many rows and one more, in the order of names; none after a doctor who does not exist."""
    if after is not None:
        place = Doctor.objects.filter(pk=after).values_list(*ORDER).first()
        doctors = doctors.filter(cursors.after(ORDER, place)) if place else doctors.none()
    return [DoctorRow(*row) for row in doctors.order_by(*ORDER).values_list(*DOCTOR)[: limit + 1]]


def row(doctor: UUID) -> DoctorRow:
    """Raises Http404 for whom patients do not see."""
    found = Doctor.objects.listed().filter(pk=doctor).values_list(*DOCTOR).first()
    if found is None:
        raise Http404
    return DoctorRow(*found)


def offered(doctor: UUID) -> list[OfferedRow]:
    found = Offering.objects.filter(doctor=doctor, visit_type__active=True)
    return [OfferedRow(*row) for row in found.order_by("visit_type__position", "id").values_list(*OFFERED)]


def places(doctor: UUID) -> list[PlaceRow]:
    worked = WorkingHours.objects.filter(doctor=doctor).values("location")
    found = Location.objects.filter(pk__in=worked, active=True).order_by("name", "id")
    return [PlaceRow(*row) for row in found.values_list(*PlaceRow._fields)]


def by_id(doctor: UUID) -> Doctor | None:
    return Doctor.objects.filter(pk=doctor).first()


def specialty(word: str) -> Specialty | None:
    return Specialty.objects.filter(active=True, **named(word)).first()


def location(word: str) -> Location | None:
    return Location.objects.filter(active=True, **named(word)).first()


def visit_types(words: Iterable[str]) -> list[VisitType]:
    """One for each word that names one in use."""
    found = [VisitType.objects.filter(active=True, **named(word)).first() for word in dict.fromkeys(words)]
    return [visit_type for visit_type in found if visit_type is not None]


def create(*, doctor: Doctor, offers: Iterable[VisitType]) -> Doctor:
    """Store a new doctor with what is offered, under a free short name. Raises IntegrityError for a known key."""

    def write() -> Doctor:
        doctor.slug = repository.free_slug(kind=Doctor, words=f"{doctor.given_names} {doctor.surnames}")
        doctor.save(force_insert=True)
        _offer(doctor.pk, offers)
        return doctor

    return together(write)


def _offer(doctor: UUID, offers: Iterable[VisitType]) -> None:
    """Offer exactly these; what is offered already keeps its own duration."""
    wanted = {visit_type.pk for visit_type in offers}
    stored = Offering.objects.filter(doctor=doctor)
    has = set(stored.values_list("visit_type_id", flat=True))
    stored.filter(visit_type__in=has - wanted).delete()
    for visit_type in wanted - has:
        Offering(doctor_id=doctor, visit_type_id=visit_type).save(force_insert=True)


def change(
    *, doctor: UUID, still: Callable[[], None], offers: Iterable[VisitType] | None = None, **changes: Any
) -> None:
    """Change a doctor in one transaction; `still` raises when it is not as whoever asks has seen it."""

    def write() -> None:
        _hold(doctor)
        still()
        if changes:
            Doctor.objects.filter(pk=doctor).update(**changes)
        if offers is not None:
            _offer(doctor, offers)

    together(write)


def deactivate(*, doctor: UUID, still: Callable[[], None], needed: Callable[[], None]) -> None:
    """Take a doctor out of use, who may be out of use already; `needed` raises when visits are ahead."""

    def write() -> None:
        if not Doctor.objects.filter(pk=doctor, hidden=False, active=False).exists():
            _hold(doctor)
            still()
            needed()
            Doctor.objects.filter(pk=doctor).update(active=False)

    together(write)


def _hold(doctor: UUID) -> None:
    """Keep others from changing a doctor until the transaction ends. Raises Http404 for whom is out of use.

    On MongoDB only a write does that which leaves the row other than it was.
    """
    held = Doctor.objects.filter(pk=doctor, hidden=False, active=True)
    if not held.update(version=F("version") + 1):
        raise Http404


def hours(doctor: UUID, *, only: UUID | None = None) -> list[HoursRow]:
    """The weekly rules of a doctor in the order in which they were made, or one of them."""
    found = WorkingHours.objects.filter(doctor=doctor, **({"pk": only} if only else {}))
    return [HoursRow(*row) for row in found.order_by("id").values_list(*HOURS)]


def exceptions(doctor: UUID, *, only: UUID | None = None) -> list[ExceptionRow]:
    """A doctor's own days off and days besides, in the order in which they were made, or one of them."""
    found = ScheduleException.objects.filter(doctor=doctor, active=True, **({"pk": only} if only else {}))
    return [ExceptionRow(*row) for row in found.order_by("id").values_list(*EXCEPTION)]


def is_doctors(doctor: UUID, *, user: Any) -> bool:
    """Whether this doctor is the person of the account."""
    return Doctor.objects.filter(pk=doctor, user=user).exists()


def exists(doctor: UUID) -> None:
    """Raises Http404 for whom is out of use."""
    if not Doctor.objects.filter(pk=doctor, hidden=False, active=True).exists():
        raise Http404


def stored(kind: type[WorkingHours | ScheduleException], key: UUID) -> Any:
    """A rule or an exception, None when there is none."""
    return kind._default_manager.filter(pk=key).first()


def keep(row: WorkingHours | ScheduleException, *, new: bool, still: Callable[[], None]) -> Any:
    """Store a rule or an exception of a doctor. Raises ValidationError, also when rules overlap."""

    def write() -> Any:
        _hold(row.doctor_id)  # type: ignore[arg-type]
        still()
        row.full_clean(exclude={"doctor", "location"}, validate_unique=False)
        if isinstance(row, WorkingHours):
            _check_overlap(row)
        row.save(force_insert=new)
        return row

    return together(write)


def _check_overlap(row: WorkingHours) -> None:
    mine = {name: getattr(row, name) for name in RULE}
    others = WorkingHours.objects.filter(doctor=row.doctor_id, weekday=row.weekday).exclude(pk=row.pk)
    if any(overlap(mine, other) for other in others.values(*RULE)):
        raise ValidationError({"starts": _("These hours overlap others of this doctor.")})


def remove(kind: type[WorkingHours | ScheduleException], *, doctor: UUID, key: UUID, still: Callable[[], None]) -> None:
    """Raises Http404 when there is none."""

    def write() -> None:
        _hold(doctor)
        still()
        if not kind._default_manager.filter(pk=key, doctor=doctor).delete()[0]:
            raise Http404

    together(write)
