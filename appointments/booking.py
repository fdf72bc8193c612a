"""Books, moves and cancels: the only doors, for forms, admin, API and commands alike. Each is one write.

Instants are aware; `now` is given by whoever asks. `source` says where a change came from: web, admin, api, command.
Rules that say no raise a DomainError; the database has the last word on who gets a slot. `past_rules` lets the desk
pass notice, cut-off and cap, and is written into the event; nobody passes working hours or another visit.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from appointments import calendars, repository
from appointments.availability import Reason
from appointments.models import Appointment, Status
from appointments.repository import PatientBusy, SlotTaken, Stale
from citas.db.intervals import Interval
from citas.errors import DomainError
from doctors import repository as doctors_repository
from doctors.models import Doctor, Location, Offering, VisitType
from patients.models import Patient

__all__ = ["NotAllowed", "NotOffered", "PatientBusy", "SlotTaken", "Stale", "TooLate", "TooManyUpcoming"]


FIRST_YEAR, LAST_YEAR = 2000, 2199  # beyond, calendars overflow


class NotOffered(DomainError):
    """Nobody can book that: outside the hours, too soon, too far ahead, or not what this doctor does."""

    status = 422
    code = "not-offered"
    message = _("That time cannot be booked. Choose one of the times shown.")
    another_time = True


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
    past_rules: bool = False,
    fingerprint: str = "",
) -> Appointment:
    """Book a visit and return it; the same `request_key` of the same actor again returns the same appointment.

    `fingerprint` is kept with it: it tells a repeated request of the API from another with the same key. Raises
    SlotTaken, PatientBusy, NotOffered or TooManyUpcoming.
    """
    already = booked(actor=actor, request_key=request_key)
    if already is not None:
        return already
    try:
        offering = _offering(doctor=doctor, visit_type=visit_type, location=location)
        _check_patient(patient=patient, now=now, past_rules=past_rules)
        _check_fits(offering=offering, location=location, starts_at=starts_at, now=now, past_rules=past_rules)
    except DomainError:
        # This request may have a twin that was booked since the look above: then the time is taken by itself.
        already = booked(actor=actor, request_key=request_key)
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
        request_key=_scoped(actor, request_key),
        request_fingerprint=fingerprint,
        **_times(offering=offering, starts_at=starts_at),
    )
    return repository.claim(appointment=appointment, actor=actor, source=source, now=now, past_rules=past_rules)


def booked(*, actor: Any, request_key: str) -> Appointment | None:
    """What a request has booked already. Keys are an actor's own: guessing one reaches nobody else's appointment."""
    return repository.by_request_key(_scoped(actor, request_key))


def _scoped(actor: Any, request_key: str) -> str:
    return f"{'' if actor is None else actor.pk}/{request_key}"


def move(
    *,
    appointment: Appointment,
    starts_at: datetime,
    actor: Any,
    source: str,
    now: datetime,
    location: Location | None = None,
    seen: int | None = None,
    past_rules: bool = False,
) -> Appointment:
    """Give a booked visit a new start, and keep the old one until the new one is taken: one write.

    The same start again changes nothing. `seen` is the version that whoever asks has looked at. Raises SlotTaken,
    PatientBusy, NotOffered, TooLate, NotAllowed or Stale.
    """
    place = location or appointment.location

    def done(found: Appointment) -> bool:
        at = (found.status, found.starts_at, found.location_id)
        return at == (Status.BOOKED, starts_at, place.pk)

    def change() -> Appointment:
        offering = _offering(doctor=appointment.doctor, visit_type=appointment.visit_type, location=place)
        asked: dict[str, Any] = {"offering": offering, "location": place, "starts_at": starts_at}
        _check_fits(**asked, now=now, past_rules=past_rules, without=appointment)
        times = _times(offering=offering, starts_at=starts_at)
        repository.release_expired(now=now, doctor=appointment.doctor_id, overlapping=times["busy"], source=source)
        changes = {**times, "location": place, "sequence": appointment.sequence + 1, "mail_due": True}
        who: dict[str, Any] = {"actor": actor, "source": source, "past_rules": past_rules}
        return repository.amend(appointment=appointment, kind="rescheduled", now=now, **who, **changes)

    return _change(appointment, change, done=done, seen=seen, now=now, past_rules=past_rules)


def cancel(
    *,
    appointment: Appointment,
    actor: Any,
    source: str,
    now: datetime,
    reason: str = "",
    seen: int | None = None,
    past_rules: bool = False,
) -> Appointment:
    """Cancel a booked visit; one that is cancelled already stays as it is. Raises TooLate, NotAllowed or Stale."""

    def done(found: Appointment) -> bool:
        return found.status == Status.CANCELLED

    def change() -> Appointment:
        changes: dict[str, Any] = {"status": Status.CANCELLED, "cancellation_reason": reason, "mail_due": True}
        who: dict[str, Any] = {"actor": actor, "source": source, "past_rules": past_rules}
        sequence = appointment.sequence + 1
        return repository.amend(appointment=appointment, kind="cancelled", now=now, sequence=sequence, **who, **changes)

    return _change(appointment, change, done=done, seen=seen, now=now, past_rules=past_rules)


def _change(
    appointment: Appointment,
    change: Callable[[], Appointment],
    *,
    done: Callable[[Appointment], bool],
    seen: int | None,
    now: datetime,
    past_rules: bool,
) -> Appointment:
    """Carry a change out once: what is as asked already is an answer too, also when a twin was faster."""
    if done(appointment):
        return appointment
    _check_changeable(appointment=appointment, now=now, past_rules=past_rules)
    if seen not in (None, appointment.version):
        raise Stale
    try:
        return change()
    except (Stale, SlotTaken):
        fresh = repository.fresh(appointment)
        if not done(fresh):
            raise
        return fresh


def changeable(*, appointment: Appointment, now: datetime, past_rules: bool = False) -> bool:
    """Whether the visit may still be moved or cancelled: by the patient, or past the rules by the desk."""
    return appointment.status == Status.BOOKED and (past_rules or now <= last_change(appointment))


def last_change(appointment: Appointment) -> datetime:
    """Until when a patient may move or cancel (an instant in UTC)."""
    return cut_off(appointment.starts_at, appointment.visit_type)


def cut_off(starts_at: datetime, visit_type: VisitType) -> datetime:
    return starts_at - timedelta(minutes=visit_type.cutoff)


def _check_changeable(*, appointment: Appointment, now: datetime, past_rules: bool) -> None:
    if appointment.status != Status.BOOKED:
        raise NotAllowed
    if not changeable(appointment=appointment, now=now, past_rules=past_rules):
        raise TooLate


def _offering(*, doctor: Doctor, visit_type: VisitType, location: Location) -> Offering:
    offering = doctors_repository.offering(doctor=doctor, visit_type=visit_type)
    if offering is None or not (doctor.active and visit_type.active and location.active):
        raise NotOffered
    return offering


def _check_patient(*, patient: Patient, now: datetime, past_rules: bool) -> None:
    """The patient is on the books, and the account has not as many visits ahead as the clinic allows."""
    if not patient.active:
        raise NotOffered
    if past_rules or patient.account_id is None:
        return
    if repository.upcoming_of_account(account=patient.account_id, now=now) >= doctors_repository.clinic().max_upcoming:
        raise TooManyUpcoming


def _check_fits(
    *,
    offering: Offering,
    location: Location,
    starts_at: datetime,
    now: datetime,
    past_rules: bool,
    without: Appointment | None = None,
) -> None:
    if not FIRST_YEAR <= starts_at.year <= LAST_YEAR:
        raise NotOffered
    obstacle = calendars.obstacle(
        offering=offering,
        location=location.pk,
        starts_at=starts_at,
        now=now,
        relaxed=past_rules,
        without=None if without is None else without.pk,
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
