"""What FHIR's resources are made of. Everything public here is of the clinic; only `appointments` names patients."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Max, Q, QuerySet

from appointments.fhir.ids import ScheduleId, SlotId
from appointments.models import Appointment, AppointmentQuerySet, Status, blocks
from appointments.slot_code import SlotCode
from citas.apikit import cursors
from doctors.models import Doctor, Location, Offering, ScheduleException, VisitType, WorkingHours

ENDED = (Status.CANCELLED, Status.NO_SHOW)


class Schedule(NamedTuple):
    """What a doctor offers at one location where the doctor works."""

    offering: Offering
    location: Location

    @property
    def id(self) -> ScheduleId:
        return ScheduleId(self.offering.pk, self.location.pk)


class Role(NamedTuple):
    """A doctor and the open locations where the doctor works."""

    doctor: Doctor
    locations: list[Location]


def location(key: UUID) -> Location | None:
    """A location, also one that is out of use."""
    return Location.objects.filter(pk=key).first()


def locations(*, ids: Sequence[UUID] | None, after: UUID | None, limit: int) -> list[Location]:
    """Open locations in the order of their keys."""
    return list(_page(Location.objects.filter(active=True), ids, after)[:limit])


def role(key: UUID, *, today: date) -> Role | None:
    """A doctor whom somebody may see, also one out of use."""
    doctor = Doctor.objects.filter(hidden=False).select_related("specialty").filter(pk=key).first()
    return None if doctor is None else _with_places([doctor], today)[0]


def roles(*, ids: Sequence[UUID] | None, place: UUID | None, after: UUID | None, limit: int, today: date) -> list[Role]:
    """Doctors whom patients can book, in the order of their keys; `place`: only who works there."""
    found = Doctor.objects.listed().select_related("specialty")
    if place is not None:
        found = found.filter(_works(today, location=place, name="pk"))
    return _with_places(list(_page(found, ids, after)[:limit]), today)


def _page(rows: QuerySet[Any], ids: Sequence[UUID] | None, after: UUID | None) -> QuerySet[Any]:
    if ids is not None:
        rows = rows.filter(pk__in=ids)
    return (rows if after is None else rows.filter(pk__gt=after)).order_by("pk")


def _with_places(doctors: list[Doctor], today: date) -> list[Role]:
    places = _places([doctor.pk for doctor in doctors], today)
    return [Role(doctor, places[doctor.pk]) for doctor in doctors]


def _hours(today: date) -> QuerySet[WorkingHours]:
    in_force = Q(valid_until=None) | Q(valid_until__gte=today)
    return WorkingHours.objects.filter(in_force, location__active=True)


def _openings(today: date) -> QuerySet[ScheduleException]:
    found = ScheduleException.objects.filter(active=True, kind=ScheduleException.Kind.OPENS, date__gte=today)
    return found.filter(location__active=True, doctor__isnull=False)


def _works(today: date, *, name: str, **where: Any) -> Q:
    """Doctors with hours or openings from today on; `name` is how the filtered table calls a doctor's key."""
    weekly, besides = _hours(today).filter(**where), _openings(today).filter(**where)
    return Q(**{f"{name}__in": weekly.values("doctor")}) | Q(**{f"{name}__in": besides.values("doctor")})


def _places(doctors: Sequence[UUID], today: date) -> dict[UUID, list[Location]]:
    """Where these doctors work from today on, in the order of keys: three queries."""
    pairs: set[tuple[Any, UUID]] = set()
    for rows in (_hours(today), _openings(today)):
        pairs |= set(rows.filter(doctor__in=doctors).values_list("doctor_id", "location_id"))
    open_ = Location.objects.in_bulk({place for _doctor, place in pairs})
    found: dict[UUID, list[Location]] = defaultdict(list)
    for doctor, place in sorted(pairs):
        found[doctor].append(open_[place])
    return found


def _offerings() -> QuerySet[Offering]:
    found = Offering.objects.filter(visit_type__active=True, doctor__in=Doctor.objects.listed())
    return found.select_related("doctor__specialty", "visit_type").order_by("pk")


def schedule(wanted: ScheduleId, *, today: date) -> Schedule | None:
    """A schedule that patients can book in."""
    offering = _offerings().filter(pk=wanted.offering).first()
    if offering is None:
        return None
    places = _places([offering.doctor_id], today)[offering.doctor_id]
    return next((Schedule(offering, place) for place in places if place.pk == wanted.location), None)


def schedules(
    *,
    ids: Sequence[ScheduleId] | None = None,
    doctor: UUID | None = None,
    place: UUID | None = None,
    after: tuple[UUID, UUID] | None = None,
    limit: int,
    today: date,
) -> list[Schedule]:
    """The first schedules after a place in the order of their ids, narrowed down where asked: four queries."""
    found = _offerings().filter(_works(today, name="doctor", **({"location": place} if place else {})))
    if ids is not None:
        found = found.filter(pk__in=[wanted.offering for wanted in ids])
    if doctor is not None:
        found = found.filter(doctor=doctor)
    if after is not None:
        found = found.filter(pk__gte=after[0])
    # Each has a pair to show, but the first may have been shown to its end, and not every pair may be wanted.
    pairs = _pairs(found[: max(limit, len(ids or ())) + 1], today, place)
    wanted_ids = None if ids is None else set(ids)
    rest = (pair for pair in pairs if after is None or (pair.offering.pk, pair.location.pk) > after)
    return list(islice((pair for pair in rest if wanted_ids is None or pair.id in wanted_ids), limit))


def _pairs(offerings: Iterable[Offering], today: date, place: UUID | None = None) -> list[Schedule]:
    offerings = list(offerings)
    places = _places([offering.doctor_id for offering in offerings], today)
    pairs = [Schedule(offering, here) for offering in offerings for here in places[offering.doctor_id]]
    return [pair for pair in pairs if place is None or pair.location.pk == place]


def slot_code(of: SlotId) -> SlotCode | None:
    """A slot as our forms carry it, whether it can be booked or not; None where there never was such an offering."""
    found = Offering.objects.filter(pk=of.schedule.offering).values_list("doctor_id", "visit_type_id").first()
    return None if found is None else SlotCode(*found, of.schedule.location, of.starts_at)


def bookable_doctors(*, after: UUID | None, limit: int) -> list[UUID]:
    """Keys of doctors whom patients can book, in order."""
    return list(_page(Doctor.objects.listed(), None, after).values_list("pk", flat=True)[:limit])


def offerings_of(doctors: Sequence[UUID]) -> list[Offering]:
    """What these doctors offer, with the visit types."""
    found = Offering.objects.filter(visit_type__active=True, doctor__in=doctors)
    return list(found.select_related("visit_type").order_by("doctor_id", "pk"))


def longest_horizon() -> int:
    """How many days ahead anything can be booked."""
    return VisitType.objects.filter(active=True).aggregate(days=Max("horizon_days"))["days"] or 0


def appointments(*, user: Any, now: datetime, **exact: Any) -> AppointmentQuerySet:
    """Those that the account may see, but for holds that have run out."""
    found = Appointment.objects.all().of(user).seen().with_names()
    return found.filter(blocks(now) | Q(status__in=ENDED)).filter(**exact)


def page_of(rows: AppointmentQuerySet, *, after: tuple[Any, ...] | None, limit: int) -> list[Appointment]:
    """The first after a place, in the order of time."""
    rest = rows if after is None else rows.filter(cursors.after(("starts_at", "id"), after))
    return list(rest.order_by("starts_at", "id")[:limit])
