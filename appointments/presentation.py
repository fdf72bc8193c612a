"""What pages show of an appointment or of a stretch of free time, in the words of whoever reads."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo

from django.forms import Form
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from appointments import booking, listing
from appointments.drafting import NEW, Choice, details_of
from appointments.listing import Day
from appointments.models import Appointment, Draft, Status
from appointments.search import Found
from appointments.slot_code import SlotForm
from appointments.wording import (
    date_in_words,
    day_in_words,
    days_in_words,
    doctor_in_words,
    in_words,
    soon_in_words,
    time_in_words,
    zone_in_words,
)
from doctors import repository as doctors_repository
from doctors.models import Location, Offering

UNCHOSEN = "sin-hora"  # in an address: the page was sent without a time

HEADINGS = {
    Status.HELD: gettext_lazy("Appointment held for you"),
    Status.BOOKED: gettext_lazy("Appointment booked"),
    Status.ARRIVED: gettext_lazy("You have arrived"),
    Status.COMPLETED: gettext_lazy("Visit completed"),
    Status.CANCELLED: gettext_lazy("Appointment cancelled"),
    Status.NO_SHOW: gettext_lazy("The visit did not take place"),
}


def language() -> str:
    return get_language() or "es"


def link(request: HttpRequest, **changes: object) -> str:
    """This page's address with some of its questions answered otherwise (None takes one out)."""
    query = request.GET.copy()
    for name in ("v", "slot", UNCHOSEN):
        query.pop(name, None)
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = str(value)
    return f"{request.path}?{query.urlencode()}"


def back_to_times(request: HttpRequest) -> str:
    """Address of the page whose button was pressed without a time; it will ask for one."""
    came = urlsplit(request.headers.get("Referer", ""))
    ours = came.netloc == request.get_host() and url_has_allowed_host_and_scheme(came.path, None)
    path = came.path if ours else reverse("appointments:search")
    return f"{path}?{urlencode([*parse_qsl(came.query), (UNCHOSEN, '1')])}"


def slot_errors(form: Form | None, group: str = "0") -> list[dict[str, str]]:
    """What is wrong with a choice of time, and the group of times that it leads to, for the summary at the top."""
    said: Any = form.errors.get("slot", []) if form is not None else []
    return [{"text": str(message), "url": f"#id_slot_{group}"} for message in said]


def times_url(draft: Draft, choice: Choice) -> str:
    """The doctor's week, for this draft: what is chosen there goes into it."""
    offering = choice.offering
    week = reverse("appointments:doctor", args=[offering.doctor.slug])
    return f"{week}?{urlencode({'tipo': offering.visit_type.slug, 'borrador': draft.pk})}"


def tabs(request: HttpRequest, offerings: Iterable[Offering]) -> list[tuple[Offering, str]]:
    """A doctor's visit types, each with its address; the draft that wants a time goes along."""
    return [(offering, link(request, tipo=offering.visit_type.slug)) for offering in offerings]


def no_time_chosen(request: HttpRequest, group: str = "0") -> list[dict[str, str]]:
    """The error, when the page has come back for want of a choice."""
    return slot_errors(SlotForm({}), group) if UNCHOSEN in request.GET else []


def proof(appointment: Appointment, *, own: bool, now: datetime) -> dict[str, Any]:
    """Everything that the pages of one appointment show. `own`: the reader is who it is for, or cares for them."""
    local, zone = appointment.local_start, appointment.zone
    place = appointment.location
    phone = place.phone or doctors_repository.clinic().phone
    last_change = booking.last_change(appointment)
    return {
        "appointment": appointment,
        "heading": HEADINGS[Status(appointment.status)],
        "day": day_in_words(local.date(), language()),
        "time": time_in_words(appointment.starts_at, zone, language()),
        "zone": zone_in_words(zone, language()),
        "address": f"{place.address}, {place.city}",
        "struck": appointment.status in (Status.CANCELLED, Status.NO_SHOW),
        "is_past": appointment.ends_at <= now,
        "own": own,
        "changeable": own and booking.changeable(appointment=appointment, now=now),
        "mailed": bool(appointment.patient.account_id or appointment.patient.email),
        "last_change_words": in_words(last_change, zone, language()),
        "phone": phone,
        "phone_words": phone.as_international if phone else "",
    }


def card(appointment: Appointment, *, now: datetime) -> dict[str, Any]:
    """One appointment in a list."""
    url = reverse("appointments:proof", args=[appointment.reference])
    doctor = f"{appointment.doctor.full_name}, {appointment.doctor.specialty.label}"
    return {
        "title": in_words(appointment.starts_at, appointment.zone, language()),
        "url": url,
        "status": appointment.status,
        "lines": [doctor, _place(appointment.location), appointment.patient.full_name],
        "actions": _actions(appointment, url, now=now),
    }


def _place(location: Location) -> str:
    """A place with its clock: "Centro (hora de Madrid)"."""
    return f"{location.name} ({zone_in_words(location.tz, language())})"


def _actions(appointment: Appointment, url: str, *, now: datetime) -> list[dict[str, str]]:
    if not booking.changeable(appointment=appointment, now=now):
        return []
    which = appointment.reference
    return [
        {"text": _("Move"), "url": f"{url}mover/", "hidden_text": which},
        {"text": _("Cancel"), "url": f"{url}cancelar/", "hidden_text": which},
    ]


def first_free(found: Found, *, now: datetime, places: dict[UUID, Location]) -> dict[str, str]:
    """The very first free time as a sentence, and what its button sends."""
    slot, doctor, words = found.slots[0], found.doctor, language()
    facts = {
        "when": soon_in_words(slot.starts_at, now, ZoneInfo(slot.zone), words),
        "doctor": doctor_in_words(doctor.full_name, doctor.title, words),
        "place": places[slot.location].name,
    }
    sentence = _("The first free time is %(when)s, with %(doctor)s, in %(place)s.") % facts
    return {"sentence": sentence, "value": listing.chip(slot, offering=found.offering, places=places).value}


def week(
    request: HttpRequest, days: list[Day], *, first: date, today: date, shown: int, horizon: int
) -> dict[str, Any]:
    """A stretch of days with the arrows to the ones before and after."""
    last = first + timedelta(days=shown - 1)
    earlier, later = max(first - timedelta(days=shown), today), first + timedelta(days=shown)
    days = list(listing.with_gaps(days, first=first, last=last))
    return {
        "days": days,
        "any_free": any(not day.empty for day in days),
        "who": ", ".join(listing.places_of(days)),
        "label": days_in_words(first, last, language()),
        "previous_url": link(request, desde=earlier) if first > today else "",
        "next_url": link(request, desde=later) if later <= today + timedelta(days=horizon) else "",
        "refresh_url": link(request, desde=first, v=version(days)),
        "version": version(days),
    }


def version(days: Iterable[Day]) -> str:
    """Changes when any start comes or goes: lets a page that asks again be told that nothing has."""
    values = [chip.value for day in days for chip in (*day.morning, *day.afternoon)]
    return hashlib.sha256("\n".join(values).encode()).hexdigest()[:16]


def check_rows(draft: Draft, choice: Choice, patient_name: str) -> list[dict[str, str]]:
    """Check your answers: each with the way to change it."""
    key, zone = draft.pk, choice.location.tz
    offering, place = choice.offering, choice.location
    when = f"{in_words(choice.starts_at, zone, language())} ({zone_in_words(zone, language())})"
    what = f"{offering.visit_type.label}, {offering.duration or offering.visit_type.duration} min"
    return [
        _row(_("When"), when, times_url(draft, choice), _("the time")),
        _row(_("With"), f"{offering.doctor.full_name}\n{offering.doctor.specialty.label}"),
        _row(_("Visit type"), what),
        _row(_("Place"), f"{place.name}\n{place.address}, {place.city}"),
        _row(_("For"), patient_name, reverse("appointments:draft_who", args=[key]), _("who it is for")),
        *_details_rows(draft),
        _row(
            _("Reason"),
            draft.data.get("reason") or _("Nothing written"),
            reverse("appointments:draft_reason", args=[key]),
            _("the reason"),
        ),
    ]


def _details_rows(draft: Draft) -> list[dict[str, str]]:
    """What somebody new has typed, to be read once more."""
    if draft.data["who"] not in NEW:
        return []
    typed, url = details_of(draft).cleaned_data, reverse("appointments:draft_details", args=[draft.pk])
    birth_date = date_in_words(typed["birth_date"], language())
    document = typed["document_number"] or _("None")
    return [
        _row(_("Date of birth"), birth_date, url, _("the date of birth")),
        _row(_("Document"), document, url, _("the document")),
        _row(_("Phone"), typed["phone"].as_international, url, _("the phone")),
    ]


def _row(key: str, value: str, change_url: str = "", change_hidden: str = "") -> dict[str, str]:
    return {"key": key, "value": value, "change_url": change_url, "change_hidden": change_hidden}


def desk_changes(appointment: Appointment) -> list[dict[str, Any]]:
    """The buttons that staff see on an appointment: only what its status allows."""
    by_status = {
        Status.BOOKED: ["arrived", "completed", "no_show", "move", "cancel"],
        Status.ARRIVED: ["completed", "undo"],
        Status.HELD: [],
    }
    words = {
        "arrived": _("Arrived"),
        "completed": _("Completed"),
        "no_show": _("Did not come"),
        "move": _("Move"),
        "cancel": _("Cancel the appointment"),
        "undo": _("Undo the last status"),
    }
    offered = by_status.get(Status(appointment.status), ["undo"])
    return [{"value": value, "text": words[value], "main": place == 0} for place, value in enumerate(offered)]
