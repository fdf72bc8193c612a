"""An archive holds every table, or says why not; and it names nothing that only one engine knows."""

from __future__ import annotations

from citas.archive.contents import LEFT_OUT, SORTED_BY, installed, parts
from citas.db.plain import Kind


def test_every_model_is_archived_or_left_out_for_a_reason():
    there = {model._meta.label_lower for model in installed()}

    assert {part.label for part in parts()} | set(LEFT_OUT) == there
    assert all(LEFT_OUT.values())


def test_nothing_is_both_archived_and_left_out():
    assert not {part.label for part in parts()} & set(LEFT_OUT)


def test_what_is_referred_to_comes_first():
    seen: set[str] = set()

    for part in parts():
        assert set(part.references.values()) <= seen, part.label
        seen.add(part.label)


def test_every_field_is_of_a_known_kind_and_keys_of_an_engine_stay_at_home():
    for part in parts():
        own = [column for place, column in enumerate(part.columns) if place not in part.named]
        assert Kind.MADE_UP not in {column.kind for column in own}, part.label


def test_records_are_sorted_by_what_every_engine_has():
    for part in parts():
        assert part.keyed == (part.columns[part.names.index("id")].kind is Kind.UUID if "id" in part.names else False)
        assert not {column.kind for column in part.order} - {Kind.UUID, Kind.TEXT, Kind.INSTANT}
        assert not any(column.nullable for column in part.order)


def test_tables_with_keys_of_the_engine_say_what_they_are_sorted_by():
    assert {part.label for part in parts() if not part.keyed} <= set(SORTED_BY)


def test_the_rules_of_booking_are_in_the_archive():
    guards = next(part.guards for part in parts() if part.label == "appointments.appointment")

    assert {line.partition(":")[0] for line in guards} >= {"appointment_doctor_free", "appointment_patient_free"}
