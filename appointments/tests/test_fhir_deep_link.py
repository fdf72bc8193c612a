"""Links to one slot: they land on the booking flow with the slot chosen, and looking changes nothing."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from appointments.fhir.ids import ScheduleId, SlotId
from appointments.models import Draft
from appointments.slot_code import SlotCode
from doctors.models import Offering, VisitType
from tests.engines import writes
from tests.fhir import read

pytestmark = pytest.mark.django_db
START = datetime.fromisoformat("2027-03-03T09:30:00+01:00")


@pytest.fixture(autouse=True)
def _clock(clock):
    return clock


@pytest.fixture
def link(doctor, place):
    """The address of a start."""
    schedule = ScheduleId(Offering.objects.get(doctor=doctor).pk, place.pk)
    return lambda start=START: reverse("appointments:slot", args=[str(SlotId(schedule, start))])


def chips(response):
    """Values of the times on the page, and which of them is chosen."""
    radios = re.findall(r'<input[^>]*type="radio"[^>]*>', response.content.decode())
    values = [re.search(r'value="([^"]+)"', radio)[1] for radio in radios]
    return values, [value for value, radio in zip(values, radios, strict=True) if " checked" in radio]


def test_link_of_a_slot_shows_it_chosen(client, link, doctor, visit_type, place):
    response = client.get(link())
    assert response.status_code == 200
    code = str(SlotCode(doctor.pk, visit_type.pk, place.pk, START))
    assert chips(response) == ([code], [code])
    assert reverse("appointments:draft_new") in response.content.decode()


def test_what_is_chosen_there_begins_a_draft(client, link):
    (value,), _chosen = chips(client.get(link()))
    response = client.post(reverse("appointments:draft_new"), {"slot": value})
    draft = Draft.objects.get()
    assert response.url == reverse("appointments:draft_who", args=[draft.pk])
    assert draft.data["slot"] == value


def test_link_that_fhir_gives_is_this_one(client, link):
    slot = read(client.get(f"/fhir/Slot/{link().split('/')[3]}"))
    assert slot["extension"][0]["valueUrl"] == settings.SITE_URL + link()


def test_names_of_the_site_that_led_here_do_not_matter(client, link):
    response = client.get(link(), {"source": "source-abc", "booking-referral": str(uuid4())})
    assert len(chips(response)[1]) == 1


def test_looking_changes_nothing(client, link):
    with CaptureQueriesContext(connection) as captured:
        client.get(link())
        client.head(link())
    assert writes(captured) == []
    assert not Draft.objects.exists()


def test_taken_slot_shows_the_nearest_and_says_so(client, link, booked):
    free = client.get(link())
    booked(START)
    response = client.get(link())
    values, chosen = chips(response)
    assert (response.status_code, len(values), chosen) == (200, 5, [])
    assert response.context["refusal"].code == "slot-taken"
    assert free.context["refusal"] is None


@pytest.mark.parametrize("start", [START - timedelta(days=400), START.replace(year=2199), START + timedelta(days=300)])
def test_slot_far_from_anything_free_leads_to_the_doctor(client, link, doctor, start):
    response = client.get(link(start))
    assert (response.status_code, chips(response)) == (200, ([], []))
    assert response.context["refusal"].code == "no-longer-offered"
    assert reverse("appointments:doctor", args=[doctor.slug]) in response.content.decode()


def test_slot_of_what_is_no_longer_offered_sends_back_to_the_search(client, link):
    address = link()
    VisitType.objects.update(active=False)
    assert client.get(address).status_code == 409


@pytest.mark.parametrize("word", ["x", "a" * 59, "A" * 59, "ñ", "%00a", "0" * 5000])
def test_word_that_is_no_slot_is_not_found(client, db, word):
    assert client.get(f"/citas/hueco/{word}/").status_code in (400, 404)
