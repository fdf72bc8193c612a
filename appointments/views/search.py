"""What everybody may see: the earliest free slots, the doctors, and a doctor's week."""

from __future__ import annotations

from itertools import groupby
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from appointments import calendars, listing, presentation, search
from appointments.availability import Slot
from appointments.forms import SearchForm, WeekForm
from appointments.slot_code import chosen_in
from doctors import repository as doctors_repository
from doctors.alphabet import alphabetical
from doctors.models import Doctor, Location, Offering, Specialty

DAYS_SHOWN = 7


@login_not_required
@require_GET
def find(request: HttpRequest) -> HttpResponse:
    """Without a question: which specialty. With one: the earliest free slots across doctors."""
    form = SearchForm(request.GET)
    specialties = doctors_repository.specialties()
    if not form.asks_for_something(specialties):
        return render(request, "appointments/search.html", {"specialties": specialties})
    page = _results(request, form, specialties)
    return _whole_or_part(request, "appointments/results.html", "appointments/results_list.html", page)


def _results(request: HttpRequest, form: SearchForm, specialties: list[Specialty]) -> dict[str, Any]:
    after = request.GET.get("tras", "")[:60]
    offerings = search.offerings(**form.where)
    types = search.visit_types(offerings)
    chosen = next((kind for kind in types if kind.slug == form.wanted["visit_type"]), types[0] if types else None)
    places, now = doctors_repository.locations_by_id(), timezone.now()
    seeing = doctors_repository.locations()
    found = search.earliest_by_doctor(
        offerings=[offering for offering in offerings if offering.visit_type == chosen],
        location=next((place for place in seeing if place.slug == form.wanted["location"]), None),
        now=now,
    )
    page, following = search.page_of(found, after=after)
    listed = [(entry, _days(request, entry.slots, entry.offering, places)) for entry in page]
    version = presentation.version(day for _entry, days in listed for day in days)
    return {
        "form": form,
        "visit_type": chosen,
        "visit_types": types,
        "types": [(kind, presentation.link(request, tipo=kind.slug)) for kind in types],
        "specialties": specialties,
        "title": _title(specialties, form.wanted["specialty"]),
        "locations": seeing,
        "doctors": sorted(doctors_repository.listed(specialty=form.wanted["specialty"] or None), key=_in_lists),
        "first": presentation.first_free(found[0], now=now, places=places) if found and not after else None,
        "errors": presentation.no_time_chosen(request, page[0].doctor.slug if page else ""),
        "found": [(entry.doctor, ", ".join(listing.places_of(days)), days) for entry, days in listed],
        "version": version,
        "refresh_url": presentation.link(request, v=version),
        "next_url": presentation.link(request, tras=following) if following else "",
    }


def _title(specialties: list[Specialty], slug: str) -> str:
    return next((one.label for one in specialties if one.slug == slug), _("Earliest free times"))


def _days(
    request: HttpRequest, slots: list[Slot], offering: Offering, places: dict[UUID, Location] | None = None
) -> list[listing.Day]:
    """The slots by day; the one that the page has chosen is among them as long as it can be booked."""
    chosen = chosen_in(request.GET)
    shown = calendars.with_chosen(slots, chosen=chosen, offering=offering, now=timezone.now())
    return listing.days(shown, offering=offering, chosen=str(chosen or ""), places=places)


def _whole_or_part(request: HttpRequest, whole: str, part: str, page: dict[str, Any]) -> HttpResponse:
    """The page; for htmx its changing part, or 204 when that is as the browser has it."""
    htmx = request.htmx  # type: ignore[attr-defined]
    if not htmx or htmx.history_restore_request:
        return render(request, whole, page)
    if request.GET.get("v") == page["version"]:
        return HttpResponse(status=204)
    return render(request, part, page)


@login_not_required
@require_GET
def doctors(request: HttpRequest) -> HttpResponse:
    listed = sorted(doctors_repository.listed(), key=_in_lists)
    groups = [(specialty, list(group)) for specialty, group in groupby(listed, key=lambda doctor: doctor.specialty)]
    return render(request, "appointments/doctors.html", {"groups": groups})


def _in_lists(doctor: Doctor) -> tuple[list[str], list[str]]:
    return alphabetical(doctor.specialty.label), alphabetical(doctor.surnames)


@login_not_required
@require_GET
def doctor(request: HttpRequest, slug: str) -> HttpResponse:
    """A doctor's week of free slots, with arrows; for a draft that wants another time, too."""
    found = get_object_or_404(doctors_repository.listed(doctor=slug))
    offerings = doctors_repository.offerings(doctors=[found])
    form = WeekForm(request.GET)
    offering = form.choose(offerings)
    if offering is None:
        return render(request, "appointments/doctor_closed.html", {"doctor": found})
    page = {
        "doctor": found,
        "offering": offering,
        "tabs": presentation.tabs(request, offerings),
        "action": _action(request, form),
    }
    page["errors"] = presentation.no_time_chosen(request)
    page |= _week(request, form, offering)
    return _whole_or_part(request, "appointments/doctor.html", "appointments/week.html", page)


def _action(request: HttpRequest, form: WeekForm) -> str:
    """Where a chosen time goes: into the draft that asked for another one, or into a new draft."""
    key = form.cleaned_data.get("borrador")
    return reverse("appointments:draft_slot", args=[key]) if key else reverse("appointments:draft_new")


def _week(request: HttpRequest, form: WeekForm, offering: Offering) -> dict[str, Any]:
    now = timezone.now()
    today = doctors_repository.today(now=now)
    first = form.first_day(today=today)
    slots = calendars.week(offering=offering, location=None, first=first, now=now, days=DAYS_SHOWN)
    days = _days(request, slots, offering)
    horizon = offering.visit_type.horizon_days
    return presentation.week(request, days, first=first, today=today, shown=DAYS_SHOWN, horizon=horizon)
