"""A rival who keeps a row for longer than anybody waits: 503, after two seconds, and nothing half-done."""

from __future__ import annotations

import time
from threading import Event, Thread

import pytest
from django.db import connection
from django.urls import reverse

from citas import db
from citas.errors import Unavailable
from doctors.models import Clinic, Location


@pytest.fixture
def kept(place):
    """While the test runs, somebody else has changed the place in a transaction that does not end."""
    changed, over = Event(), Event()

    def keep() -> None:
        try:
            with db.atomic():
                Location.objects.update(city="Somebody else")
                changed.set()
                over.wait(60)
        finally:
            connection.close()

    rival = Thread(target=keep)
    rival.start()
    assert changed.wait(30)
    yield place
    over.set()
    rival.join()


def test_whoever_cannot_have_the_row_is_told_to_come_again(kept):
    def write() -> None:
        Clinic.objects.update(name="Otra")
        Location.objects.filter(pk=kept.pk).update(city="Getafe")

    began = time.monotonic()
    with pytest.raises(Unavailable):
        db.together(write)
    assert db.TRIED_FOR - 0.5 < time.monotonic() - began < db.TRIED_FOR + 1
    assert Clinic.objects.get().name == "Clínica de prueba"


def test_a_form_of_the_administration_answers_503(client, manager, kept):
    client.force_login(manager)
    typed = {"name": "Otro", "address": "Calle Mayor 1", "city": "Getafe", "zone": "Europe/Madrid", "active": "on"}

    answer = client.post(reverse("admin:doctors_location_change", args=[kept.pk]), typed)

    assert answer.status_code == 503
