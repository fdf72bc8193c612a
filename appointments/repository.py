"""Appointments as they are kept: the only module that writes them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from appointments.events import event
from appointments.models import ATTENDED, Appointment, AppointmentQuerySet, Status
from appointments.reference import new_reference
from citas.db import once_more, refusable, violated
from citas.db.intervals import EndMinutes, Interval, StartMinutes
from citas.errors import DomainError
from patients import repository as patients_repository

LONGEST_VISIT = timedelta(days=2)
PAGE = 10
SHOWN = (*ATTENDED, Status.HELD, Status.NO_SHOW)


class SlotTaken(DomainError):
    """Somebody else was first: the doctor's time is no longer free."""

    status = 409
    code = "slot-taken"
    message = _("That time has just been taken. These are the nearest:")


class PatientBusy(DomainError):
    """The patient already has a visit at that time, with whatever doctor."""

    status = 409
    code = "patient-busy"
    message = _("The patient already has another visit at that time. Choose a different one.")


class Stale(DomainError):
    """The appointment changed after it was read."""

    status = 409
    code = "stale"
    message = _("This appointment has changed meanwhile. Look at it again before you change it.")


REFUSALS: dict[str, type[DomainError]] = {
    "appointment_doctor_free": SlotTaken,
    "appointment_patient_free": PatientBusy,
}


def of(user: Any) -> AppointmentQuerySet:
    """Appointments that this person may see."""
    return Appointment.objects.all().of(user)


def count() -> int:
    """How many appointments there are, of whatever status."""
    return Appointment.objects.count()


def by_request_key(request_key: str) -> Appointment | None:
    return Appointment.objects.with_names().filter(request_key=request_key).first()


def upcoming_of_account(*, account: Any, now: datetime) -> int:
    """How many visits an account still has ahead, its dependants' included."""
    return Appointment.objects.filter(patient__account=account).upcoming(now).count()


def matching(rows: QuerySet[Appointment], text: str) -> QuerySet[Appointment]:
    """Those with this reference, or of a patient found by name, document or phone, accents ignored."""
    of_patients = Q(patient__in=patients_repository.search(text).values("pk"))
    return rows.filter(Q(reference=text.strip().upper()) | of_patients)


def linked(*, reference: str, sequence: int) -> Appointment | None:
    """An appointment as the link of a mail meant it: only until its next move, cancellation or undo."""
    return Appointment.objects.with_names().filter(reference=reference, sequence=sequence).first()


def by_link(read: tuple[UUID, int] | None) -> Appointment | None:
    """The appointment of a link's key and sequence, as appointments.links reads them."""
    if read is None:
        return None
    return Appointment.objects.with_names().filter(pk=read[0], sequence=read[1]).first()


def ahead(*, user: Any, now: datetime) -> list[Appointment]:
    """The account's visits from now on, the next one first."""
    own = Appointment.objects.with_names().filter(patient__account=user, ends_at__gt=now, status__in=ATTENDED)
    return list(own.order_by("starts_at", "id")[:100])


def past_page(*, user: Any, now: datetime, before: str) -> tuple[list[Appointment], str]:
    """A page of the account's other visits, the latest first, and where the next page begins ("" at the end)."""
    own = Appointment.objects.with_names().filter(patient__account=user)
    own = own.exclude(ends_at__gt=now, status__in=ATTENDED)
    start = _place(before)
    if start is not None:
        own = own.filter(Q(starts_at__lt=start[0]) | Q(starts_at=start[0], id__lt=start[1]))
    page = list(own.order_by("-starts_at", "-id")[: PAGE + 1])
    more = len(page) > PAGE
    return page[:PAGE], f"{page[PAGE - 1].starts_at:%Y%m%dT%H%MZ}.{page[PAGE - 1].pk.hex}" if more else ""


def _place(text: str) -> tuple[datetime, UUID] | None:
    instant, _dot, key = text.partition(".")
    try:
        return datetime.strptime(instant, "%Y%m%dT%H%MZ").replace(tzinfo=UTC), UUID(key)
    except ValueError:
        return None


def of_day(*, user: Any, day: date, zone: ZoneInfo) -> list[Appointment]:
    """A day's appointments that a member of the staff may see, cancelled ones left out."""
    start = datetime.combine(day, time(), zone)
    end = datetime.combine(day + timedelta(days=1), time(), zone)
    shown = of(user).with_names().filter(starts_at__gte=start, starts_at__lt=end, status__in=SHOWN)
    if user.role == "doctor":
        shown = shown.filter(doctor__user=user)
    return list(shown.order_by("starts_at", "id")[:2000])


def mail_due(*, limit: int) -> list[Appointment]:
    """Appointments with a change that nobody has been told of yet."""
    return list(Appointment.objects.with_names().filter(mail_due=True).order_by("id")[:limit])


def mail_written(appointment: Appointment) -> bool:
    """Clear the flag, unless the appointment has changed since it was read: then there is more to tell."""
    rows = Appointment.objects.filter(pk=appointment.pk, version=appointment.version)
    return bool(rows.update(mail_due=False))


def busy(
    *, doctors: Iterable[UUID], first: date, last: date, now: datetime, without: UUID | None = None
) -> dict[UUID, list[tuple[int, int]]]:
    """Each doctor's blocked time around these days, in minutes since 1970 (UTC): one query.

    `without` leaves out one appointment, the one that is being moved.
    """
    start = datetime.combine(first, time(), UTC) - LONGEST_VISIT
    end = datetime.combine(last, time(), UTC) + LONGEST_VISIT
    rows = Appointment.objects.blocking(now).filter(doctor__in=list(doctors), starts_at__gte=start, starts_at__lt=end)
    if without is not None:
        rows = rows.exclude(pk=without)
    groups = rows.values("doctor_id").annotate(starts=StartMinutes("busy"), ends=EndMinutes("busy"))
    found = groups.values_list("doctor_id", "starts", "ends")
    return {doctor: list(zip(starts, ends, strict=True)) for doctor, starts, ends in found}


def release_expired(*, now: datetime, doctor: UUID | None = None, overlapping: Interval | None = None) -> int:
    """Let go of holds that have run out, one conditional update each; right whoever does it, and how often."""
    expired = Appointment.objects.filter(status=Status.HELD, expires_at__lte=now)
    if doctor is not None and overlapping is not None:
        expired = expired.filter(doctor=doctor, busy__overlaps=overlapping)
    return sum(_release(hold, now) for hold in expired[:1000])


def _release(hold: Appointment, now: datetime) -> bool:
    try:
        amend(appointment=hold, kind="released", actor=None, source="command", now=now, status=Status.CANCELLED)
    except Stale:
        return False
    return True


def claim(*, appointment: Appointment, actor: Any, source: str, now: datetime) -> Appointment:
    """Take the time, in one write, or raise SlotTaken or PatientBusy. A repeated request_key answers the first one."""
    release_expired(now=now, doctor=appointment.doctor_id, overlapping=appointment.busy)
    appointment.created_at = appointment.updated_at = now
    appointment.reference = new_reference()
    appointment.events = [event(kind="created", appointment=appointment, actor=actor, source=source, now=now)]
    try:
        once_more(lambda: _insert(appointment))
    except IntegrityError as error:
        return _answer_refusal(appointment, error, actor=actor, source=source, now=now)
    return appointment


def _insert(appointment: Appointment) -> None:
    with refusable():
        appointment.save(force_insert=True)


def _answer_refusal(
    appointment: Appointment, error: IntegrityError, *, actor: Any, source: str, now: datetime
) -> Appointment:
    # A replay violates several indexes and the engine names whichever it met first: the key decides.
    already = by_request_key(appointment.request_key)
    if already is not None:
        return already
    name = violated(error)
    if name == "appointment_reference":
        return claim(appointment=appointment, actor=actor, source=source, now=now)
    if name in REFUSALS:
        raise REFUSALS[name] from error
    raise error


def amend(
    *, appointment: Appointment, kind: str, actor: Any, source: str, now: datetime, **changes: Any
) -> Appointment:
    """Change an appointment and add the event, in one conditional update on the version that was read.

    Raises Stale when somebody was first, SlotTaken or PatientBusy when the new time is not free: then nothing changed.
    """
    changes["version"] = appointment.version + 1
    entry = event(
        kind=kind, appointment=appointment, actor=actor, source=source, now=now, fields=list(changes), **changes
    )
    changes |= {"events": [*appointment.events, entry], "updated_at": now}
    rows = Appointment.objects.filter(pk=appointment.pk, version=appointment.version)
    try:
        changed = once_more(lambda: _update(rows, changes))
    except IntegrityError as error:
        if violated(error) in REFUSALS:
            raise REFUSALS[violated(error)] from error
        raise
    if not changed:
        raise Stale
    for name, value in changes.items():
        setattr(appointment, name, value)
    return appointment


def _update(rows: AppointmentQuerySet, changes: dict[str, Any]) -> int:
    with refusable():
        return rows.update(**changes)
