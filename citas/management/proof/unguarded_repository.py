"""What must not be done: a scratch table without a guard, whose clients look first and insert later."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from django.apps.registry import Apps
from django.db import connection, models

from citas.db import uuid7
from citas.db.intervals import IntervalField
from citas.management.proof.plan import count_overlaps, kind_of
from citas.management.proof.race import Attempt


class Visit(models.Model):
    """A visit of the one doctor (or patient) there is. No migration knows it: it has a registry of its own."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    taken = IntervalField()

    objects: models.Manager[Visit] = models.Manager()

    class Meta:
        app_label = "proof"
        apps = Apps()
        db_table = "proof_without_guard"

    def __str__(self) -> str:
        return str(self.taken)


@contextmanager
def scratch_table() -> Iterator[None]:
    """Have the table, empty, and drop it at the end; one left by a run that was killed is dropped first."""
    _drop()
    with connection.schema_editor() as editor:
        editor.create_model(Visit)
    try:
        yield
    finally:
        _drop()


def attempt(*, starts: Sequence[datetime], scarce: str) -> Attempt:
    """A client that looks whether the time is free, and takes it when it was."""

    def look_then_insert(client: int, current: int) -> bool:
        kind, start = kind_of(client=client, scarce=scarce), starts[current]
        taken = kind.busy(start) if scarce == "doctor" else kind.visit(start)
        if Visit.objects.filter(taken__overlaps=taken).exists():
            return False
        Visit(taken=taken).save(force_insert=True)
        return True

    return look_then_insert


def overlaps() -> int:
    """Pairs of visits that overlap, read again from the table."""
    return count_overlaps(Visit.objects.values_list("taken", flat=True))


def _drop() -> None:
    if Visit._meta.db_table in connection.introspection.table_names():
        with connection.schema_editor() as editor:
            editor.delete_model(Visit)
