"""One's own appointments: the list, the proof, and changing them. Who may not see one gets 404."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts import limits
from appointments import booking, calendars, ics, links, listing, presentation, repository
from appointments.forms import CancelForm, MoveForm, WeekForm
from appointments.models import Appointment
from appointments.slot_code import SlotCode, chosen_in
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
        "upcoming": [presentation.card(one, now=now) for one in upcoming],
        "past": [presentation.card(one, now=now) for one in past],
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


def _linked(request: HttpRequest, reference: str) -> Appointment | None:
    """The appointment that the link of a mail has opened for this browser."""
    sequence = request.session.get(LINKED, {}).get(reference)
    return None if sequence is None else repository.linked(reference=reference, sequence=sequence)


def of_reader(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page of an appointment that its reader may see: by a link, as who it is for, or as staff; 404 for others."""

    @login_not_required
    @wraps(view)
    def page(request: HttpRequest, reference: str) -> HttpResponse:
        linked = _linked(request, reference)
        if linked is None and not request.user.is_authenticated:
            return redirect_to_login(request.path)
        found = linked or get_object_or_404(repository.of(request.user).with_names(), reference=reference)
        return view(request, found, linked is not None or found.patient.account_id == request.user.pk)

    return page


def of_owner(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page that changes an appointment: only for who it is for, or a link. Staff change it in the administration."""

    @of_reader
    @wraps(view)
    def page(request: HttpRequest, appointment: Appointment, own: bool) -> HttpResponse:
        if not own:
            raise Http404
        return view(request, appointment)

    return page


def _actor(request: HttpRequest) -> Any:
    return request.user if request.user.is_authenticated else None


@require_GET
@of_reader
def proof(request: HttpRequest, appointment: Appointment, own: bool) -> HttpResponse:
    page = presentation.proof(appointment, own=own, now=timezone.now())
    return render(request, "appointments/proof.html", page)


@require_GET
@of_reader
def calendar(request: HttpRequest, appointment: Appointment, own: bool) -> HttpResponse:
    text = ics.calendar(appointment, method="PUBLISH", organizer=settings.DEFAULT_FROM_EMAIL, now=timezone.now())
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="cita-{appointment.reference}.ics"'
    return response


@require_http_methods(["GET", "POST"])
@limits.booking
@of_owner
def move(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    form = MoveForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _ask_when(request, appointment, form)
    try:
        moved = _move(request, appointment, form.cleaned_data)
    except DomainError as refusal:
        return _refuse_move(request, appointment, form.cleaned_data["slot"], refusal)
    _keep_link(request, moved)
    messages.success(request, _("Your appointment has been moved."))
    return redirect("appointments:proof", moved.reference)


def _move(request: HttpRequest, appointment: Appointment, asked: dict[str, Any]) -> Appointment:
    slot, place = asked["slot"], doctors_repository.location_by_id(asked["slot"].location)
    if place is None or (slot.doctor, slot.visit_type) != (appointment.doctor_id, appointment.visit_type_id):
        raise booking.NotOffered
    return booking.move(
        appointment=appointment,
        starts_at=slot.starts_at,
        location=place,
        seen=asked["version"],
        actor=_actor(request),
        source="web",
        now=timezone.now(),
    )


def _offering(appointment: Appointment) -> Offering:
    offering = doctors_repository.offering(doctor=appointment.doctor, visit_type=appointment.visit_type)
    if offering is None:
        raise booking.NotOffered
    return offering


def _ask_when(request: HttpRequest, appointment: Appointment, form: MoveForm) -> HttpResponse:
    """A week of times for the same visit; past the cut-off, whom to call."""
    page = presentation.proof(appointment, own=True, now=timezone.now())
    if not page["changeable"]:
        return render(request, "appointments/move.html", page)
    page |= _week(request, appointment, _offering(appointment))
    if request.htmx:  # type: ignore[attr-defined]
        unchanged = request.GET.get("v") == page["version"]
        return HttpResponse(status=204) if unchanged else render(request, "appointments/week.html", page)
    page["errors"] = presentation.slot_errors(form)
    return render(request, "appointments/move.html", page, status=422 if page["errors"] else 200)


def _refuse_move(
    request: HttpRequest, appointment: Appointment, wanted: SlotCode, refusal: DomainError
) -> HttpResponse:
    """Why not, by the appointment as it is now, and the five nearest times where another time would do."""
    now, appointment = timezone.now(), repository.fresh(appointment)
    page = presentation.proof(appointment, own=True, now=now)
    page |= {"refusal": refusal, "days": []}
    if refusal.another_time:
        offering = _offering(appointment)
        slots = calendars.nearest(offering=offering, around=wanted.starts_at, now=now, without=appointment.pk)
        page["days"] = listing.days(slots, offering=offering)
    return render(request, "appointments/move.html", page, status=refusal.status)


def _week(request: HttpRequest, appointment: Appointment, offering: Offering) -> dict[str, Any]:
    now = timezone.now()
    today = now.astimezone(appointment.zone).date()
    around = appointment.local_start.date() - timedelta(days=2)
    first = WeekForm(request.GET).first_day(today=today, otherwise=around)
    slots = calendars.week(offering=offering, location=None, first=first, now=now, without=appointment.pk)
    chosen = chosen_in(request.GET)
    slots = calendars.with_chosen(slots, chosen=chosen, offering=offering, now=now, without=appointment.pk)
    slots = [slot for slot in slots if slot.starts_at != appointment.starts_at]
    days = listing.days(slots, offering=offering, chosen=str(chosen or ""))
    horizon = offering.visit_type.horizon_days
    return presentation.week(request, days, first=first, today=today, shown=DAYS_SHOWN, horizon=horizon)


@require_http_methods(["GET", "POST"])
@limits.booking
@of_owner
def cancel(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    form = CancelForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        page = presentation.proof(appointment, own=True, now=timezone.now()) | {"form": form}
        return render(request, "appointments/cancel.html", page, status=422 if form.errors else 200)
    try:
        cancelled = _cancel(request, appointment, form.cleaned_data)
    except DomainError as refusal:
        page = presentation.proof(repository.fresh(appointment), own=True, now=timezone.now())
        page |= {"form": form, "refusal": refusal}
        return render(request, "appointments/cancel.html", page, status=refusal.status)
    _keep_link(request, cancelled)
    messages.success(request, _("Your appointment has been cancelled."))
    return redirect("appointments:proof", cancelled.reference)


def _cancel(request: HttpRequest, appointment: Appointment, asked: dict[str, Any]) -> Appointment:
    return booking.cancel(
        appointment=appointment,
        reason=asked["reason"],
        seen=asked["version"],
        actor=_actor(request),
        source="web",
        now=timezone.now(),
    )
