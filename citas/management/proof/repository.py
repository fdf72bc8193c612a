"""The proof's own doctors, patients and visits, as they are kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import models

from appointments.models import ATTENDED, LIVE, Appointment, AppointmentQuerySet
from citas.db import atomic, bulk
from citas.db.intervals import Interval
from citas.management.proof.plan import count_overlaps
from doctors.models import Doctor


def store(rows: Sequence[models.Model]) -> None:
    """Store the rows of one model that are not there yet; their keys are the same in every run."""
    model = type(rows[0])
    known = set(model._default_manager.filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True))
    with atomic():
        bulk.load_all([row for row in rows if row.pk not in known])


def set_active(rows: Sequence[models.Model], *, active: bool) -> None:
    """Put rows of one model in or out of use, wherever they are seen."""
    type(rows[0])._default_manager.filter(pk__in=[row.pk for row in rows]).update(active=active)


def upcoming(*, doctors: Iterable[Doctor], now: datetime) -> AppointmentQuerySet:
    return Appointment.objects.with_names().filter(doctor__in=doctors).upcoming(now)


def overlaps(*, doctors: Iterable[Doctor]) -> int:
    """Pairs of live visits that overlap, of one doctor or of one patient: read again and compared here."""
    visits = Appointment.objects.filter(doctor__in=doctors, status__in=LIVE)
    taken: dict[tuple[str, UUID], list[Interval]] = defaultdict(list)
    for doctor, patient, busy, visit, status in visits.values_list("doctor", "patient", "busy", "visit", "status"):
        taken["doctor", doctor].append(busy)
        if status in ATTENDED:
            taken["patient", patient].append(visit)
    return sum(count_overlaps(intervals) for intervals in taken.values())
