"""Appointments, and what can be booked, as plain rows for the API."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.http import Http404

from appointments.availability import Visit
from appointments.models import ATTENDED, Appointment, AppointmentQuerySet
from appointments.openings import Offer
from citas.apikit import cursors
from citas.apikit.words import named
from doctors import api_repository as doctors_repository
from doctors.models import Doctor, Location, Offering, VisitType
from patients import repository as patients_repository
from patients.models import Patient

ORDER = ("starts_at", "id")
STAMP = ("id", "version", "location__zone")
DESK = ("receptionist", "manager")
Place = tuple[datetime, UUID]


class AppointmentRow(NamedTuple):
    """Instants in UTC, to be shown by the clock of `zone`."""

    id: UUID
    version: int
    zone: str
    reference: str
    doctor: UUID
    patient: UUID
    visit_type: UUID
    location: UUID
    starts_at: datetime
    ends_at: datetime
    status: str
    reason: str
    answers: dict[str, Any]
    created_at: datetime
    updated_at: datetime

    @property
    def stamp(self) -> tuple[UUID, int, str]:
        """Changes whenever what is shown does."""
        return self[:3]


COLUMNS = (
    *STAMP,
    *("reference", "doctor_id", "patient_id", "visit_type_id", "location_id", "starts_at", "ends_at"),
    *("status", "reason", "answers", "created_at", "updated_at"),
)


def wanted(
    *, user: Any, doctor: str = "", since: datetime | None = None, until: datetime | None = None, **exact: Any
) -> AppointmentQuerySet:
    """Those that the account may see, from `since` on and before `until`. `exact`: fields that have one value."""
    found = Appointment.objects.all().of(user).seen().filter(**exact)
    if doctor:
        found = found.filter(doctor__in=Doctor.objects.filter(**named(doctor)))
    if since is not None:
        found = found.filter(starts_at__gte=since)
    return found if until is None else found.filter(starts_at__lt=until)


def page(rows: AppointmentQuerySet, *, after: Place | None, limit: int) -> list[AppointmentRow]:
    """So many rows and one more, in the order of time."""
    return [AppointmentRow(*row) for row in _after(rows, after).values_list(*COLUMNS)[: limit + 1]]


def stamps(rows: AppointmentQuerySet, *, after: Place | None, limit: int) -> list[tuple[UUID, int, str]]:
    """All that tells whether the same page has changed."""
    return list(_after(rows, after).values_list(*STAMP)[: limit + 1])


def _after(rows: AppointmentQuerySet, place: Place | None) -> AppointmentQuerySet:
    rest = rows.filter(cursors.after(ORDER, place)) if place else rows
    return rest.order_by(*ORDER)


def row(appointment: UUID, *, user: Any) -> AppointmentRow:
    """Raises Http404 for strangers."""
    found = wanted(user=user, pk=appointment).values_list(*COLUMNS).first()
    if found is None:
        raise Http404
    return AppointmentRow(*found)


def stamp(appointment: UUID, *, user: Any) -> tuple[UUID, int, str]:
    """Raises Http404 for strangers."""
    found = wanted(user=user, pk=appointment).values_list(*STAMP).first()
    if found is None:
        raise Http404
    return found


def row_of(appointment: Appointment) -> AppointmentRow:
    """An appointment that has just been written, as a row."""
    at: Any = appointment
    values = [at.pk, at.version, at.location.zone, *(getattr(at, name) for name in COLUMNS[len(STAMP) :])]
    return AppointmentRow(*values)


def to_change(appointment: UUID, *, user: Any) -> Appointment:
    """An appointment with all that it names. Raises Http404 for strangers."""
    found = wanted(user=user, pk=appointment).with_names().first()
    if found is None:
        raise Http404
    return found


def patient_for(*, user: Any, patient: UUID) -> Patient | None:
    """Whom the account may book for: the desk for everybody, a doctor also for who has been on the own agenda."""
    if user.role in DESK:
        return Patient.objects.filter(pk=patient).first()
    own = patients_repository.of(user).filter(pk=patient).first()
    if own is not None or user.role != "doctor":
        return own
    met = Appointment.objects.filter(patient=patient, doctor__in=Doctor.objects.filter(user=user), status__in=ATTENDED)
    return Patient.objects.filter(pk=patient).first() if met.exists() else None


def doctor(word: str) -> Doctor | None:
    """A doctor whom patients can book."""
    return doctors_repository.listed(doctor=word).select_related("specialty").first()


def visit_type(word: str) -> VisitType | None:
    return VisitType.objects.filter(active=True, **named(word)).first()


def location(word: str) -> Location | None:
    return doctors_repository.location(word)


def location_key(word: str) -> UUID | None:
    return Location.objects.filter(active=True, **named(word)).values_list("pk", flat=True).first()


OFFER = (
    *("doctor_id", "visit_type_id", "duration"),
    *(
        f"visit_type__{name}"
        for name in ("duration", "buffer_before", "buffer_after", "step", "minimum_notice", "horizon_days")
    ),
)


def offers(*, doctor: str, specialty: str, visit_type: str) -> list[Offer]:
    """What patients can book, by keys or short names; an empty one means any."""
    doctors = doctors_repository.listed(specialty=specialty, doctor=doctor)
    found = Offering.objects.filter(visit_type__active=True, doctor__in=doctors)
    if visit_type:
        found = found.filter(visit_type__in=VisitType.objects.filter(**named(visit_type)))
    return [_offer(*row) for row in found.order_by("doctor_id", "visit_type_id").values_list(*OFFER)]


def _offer(doctor: UUID, visit_type: UUID, own: int | None, usual: int, *rest: Any) -> Offer:
    before, after, step, notice, horizon = rest
    visit = Visit(
        duration=own or usual,
        buffer_before=before,
        buffer_after=after,
        step=step,
        minimum_notice=notice,
        horizon_days=horizon,
    )
    return Offer(doctor, visit_type, visit)


def upcoming_of_doctor(doctor: UUID, now: datetime) -> int:
    return Appointment.objects.all().upcoming(now).filter(doctor=doctor).count()


def of_patient(patient: UUID, now: datetime) -> int:
    """All there ever were, whatever became of them."""
    return Appointment.objects.filter(patient=patient).count()
