"""The benchmark of bookings books through the usual door and leaves nothing behind."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from appointments.models import Appointment, Status


@pytest.mark.django_db(transaction=True)
def test_it_counts_what_it_booked_and_cancels_it():
    out = StringIO()
    call_command("bench_bookings", clients=2, seconds=1.0, json=True, stdout=out)

    found = json.loads(out.getvalue())

    assert found["bookings"] == Appointment.objects.count() > 1
    assert set(Appointment.objects.values_list("status", flat=True)) == {Status.CANCELLED}


def test_no_client_is_refused():
    with pytest.raises(CommandError):
        call_command("bench_bookings", clients=0)
