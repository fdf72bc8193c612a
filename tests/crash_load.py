"""What test_crash runs in a process of its own: clients that book and move, whatever happens to the database.

`manage.py shell --no-imports -c "from tests import crash_load; crash_load.load()"` writes a line for each change that
was acknowledged.
"""

from __future__ import annotations

import json
import os
import sys
import time as clock
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from django.db import InterfaceError, OperationalError, connection

from appointments import booking
from appointments.models import LIVE, Appointment
from citas.environment import Environment
from citas.management.proof.plan import count_overlaps
from doctors.models import Doctor, Location, Offering, Specialty, VisitType, WorkingHours
from patients.models import Patient

RECORDS = {"postgres": "postgres/cluster/postmaster.pid", "mongo": "mongo/files/mongod.lock"}
NOW = datetime(2027, 3, 2, 9, 0, tzinfo=UTC)
CLIENTS = 4
AFTER_THE_CRASH = 10  # bookings of each client
PATIENCE_SECONDS = 60
ENV = Environment.read(os.environ)
DATA, ENGINE = ENV.data, ENV.engine


@dataclass
class Client:
    """Two clients want the time of one doctor; each books for a patient of its own."""

    number: int
    doctor: Doctor
    patient: Patient
    visit_type: VisitType
    location: Location
    crashed: bool = False

    def run(self) -> None:
        left, turn, started = AFTER_THE_CRASH, 0, clock.monotonic()
        try:
            began_with = server_of(DATA)
            while left and clock.monotonic() < started + PATIENCE_SECONDS:
                self.take(turn)
                # MongoDB's driver waits for the next server by itself: nobody need have seen an error.
                self.crashed = self.crashed or server_of(DATA) != began_with
                left -= self.crashed
                turn += 1
        finally:
            connection.close()

    def take(self, turn: int) -> None:
        starts_at = NOW + timedelta(days=1, minutes=30 * turn)
        key = f"{self.number}-{turn}"
        appointment = self.insist(lambda: self.book(key, starts_at))
        if appointment is None:
            return
        say(appointment)
        if turn % 3 == 0:
            self.insist(lambda: self.move(key, starts_at + timedelta(minutes=10)))

    def insist(self, change: Callable[[], Appointment]) -> Appointment | None:
        """As a person does who is told that trying again is safe. None when somebody else was first."""
        while True:
            try:
                return change()
            except booking.SlotTaken:
                return None
            except (OperationalError, InterfaceError):
                connection.close()
                clock.sleep(0.05)

    def book(self, key: str, starts_at: datetime) -> Appointment:
        return booking.book(
            doctor=self.doctor,
            patient=self.patient,
            visit_type=self.visit_type,
            location=self.location,
            starts_at=starts_at,
            actor=None,
            source="web",
            request_key=key,
            now=NOW,
        )

    def move(self, key: str, starts_at: datetime) -> Appointment:
        own = booking.booked(actor=None, request_key=key)
        moved = booking.move(appointment=own, starts_at=starts_at, actor=None, source="web", now=NOW)
        say(moved)
        return moved


def server_of(data: Path) -> int:
    """The number of the process that serves this data folder; 0 while there is none."""
    try:
        return int((data / RECORDS[ENGINE]).read_text().split()[0])
    except (OSError, IndexError, ValueError):
        return 0


def say(appointment: Appointment) -> None:
    sys.stdout.write(f"{appointment.request_key} {appointment.version}\n")
    sys.stdout.flush()


def load() -> None:
    """Book until the database has crashed and come back, and a little longer."""
    clients = _clients()
    with ThreadPoolExecutor(CLIENTS) as threads:
        for _ended in threads.map(Client.run, clients):
            pass
    assert all(client.crashed for client in clients)


def report() -> None:
    """What the database holds, as JSON: each request's version and events, and how many visits overlap."""
    visits = list(Appointment.objects.filter(status__in=LIVE))
    doctors = {visit.doctor_id: [each.busy for each in visits if each.doctor_id == visit.doctor_id] for visit in visits}
    stored = {visit.request_key: {"version": visit.version, "events": visit.events} for visit in visits}
    overlaps = sum(count_overlaps(busy) for busy in doctors.values())
    sys.stdout.write(json.dumps({"stored": stored, "overlaps": overlaps, "rows": Appointment.objects.count()}))


def _clients() -> list[Client]:
    specialty = Specialty.objects.create(name="Dermatología", slug="dermatologia")
    location = Location.objects.create(name="Centro", slug="centro", zone="UTC")
    kind = VisitType.objects.create(name="Consulta", slug="consulta", duration=20, cutoff=0, horizon_days=730)
    doctors = [_doctor(number, specialty, location, kind) for number in range(CLIENTS // 2)]
    patients = [Patient.objects.create(given_names=str(number), first_surname="—") for number in range(CLIENTS)]
    return [Client(number, doctors[number // 2], patients[number], kind, location) for number in range(CLIENTS)]


def _doctor(number: int, specialty: Specialty, location: Location, kind: VisitType) -> Doctor:
    doctor = Doctor.objects.create(given_names="Ana", surnames=str(number), slug=f"ana-{number}", specialty=specialty)
    Offering.objects.create(doctor=doctor, visit_type=kind)
    always = {"starts": time(0), "ends": time(0), "valid_from": date(2020, 1, 1)}
    for weekday in range(1, 8):
        WorkingHours.objects.create(doctor=doctor, location=location, weekday=weekday, **always)
    return doctor
