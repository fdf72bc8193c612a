"""The day as the clinic's staff sees it. Patients are told that there is no such page."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from appointments import day_sheet, presentation
from appointments.day_sheet import Sheet
from appointments.forms import DayForm
from appointments.wording import day_in_words
from doctors import repository as doctors_repository


@require_GET
def agenda(request: HttpRequest) -> HttpResponse:
    """One day: a doctor sees the own agenda, reception and managers a place's, or one doctor's there."""
    if not request.user.works_here:  # type: ignore[union-attr]
        raise Http404
    now, form = timezone.now(), DayForm(request.GET)
    today = doctors_repository.today(now=now)
    day = form.any_day(today=today)
    sheet = day_sheet.of(user=request.user, day=day, now=now, **form.narrowed)
    page = {"sheet": sheet, "columns": sheet.columns, "day": day, "today": today, **_links(request, sheet, day)}
    return render(request, "appointments/agenda.html", page)


def _links(request: HttpRequest, sheet: Sheet, day: date) -> dict[str, Any]:
    """Ways on from a sheet: its place stays, also where the address did not name it."""

    def link(**changes: Any) -> str:
        stays = {"sede": sheet.place.slug if sheet.place else None, "tras": None}
        return presentation.link(request, **{**stays, **changes})

    return {
        "heading": day_in_words(day, presentation.language()),
        "before_url": link(desde=day - timedelta(days=1)),
        "today_url": link(desde=None),
        "after_url": link(desde=day + timedelta(days=1)),
        "first_url": link() if "tras" in request.GET else "",
        "next_url": link(tras=sheet.following) if sheet.following else "",
        "elsewhere": [(place, link(sede=place.slug)) for place in sheet.elsewhere],
    }
