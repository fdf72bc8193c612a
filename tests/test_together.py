"""Changes of several rows that meet each other: begun again until both are made, whole."""

from __future__ import annotations

from contextlib import suppress
from threading import Barrier, BrokenBarrierError

import pytest
from django.db import IntegrityError

from citas.db import in_transaction, together
from doctors.models import Location
from tests.at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def rows() -> list[Location]:
    return [Location.objects.create(name=name, slug=name, city="-", zone="UTC") for name in ("one", "two")]


def test_rivals_that_take_the_same_rows_in_opposite_order_both_come_through(rows):
    met, tries = Barrier(2), [0, 0]

    def rival(number: int) -> None:
        def write() -> None:
            tries[number] += 1
            first, second = rows if number == 0 else rows[::-1]
            Location.objects.filter(pk=first.pk).update(city=str(number))
            if tries[number] == 1:
                with suppress(BrokenBarrierError):  # where the second is refused at once, it does not come here
                    met.wait(5)  # both hold their first row
            Location.objects.filter(pk=second.pk).update(city=str(number))

        together(write)

    at_once([lambda: rival(0), lambda: rival(1)])

    assert len(set(Location.objects.values_list("city", flat=True))) == 1
    assert sum(tries) > 2


def test_a_refusal_is_no_lost_race(rows):
    tries = []

    def write() -> None:
        tries.append(1)
        Location(name="x", slug="one", zone="UTC").save(force_insert=True)

    with pytest.raises(IntegrityError):
        together(write)
    assert len(tries) == 1
    assert not in_transaction()
