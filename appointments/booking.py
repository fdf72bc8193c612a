"""Books, moves and cancels: the only doors, for forms, admin, API and commands alike. Each is one write.

Instants are aware; `now` is given by whoever asks. `source` says where a change came from: web, admin, api, command.
Rules that say no raise a DomainError; the database has the last word on who gets a slot.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from appointments import availability, calendars, repository
from appointments.availability import Reason
from appointments.models import Appointment, Status
from appointments.repository import PatientBusy, SlotTaken, Stale
from citas.db.intervals import Interval
from citas.errors import DomainError
from doctors import repository as doctors_repository
from doctors.models import Doctor, Location, Offering, VisitType
from patients.models import Patient

__all__ = ["NotAllowed", "NotOffered", "PatientBusy", "SlotTaken", "Stale", "TooLate", "TooManyUpcoming"]


class NotOffered(DomainError):
    """Nobody can book that: outside the hours, too soon, too far ahead, or not what this doctor does."""

    status = 422
    code = "not-offered"
    message = _("That time cannot be booked. Choose one of the times shown.")


class TooLate(DomainError):
    """The visit type's cut-off has passed: only the clinic changes the visit now."""

    status = 422
    code = "too-late"
    message = _("It is too late to change this appointment here. Please call the clinic.")


class TooManyUpcoming(DomainError):
    """The account has as many visits ahead as the clinic allows."""

    status = 422
    code = "too-many-upcoming"
    message = _("You already have as many visits ahead as the clinic allows. Cancel one first, or call the clinic.")


class NotAllowed(DomainError):
    """The appointment's status does not allow this change."""

    status = 409
    code = "not-allowed"
    message = _("This appointment can no longer be changed that way.")


def book(
    *,
    doctor: Doctor,
    patient: Patient,
    visit_type: VisitType,
    location: Location,
    starts_at: datetime,
    reason: str = "",
    answers: dict[str, Any] | None = None,
    actor: Any,
    source: str,
    request_key: str,
    now: datetime,
) -> Appointment:
    """Book a visit and return it; the same `request_key` again returns the same appointment.

    Raises SlotTaken, PatientBusy, NotOffered or TooManyUpcoming.
    """
    already = repository.by_request_key(request_key)
    if already is not None:
        return already
    try:
        offering = _bookable(
            doctor=doctor,
            patient=patient,
            visit_type=visit_type,
            location=location,
            starts_at=starts_at,
            actor=actor,
            now=now,
        )
    except DomainError:
        # This request may have a twin that was booked since the look above: then the time is taken by itself.
        already = repository.by_request_key(request_key)
        if already is None:
            raise
        return already
    appointment = Appointment(
        doctor=doctor,
        patient=patient,
        visit_type=visit_type,
        location=location,
        account=actor,
        reason=reason,
        answers=answers or {},
        request_key=request_key,
        **_times(offering=offering, starts_at=starts_at),
    )
    return repository.claim(appointment=appointment, actor=actor, source=source, now=now)


def _bookable(
    *,
    doctor: Doctor,
    patient: Patient,
    visit_type: VisitType,
    location: Location,
    starts_at: datetime,
    actor: Any,
    now: datetime,
) -> Offering:
    """How the doctor does this visit; raises what the rules say against it."""
    offering = _offering(doctor=doctor, visit_type=visit_type, location=location)
    _check_cap(patient=patient, actor=actor, now=now)
    _check_fits(offering=offering, location=location, starts_at=starts_at, actor=actor, now=now)
    return offering


def move(
    *,
    appointment: Appointment,
    starts_at: datetime,
    actor: Any,
    source: str,
    now: datetime,
    location: Location | None = None,
) -> Appointment:
    """Give a booked visit a new start, and keep the old one until the new one is taken: one write.

    The same start again changes nothing. Raises SlotTaken, PatientBusy, NotOffered, TooLate, NotAllowed or Stale.
    """
    place = location or appointment.location
    if appointment.starts_at == starts_at and appointment.location_id == place.pk:
        return appointment
    _check_changeable(appointment=appointment, actor=actor, now=now)
    offering = _offering(doctor=appointment.doctor, visit_type=appointment.visit_type, location=place)
    _check_fits(offering=offering, location=place, starts_at=starts_at, actor=actor, now=now, without=appointment)
    times = _times(offering=offering, starts_at=starts_at)
    repository.release_expired(now=now, doctor=appointment.doctor_id, overlapping=times["busy"])
    changes = {**times, "location": place, "sequence": appointment.sequence + 1, "mail_due": True}
    return repository.amend(appointment=appointment, kind="rescheduled", actor=actor, source=source, now=now, **changes)


def cancel(*, appointment: Appointment, actor: Any, source: str, now: datetime, reason: str = "") -> Appointment:
    """Cancel a booked visit; one that is cancelled already stays as it is. Raises TooLate, NotAllowed or Stale."""
    if appointment.status == Status.CANCELLED:
        return appointment
    _check_changeable(appointment=appointment, actor=actor, now=now)
    changes = {"status": Status.CANCELLED, "cancellation_reason": reason, "mail_due": True}
    return repository.amend(
        appointment=appointment,
        kind="cancelled",
        actor=actor,
        source=source,
        now=now,
        sequence=appointment.sequence + 1,
        **changes,
    )


def changeable(*, appointment: Appointment, actor: Any, now: datetime) -> bool:
    """Whether this person may still move or cancel the visit."""
    return appointment.status == Status.BOOKED and (_is_staff(actor) or now <= last_change(appointment))


def last_change(appointment: Appointment) -> datetime:
    """Until when a patient may move or cancel (an instant in UTC)."""
    return appointment.starts_at - timedelta(minutes=appointment.visit_type.cutoff)


def _is_staff(actor: Any) -> bool:
    return actor is not None and actor.works_here


def _check_changeable(*, appointment: Appointment, actor: Any, now: datetime) -> None:
    if appointment.status != Status.BOOKED:
        raise NotAllowed
    if not changeable(appointment=appointment, actor=actor, now=now):
        raise TooLate


def _offering(*, doctor: Doctor, visit_type: VisitType, location: Location) -> Offering:
    offering = doctors_repository.offering(doctor=doctor, visit_type=visit_type)
    if offering is None or not (doctor.active and visit_type.active and location.active):
        raise NotOffered
    return offering


def _check_cap(*, patient: Patient, actor: Any, now: datetime) -> None:
    if _is_staff(actor) or patient.account_id is None:
        return
    if repository.upcoming_of_account(account=patient.account_id, now=now) >= doctors_repository.clinic().max_upcoming:
        raise TooManyUpcoming


def _check_fits(
    *,
    offering: Offering,
    location: Location,
    starts_at: datetime,
    actor: Any,
    now: datetime,
    without: Appointment | None = None,
) -> None:
    day = starts_at.astimezone(UTC).date()
    calendar = calendars.of_doctor(
        offering=offering,
        first=day - timedelta(days=1),
        last=day + timedelta(days=1),
        now=now,
        relaxed=_is_staff(actor),
        without=None if without is None else without.pk,
    )
    obstacle = availability.fits(
        rules=calendar.rules,
        exceptions=calendar.exceptions,
        busy=calendar.busy,
        visit=calendar.visit,
        now=now,
        location=location.pk,
        starts_at=starts_at,
    )
    if obstacle is not None:
        raise SlotTaken if obstacle == Reason.BUSY else NotOffered


def _times(*, offering: Offering, starts_at: datetime) -> dict[str, Any]:
    visit = calendars.visit_of(offering=offering)
    starts_at = starts_at.astimezone(UTC)
    ends_at = starts_at + timedelta(minutes=visit.duration)
    before, after = timedelta(minutes=visit.buffer_before), timedelta(minutes=visit.buffer_after)
    return {
        "starts_at": starts_at,
        "ends_at": ends_at,
        "visit": Interval(starts_at, ends_at),
        "busy": Interval(starts_at - before, ends_at + after),
    }
