"""What happens at the desk on the day: arrived, completed, did not come, and undoing any of it. Each is one write."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from appointments import booking, repository
from appointments.booking import NotAllowed
from appointments.models import ATTENDED, Appointment, Status

# From which statuses a status may be reached.
REACHED_FROM = {
    Status.ARRIVED: (Status.BOOKED,),
    Status.COMPLETED: (Status.BOOKED, Status.ARRIVED),
    Status.NO_SHOW: (Status.BOOKED,),
}
UNDOABLE = (Status.ARRIVED, Status.COMPLETED, Status.NO_SHOW, Status.CANCELLED)
# These free the doctor's time, so that somebody may have it by now.
FREED = (Status.NO_SHOW, Status.CANCELLED)


def bring_to(*, appointment: Appointment, status: str, seen: int | None = None, **by: Any) -> Appointment:
    """Give an appointment a status: by cancelling, recording, or undoing where it had that status before.

    `by` is actor, source and now; `seen` the version that whoever asks has looked at. Raises NotAllowed, TooLate,
    Stale, SlotTaken or PatientBusy.
    """
    if status == appointment.status:
        return appointment
    if status == Status.CANCELLED:
        return booking.cancel(appointment=appointment, seen=seen, **by)
    if seen not in (None, appointment.version):
        raise booking.Stale
    if appointment.status in UNDOABLE and status == _before(appointment):
        return undo(appointment=appointment, **by)
    return record(appointment=appointment, status=status, **by)


def record(*, appointment: Appointment, status: str, actor: Any, source: str, now: datetime) -> Appointment:
    """Say that the patient arrived, was seen or did not come. Raises NotAllowed or Stale."""
    if appointment.status == status:
        return appointment
    if appointment.status not in REACHED_FROM.get(Status(status), ()):
        raise NotAllowed
    if status == Status.NO_SHOW and appointment.starts_at > now:
        raise NotAllowed
    if appointment.local_start.date() > now.astimezone(appointment.zone).date():
        raise NotAllowed  # nobody arrives, or has been seen, on a day to come
    told: dict[str, Any] = {} if status == Status.COMPLETED else {"mail_due": True}  # webhooks are told, patients not
    by: dict[str, Any] = {"actor": actor, "source": source, "now": now}
    return repository.amend(appointment=appointment, kind=status, status=status, **by, **told)


def undo(*, appointment: Appointment, actor: Any, source: str, now: datetime) -> Appointment:
    """Take the last status back, to the one before it.

    Raises NotAllowed, Stale, or SlotTaken or PatientBusy when the time has gone to somebody or something else.
    """
    if appointment.status not in UNDOABLE or (before := _before(appointment)) not in ATTENDED:
        raise NotAllowed
    if appointment.status in FREED:
        repository.release_expired(now=now, doctor=appointment.doctor_id, overlapping=appointment.busy)
    revived: dict[str, Any] = {"cancellation_reason": ""} if appointment.status == Status.CANCELLED else {}
    return repository.amend(
        appointment=appointment,
        kind="undone",
        actor=actor,
        source=source,
        now=now,
        status=before,
        sequence=appointment.sequence + 1,
        mail_due=True,
        **revived,
    )


def _before(appointment: Appointment) -> str | None:
    """The status that the present one was reached from: "completed" may follow "arrived" or "booked"."""
    reached = (entry for entry in reversed(appointment.events) if entry["status"] == appointment.status)
    return next((entry["was"] for entry in reached if entry["kind"] != "undone"), None)
