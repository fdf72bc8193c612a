"""The administration's lists stay quick: they count to a bound, and lead by dates without reading every row."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from appointments.models import Appointment
from citas import long_lists
from conftest import DETAILS
from patients.models import Patient

TEN = datetime(2027, 3, 3, 9, 0, tzinfo=UTC)
LIST = reverse("admin:appointments_appointment_changelist")

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, receptionist):
    client.force_login(receptionist)
    return client


@pytest.fixture
def ten(booked):
    return [booked(TEN + timedelta(minutes=30 * number)) for number in range(6)]


def test_a_list_counts_no_further_than_it_leads(desk, ten, monkeypatch):
    monkeypatch.setattr(long_lists, "COUNTED", 4)
    page = desk.get(LIST)
    assert "más de 4" in page.content.decode() or "more than 4" in page.content.decode()
    assert page.context["cl"].result_count == 4
    monkeypatch.setattr(long_lists, "COUNTED", len(ten))
    assert str(desk.get(LIST).context["cl"].result_count) == "6"


def test_the_order_goes_both_ways(desk, ten):
    def listed(**query):
        return list(desk.get(LIST, query).context["cl"].result_list)

    assert listed() == ten[::-1]
    assert listed(o="2") == ten
    ordered = desk.get(LIST, {"o": "2"}).context["cl"].result_list.query.order_by
    assert ordered == ("starts_at", "pk")  # as the index has them


@pytest.mark.parametrize("column", ["1", "3", "4", "5", "6", "7"])
def test_other_columns_put_nothing_in_order(desk, ten, column):
    assert list(desk.get(LIST, {"o": column}).context["cl"].result_list) == ten[::-1]


def test_dates_lead_from_the_first_visit_to_the_last(booked):
    booked(TEN)
    booked(TEN + timedelta(days=33))
    with timezone.override("Europe/Madrid"):
        every = Appointment.objects.all()
        assert [day.date() for day in every.datetimes("starts_at", "year")] == [date(2027, 1, 1)]
        assert [day.date().month for day in every.datetimes("starts_at", "month")] == [3, 4]
        assert len(every.datetimes("starts_at", "day")) == 34
        assert Appointment.objects.none().datetimes("starts_at", "day") == []


def test_date_drill_down_lists_that_day_only(desk, booked):
    seen = booked(TEN)
    booked(TEN + timedelta(days=33))
    query = {"starts_at__year": 2027, "starts_at__month": 3}
    assert list(desk.get(LIST, query).context["cl"].result_list) == [seen]
    assert list(desk.get(LIST, query | {"starts_at__day": 3}).context["cl"].result_list) == [seen]
    assert list(desk.get(LIST, query | {"starts_at__day": 4}).context["cl"].result_list) == []


def test_a_search_that_fits_too_many_patients_says_so(desk, booked, patient, monkeypatch):
    monkeypatch.setattr("appointments.repository.MOST_FOUND", 1)
    newest = Patient.objects.create(**{**DETAILS, "document_number": "11111111H", "given_names": "Zoe"})
    booked(TEN)
    seen = booked(TEN + timedelta(hours=1), patient=newest)

    page = desk.get(LIST, {"q": "munoz"})
    assert list(page.context["cl"].result_list) == [seen]
    assert "messagelist" in page.content.decode()

    page = desk.get(LIST, {"q": "munoz zoe"})
    assert list(page.context["cl"].result_list) == [seen]
    assert "messagelist" not in page.content.decode()
