"""Tells other programs of changes of visits, signed as Standard Webhooks says (https://www.standardwebhooks.com/).

A message holds keys, times and statuses, and nothing that says who the patient is: whoever may know asks the API.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog

from appointments.models import Appointment
from notifications import posting, webhook_repository
from notifications.webhook_models import PREFIX, WebhookDelivery

log = structlog.get_logger()

TOLD = {
    "created": "appointment.created",
    "confirmed": "appointment.created",
    "rescheduled": "appointment.rescheduled",
    "cancelled": "appointment.cancelled",
    "arrived": "appointment.arrived",
    "no_show": "appointment.no_show",
    "undone": "appointment.undone",
}


def queue(appointment: Appointment, *, now: datetime) -> int:
    """Queue what each webhook has not been told of this appointment; how many. Run again, it queues nothing twice."""
    endpoints = webhook_repository.endpoints()
    if not endpoints:
        return 0
    known = webhook_repository.known(appointment.pk)
    new = [
        (endpoint, entry)
        for endpoint in endpoints
        for entry in appointment.events
        if _concerns(entry, since=max(endpoint.created_at, now - webhook_repository.KEPT))
        and (endpoint.pk, UUID(entry["id"])) not in known
    ]
    return sum(
        webhook_repository.queue(
            endpoint=endpoint,
            event_id=UUID(entry["id"]),
            appointment_id=appointment.pk,
            kind=TOLD[entry["kind"]],
            payload=payload(appointment, entry),
            now=now,
        )
        for endpoint, entry in new
    )


def _concerns(entry: dict[str, Any], *, since: datetime) -> bool:
    return entry["kind"] in TOLD and entry["status"] != "held" and datetime.fromisoformat(entry["at"]) >= since


def payload(appointment: Appointment, entry: dict[str, Any]) -> dict[str, Any]:
    """What is told of an event: the appointment as it stood after it. Instants are UTC."""
    return {
        "type": TOLD[entry["kind"]],
        "timestamp": entry["at"],
        "data": {
            "id": str(appointment.pk),
            "doctor": str(appointment.doctor_id),
            "location": str(appointment.location_id),
            "visit_type": str(appointment.visit_type_id),
            "status": entry["status"],
            "starts_at": entry["starts_at"],
            "sequence": entry["sequence"],
            "version": entry["version"],
        },
    }


def deliver_due(*, now: datetime, limit: int = 1) -> int:
    """Try up to `limit` of those whose turn it is, once each; how many were tried."""
    claimed = [webhook_repository.claim(key, now=now) for key in webhook_repository.due(now=now, limit=limit)]
    tried = [delivery for delivery in claimed if delivery is not None]
    for delivery in tried:
        _deliver(delivery, now)
    return len(tried)


def _deliver(delivery: WebhookDelivery, now: datetime) -> None:
    body = json.dumps(delivery.payload, separators=(",", ":")).encode()
    try:
        posting.post(delivery.endpoint.url, body, headers(delivery, body, now))
    except posting.NotDelivered as error:
        log.warning("webhook_not_sent", delivery=str(delivery.pk), attempt=delivery.attempts, error=str(error))
        webhook_repository.not_sent(delivery, error=str(error), now=now)
    else:
        webhook_repository.sent(delivery, now=now)


def headers(delivery: WebhookDelivery, body: bytes, now: datetime) -> dict[str, str]:
    """The id stays the same at every attempt, so that a receiver can tell a repetition; the time is this attempt's."""
    key, seconds = str(delivery.pk), str(int(now.timestamp()))
    secret = base64.b64decode(delivery.endpoint.secret.removeprefix(PREFIX))
    signature = hmac.digest(secret, b".".join([key.encode(), seconds.encode(), body]), hashlib.sha256)
    return {
        "Content-Type": "application/json",
        "User-Agent": "Citas-Webhooks/1",
        "webhook-id": key,
        "webhook-timestamp": seconds,
        "webhook-signature": f"v1,{base64.b64encode(signature).decode()}",
    }
