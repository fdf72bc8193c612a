"""Whom and what patients can see."""

from __future__ import annotations

import pytest
from django.utils import translation

from doctors import repository
from doctors.models import Location, Offering, VisitType


@pytest.fixture
def review(doctor):
    """A visit type that only the first doctor offers, with a duration of her own."""
    kind = VisitType.objects.create(name="Revisión", slug="revision", position=1)
    Offering.objects.create(doctor=doctor, visit_type=kind, duration=40)
    return kind


def test_doctors_out_of_use_or_hidden_are_not_listed(doctor, other_doctor):
    doctor.active, other_doctor.hidden = False, True
    doctor.save()
    other_doctor.save()

    assert list(repository.listed()) == []


def test_a_specialty_out_of_use_takes_its_doctors_along(doctor, specialty):
    repository.set_active(rows=type(specialty).objects.all(), active=False)

    assert list(repository.listed()) == []
    assert list(repository.specialties()) == []


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ({"specialty": "dermatologia"}, 2),
        ({"specialty": "cardiologia"}, 0),
        ({"location": "centro"}, 2),
        ({"location": "norte"}, 0),
        ({"doctor": "ana-vega"}, 1),
        ({"visit_type": "revision"}, 1),
        ({"visit_type": "primera-consulta"}, 2),
    ],
)
def test_short_names_narrow_the_list(doctor, other_doctor, review, question, found):
    assert repository.listed(**question).count() == found


def test_offerings_come_with_their_own_duration_in_one_query(doctor, other_doctor, review, django_assert_num_queries):
    with django_assert_num_queries(1, more_on_mongo=1):
        offered = repository.offerings(doctors=repository.listed())
        words = [(str(entry.doctor), entry.visit_type.slug, entry.duration) for entry in offered]

    assert words == [
        ("Dr. Luis Soto Gil", "primera-consulta", None),
        ("Dra. Ana Vega Ruiz", "primera-consulta", None),
        ("Dra. Ana Vega Ruiz", "revision", 40),
    ]


def test_what_a_doctor_does_not_offer_is_nothing(doctor, other_doctor, review):
    assert repository.offering(doctor=doctor, visit_type=review).duration == 40
    assert repository.offering(doctor=other_doctor, visit_type=review) is None


def test_a_visit_type_out_of_use_is_offered_by_nobody(doctor, review):
    repository.set_active(rows=VisitType.objects.filter(pk=review.pk), active=False)

    assert repository.offering_by_ids(doctor=doctor.pk, visit_type=review.pk) is None
    assert [kind.slug for kind in repository.visit_types()] == ["primera-consulta"]


def test_a_hidden_doctor_is_found_by_keys_only_inside(doctor, visit_type):
    doctor.hidden = True
    doctor.save()

    assert repository.offering(doctor=doctor, visit_type=visit_type) is not None
    assert repository.offering_by_ids(doctor=doctor.pk, visit_type=visit_type.pk) is None


def test_visit_types_follow_the_specialty(doctor, review):
    assert [kind.slug for kind in repository.visit_types(specialty="dermatologia")] == ["primera-consulta", "revision"]
    assert list(repository.visit_types(specialty="cardiologia")) == []


def test_a_closed_location_is_known_but_not_offered(place, doctor):
    closed = Location.objects.create(name="Sur", slug="sur", address="x", city="Madrid", zone="Europe/Madrid")
    repository.set_active(rows=Location.objects.filter(pk=closed.pk), active=False)

    assert list(repository.locations()) == [place]
    assert repository.location_by_id(closed.pk) is None
    assert set(repository.locations_by_id()) == {place.pk, closed.pk}


def test_words_follow_the_language(doctor, visit_type):
    visit_type.instructions_en, doctor.bio, doctor.bio_en = "Bring your card.", "Piel y uñas.", "Skin and nails."

    with translation.override("en"):
        assert (visit_type.label, str(doctor.specialty)) == ("First visit", "Dermatology")
        assert (visit_type.guidance, doctor.about) == ("Bring your card.", "Skin and nails.")
    assert (visit_type.label, doctor.about) == ("Primera consulta", "Piel y uñas.")
    assert visit_type.guidance == "Traiga su tarjeta sanitaria."
