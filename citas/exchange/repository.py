"""Who has stored or changed what by a file, as the administration remembers it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib.admin.models import LogEntry

BATCH = 500  # one statement of a web request has two seconds


def batches(things: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (things[start : start + BATCH] for start in range(0, len(things), BATCH))


def note(*, user: Any, things: Sequence[Any], flag: int, text: str) -> None:
    """Write it into the history of each thing. Belongs into the transaction that stores them."""
    for some in batches(things):
        LogEntry.objects.log_actions(user.pk, some, flag, change_message=text)
