"""With 20,000 patients a name is found by the index, in well under 100 ms, in the list and in the picking box."""

import time
from itertools import product

import pytest
from django.urls import reverse

from citas.db import bulk
from patients import repository
from patients.models import Patient

GIVEN = ["Lucía", "Hugo", "Martín", "Sofía", "José", "Begoña", "Íñigo", "Zoé", "Ana", "Luis"]
SURNAMES = ["García", "Muñoz", "Peña", "Ibáñez", "Núñez", "Vega", "Ruiz", "Sanz", "Díaz", "Gil", "Soto", "Lobo"]
MILLISECONDS = 100


@pytest.fixture
def many(db):
    """20,000 people; exactly one is called Xulio Muñoz."""
    names = [*product(GIVEN, SURNAMES, SURNAMES)] * 14
    people = [
        Patient(
            given_names=given,
            first_surname=first,
            second_surname=second,
            document_number=f"{n:08}",
            email=f"p{n}@example.com",
        )
        for n, (given, first, second) in enumerate(names[:19_999])
    ]
    people.append(
        Patient(given_names="Xulio", first_surname="Muñoz", document_number="99999999R", phone="+34699999999")
    )
    for person in people:
        person.refresh_search()
    Patient.objects.bulk_create(people, batch_size=1000)
    bulk.refresh_statistics([Patient])
    return people


def quickest(ask):
    """Milliseconds of the quickest of five: what the machine's other work does not decide."""
    times = []
    for _time in range(5):
        started = time.perf_counter()
        ask()
        times.append(time.perf_counter() - started)
    return min(times) * 1000


def test_found_by_the_index_and_in_time(many, client, receptionist, place):
    for text in ("xulio munoz", "99999999R", "699 99 99 99"):
        assert [found.given_names for found in repository.search(text)] == ["Xulio"]
        assert "patient_search" in repository.search(text).explain()
        assert quickest(lambda text=text: list(repository.search(text)[:50])) < MILLISECONDS
    client.force_login(receptionist)
    listed, picked = reverse("admin:patients_patient_changelist"), reverse("admin:autocomplete")
    field = {"app_label": "appointments", "model_name": "appointment", "field_name": "patient"}
    assert client.get(listed, {"q": "xulio"}).context["cl"].result_count == 1
    assert quickest(lambda: client.get(listed, {"q": "xulio"})) < MILLISECONDS
    assert quickest(lambda: client.get(picked, {"term": "xulio munoz", **field})) < MILLISECONDS
