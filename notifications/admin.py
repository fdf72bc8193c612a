from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from citas.long_lists import LongListAdmin
from notifications import repository, webhook_admin  # noqa: F401 - which registers its own
from notifications.models import Message

FIELDS = (
    "recipient",
    "kind",
    "subject",
    "body",
    "state",
    "attempts",
    "created_at",
    "sent_at",
    "next_attempt_at",
    "error",
)


@admin.register(Message)
class MessageAdmin(LongListAdmin):
    """ "I never got it" is answered here: what was sent to whom, when, and what became of it."""

    list_display = ("created_at", "recipient", "kind", "subject", "state", "attempts", "sent_at")
    list_filter = ("state", "kind")
    # Only so that the box is shown: what it finds is decided by get_search_results.
    search_fields = ("recipient",)
    search_help_text = _("The whole address, or reference of the appointment")
    fields = FIELDS
    readonly_fields = FIELDS
    actions = ("send_again",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Message], search_term: str
    ) -> tuple[QuerySet[Message], bool]:
        return (repository.matching(queryset, search_term) if search_term else queryset), False

    @admin.display(description=_("text"))
    def body(self, message: Message) -> str:
        if message.opens_an_account and settings.CITAS_ENV != "demo":
            return str(_("Codes and links that open an account are not shown."))
        return message.text

    @admin.action(description=_("Send again"), permissions=["view"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        chosen = queryset.count()
        count = repository.send_again(queryset, now=timezone.now())
        words = ngettext("%(count)s message will be sent again.", "%(count)s messages will be sent again.", count)
        if count:
            messages.success(request, words % {"count": count})
        if count < chosen:
            messages.warning(request, _("Codes, mails that are no longer true and those being sent are left out."))
