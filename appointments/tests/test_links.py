"""Links in mails: for one appointment as it was, signed by us."""

import pytest
from django.core import signing
from django.urls import reverse

from appointments import links, repository
from appointments.models import Appointment
from citas.db import uuid7

WRONG = ["", "x", "a.0", "a.0:b", "%00", "á", "." * 300, signing.dumps([1, 2]), signing.Signer().sign("a.0")]


@pytest.mark.parametrize("sequence", [0, 1, 12345])
def test_what_was_signed_is_read(sequence):
    appointment = Appointment(pk=uuid7(), sequence=sequence)
    assert links.read(links.token(appointment)) == (appointment.pk, sequence)


def test_every_character_counts():
    token = links.token(Appointment(pk=uuid7(), sequence=3))
    for place, letter in enumerate(token):
        other = "B" if letter == "A" else "A"
        assert links.read(token[:place] + other + token[place + 1 :]) is None


@pytest.mark.parametrize("token", WRONG, ids=[str(place) for place in range(len(WRONG))])
def test_what_was_not_signed_is_not_read(token):
    assert links.read(token) is None


def test_other_sequence_and_other_key_need_another_signature():
    first, second = (Appointment(pk=uuid7(), sequence=0) for _visit in range(2))
    signature = links.token(first).rpartition(":")[2]
    for other in (second, Appointment(pk=first.pk, sequence=1)):
        assert links.token(other).rpartition(":")[2] != signature


def test_link_ends_with_the_next_sequence(booked):
    appointment = booked()
    read = links.read(links.token(appointment))
    assert repository.by_link(read) == appointment
    Appointment.objects.update(sequence=1)
    assert repository.by_link(read) is None
    assert repository.by_link(None) is None


def test_token_fits_into_the_address_of_a_page():
    token = links.token(Appointment(pk=uuid7(), sequence=99))
    assert reverse("appointments:by_link", args=[token]).isascii()
    assert len(token) < 80
