"""What the tests of the pages share."""

from datetime import date

import pytest
from django.urls import reverse

from appointments import calendars, listing
from appointments.models import Draft
from doctors.models import Offering


@pytest.fixture
def clock(monkeypatch, now):
    """The views ask this clock."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    return now


@pytest.fixture
def free(doctor, now):
    """Values of the free slots of the coming week."""
    offering = Offering.objects.select_related("doctor__specialty", "visit_type").get(doctor=doctor)
    slots = calendars.week(offering=offering, location=None, first=date(2027, 3, 3), now=now)
    return [chip.value for day in listing.days(slots, offering=offering) for chip in (*day.morning, *day.afternoon)]


@pytest.fixture
def begin(client):
    """Choose a slot: a draft begins."""

    def run(slot):
        response = client.post(reverse("appointments:draft_new"), {"slot": slot})
        return Draft.objects.get(pk=response.url.split("/")[3])

    return run


@pytest.fixture
def answer(client):
    """Post an answer to a step of a draft."""

    def run(draft, step, typed=None):
        return client.post(reverse(f"appointments:draft_{step}", args=[draft.pk]), typed or {})

    return run


@pytest.fixture
def look(client):
    """Open a step of a draft."""

    def run(draft, step):
        return client.get(reverse(f"appointments:draft_{step}", args=[draft.pk]))

    return run
