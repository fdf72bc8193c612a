"""What is asked often is served by an index made for it, in its order; and the same models stand on other engines."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from appointments import repository
from appointments.models import Appointment
from citas.db.indexes import UniqueIndex
from notifications import repository as outbox
from notifications.models import Message

pytestmark = pytest.mark.django_db


def plan(ask: Callable[[], Any]) -> str:
    """How the engine would answer the first question if reading whole tables and sorting cost too much."""
    with CaptureQueriesContext(connection) as asked:
        ask()
    with connection.cursor() as cursor:
        for way in ("seqscan", "bitmapscan", "hashjoin", "mergejoin", "sort"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
        cursor.execute("EXPLAIN " + asked[0]["sql"])
        return "\n".join(line for (line,) in cursor.fetchall())


@pytest.mark.parametrize(
    ("index", "ask"),
    [
        ("appointment_mail_due", lambda now: repository.mail_due(limit=20)),
        ("appointment_held_until", lambda now: repository.release_expired(now=now)),
        (
            "message_recipient",
            lambda now: list(outbox.matching(Message.objects.order_by("-id"), "Ana@example.com")[:50]),
        ),
    ],
)
def test_index_serves_the_question_and_its_order(index, ask, now):
    found = plan(lambda: ask(now))
    assert f"using {index}" in found
    assert "Sort" not in found


def test_search_for_free_time_reads_the_index_only():
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'appointment_doctor_time'")
        assert cursor.fetchone()[0].endswith("(doctor_id, starts_at) INCLUDE (busy, status, expires_at)")


def test_an_engine_without_covering_indexes_has_nothing_to_say(monkeypatch):
    monkeypatch.setattr(connection.features, "supports_covering_indexes", False)
    assert Appointment.check(databases=["default"]) == []


@pytest.mark.parametrize(
    "condition", [~Q(active=True), Q(account__isnull=False), Q(active=True) | Q(relationship="self"), Q(Q(active=True))]
)
def test_conditions_that_not_every_engine_can_index_are_refused(condition):
    with pytest.raises(ValueError, match="which values"):
        UniqueIndex(fields=["account"], condition=condition, name="x")


def test_no_index_is_partial_on_something_else_than_values():
    partial = [index for index in Appointment._meta.indexes if index.condition is not None]
    assert all(UniqueIndex(fields=index.fields, condition=index.condition, name=index.name) for index in partial)
    assert not any("id" in index.fields for index in partial)  # MongoDB has no partial index on a key
