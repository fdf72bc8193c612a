"""The one clinic, before it is set up and while its database is away."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from doctors import repository
from doctors.context import clinic as context
from doctors.models import Clinic


def test_before_it_is_set_up_there_is_an_unsaved_one(db):
    clinic = repository.clinic()

    assert clinic._state.adding
    assert (clinic.name, clinic.country, clinic.max_upcoming) == ("Citas", "ES", 6)


def test_there_is_never_a_second(place):
    with pytest.raises(IntegrityError), transaction.atomic():
        Clinic.objects.create(name="Otra")

    assert repository.clinic().name == "Clínica de prueba"


def test_a_page_that_does_not_show_it_asks_nothing(place, rf, django_assert_num_queries):
    with django_assert_num_queries(0):
        context(rf.get("/"))


def test_a_page_asks_once(place, rf, django_assert_num_queries):
    shown = context(rf.get("/"))["clinic"]

    with django_assert_num_queries(1):
        assert (shown.name, str(shown.phone)) == ("Clínica de prueba", "+34910000000")


def test_the_mode_is_there(rf, settings):
    settings.CITAS_ENV = "demo"

    assert context(rf.get("/"))["mode"] == "demo"


@pytest.mark.django_db(transaction=True)
def test_while_the_database_is_away_pages_show_the_usual_one(rf):
    connection.close()
    host = connection.settings_dict["HOST"]
    connection.settings_dict["HOST"] = "/nowhere"
    try:
        assert context(rf.get("/"))["clinic"].name == "Citas"
    finally:
        connection.settings_dict["HOST"] = host


def test_setting_up_again_changes_the_same_row(db):
    for name in ("Una", "Otra"):
        repository.set_up(name=name, country="ES", region="MD", zone="Europe/Madrid")

    assert [clinic.name for clinic in Clinic.objects.all()] == ["Otra"]


@pytest.mark.parametrize("wrong", [{"zone": "Madrid"}, {"country": "XX"}, {"region": "XX"}, {"name": ""}])
def test_a_place_that_does_not_exist_is_refused(db, wrong):
    with pytest.raises(ValidationError):
        repository.set_up(**{"name": "Una", "country": "ES", "region": "MD", "zone": "Europe/Madrid", **wrong})
