"""The day as the clinic's staff sees it. Patients are told that there is no such page."""

from __future__ import annotations

from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from appointments import listing, presentation, repository
from appointments.forms import WeekForm
from appointments.wording import day_in_words
from doctors import repository as doctors_repository


@require_GET
def agenda(request: HttpRequest) -> HttpResponse:
    """One day: a doctor sees the own agenda, reception and managers everybody's."""
    if not request.user.works_here:  # type: ignore[union-attr]
        raise Http404
    now = timezone.now()
    today = doctors_repository.today(now=now)
    day = WeekForm(request.GET).any_day(today=today)
    page = {
        "columns": listing.by_doctor(repository.of_day(user=request.user, day=day, now=now)),
        "heading": day_in_words(day, presentation.language()),
        "day": day,
        "today": today,
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1),
    }
    return render(request, "appointments/agenda.html", page)
