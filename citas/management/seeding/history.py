"""Appointments with the events that led to their status, as if people had made them."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

from accounts.models import User
from appointments.events import event
from appointments.models import Appointment, Status
from appointments.reference import ALPHABET, LENGTH, code
from citas.db.intervals import Interval
from citas.management.seeding import names
from citas.management.seeding.keys import Keys, to_the_second
from citas.management.seeding.visits import Visit

STEP = 32_416_190_071  # a prime
TOLD = {"mail_due": False}  # nobody is written to
PLACES = [(field.attname, TOLD.get(field.attname, field.get_default())) for field in Appointment._meta.concrete_fields]


class Historian:
    """Writes appointments from a seeded source; what has no account of its own was booked by `desk`."""

    def __init__(self, *, random: Random, keys: Keys, desk: User, now: datetime) -> None:
        self.random, self.keys, self.desk, self.now = random, keys, desk, now
        self.number = random.randrange(len(ALPHABET) ** LENGTH)

    def write(self, visit: Visit) -> Appointment:
        """An unsaved appointment in its last state."""
        at = min(visit.created_at, self.now)
        appointment = self._booked(visit, at)
        booker = visit.patient.account or self.desk
        self._record(appointment, "created", at, booker)
        self._bring_to(appointment, visit.status, booker)
        return appointment

    def _booked(self, visit: Visit, at: datetime) -> Appointment:
        tile, patient, held, key = visit.tile, visit.patient, visit.status == Status.HELD, self.keys.new(at)
        values: dict[str, Any] = {
            "id": key,
            "reference": self._reference(),
            "doctor_id": tile.offering.doctor_id,
            "patient_id": patient.pk,
            "visit_type_id": tile.offering.visit_type_id,
            "location_id": tile.location,
            "account_id": patient.account_id,
            "starts_at": tile.starts_at,
            "ends_at": tile.ends_at,
            "visit": Interval(tile.starts_at, tile.ends_at),
            "busy": tile.busy,
            "status": Status.HELD if held else Status.BOOKED,
            "expires_at": self.now + timedelta(hours=24) if held else None,
            "reason": self._reason(tile.fit.specialty),
            "request_key": f"seed-{key}",
            "events": [],
            "created_at": at,
            "updated_at": at,
        }
        # By place, a model is made four times as fast as by name.
        row: Any = [values.get(name, default) for name, default in PLACES]
        return Appointment(*row)

    def _bring_to(self, appointment: Appointment, status: str, booker: User) -> None:
        starts_at, ends_at = appointment.starts_at, appointment.ends_at
        if status == Status.CANCELLED:
            span = min(starts_at, self.now) - appointment.created_at
            at = to_the_second(appointment.created_at + span * self.random.uniform(0.1, 0.9))
            self._record(appointment, "cancelled", at, booker, status=status, sequence=1)
        if status in (Status.ARRIVED, Status.COMPLETED):
            early = timedelta(minutes=self.random.randrange(2, 15))
            self._record(appointment, "arrived", starts_at - early, self.desk, status=Status.ARRIVED)
        if status == Status.COMPLETED:
            self._record(appointment, "completed", ends_at, self.desk, status=status)
        if status == Status.NO_SHOW:
            self._record(appointment, "no_show", ends_at, self.desk, status=status)

    def _record(self, appointment: Appointment, kind: str, at: datetime, actor: User, **changes: Any) -> None:
        at = min(at, self.now)
        if changes:
            changes["version"] = appointment.version + 1
        source = "admin" if actor is self.desk else "web"
        entry = event(
            kind=kind, appointment=appointment, actor=actor, source=source, now=at, fields=list(changes), **changes
        )
        appointment.events.append(entry | {"id": str(self.keys.new(at))})
        appointment.updated_at = at
        for name, value in changes.items():
            setattr(appointment, name, value)

    def _reason(self, specialty: str) -> str:
        return self.random.choice(names.REASONS.get(specialty) or names.REASONS[""])

    def _reference(self) -> str:
        """Another code each time, without looking back: the step and the number of codes have no common divisor."""
        self.number = (self.number + STEP) % len(ALPHABET) ** LENGTH
        return code(self.number)
