"""A request reads the clinic once, and never an old one: not after a change of its own, and not in the next request."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from doctors import repository
from doctors.models import Clinic
from tests.engines import reads_of


@pytest.mark.parametrize("path", ["appointments:search", "admin:patients_patient_add"])
def test_a_page_asks_once(client, manager, place, path):
    client.force_login(manager)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(reverse(path)).status_code == 200
    assert len(reads_of("doctors_clinic", asked)) == 1


def test_a_change_is_seen_at_once(place):
    with repository.clinic_read_once():
        before = repository.clinic()
        changed = Clinic.objects.get()
        changed.name = "Otra"
        changed.save()
        assert (before.name, repository.clinic().name) == ("Clínica de prueba", "Otra")


def test_the_next_request_reads_again(place):
    with repository.clinic_read_once():
        repository.clinic()
    Clinic.objects.update(name="Otra")
    assert repository.clinic().name == "Otra"
    with repository.clinic_read_once():
        assert repository.clinic().name == "Otra"


def test_a_refused_change_leaves_what_others_see(place):
    with repository.clinic_read_once():
        with pytest.raises(ValidationError):
            repository.set_up(name="Otra", country="XX", region="XX", zone="Luna")
        assert repository.clinic().name == "Clínica de prueba"
