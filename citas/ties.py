"""What stands on an app tells it which of its rows are still needed, without the app knowing who that is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import ngettext

from citas.errors import DomainError


class StillNeeded(DomainError):
    """Something refers to this: it stays in use."""

    status = 409
    code = "still-needed"

    def __init__(self, visits: int) -> None:
        text = ngettext("%(count)d visit depends on this.", "%(count)d visits depend on this.", visits)
        super().__init__(text % {"count": visits})
        self.more: dict[str, Any] = {"visits": visits}


class Ties:
    """Counts what refers to one row. Others add their count from an AppConfig's ready()."""

    def __init__(self) -> None:
        self._counts: list[Callable[[UUID, datetime], int]] = []

    def also(self, count: Callable[[UUID, datetime], int]) -> None:
        self._counts.append(count)

    def check(self, row: UUID, *, now: datetime) -> None:
        """Raises StillNeeded."""
        if found := sum(count(row, now) for count in self._counts):
            raise StillNeeded(found)
