"""What citas.db.deadlines is told of MongoDB: the driver itself keeps each operation's deadline."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError
from pymongo import errors, monitoring

from citas.db.deadlines import watch
from citas.db.mongo.errors import translated


@contextmanager
def asked() -> Iterator[None]:
    """One question to the server, its errors translated; citas.db.deadlines hears how it went."""
    with watch.waiting():
        try:
            with translated():
                yield
        except OperationalError as error:
            if isinstance(error.__cause__, errors.PyMongoError) and error.__cause__.timeout:
                watch.missed()
            raise
    watch.heard()


class PrimaryListener(monitoring.TopologyListener):
    """Closes the circuit as soon as the driver knows who takes writes now, rather than when somebody tries again."""

    def opened(self, event: monitoring.TopologyOpenedEvent) -> None:
        """Nothing is known yet."""

    def description_changed(self, event: monitoring.TopologyDescriptionChangedEvent) -> None:
        if event.new_description.has_writable_server():
            watch.heard()

    def closed(self, event: monitoring.TopologyClosedEvent) -> None:
        """The process ends."""
