"""An appointment as a calendar takes it (RFC 5545, RFC 5546): who, when and where, and nothing clinical."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vCalAddress

from appointments.models import Appointment, Status
from appointments.wording import doctor_in_words

PRODID = "-//Citas//Citas//ES"
AROUND = timedelta(days=2)  # a zone is described from before the visit to after its last day, not for ever


def calendar(
    appointment: Appointment, *, method: str, now: datetime, organizer: str = "", attendee: str = "", clinic: str = ""
) -> str:
    """The text of an .ics file. `method` is PUBLISH for a download, REQUEST or CANCEL in a mail.

    `organizer` (empty: the address that the clinic writes from) and `attendee` are e-mail addresses, `clinic` the
    organizer's name. The UID stays, SEQUENCE rises with every move and cancellation.
    """
    made = Calendar()
    made.add("prodid", PRODID)
    made.add("version", "2.0")
    made.add("method", method)
    event = _event(appointment, now)
    event.add("organizer", _organizer(organizer or settings.DEFAULT_FROM_EMAIL, clinic))
    if attendee:
        event.add("attendee", _attendee(attendee))
    made.add_component(event)
    day = appointment.local_start.date()
    made.add_missing_timezones(first_date=day - AROUND, last_date=day + AROUND)
    return made.to_ical().decode()


def _doctor(appointment: Appointment) -> str:
    doctor = appointment.doctor
    return doctor_in_words(doctor.full_name, doctor.title, get_language() or "es")


def _event(appointment: Appointment, now: datetime) -> Event:
    place = appointment.location
    event = Event()
    event.add("uid", f"{appointment.pk}@{urlsplit(settings.SITE_URL).hostname}")
    event.add("sequence", appointment.sequence)
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", _written(appointment.starts_at, place.tz))
    event.add("dtend", _written(appointment.ends_at, place.tz))
    event.add("summary", _("Appointment with %(doctor)s") % {"doctor": _doctor(appointment)})
    event.add("location", f"{place.name}, {place.address}, {place.city}")
    event.add("url", settings.SITE_URL + reverse("appointments:proof", args=[appointment.reference]))
    event.add("status", "CANCELLED" if appointment.status == Status.CANCELLED else "CONFIRMED")
    return event


def _written(instant: datetime, zone: ZoneInfo) -> datetime:
    """The local time, which RFC 5545 reads as the first where a clock shows it twice: the second is written in UTC."""
    local = instant.astimezone(zone)
    return instant.astimezone(UTC) if local.fold else local


def _organizer(email: str, name: str) -> Any:
    address = vCalAddress(f"mailto:{parseaddr(email)[1]}")
    if name:
        address.params["cn"] = name
    return address


def _attendee(email: str) -> Any:
    """Who booked has accepted already: no mail program need answer."""
    address = vCalAddress(f"mailto:{email}")
    address.params |= {"role": "REQ-PARTICIPANT", "partstat": "ACCEPTED", "rsvp": "FALSE"}
    return address
