"""What MongoDB's driver tells of each command, for citas.db.timing. It tells in the thread that has sent it."""

from __future__ import annotations

from pymongo import monitoring

from citas.db import timing

# These ask for nothing: they keep the connection, or end what others have begun.
HOUSEKEEPING = frozenset({
    "abortTransaction", "commitTransaction", "endSessions", "hello", "isMaster", "killCursors", "ping",
})  # fmt: skip


class Listener(monitoring.CommandListener):
    """Given to the client (DatabaseWrapper.get_connection_params)."""

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        """Its end says all."""

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        _note(event)

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        _note(event)


def _note(event: monitoring.CommandSucceededEvent | monitoring.CommandFailedEvent) -> None:
    timing.note(queries=event.command_name not in HOUSEKEEPING, seconds=event.duration_micros / 1e6)
