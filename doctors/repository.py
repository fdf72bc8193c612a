"""Doctors, their hours and what they offer, as they are kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from django.db import DatabaseError, IntegrityError
from django.db.models import Max, Model, Q, QuerySet
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.utils.text import slugify

from accounts.models import Role, User
from citas.db import together
from doctors import public_holidays
from doctors.alphabet import alphabetical
from doctors.models import (
    Clinic,
    Doctor,
    DoctorQuerySet,
    Location,
    Offering,
    ScheduleException,
    Specialty,
    VisitType,
    WorkingHours,
)

UNNAMED = "Citas"
HOLIDAYS = UUID("0c5e1ab4-6d0f-5f0a-9d7b-2f7f3f0b7c11")  # names of holidays' keys are made under this one
BEYOND_HORIZON = timedelta(days=60)
USUAL_HORIZON = 90  # days, while there is no visit type


class HoursRow(NamedTuple):
    """A weekly rule on the wall clock of `zone`; `weekday` is ISO, `ends` 00:00 is the end of the day."""

    doctor: UUID
    location: UUID
    zone: str
    weekday: int
    starts: time
    ends: time
    valid_from: date
    valid_until: date | None


class ExceptionRow(NamedTuple):
    """A date, or part of it, that opens or closes; `doctor` None is the whole clinic, `location` None everywhere."""

    doctor: UUID | None
    location: UUID | None
    zone: str | None
    date: date
    starts: time | None
    ends: time | None
    opens: bool


# The clinic as the current request has read it; None outside of requests.
_read: ContextVar[dict[str, Clinic] | None] = ContextVar("clinic", default=None)


def clinic() -> Clinic:
    """The clinic of this installation; before it is set up, an unsaved one with the usual rules."""
    read = _read.get()
    if read is None:
        return _stored_clinic()
    if "clinic" not in read:
        read["clinic"] = _stored_clinic()
    return read["clinic"]


def _stored_clinic() -> Clinic:
    return Clinic.objects.first() or Clinic(name=UNNAMED)


@contextmanager
def clinic_read_once() -> Iterator[None]:
    """Inside, the clinic is read when it is first asked for, and again after it was saved."""
    token = _read.set({})
    try:
        yield
    finally:
        _read.reset(token)


@receiver(post_save, sender=Clinic, dispatch_uid="doctors.repository.clinic")
def _forget_clinic(**signal: Any) -> None:
    read = _read.get()
    if read is not None:
        read.clear()


def set_up(*, name: str, country: str, region: str, zone: str) -> Clinic:
    """Say what the clinic is called and where it is. Raises ValidationError for what does not exist."""
    place = _stored_clinic()
    place.name, place.country, place.region, place.zone = name, country, region, zone
    place.full_clean(validate_unique=False)
    place.save()
    return place


def clinic_or_usual() -> Clinic:
    """The clinic, for pages that must be shown even when the database does not answer."""
    try:
        return clinic()
    except DatabaseError:
        return Clinic(name=UNNAMED)


def hours(*, doctors: Iterable[UUID] | None, first: date, last: date) -> list[HoursRow]:
    """Weekly rules in force on some day from `first` to `last` (local dates), at open locations: two queries.

    `doctors` None means everybody.
    """
    # The few places first: MongoDB would look one up for each of a thousand rules.
    zones = dict(Location.objects.filter(active=True).values_list("pk", "zone"))
    rules = WorkingHours.objects.filter(location__in=list(zones), valid_from__lte=last)
    rules = rules.filter(Q(valid_until=None) | Q(valid_until__gte=first))
    if doctors is not None:
        rules = rules.filter(doctor__in=list(doctors))
    rows = rules.order_by("doctor_id", "weekday", "starts").values_list(
        "doctor_id", "location_id", "weekday", "starts", "ends", "valid_from", "valid_until"
    )
    return [HoursRow(row[0], row[1], zones[row[1]], *row[2:]) for row in rows]


def exceptions(*, doctors: Iterable[UUID] | None, first: date, last: date) -> list[ExceptionRow]:
    """What opens or closes from `first` to `last` (local dates) for these doctors or the whole clinic: one query."""
    found = ScheduleException.objects.filter(active=True, date__range=(first, last))
    found = found.filter(Q(location=None) | Q(location__active=True))
    if doctors is not None:
        found = found.filter(Q(doctor=None) | Q(doctor__in=list(doctors)))
    rows = found.values_list("doctor_id", "location_id", "location__zone", "date", "starts", "ends", "kind")
    return [ExceptionRow(*row[:6], opens=row[6] == ScheduleException.Kind.OPENS) for row in rows]


def listed(
    *,
    specialty: str | None = None,
    location: str | None = None,
    doctor: str | None = None,
    visit_type: str | None = None,
) -> DoctorQuerySet:
    """Doctors whom patients can see and book; short names (slugs) narrow it down."""
    found = Doctor.objects.listed().select_related("specialty")
    if specialty is not None:
        found = found.filter(specialty__slug=specialty)
    if doctor is not None:
        found = found.filter(slug=doctor)
    if location is not None:
        there = WorkingHours.objects.filter(location__in=Location.objects.filter(slug=location, active=True))
        found = found.filter(pk__in=there.values("doctor"))
    if visit_type is not None:
        offered = Offering.objects.filter(visit_type__in=VisitType.objects.filter(slug=visit_type, active=True))
        found = found.filter(pk__in=offered.values("doctor"))
    return found


def doctors() -> DoctorQuerySet:
    """Everybody but the hidden, those out of use too: whom past visits were with."""
    return Doctor.objects.filter(hidden=False)


def offerings(*, doctors: Iterable[Doctor] | QuerySet[Doctor], visit_type: str | None = None) -> list[Offering]:
    """What these doctors offer, with doctor and visit type, in the order of the visit types: one query."""
    found = _bookable().filter(doctor__in=doctors)
    if visit_type is not None:
        found = found.filter(visit_type__slug=visit_type)
    return list(found)


def offering(*, doctor: Doctor, visit_type: VisitType) -> Offering | None:
    """How this doctor does this visit type; None when it is not offered."""
    return _bookable().filter(doctor=doctor, visit_type=visit_type).first()


def offering_by_ids(*, doctor: UUID, visit_type: UUID) -> Offering | None:
    """An offering that patients can see, by its keys."""
    return _bookable().filter(doctor__in=Doctor.objects.listed(), doctor=doctor, visit_type=visit_type).first()


def _bookable() -> QuerySet[Offering]:
    found = Offering.objects.filter(visit_type__active=True).select_related("doctor__specialty", "visit_type")
    return found.order_by("visit_type__position", "visit_type__name", "doctor__surnames", "doctor__given_names", "id")


def specialties() -> list[Specialty]:
    """Those with a doctor whom patients can see, in alphabetical order."""
    practised = Specialty.objects.filter(pk__in=Doctor.objects.listed().values("specialty"))
    return sorted(practised, key=lambda found: alphabetical(found.label))


def locations() -> list[Location]:
    """Those where a doctor works whom patients can see, in alphabetical order."""
    worked = WorkingHours.objects.filter(doctor__in=Doctor.objects.listed()).values("location")
    return sorted(Location.objects.filter(pk__in=worked, active=True), key=lambda found: alphabetical(found.name))


def locations_by_id() -> dict[UUID, Location]:
    """Every location, closed ones too: what past visits refer to."""
    return Location.objects.in_bulk()


def today(*, now: datetime) -> date:
    """The date at the clinic's open places; where they lie in several zones, the earliest of them."""
    zones = {ZoneInfo(zone) for zone in Location.objects.filter(active=True).values_list("zone", flat=True).distinct()}
    return min((now.astimezone(zone).date() for zone in zones), default=now.astimezone(clinic().tz).date())


def location_by_id(location: UUID) -> Location | None:
    """An open location."""
    return Location.objects.filter(pk=location, active=True).first()


def visit_types(*, specialty: str | None = None) -> QuerySet[VisitType]:
    """Those that a listed doctor offers, of one specialty where its short name is given."""
    offered = Offering.objects.filter(doctor__in=listed(specialty=specialty)).values("visit_type")
    return VisitType.objects.filter(pk__in=offered, active=True).order_by("position", "name")


def doctors_accounts() -> QuerySet[User]:
    """Accounts that may be a doctor's."""
    return User.objects.filter(role=Role.DOCTOR, is_active=True).order_by("email")


def free_slug(*, kind: type[Model], words: str) -> str:
    """A short name in addresses that no other row of this kind has."""
    wanted = slug = slugify(words)[:70] or "sin-nombre"
    taken = set(kind._default_manager.filter(slug__startswith=wanted).values_list("slug", flat=True))
    number = 1
    while slug in taken:
        number += 1
        slug = f"{wanted}-{number}"
    return slug


def set_active(*, rows: QuerySet[Any], active: bool) -> int:
    """Put in or out of use; nothing that visits may refer to is ever deleted. The number of rows that changed."""
    # By key, so that whatever filters these rows may look into other tables.
    chosen = rows.model._default_manager.filter(pk__in=rows.values("pk"), active=not active)
    return together(lambda: chosen.all().update(active=active))


def extend_holidays(*, today: date) -> int:
    """Close the clinic on its public holidays from `today` through the longest horizon; how many were new.

    Safe to repeat, and to run twice at once: a holiday's key follows from place and date. What a manager has put out of
    use stays so; holidays that no longer apply (the clinic's region changed) go.
    """
    place = clinic()
    longest = VisitType.objects.filter(active=True).aggregate(days=Max("horizon_days"))["days"] or USUAL_HORIZON
    last = today + timedelta(days=longest) + BEYOND_HORIZON
    days = public_holidays.between(country=place.country, region=place.region, first=today, last=last)
    wanted = {uuid5(HOLIDAYS, f"{place.country}/{place.region}/{day}"): (day, name) for day, name in days.items()}
    try:
        return together(lambda: _extend(wanted, today, last))
    except IntegrityError:  # another worker was first: what it has stored is seen now
        return together(lambda: _extend(wanted, today, last))


def _extend(wanted: dict[UUID, tuple[date, str]], first: date, last: date) -> int:
    stored = ScheduleException.objects.filter(holiday=True, date__range=(first, last))
    stored.filter(active=True).exclude(pk__in=wanted).delete()
    known = set(stored.values_list("pk", flat=True))
    new = [(key, day, name) for key, (day, name) in wanted.items() if key not in known]
    for key, day, name in new:
        ScheduleException(id=key, date=day, reason=name, holiday=True).save(force_insert=True)
    return len(new)
