"""An appointment as a calendar takes it (RFC 5545, RFC 5546): who, when and where, and nothing clinical."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vCalAddress

from appointments.models import Appointment, Status

PRODID = "-//Citas//Citas//ES"
UNTIL_NEXT_RULE = timedelta(days=1)  # a zone is described around the visit only


def calendar(
    appointment: Appointment, *, method: str, organizer: str, now: datetime, attendee: str = "", clinic: str = ""
) -> str:
    """The text of an .ics file. `method` is PUBLISH for a download, REQUEST or CANCEL in a mail.

    `organizer` and `attendee` are e-mail addresses; the UID stays, SEQUENCE rises with every move and cancellation.
    """
    made = Calendar()
    made.add("prodid", PRODID)
    made.add("version", "2.0")
    made.add("method", method)
    made.add_component(_event(appointment, method, organizer, attendee, clinic, now))
    day = appointment.local_start.date()
    made.add_missing_timezones(first_date=day - UNTIL_NEXT_RULE, last_date=day + UNTIL_NEXT_RULE)
    return made.to_ical().decode()


def _event(appointment: Appointment, method: str, organizer: str, attendee: str, clinic: str, now: datetime) -> Event:
    place = appointment.location
    event = Event()
    event.add("uid", f"{appointment.pk}@{urlsplit(settings.SITE_URL).hostname}")
    event.add("sequence", appointment.sequence)
    event.add("dtstamp", now)
    event.add("dtstart", appointment.starts_at.astimezone(place.tz))
    event.add("dtend", appointment.ends_at.astimezone(place.tz))
    event.add("summary", _("Appointment with %(doctor)s") % {"doctor": appointment.doctor.full_name})
    event.add("location", f"{place.name}, {place.address}, {place.city}")
    event.add("status", "CANCELLED" if appointment.status == Status.CANCELLED else "CONFIRMED")
    if method != "PUBLISH":
        event.add("organizer", _address(organizer, clinic))
        event.add("attendee", _address(attendee))
    return event


def _address(email: str, name: str = "") -> Any:
    address = vCalAddress(f"mailto:{email}")
    if name:
        address.params["cn"] = name
    return address
