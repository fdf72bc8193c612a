"""Where links to one slot lead that other sites have: those of SMART Scheduling Links."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from appointments import calendars, listing
from appointments.drafting import NoLongerOffered, choice
from appointments.fhir import repository
from appointments.fhir.asking import or_none
from appointments.fhir.ids import SlotId
from appointments.repository import SlotTaken


@login_not_required
@require_safe
def slot(request: HttpRequest, slot: str) -> HttpResponse:
    """The slot, chosen; where it is taken, the nearest. Looking changes nothing, the button begins a draft."""
    named = or_none(SlotId.parse, slot)
    code = repository.slot_code(named) if named else None
    if code is None:
        raise Http404
    chosen, now = choice(code), timezone.now()
    free = calendars.with_chosen([], chosen=code, offering=chosen.offering, now=now)
    shown = free or calendars.nearest(offering=chosen.offering, around=chosen.starts_at, now=now)
    days = listing.days(shown, offering=chosen.offering, chosen=str(code))
    refusal = None if free else SlotTaken if shown else NoLongerOffered
    page = {"choice": chosen, "days": days, "places": ", ".join(listing.places_of(days)), "refusal": refusal}
    return render(request, "appointments/slot.html", page)
