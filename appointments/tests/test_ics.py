"""An appointment as calendars take it: the right instant on every day, whose it is, and nothing clinical."""

import io
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil import tz
from django.utils import translation
from icalendar import Calendar

from appointments import ics
from appointments.models import Appointment, Status
from citas.db import uuid7
from doctors.models import Doctor, Location, VisitType

NOW = datetime(2027, 3, 2, 9, 0, 0, 123456, tzinfo=UTC)
NAME, ADDRESS = (
    "Centro; sur, 1",
    "Calle de la Ñora\\Ü, número 123 bis, escalera izquierda, entreplanta tercera, puerta B",
)


def visit(starts_at, *, zone="Europe/Madrid", **changes):
    """An appointment of 40 minutes that no database knows."""
    place = Location(name=NAME, address=ADDRESS, city="Madrid", zone=zone)
    doctor = Doctor(title="Dra.", given_names="Ana", surnames="Vega Ruiz")
    given = {"pk": uuid7(), "reference": "ACDE3467", "status": Status.BOOKED, **changes}
    ends_at = starts_at + timedelta(minutes=40)
    kind = VisitType(name="Dermatoscopia")
    return Appointment(doctor=doctor, location=place, visit_type=kind, starts_at=starts_at, ends_at=ends_at, **given)


def read(text):
    return Calendar.from_ical(text).walk("VEVENT")[0]


def by_its_own_rules(text, name):
    """The instant that a program reads which knows no zones but those described in the file."""
    event = read(text)
    value = event[name]
    if "TZID" not in value.params:
        return value.dt.astimezone(UTC)
    zone = tz.tzical(io.StringIO(text.replace("\r\n ", "").replace("\r\n", "\n"))).get(value.params["TZID"])
    return value.dt.replace(tzinfo=zone, fold=0).astimezone(UTC)


def around_switches(zone, *days):
    """Every quarter of an hour of the local days when a zone's clocks change."""
    for year, month, day in days:
        start = datetime(year, month, day, 12, tzinfo=ZoneInfo(zone)).astimezone(UTC) - timedelta(hours=13)
        yield from (start + timedelta(minutes=15 * step) for step in range(26 * 4))


SWITCHES = {
    "Europe/Madrid": [(2027, 3, 28), (2027, 10, 31)],
    "America/Santiago": [(2026, 9, 6), (2027, 4, 3), (2027, 4, 4)],
    "Australia/Lord_Howe": [(2027, 4, 4), (2027, 10, 3)],
}


@pytest.mark.parametrize("zone", SWITCHES)
def test_instants_around_both_switches(zone):
    wrong = []
    for starts_at in around_switches(zone, *SWITCHES[zone]):
        text = ics.calendar(visit(starts_at, zone=zone), method="PUBLISH", now=NOW)
        event = read(text)
        # In UTC: Python finds no local time that a clock shows twice equal to another zone's.
        readings = [event["DTSTART"].dt.astimezone(UTC), by_its_own_rules(text, "DTSTART")]
        ends = [event["DTEND"].dt.astimezone(UTC), by_its_own_rules(text, "DTEND")]
        if {*readings} != {starts_at} or {*ends} != {starts_at + timedelta(minutes=40)}:
            wrong.append((starts_at, readings, ends))
    assert wrong == []


@pytest.mark.parametrize("zone", ["Europe/Madrid", "Atlantic/Canary", "America/Bogota", "America/Mexico_City"])
def test_instants_through_three_years(zone):
    for day in range(0, 3 * 365, 13):
        starts_at = datetime(2026, 11, 24, 16, 30, tzinfo=UTC) + timedelta(days=day)
        text = ics.calendar(visit(starts_at, zone=zone), method="PUBLISH", now=NOW)
        assert read(text)["DTSTART"].dt == by_its_own_rules(text, "DTSTART") == starts_at
        assert f"DTSTART;TZID={zone}:" in text
        assert f"BEGIN:VTIMEZONE\r\nTZID:{zone}" in text


def test_leap_day():
    starts_at = datetime(2028, 2, 29, 9, 0, tzinfo=UTC)
    text = ics.calendar(visit(starts_at), method="PUBLISH", now=NOW)
    assert "DTSTART;TZID=Europe/Madrid:20280229T100000" in text
    assert by_its_own_rules(text, "DTSTART") == starts_at


def test_lines_end_in_crlf_and_are_folded():
    text = ics.calendar(visit(NOW), method="REQUEST", attendee=f"{'a' * 64}@example.com", now=NOW)
    lines = text.encode().split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert lines[-1] == b""
    assert b"\n" not in b"".join(lines)


def test_words_survive():
    event = read(ics.calendar(visit(NOW), method="PUBLISH", now=NOW))
    assert event["LOCATION"] == f"{NAME}, {ADDRESS}, Madrid"
    assert event["SUMMARY"].endswith("Dra. Ana Vega Ruiz")
    assert event["URL"] == "http://localhost:8000/citas/ACDE3467/"


def test_it_is_in_the_readers_language():
    summaries = set()
    for language in ("es", "en"):
        with translation.override(language):
            summaries.add(read(ics.calendar(visit(NOW), method="PUBLISH", now=NOW))["SUMMARY"])
    assert len(summaries) == 2


def test_moves_keep_the_uid_and_raise_the_sequence():
    key = uuid7()
    events = [read(ics.calendar(visit(NOW, pk=key, sequence=number), method="REQUEST", now=NOW)) for number in range(3)]
    assert {str(event["UID"]) for event in events} == {f"{key}@localhost"}
    assert [event["SEQUENCE"] for event in events] == [0, 1, 2]
    assert events[0]["DTSTAMP"].dt == NOW.replace(microsecond=0)


@pytest.mark.parametrize(
    ("method", "status", "said"),
    [
        ("PUBLISH", Status.BOOKED, "CONFIRMED"),
        ("REQUEST", Status.BOOKED, "CONFIRMED"),
        ("CANCEL", Status.CANCELLED, "CANCELLED"),
    ],
)
def test_method_and_status(method, status, said):
    calendar = Calendar.from_ical(ics.calendar(visit(NOW, status=status), method=method, now=NOW))
    assert calendar["METHOD"] == method
    assert calendar.walk("VEVENT")[0]["STATUS"] == said


def test_mail_names_the_clinic_and_the_recipient(settings):
    settings.DEFAULT_FROM_EMAIL = "Clínica <citas@example.com>"
    text = ics.calendar(visit(NOW), method="REQUEST", attendee="ana@example.com", clinic="Clínica; Ñ", now=NOW)
    event = read(text)
    assert (event["ORGANIZER"], event["ORGANIZER"].params["CN"]) == ("mailto:citas@example.com", "Clínica; Ñ")
    assert (event["ATTENDEE"], event["ATTENDEE"].params["RSVP"]) == ("mailto:ana@example.com", "FALSE")


def test_download_has_an_organizer_and_no_attendee():
    event = read(ics.calendar(visit(NOW), method="PUBLISH", now=NOW))
    assert "ORGANIZER" in event
    assert "ATTENDEE" not in event


def test_nothing_clinical_is_in_it():
    text = ics.calendar(visit(NOW, reason="Una mancha"), method="PUBLISH", now=NOW).replace("\r\n ", "")
    assert "mancha" not in text
    assert "Dermato" not in text
    assert "DESCRIPTION" not in text
