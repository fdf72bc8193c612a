"""What an engine does not enforce by itself, and what guards it instead: said by `manage.py check`."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Info

from citas.db import on_mongo

ON_MONGO = (
    (
        "I001",
        "MongoDB knows no foreign keys: a row may be removed while others refer to it.",
        "Rows that others refer to are put out of use, never deleted; Django's PROTECT and CASCADE are kept by Django.",
    ),
    (
        "I002",
        "MongoDB checks neither the length nor the range nor the choices of a value.",
        "Forms, the admin and the commands do, before they write; write through the repositories only.",
    ),
    (
        "I003",
        "MongoDB has no triggers: nothing refuses to delete an appointment or to alter the events that it lists.",
        "appointments.repository only adds events, in the one conditional update of each change; no door deletes.",
    ),
    (
        "I004",
        "Django's transaction.atomic and select_for_update do nothing on MongoDB.",
        "citas.db.atomic and citas.db.together are real transactions; one change of an appointment is one write.",
    ),
    (
        "I005",
        "MongoDB has no savepoints: after a refused write a whole transaction is lost.",
        "Appointments are claimed and changed outside of transactions, where a refusal leaves the row as it was.",
    ),
    (
        "I006",
        "MongoDB compares text by code point: names with accents come after those without.",
        "Lists of places, specialties and doctors are put in order by doctors.alphabet; searches ignore accents.",
    ),
)


def limits(**asked: Any) -> list[CheckMessage]:
    """One message for each rule that PostgreSQL keeps and the engine that runs does not; none on PostgreSQL."""
    return [Info(said, hint=hint, id=f"citas.{number}") for number, said, hint in ON_MONGO if on_mongo()]
