"""What the mails about a visit say: when, where, with whom, and what to do; nothing clinical, no specialty."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from appointments import booking, ics, links, wording
from appointments.models import Appointment
from doctors import repository as doctors
from notifications.models import Message
from patients.models import Patient

METHODS = {Message.Kind.CANCELLED: "CANCEL"}


def write(appointment: Appointment, *, kind: str, recipient: str, language: str, now: datetime) -> dict[str, str]:
    """Subject, text, HTML and calendar of a message, in the patient's language."""
    with translation.override(language):
        context = _context(appointment, language, now)
        method = METHODS.get(Message.Kind(kind), "REQUEST")
        calendar = ics.calendar(
            appointment,
            method=method,
            attendee=recipient,
            clinic=context["clinic"].name,
            now=now,
        )
        return {
            "subject": _subject(kind, context),
            "text": render_to_string(f"notifications/{kind}.txt", context).strip() + "\n",
            "html": render_to_string(f"notifications/{kind}.html", context),
            "calendar": calendar,
            "calendar_method": method,
        }


def _subject(kind: str, context: dict[str, Any]) -> str:
    when = f"{context['day']}, {context['time']}"
    return {
        Message.Kind.CONFIRMATION: _("Your appointment: %(when)s"),
        Message.Kind.MOVED: _("Your appointment has moved: %(when)s"),
        Message.Kind.CANCELLED: _("Appointment cancelled: %(when)s"),
    }[Message.Kind(kind)] % {"when": when}


def _context(appointment: Appointment, language: str, now: datetime) -> dict[str, Any]:
    zone, place = appointment.zone, appointment.location
    clinic = doctors.clinic()
    link = reverse("appointments:by_link", args=[links.token(appointment)])
    return {
        "appointment": appointment,
        "clinic": clinic,
        "day": wording.day_in_words(appointment.local_start.date(), language),
        "time": wording.time_in_words(appointment.starts_at, zone, language),
        "zone": wording.zone_in_words(zone, language),
        "place": place,
        "phone": place.phone or clinic.phone,
        "guidance": appointment.visit_type.guidance,
        "who": _who(appointment.patient),
        "changeable": booking.changeable(appointment=appointment, now=now),
        "until": wording.in_words(booking.last_change(appointment), zone, language),
        "url": settings.SITE_URL + link,
        "home": settings.SITE_URL,
        "language": language,
    }


def _who(patient: Patient) -> str:
    """For whom, where the account's owner may have to ask: given names only."""
    return "" if patient.relationship == Patient.Relationship.SELF else patient.given_names
