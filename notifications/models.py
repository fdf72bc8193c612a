from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from citas.db import uuid7
from citas.db.timestamps import MillisecondField


class Message(models.Model):
    """An e-mail in the outbox: written with what it is about, sent by the worker, kept to answer "I never got it"."""

    class Kind(models.TextChoices):
        CONFIRMATION = "confirmation", _("confirmation")
        MOVED = "moved", _("new time")
        CANCELLED = "cancelled", _("cancellation")
        CODE = "code", _("log-in code")
        OTHER = "other", _("other")

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # Longer than an address, its appointment and its kind together.
    dedupe_key = models.CharField(max_length=340, unique=True, editable=False)
    appointment_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.OTHER)
    recipient = models.EmailField(_("recipient"))
    language = models.CharField(_("language"), max_length=5, default="es")
    subject = models.CharField(_("subject"), max_length=255)
    text = models.TextField(_("text"), blank=True)
    html = models.TextField(blank=True)
    calendar = models.TextField(blank=True)
    calendar_method = models.CharField(max_length=10, blank=True)
    state = models.CharField(_("state"), max_length=6, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_attempt_at = MillisecondField(_("next attempt"), default=timezone.now)
    sent_at = MillisecondField(_("sent"), null=True, blank=True)
    error = models.CharField(_("error"), max_length=255, blank=True)
    # Codes and links that open an account: their text is kept until then, or until they are used.
    forget_at = MillisecondField(null=True, blank=True, editable=False, db_index=True)
    created_at = MillisecondField(_("written"), default=timezone.now)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ("-id",)
        indexes = (
            models.Index(fields=["state", "next_attempt_at"], name="message_due"),
            models.Index(fields=["recipient", "id"], name="message_recipient"),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} → {self.recipient}"

    @property
    def opens_an_account(self) -> bool:
        """Whether the text would let its reader into somebody's account: every mail that is not about a visit."""
        return self.appointment_id is None


from notifications.webhook_models import WebhookDelivery, WebhookEndpoint  # noqa: E402

__all__ = ["Message", "WebhookDelivery", "WebhookEndpoint"]
