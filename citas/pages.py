"""Pages that belong to no app."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from citas import samples
from citas.db import deadlines
from citas.errors import Unavailable


@login_not_required
@require_safe
def style_guide(request: HttpRequest) -> HttpResponse:
    """Every piece of templates/components/ in every state: what axe and screenshots check first. Not in production."""
    return render(request, "style_guide.html", samples.style_guide_context())


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What the clinic keeps of a patient, why, and whom to ask."""
    return render(request, "privacy.html")


@login_not_required
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """For whoever watches the process: it answers without touching the database."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """For whoever sends requests here: whether they would reach the database; 503 when not."""
    if not deadlines.answers():
        raise Unavailable
    return HttpResponse("ok\n", content_type="text/plain")
