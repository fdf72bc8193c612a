"""Public holidays are stored closings, kept up to date by whoever asks, as often as it is asked."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from doctors import public_holidays, repository
from doctors.models import Clinic, ScheduleException, VisitType
from tests.at_once import at_once

TODAY = date(2027, 1, 1)
MADRID_DAY = date(2027, 5, 3)  # moved from the Sunday


@pytest.fixture
def clinic(db):
    return Clinic.objects.create(name="Clínica", country="ES", region="MD", zone="Europe/Madrid")


def stored():
    return set(ScheduleException.objects.filter(holiday=True, active=True).values_list("date", flat=True))


def test_days_of_country_and_region_are_closed_through_the_horizon(clinic):
    VisitType.objects.create(name="Primera", slug="primera", horizon_days=90)

    repository.extend_holidays(today=TODAY)

    assert {date(2027, 1, 6), date(2027, 3, 26), date(2027, 5, 1), MADRID_DAY} <= stored()
    assert max(stored()) <= TODAY + timedelta(days=150)


def test_another_region_has_other_days(clinic):
    clinic.region = "CT"
    clinic.save()

    repository.extend_holidays(today=TODAY)

    assert date(2027, 3, 29) in stored()  # Easter Monday
    assert MADRID_DAY not in stored()


def test_their_names_are_spanish(clinic):
    repository.extend_holidays(today=TODAY)

    assert ScheduleException.objects.get(date=date(2027, 1, 6)).reason == "Epifanía del Señor"


def test_the_whole_clinic_is_closed_all_day(clinic):
    repository.extend_holidays(today=TODAY)

    [row] = repository.exceptions(doctors=[], first=date(2027, 1, 6), last=date(2027, 1, 6))

    assert (row.doctor, row.location, row.starts, row.opens) == (None, None, None, False)


def test_asking_again_adds_only_what_is_new(clinic):
    first = repository.extend_holidays(today=TODAY)
    again = repository.extend_holidays(today=TODAY)
    later = repository.extend_holidays(today=TODAY + timedelta(days=200))

    assert first > 0
    assert again == 0
    assert later > 0
    assert ScheduleException.objects.count() == first + later


def test_a_day_that_a_manager_put_out_of_use_stays_so(clinic):
    repository.extend_holidays(today=TODAY)
    ScheduleException.objects.filter(date=MADRID_DAY).update(active=False)

    repository.extend_holidays(today=TODAY)

    assert MADRID_DAY not in stored()
    assert ScheduleException.objects.filter(date=MADRID_DAY).count() == 1


@pytest.mark.django_db(transaction=True)
def test_rivals_store_each_day_once(clinic):
    stored = at_once([lambda: repository.extend_holidays(today=TODAY) for _rival in range(4)])

    assert sum(stored) == ScheduleException.objects.count()
    assert repository.extend_holidays(today=TODAY) == 0


def test_when_the_clinic_moves_the_old_days_go_and_own_closings_stay(clinic):
    repository.extend_holidays(today=TODAY)
    ScheduleException.objects.create(date=MADRID_DAY, reason="Mudanza")
    clinic.region = "CT"
    clinic.save()

    repository.extend_holidays(today=TODAY)

    assert [row.reason for row in ScheduleException.objects.filter(date=MADRID_DAY)] == ["Mudanza"]


def test_an_unknown_place_has_no_holidays():
    assert not public_holidays.known(country="XX", region="")
    assert not public_holidays.known(country="ES", region="XX")
    assert public_holidays.between(country="XX", region="", first=TODAY, last=TODAY) == {}


def test_a_country_without_spanish_names_keeps_its_own():
    found = public_holidays.between(country="FR", region="", first=TODAY, last=TODAY)

    assert list(found) == [TODAY]
