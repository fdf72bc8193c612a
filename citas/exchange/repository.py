"""The storing of files: one at a time, and who has stored or changed what, as the administration remembers it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.contrib.admin.models import LogEntry
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from citas.errors import DomainError

BATCH = 500  # one statement of a web request has two seconds
LONGEST = 300  # seconds after which the file of a process that died bars nobody any more


class BeingStored(DomainError):
    """A file of the same kind is being stored at this moment: perhaps this one, by a button pressed twice."""

    status = 409
    code = "file-being-stored"
    message = _("A file of this list is being stored at this moment. Look at the list before you send yours again.")


class ChangedMeanwhile(DomainError):
    """Somebody has stored between the check of a file and its storing what does not go with it."""

    status = 409
    code = "file-out-of-date"
    message = _("Somebody has just changed what this file changes. Nothing of the file is stored: check it again.")


@contextmanager
def alone(kind: str) -> Iterator[None]:
    """Inside, nobody else checks and stores a file of this kind. Raises BeingStored.

    No index tells a new patient from the same one stored a moment before: a double click would store everybody twice.
    """
    mark = f"exchange:{kind}"
    if not cache.add(mark, True, timeout=LONGEST):
        raise BeingStored
    try:
        yield
    finally:
        cache.delete(mark)


def batches(things: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (things[start : start + BATCH] for start in range(0, len(things), BATCH))


def note(*, user: Any, things: Sequence[Any], flag: int, text: str) -> None:
    """Write it into the history of each thing. Belongs into the transaction that stores them."""
    for some in batches(things):
        LogEntry.objects.log_actions(user.pk, some, flag, change_message=text)
