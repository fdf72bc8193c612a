"""The demonstration's mailbox: what the clinic has sent, for whoever tries the demo. Nowhere else."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from notifications import repository
from notifications.models import Message

SHOWN = 20


def _only_in_the_demo() -> None:
    if settings.CITAS_ENV not in ("demo", "development"):
        raise Http404


@login_not_required
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    _only_in_the_demo()
    return render(request, "notifications/inbox.html", {"mails": repository.newest(limit=SHOWN)})


@login_not_required
@require_GET
def mail(request: HttpRequest, key: UUID) -> HttpResponse:
    _only_in_the_demo()
    return render(request, "notifications/mail.html", {"mail": _find(key)})


@login_not_required
@require_GET
def calendar(request: HttpRequest, key: UUID) -> HttpResponse:
    """The .ics of a mail."""
    _only_in_the_demo()
    found = _find(key)
    if not found.calendar:
        raise Http404
    response = HttpResponse(found.calendar)
    response["Content-Type"] = f"text/calendar; charset=utf-8; method={found.calendar_method}"
    response["Content-Disposition"] = 'attachment; filename="cita.ics"'
    return response


def _find(key: UUID) -> Message:
    found = repository.by_id(key)
    if found is None:
        raise Http404
    return found
