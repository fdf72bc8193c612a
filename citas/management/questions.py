"""What the product asks most often, as its repositories ask it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib.sessions.backends.db import SessionStore

from accounts import repository as accounts
from accounts.models import User
from appointments import day_sheet, search
from appointments import repository as appointments
from appointments.models import Appointment, Status
from citas.management import api_questions
from citas.management.api_questions import Question
from notifications import repository as outbox
from notifications.models import Message
from patients import repository as patients
from patients.models import BY_NAME, Patient

# What nobody has: without an index every row would have to be looked at.
NOBODYS = "00000000"


def questions(*, now: datetime) -> dict[str, Question]:
    """Each under its name, about a visit from among those that there are. None of them changes anything."""
    somebody = User(id=UUID(int=0), email=f"{NOBODYS}@example.com", role="receptionist")
    visit = appointments.of(somebody).order_by("starts_at", "id").with_names().first()
    account = (visit.patient.account if visit else None) or somebody
    programs = api_questions.questions(desk=somebody, visit=visit, now=now)
    return {**_of_patients(account, now), **_of_staff(somebody, visit, now), **_of_the_worker(now), **programs}


def _of_patients(account: User, now: datetime) -> dict[str, Question]:
    offerings = search.offerings(specialty="", location="", doctor="")
    own = appointments.of(account)
    return {
        "earliest": lambda: search.earliest_by_doctor(offerings=offerings, location=None, now=now),
        "session": lambda: SessionStore(NOBODYS).load(),
        "email": lambda: accounts.find_by_email(f"{NOBODYS}@example.com"),
        "patients": lambda: list(patients.of(account)),
        "ahead": lambda: appointments.ahead(user=account, now=now),
        "past": lambda: appointments.past_page(user=account, now=now, before=""),
        "cap": lambda: appointments.upcoming_of_account(account=account, now=now),
        "reference": lambda: own.with_names().filter(reference=NOBODYS).first(),
        "request": lambda: appointments.by_request_key(NOBODYS),
    }


def _of_staff(desk: User, visit: Appointment | None, now: datetime) -> dict[str, Question]:
    name, day = (visit.patient.full_name, visit.starts_at.date()) if visit else (NOBODYS, now.date())
    listed = appointments.of(desk).seen().with_names().order_by("-starts_at", "-id")
    mails = Message._default_manager.order_by("-id")
    return {
        "day": lambda: day_sheet.of(user=desk, day=day, now=now),
        "list": lambda: list(listed[:50]),
        "cancelled": lambda: list(listed.filter(status=Status.CANCELLED)[:50]),
        "visits": lambda: list(appointments.matching(listed, name)[0][:50]),
        "patient": lambda: list(patients.search(name)[:50]),
        "people": lambda: list(Patient._default_manager.order_by(*BY_NAME)[:50]),
        "mails": lambda: list(outbox.matching(mails, desk.email)[:50]),
    }


def _of_the_worker(now: datetime) -> dict[str, Question]:
    return {
        "changes": lambda: appointments.mail_due(limit=100),
        "messages": lambda: outbox.due(now=now, limit=100),
    }
