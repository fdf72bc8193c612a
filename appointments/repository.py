"""Appointments as they are kept: the only module that writes them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from appointments.events import event
from appointments.models import ATTENDED, Appointment, AppointmentQuerySet, Status
from appointments.reference import new_reference
from citas.db import by_index, once_more, refusable, settled, violated
from citas.db.intervals import Interval, Minutes
from citas.errors import DomainError
from patients import repository as patients_repository

LONGEST_VISIT = timedelta(days=2)
PAGE = 10
MOST_FOUND = 200  # patients whose visits a search looks through: MongoDB merges as many sorted scans
ENDED = (Status.CANCELLED, Status.NO_SHOW)


class SlotTaken(DomainError):
    """Somebody else was first: the doctor's time is no longer free."""

    status = 409
    code = "slot-taken"
    message = _("That time has just been taken. These are the nearest:")
    another_time = True


class PatientBusy(DomainError):
    """The patient already has a visit at that time, with whatever doctor."""

    status = 409
    code = "patient-busy"
    message = _("The patient already has another visit at that time. Choose a different one.")
    another_time = True


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
    return Appointment.objects.all().of_account(account).upcoming(now).count()


def matching(rows: QuerySet[Appointment], text: str) -> tuple[QuerySet[Appointment], bool]:
    """The one with this reference; else those of the patients found by name, document or phone, accents ignored.

    And whether these are all: of words that fit very many patients, only the visits of the newest of them are found.
    """
    of_reference = rows.filter(reference=text.strip().upper())
    if of_reference.exists():
        return of_reference, True
    patients = list(patients_repository.search(text).order_by("-id").values_list("pk", flat=True)[: MOST_FOUND + 1])
    return rows.filter(patient__in=patients[:MOST_FOUND]), len(patients) <= MOST_FOUND


def patients_of_reference(text: str) -> list[UUID]:
    """Key of the patient whose appointment has this reference, if there is one."""
    return list(Appointment.objects.filter(reference=text.strip().upper()).values_list("patient_id", flat=True))


def fresh(appointment: Appointment) -> Appointment:
    """The same appointment as it is now."""
    with settled():
        return Appointment.objects.with_names().get(pk=appointment.pk)


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
    own = Appointment.objects.with_names().of_account(user).filter(ends_at__gt=now, status__in=ATTENDED)
    return list(own.order_by("starts_at", "id")[:100])


def past_page(*, user: Any, now: datetime, before: str) -> tuple[list[Appointment], str]:
    """A page of the account's other visits, the latest first, and where the next page begins ("" at the end)."""
    own = Appointment.objects.with_names().of_account(user)
    own = own.filter(Q(status__in=ENDED) | Q(status__in=ATTENDED, ends_at__lte=now))
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


def mail_due(*, limit: int, without: Iterable[UUID] = ()) -> list[Appointment]:
    """Appointments with a change that nobody has been told of yet, the longest waiting first."""
    waiting = Appointment.objects.with_names().filter(mail_due=True).exclude(pk__in=list(without))
    return list(waiting.order_by("updated_at")[:limit])


def mail_written(appointment: Appointment) -> bool:
    """Clear the flag, unless the appointment has changed since it was read: then there is more to tell."""
    rows = Appointment.objects.filter(pk=appointment.pk, version=appointment.version)
    return bool(rows.update(mail_due=False))


def busy(
    *, doctors: Iterable[UUID], first: date, last: date, now: datetime, without: UUID | None = None
) -> dict[UUID, list[Sequence[int]]]:
    """Each doctor's blocked time around these days, in minutes since 1970 (UTC): one query.

    `without` leaves out one appointment, the one that is being moved.
    """
    start = datetime.combine(first, time(), UTC) - LONGEST_VISIT
    end = datetime.combine(last, time(), UTC) + LONGEST_VISIT
    rows = Appointment.objects.blocking(now).filter(doctor__in=list(doctors), starts_at__gte=start, starts_at__lt=end)
    if without is not None:
        rows = rows.exclude(pk=without)
    taken = by_index(rows, "appointment_doctor_time").values("doctor_id").annotate(taken=Minutes("busy"))
    return dict(taken.values_list("doctor_id", "taken"))


def release_expired(
    *, now: datetime, doctor: UUID | None = None, overlapping: Interval | None = None, source: str = "command"
) -> int:
    """Let go of holds that have run out, one conditional update each; right whoever does it, and how often."""
    expired = Appointment.objects.filter(status=Status.HELD, expires_at__lte=now).order_by("expires_at")
    if doctor is not None and overlapping is not None:
        expired = expired.filter(doctor=doctor, busy__overlaps=overlapping)
    return sum(_release(hold, now, source) for hold in expired[:1000])


def _release(hold: Appointment, now: datetime, source: str) -> bool:
    try:
        amend(appointment=hold, kind="released", actor=None, source=source, now=now, status=Status.CANCELLED)
    except Stale:
        return False
    return True


def claim(*, appointment: Appointment, source: str, now: datetime, **by: Any) -> Appointment:
    """Take the time, in one write, or raise SlotTaken or PatientBusy. A repeated request_key answers the first one.

    `by` goes into the event: actor, and past_rules.
    """
    release_expired(now=now, doctor=appointment.doctor_id, overlapping=appointment.busy, source=source)
    appointment.created_at = appointment.updated_at = now
    appointment.reference, appointment.events = new_reference(), []
    appointment.events = [event(kind="created", appointment=appointment, source=source, now=now, **by)]
    try:
        once_more(lambda: _insert(appointment))
    except IntegrityError as error:
        already = _already_or_refuse(appointment, error)
        return already or claim(appointment=appointment, source=source, now=now, **by)
    return appointment


def _insert(appointment: Appointment) -> None:
    with refusable():
        appointment.save(force_insert=True)


def _already_or_refuse(appointment: Appointment, error: IntegrityError) -> Appointment | None:
    """What this request has booked before; None when only the reference was taken; else the refusal is raised."""
    # A replay violates several indexes and the engine names whichever it met first: the key decides.
    with settled():
        already = by_request_key(appointment.request_key)
    name = violated(error)
    if already is not None or name == "appointment_reference":
        return already
    if name in REFUSALS:
        raise REFUSALS[name] from error
    raise error


def amend(
    *,
    appointment: Appointment,
    kind: str,
    actor: Any,
    source: str,
    now: datetime,
    past_rules: bool = False,
    **changes: Any,
) -> Appointment:
    """Change an appointment and add the event, in one conditional update on the version that was read.

    Raises Stale when somebody was first, SlotTaken or PatientBusy when the new time is not free: then nothing changed.
    """
    by = {"actor": actor, "source": source, "past_rules": past_rules}
    changes["version"] = appointment.version + 1
    entry = event(kind=kind, appointment=appointment, now=now, fields=list(changes), **by, **changes)
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
