from __future__ import annotations

import base64
import secrets

from django.core.validators import URLValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from citas.db import uuid7
from citas.db.indexes import UniqueIndex
from citas.db.kept import KeptPlainly
from citas.db.timestamps import MillisecondField

PREFIX = "whsec_"  # as Standard Webhooks writes secrets


def new_secret() -> str:
    """24 random bytes, as https://www.standardwebhooks.com/ writes them."""
    return PREFIX + base64.b64encode(secrets.token_bytes(24)).decode()


class WebhookEndpoint(KeptPlainly):
    """A program of somebody else's that is told of every change of a visit."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(_("name"), max_length=80)
    url = models.CharField(_("address"), max_length=500, validators=[URLValidator(schemes=["https", "http"])])
    secret = models.CharField(_("signing secret"), max_length=80, default=new_secret, editable=False)
    active = models.BooleanField(_("active"), default=True)
    created_at = MillisecondField(_("since"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ("name", "id")

    def __str__(self) -> str:
        return self.name


class WebhookDelivery(models.Model):
    """One change that one webhook is told of. What could not be delivered stays here, to be sent again by hand."""

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    endpoint = models.ForeignKey(
        WebhookEndpoint, models.PROTECT, related_name="deliveries", verbose_name=_("webhook"), db_index=False
    )
    event_id = models.UUIDField(editable=False)
    appointment_id = models.UUIDField(editable=False, db_index=True)
    kind = models.CharField(_("what happened"), max_length=40)
    payload = models.JSONField(_("content"))
    state = models.CharField(_("state"), max_length=6, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_attempt_at = MillisecondField(_("next attempt"))
    sent_at = MillisecondField(_("sent"), null=True, blank=True)
    error = models.CharField(_("error"), max_length=120, blank=True)
    created_at = MillisecondField(_("written"))

    class Meta:
        verbose_name = _("webhook message")
        verbose_name_plural = _("webhook messages")
        ordering = ("-id",)
        indexes = (
            UniqueIndex(fields=["endpoint", "event_id"], name="webhook_delivery_once"),
            models.Index(fields=["state", "next_attempt_at"], name="webhook_delivery_due"),
        )

    def __str__(self) -> str:
        return f"{self.kind} → {self.endpoint_id}"
