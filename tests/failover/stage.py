"""What the clients of a failover find: doctors, accounts that are logged in, and bookings up to their last page.

Run by `manage.py shell --no-imports -c`: `build` and `report` write JSON.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.models import User
from appointments.draft_repository import fingerprint
from appointments.models import LIVE, Appointment, Draft
from appointments.slot_code import SlotCode
from citas.management.proof import repository
from doctors.models import Clinic, Doctor, Location, Offering, Specialty, VisitType, WorkingHours
from patients.models import Patient


def build(*, clients: int, bookings: int) -> None:
    """Every two clients want the time of one doctor: what one asks for overlaps with what the other does."""
    Clinic.objects.create(name="Clínica de prueba", zone="UTC", max_upcoming=32_000)
    specialty = Specialty.objects.create(name="Dermatología", slug="dermatologia")
    place = Location.objects.create(name="Centro", slug="centro", zone="UTC")
    kind = VisitType.objects.create(name="Consulta", slug="consulta", duration=20, cutoff=0, horizon_days=730)
    doctors = [_doctor(number, specialty, place, kind) for number in range(-(-clients // 2))]
    made = [_client(number, doctors[number // 2], kind, place, bookings) for number in range(clients)]
    sys.stdout.write(json.dumps(made))


def report() -> None:
    """How often each request has booked, and how many live visits overlap."""
    keys = Counter(Appointment.objects.filter(status__in=LIVE).values_list("request_key", flat=True))
    overlaps = repository.overlaps(doctors=list(Doctor.objects.all()))
    sys.stdout.write(json.dumps({"keys": keys, "overlaps": overlaps}))


def _doctor(number: int, specialty: Specialty, place: Location, kind: VisitType) -> Doctor:
    doctor = Doctor.objects.create(given_names="Ana", surnames=str(number), slug=f"ana-{number}", specialty=specialty)
    Offering.objects.create(doctor=doctor, visit_type=kind)
    always = {"starts": time(0), "ends": time(0), "valid_from": date(2020, 1, 1)}
    for weekday in range(1, 8):
        WorkingHours.objects.create(doctor=doctor, location=place, weekday=weekday, **always)
    return doctor


def _client(number: int, doctor: Doctor, kind: VisitType, place: Location, bookings: int) -> dict[str, Any]:
    account = User.objects.create(email=f"ana-{number}@example.com")
    patient = Patient.objects.create(account=account, given_names="Ana", first_surname=str(number))
    browser = Client()
    browser.force_login(account)
    first = datetime.combine(timezone.now().date(), time(0), UTC) + timedelta(days=2, minutes=10 * (number % 2))
    known = {"who": str(patient.pk), "account": str(account.pk), "reason": "Una mancha"}
    drafts = [
        Draft(
            browser=fingerprint(f"browser-{number}"),
            data={**known, "slot": str(SlotCode(doctor.pk, kind.pk, place.pk, first + timedelta(minutes=30 * turn)))},
            created_at=timezone.now(),
        )
        for turn in range(bookings)
    ]
    Draft.objects.bulk_create(drafts)
    return {
        "account": str(account.pk),
        "cookies": {
            settings.SESSION_COOKIE_NAME: browser.cookies[settings.SESSION_COOKIE_NAME].value,
            settings.BROWSER_COOKIE_NAME: f"browser-{number}",
            settings.CSRF_COOKIE_NAME: "c" * 32,
        },
        "drafts": [str(draft.pk) for draft in drafts],
    }
