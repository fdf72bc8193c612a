"""What is asked often is served by an index made for it, in its order; and the same models stand on other engines."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.models import Q

from appointments import repository
from appointments.models import Appointment
from citas.db.indexes import UniqueIndex
from notifications import repository as outbox
from notifications.models import Message
from tests.engines import plan

pytestmark = pytest.mark.django_db


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
    found, sorts = plan(lambda: ask(now))
    assert index in found
    assert not sorts


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
