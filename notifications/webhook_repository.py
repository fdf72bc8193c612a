"""What webhooks are told, as it is kept. Claimed by conditional updates: two workers never send one twice."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.db.models import F, Q, QuerySet

from citas.db import refusable
from notifications.webhook_models import WebhookDelivery, WebhookEndpoint

SENDING = timedelta(minutes=2)  # a worker that dies while sending leaves it to the next after this
WAITS = [timedelta(seconds=s) for s in (5, 60, 300, 1800, 7200, 18000, 36000, 36000)]
KEPT = timedelta(days=90)
LONGEST_ERROR = 120

State = WebhookDelivery.State


def endpoints() -> list[WebhookEndpoint]:
    """Those that are told of changes."""
    return list(WebhookEndpoint.objects.filter(active=True))


def known(appointment: UUID) -> set[tuple[UUID, UUID]]:
    """Webhook and event of what was queued of an appointment already."""
    return set(WebhookDelivery.objects.filter(appointment_id=appointment).values_list("endpoint_id", "event_id"))


def queue(*, endpoint: WebhookEndpoint, event_id: UUID, now: datetime, **content: Any) -> bool:
    """Have a webhook told of an event; False when it is there already."""
    delivery = WebhookDelivery(endpoint=endpoint, event_id=event_id, next_attempt_at=now, created_at=now, **content)
    try:
        with refusable():
            delivery.save(force_insert=True)
    except IntegrityError:
        return False
    return True


def due(*, now: datetime, limit: int) -> list[UUID]:
    """Keys of those whose turn it is, the longest waiting first."""
    waiting = WebhookDelivery.objects.filter(state=State.QUEUED, next_attempt_at__lte=now)
    return list(waiting.order_by("next_attempt_at", "id").values_list("pk", flat=True)[:limit])


def claim(key: UUID, *, now: datetime) -> WebhookDelivery | None:
    """Take one for sending; None when somebody else has it."""
    rows = WebhookDelivery.objects.filter(pk=key, state=State.QUEUED, next_attempt_at__lte=now)
    if not rows.update(next_attempt_at=now + SENDING, attempts=F("attempts") + 1):
        return None
    return WebhookDelivery.objects.select_related("endpoint").get(pk=key)


def sent(delivery: WebhookDelivery, *, now: datetime) -> None:
    WebhookDelivery.objects.filter(pk=delivery.pk).update(state=State.SENT, sent_at=now, error="")


def not_sent(delivery: WebhookDelivery, *, error: str, now: datetime) -> None:
    """Try again later and later, and give up after the last wait: then it waits here for a person."""
    # Unless somebody else has taken it since, because this took longer than SENDING.
    rows = WebhookDelivery.objects.filter(pk=delivery.pk, state=State.QUEUED, attempts=delivery.attempts)
    if delivery.attempts > len(WAITS):
        rows.update(state=State.FAILED, error=error[:LONGEST_ERROR])
    else:
        rows.update(next_attempt_at=now + WAITS[delivery.attempts - 1], error=error[:LONGEST_ERROR])


def send_again(rows: QuerySet[WebhookDelivery], *, now: datetime) -> int:
    """Put these back into the queue and return how many; what is being sent just now is left out."""
    at_rest = Q(state__in=[State.SENT, State.FAILED]) | Q(next_attempt_at__gt=now + SENDING)
    keys: Iterable[UUID] = rows.values_list("pk", flat=True)
    again = WebhookDelivery.objects.filter(at_rest, pk__in=list(keys))
    return again.update(state=State.QUEUED, next_attempt_at=now, attempts=0, error="")


def prune(*, now: datetime) -> int:
    """Delete what nobody will ask about any more."""
    old = WebhookDelivery.objects.filter(created_at__lt=now - KEPT).exclude(state=State.QUEUED)
    return old.delete()[0]
