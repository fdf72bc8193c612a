"""The pages of one appointment: who sees it, who changes it, and what a stale page does."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from appointments import booking, links
from appointments.models import Appointment, Status

TEN = datetime(2027, 3, 5, 9, 0, tzinfo=UTC)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def own(client, patient_user):
    client.force_login(patient_user)
    return client


def url(name, appointment):
    return reverse(f"appointments:{name}", args=[appointment.reference])


def test_a_page_that_is_stale_cancels_nothing(own, booked, now):
    appointment = booked(TEN)
    seen = appointment.version
    booking.move(appointment=appointment, starts_at=TEN + timedelta(days=3), actor=None, source="admin", now=now)

    page = own.post(url("cancel", appointment), {"reason": "", "version": seen})

    assert (page.status_code, page.context["refusal"].code) == (409, "stale")
    assert Appointment.objects.get(pk=appointment.pk).status == Status.BOOKED


def test_past_the_cut_off_the_page_says_whom_to_call(own, booked, monkeypatch):
    appointment = booked(TEN)
    monkeypatch.setattr("django.utils.timezone.now", lambda: TEN - timedelta(hours=3))

    for name in ("move", "cancel"):
        page = own.get(url(name, appointment))
        assert not page.context["changeable"]
        assert "+34910000001" in page.content.decode()
    assert own.post(url("cancel", appointment), {"reason": ""}).status_code == 422


def test_a_taken_time_keeps_the_old_one_and_offers_others(own, booked, free, other_patient):
    appointment = booked(TEN)
    booked(TEN + timedelta(days=3), patient=other_patient, actor=other_patient.account)
    taken = free[0].rsplit(".", 1)[0] + f".{TEN + timedelta(days=3):%Y%m%dT%H%MZ}"

    page = own.post(url("move", appointment), {"slot": taken})

    assert page.status_code == 409
    assert page.context["days"]
    assert Appointment.objects.get(pk=appointment.pk).starts_at == TEN


def test_no_time_chosen_is_an_error(own, booked):
    page = own.post(url("move", booked(TEN)), {})

    assert (page.status_code, len(page.context["errors"])) == (422, 1)


def test_a_doctor_sees_it_but_changes_nothing_here(client, booked, doctor_user):
    appointment = booked(TEN)
    client.force_login(doctor_user)

    assert client.get(url("proof", appointment)).status_code == 200
    assert client.post(url("cancel", appointment), {"reason": ""}).status_code == 404
    assert client.get(url("move", appointment)).status_code == 404


def test_the_link_of_a_mail_opens_it_until_it_changes(client, booked, now):
    appointment = booked(TEN)
    link = reverse("appointments:by_link", args=[links.token(appointment)])

    assert client.get(link).url == url("proof", appointment)
    assert client.get(url("proof", appointment)).status_code == 200
    assert client.post(url("cancel", appointment), {"reason": ""}).status_code == 302
    assert client.get(url("proof", appointment)).status_code == 200
    assert client.get(link).status_code == 404


def test_an_expired_hold_is_not_on_the_agenda(client, booked, receptionist, now):
    appointment = booked(TEN)
    Appointment.objects.filter(pk=appointment.pk).update(status=Status.HELD, expires_at=now)
    client.force_login(receptionist)

    assert client.get(reverse("appointments:agenda") + "?desde=2027-03-05").context["columns"] == []


def test_the_agenda_goes_by_the_clock_of_each_place(client, booked, receptionist, place):
    booked(TEN)
    place.zone = "Pacific/Auckland"
    place.save()
    client.force_login(receptionist)

    columns = client.get(reverse("appointments:agenda") + "?desde=2027-03-05").context["columns"]
    assert [len(appointments) for _doctor, appointments in columns] == [1]


def test_past_visits_come_in_pages(own, booked, patient_user, now):
    for place in range(13):
        appointment = booked(TEN + timedelta(days=7 * (place // 6), minutes=30 * (place % 6)), past_rules=True)
        booking.cancel(appointment=appointment, actor=None, source="web", now=now)

    first = own.get(reverse("appointments:mine"))
    second = own.get(first.context["next_url"])

    shown = [card["url"] for card in (*first.context["past"], *second.context["past"])]
    assert (len(first.context["past"]), len(set(shown)), second.context["next_url"]) == (10, 13, "")
