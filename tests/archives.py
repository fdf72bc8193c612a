"""What the tests of the archive share: the three commands, a clinic with something in every table, and emptying it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command

from accounts.models import User
from appointments.models import Appointment, Draft
from citas.archive.contents import parts
from citas.db import bulk, uuid7
from notifications.models import Message

NOW = datetime(2027, 3, 10, 10, 0, tzinfo=UTC)
# Made by migrations, the same in every database.
MADE_BY_MIGRATE = {"auth.group", "auth.group_permissions"}


def run(command: str, *words: Any, **options: Any) -> dict[str, Any]:
    """What the command says on one line of JSON."""
    out = StringIO()
    call_command(command, *map(str, words), **{"json": True, "stdout": out, **options})
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def export(path: Path) -> bytes:
    """The bytes of an archive of what is in the database."""
    run("export_data", path, yes=True)
    return path.read_bytes()


def fill(*, doctors: int = 3, patients: int = 12, appointments: int = 60) -> None:
    """A small made-up clinic with something in the tables of others, too."""
    call_command(
        "seed", doctors=doctors, patients=patients, appointments=appointments, now=NOW, json=True, stdout=StringIO()
    )
    user = User.objects.order_by("email").first()
    assert user is not None
    user.user_permissions.add(*Permission.objects.filter(codename__in=["view_doctor", "view_patient"]))
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    kind = ContentType.objects.get_for_model(Appointment)
    # Two entries that read the same are two.
    LogEntry.objects.bulk_create(
        LogEntry(user=user, content_type=kind, object_repr="—", action_flag=CHANGE, action_time=NOW) for _number in "ab"
    )
    Draft.objects.create(browser="x" * 32, data={"razón": "tos 🤧", "edad": 7, "peso": 3.5})
    Message.objects.create(
        dedupe_key="una", recipient="a@example.com", subject="Hola", appointment_id=Appointment.objects.first().pk
    )


def empty() -> None:
    """As after migrate."""
    bulk.empty([part.model for part in parts() if part.label not in MADE_BY_MIGRATE])


def another_visit(visit: Appointment, *, after: timedelta) -> Appointment:
    """An unsaved copy of a visit with keys of its own, moved."""
    copy = Appointment.objects.get(pk=visit.pk)
    copy.pk, copy.reference, copy.request_key = uuid7(), f"X{visit.reference[1:]}", str(uuid7())
    moved = {name: getattr(visit, name) + after for name in ("starts_at", "ends_at")}
    for name, value in moved.items():
        setattr(copy, name, value)
    for name in ("busy", "visit"):
        interval = getattr(visit, name)
        setattr(copy, name, type(interval)(interval.start + after, interval.end + after))
    return copy
