from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from citas.long_lists import LongListAdmin
from notifications import webhook_repository
from notifications.webhook_models import WebhookDelivery, WebhookEndpoint

FIELDS = (
    "endpoint",
    "kind",
    "payload",
    "state",
    "attempts",
    "created_at",
    "sent_at",
    "next_attempt_at",
    "error",
)


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(admin.ModelAdmin):
    """Who is told of changes; put out of use, never deleted, because what was sent refers to it."""

    list_display = ("name", "url", "active", "created_at")
    list_filter = ("active",)
    fields = ("name", "url", "active", "secret", "created_at")
    readonly_fields = ("secret", "created_at")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The secret is there once the webhook is, and only for who may change it."""
        if obj is not None and self.has_change_permission(request, obj):
            return self.fields
        return ("name", "url", "active")


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(LongListAdmin):
    """What became of each message: those that nobody took can be sent again."""

    list_display = ("created_at", "endpoint", "kind", "state", "attempts", "sent_at", "error")
    list_filter = ("state", "kind", "endpoint")
    list_select_related = ("endpoint",)
    fields = FIELDS
    readonly_fields = FIELDS
    actions = ("send_again",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.action(description=_("Send again"), permissions=["view"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[WebhookDelivery]) -> None:
        count = webhook_repository.send_again(queryset, now=timezone.now())
        words = ngettext("%(count)s message will be sent again.", "%(count)s messages will be sent again.", count)
        self.message_user(request, words % {"count": count}, messages.SUCCESS)
