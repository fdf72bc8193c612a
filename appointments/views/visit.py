"""One's own appointments: the list, the proof, and changing them. Who may not see one gets 404."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from appointments import booking, calendars, ics, links, listing, presentation, repository
from appointments.forms import CancelForm, WeekForm
from appointments.models import Appointment
from appointments.slot_code import SlotForm
from citas.errors import DomainError
from doctors import repository as doctors_repository
from doctors.models import Offering

DAYS_SHOWN = 7
LINKED = "linked_appointments"  # in the session: references opened by the link of a mail, and their sequence


@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    now, before = timezone.now(), request.GET.get("antes", "")[:60]
    past, following = repository.past_page(user=request.user, now=now, before=before)
    upcoming = [] if before else repository.ahead(user=request.user, now=now)
    page = {
        "continued": bool(before),
        "upcoming": [presentation.card(one, actor=request.user, now=now) for one in upcoming],
        "past": [presentation.card(one, actor=request.user, now=now) for one in past],
        "next_url": presentation.link(request, antes=following) if following else "",
    }
    return render(request, "appointments/mine.html", page)


@require_GET
@login_not_required
def by_link(request: HttpRequest, token: str) -> HttpResponse:
    """The link of a mail shows the appointment to who has no account; it ends with the next change."""
    appointment = repository.by_link(links.read(token))
    if appointment is None:
        return render(request, "appointments/link_ended.html", status=404)
    request.session[LINKED] = {**request.session.get(LINKED, {}), appointment.reference: appointment.sequence}
    return redirect("appointments:proof", appointment.reference)


def _keep_link(request: HttpRequest, appointment: Appointment) -> None:
    """Who has just changed it by a link goes on seeing it; the link itself has ended."""
    if appointment.reference in request.session.get(LINKED, {}):
        request.session[LINKED] = {**request.session[LINKED], appointment.reference: appointment.sequence}


def _find(request: HttpRequest, reference: str) -> Appointment | None:
    """The appointment when this person may see it, 404 when not, None when who it is must be asked first."""
    sequence = request.session.get(LINKED, {}).get(reference)
    if sequence is not None:
        linked = repository.linked(reference=reference, sequence=sequence)
        if linked is not None:
            return linked
    if not request.user.is_authenticated:
        return None
    return get_object_or_404(repository.of(request.user).with_names(), reference=reference)


def _actor(request: HttpRequest) -> Any:
    return request.user if request.user.is_authenticated else None


@require_GET
@login_not_required
def proof(request: HttpRequest, reference: str) -> HttpResponse:
    appointment = _find(request, reference)
    if appointment is None:
        return redirect_to_login(request.path)
    return render(request, "appointments/proof.html", _page(request, appointment))


def _page(request: HttpRequest, appointment: Appointment, **more: Any) -> dict[str, Any]:
    return {**presentation.proof(appointment, actor=_actor(request), now=timezone.now()), **more}


@require_GET
@login_not_required
def calendar(request: HttpRequest, reference: str) -> HttpResponse:
    appointment = _find(request, reference)
    if appointment is None:
        return redirect_to_login(request.path)
    text = ics.calendar(appointment, method="PUBLISH", organizer="", now=timezone.now())
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="cita-{appointment.reference}.ics"'
    return response


@require_http_methods(["GET", "POST"])
@login_not_required
def move(request: HttpRequest, reference: str) -> HttpResponse:
    appointment = _find(request, reference)
    if appointment is None:
        return redirect_to_login(request.path)
    form = SlotForm(request.POST or None)
    if not form.is_valid():
        return _ask_when(request, appointment, form)
    slot = form.cleaned_data["slot"]
    if (slot.doctor, slot.visit_type) != (appointment.doctor_id, appointment.visit_type_id):
        raise Http404
    try:
        _move(request, appointment, slot)
    except DomainError as refusal:
        return _ask_when(request, appointment, form, refusal)
    _keep_link(request, appointment)
    messages.success(request, _("Your appointment has been moved."))
    return redirect("appointments:proof", reference)


def _move(request: HttpRequest, appointment: Appointment, slot: Any) -> None:
    booking.move(
        appointment=appointment,
        starts_at=slot.starts_at,
        location=doctors_repository.location_by_id(slot.location),
        actor=_actor(request),
        source="web",
        now=timezone.now(),
    )


def _ask_when(
    request: HttpRequest, appointment: Appointment, form: SlotForm, refusal: DomainError | None = None
) -> HttpResponse:
    """A week of times for the same visit; after a refusal the five nearest to what was wanted."""
    offering = doctors_repository.offering(doctor=appointment.doctor, visit_type=appointment.visit_type)
    if offering is None:
        raise booking.NotOffered
    times = _nearest if refusal else _week
    errors = [{"text": text} for text in form.errors.get("slot", [])]
    found = times(request, appointment, offering, form)
    page = _page(request, appointment, form=form, errors=errors, refusal=refusal, **found)
    if request.htmx and not refusal:  # type: ignore[attr-defined]
        unchanged = request.GET.get("v") == page["version"]
        return HttpResponse(status=204) if unchanged else render(request, "appointments/week.html", page)
    status = refusal.status if refusal else 422 if form.errors else 200
    return render(request, "appointments/move.html", page, status=status)


def _nearest(request: HttpRequest, appointment: Appointment, offering: Offering, form: SlotForm) -> dict[str, Any]:
    around, now = form.cleaned_data["slot"].starts_at, timezone.now()
    slots = calendars.nearest(offering=offering, around=around, now=now, without=appointment.pk)
    return {"days": listing.days(slots, offering=offering)}


def _week(request: HttpRequest, appointment: Appointment, offering: Offering, form: SlotForm) -> dict[str, Any]:
    now = timezone.now()
    today = now.astimezone(appointment.zone).date()
    around = WeekForm(request.GET)
    first = around.first_day(today=today, otherwise=appointment.local_start.date() - timedelta(days=2))
    slots = calendars.week(offering=offering, location=None, first=first, now=now, without=appointment.pk)
    days = listing.days(slots, offering=offering, chosen=request.GET.get("slot", ""))
    horizon = offering.visit_type.horizon_days
    return presentation.week(request, days, first=first, today=today, shown=DAYS_SHOWN, horizon=horizon)


@require_http_methods(["GET", "POST"])
@login_not_required
def cancel(request: HttpRequest, reference: str) -> HttpResponse:
    appointment = _find(request, reference)
    if appointment is None:
        return redirect_to_login(request.path)
    form = CancelForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        page = _page(request, appointment, form=form)
        return render(request, "appointments/cancel.html", page, status=422 if form.errors else 200)
    booking.cancel(
        appointment=appointment,
        actor=_actor(request),
        source="web",
        now=timezone.now(),
        reason=form.cleaned_data["reason"],
    )
    _keep_link(request, appointment)
    messages.success(request, _("Your appointment has been cancelled."))
    return redirect("appointments:proof", reference)
