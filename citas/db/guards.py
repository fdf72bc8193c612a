"""What PostgreSQL itself refuses beyond indexes, and the extensions it needs; run from migrations.

MongoDB has no triggers, and its inserts need no queue; what guards history there instead: docs/decisions/0009.
"""

from __future__ import annotations

from typing import Any

# Two rivals that insert overlapping rows wait for each other inside the exclusion check and deadlock. The queue makes
# them come one after the other: both keys are locked in the same order. The constraint stays the guard.
QUEUE = """
CREATE FUNCTION appointment_queue() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    doctor bigint := hashtextextended(NEW.doctor_id::text, 0);
    patient bigint := hashtextextended(NEW.patient_id::text, 0);
BEGIN
    PERFORM pg_advisory_xact_lock(least(doctor, patient));
    PERFORM pg_advisory_xact_lock(greatest(doctor, patient));
    RETURN NEW;
END $$;
CREATE TRIGGER appointment_queue BEFORE INSERT OR UPDATE OF doctor_id, patient_id, busy, visit, status
    ON appointments_appointment FOR EACH ROW EXECUTE FUNCTION appointment_queue();
"""

# The list of events only grows, and an appointment is never deleted.
LEDGER = """
CREATE FUNCTION appointment_ledger() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'an appointment is never deleted' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.events IS DISTINCT FROM OLD.events AND (
        jsonb_array_length(NEW.events) < jsonb_array_length(OLD.events) OR EXISTS (
            SELECT 1 FROM generate_series(0, jsonb_array_length(OLD.events) - 1) AS place
            WHERE NEW.events -> place IS DISTINCT FROM OLD.events -> place)
    ) THEN
        RAISE EXCEPTION 'events are only ever added' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER appointment_ledger BEFORE UPDATE OF events OR DELETE
    ON appointments_appointment FOR EACH ROW EXECUTE FUNCTION appointment_ledger();
"""

REMOVE = """
DROP TRIGGER appointment_queue ON appointments_appointment;
DROP TRIGGER appointment_ledger ON appointments_appointment;
DROP FUNCTION appointment_queue();
DROP FUNCTION appointment_ledger();
"""


def extensions(apps: Any, schema_editor: Any) -> None:
    """What exclusion constraints over keys and ranges need."""
    _execute(schema_editor, "CREATE EXTENSION IF NOT EXISTS btree_gist")


def install(apps: Any, schema_editor: Any) -> None:
    _execute(schema_editor, QUEUE, LEDGER)


def remove(apps: Any, schema_editor: Any) -> None:
    _execute(schema_editor, REMOVE)


def _execute(schema_editor: Any, *statements: str) -> None:
    if schema_editor.connection.vendor == "postgresql":
        for statement in statements:
            schema_editor.execute(statement, params=None)
