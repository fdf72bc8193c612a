"""Instants whose age an operator should watch. Apps add theirs when they are ready; citas.metrics tells them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache

HEARTBEAT = "worker:heartbeat"  # in the cache: an instant in ISO 8601, of the worker's last round


@dataclass(frozen=True, kw_only=True)
class Age:
    """How many seconds ago `since()` was; `nothing` where it says that there is no such instant."""

    name: str
    text: str
    since: Callable[[], datetime | None]
    nothing: float = 0.0


def _heartbeat() -> datetime | None:
    beat = cache.get(HEARTBEAT)
    return datetime.fromisoformat(beat) if beat else None


_told = {
    "citas_worker_heartbeat_age_seconds": Age(
        name="citas_worker_heartbeat_age_seconds",
        text="Since the worker last said that all is well; +Inf when it has not for an hour.",
        since=_heartbeat,
        nothing=float("inf"),
    )
}


def tell(age: Age) -> None:
    _told[age.name] = age


def told() -> list[Age]:
    return list(_told.values())
