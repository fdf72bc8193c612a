"""Moves, bookings and cancellations of the same thing at the same moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from appointments import booking
from appointments.models import LIVE, Appointment, Status
from tests.at_once import at_once, refusals

pytestmark = pytest.mark.django_db(transaction=True)

# Thursday 4 March 2027, 9:00 in Madrid: the hours begin.
NINE = datetime(2027, 3, 4, 8, 0, tzinfo=UTC)
AGAIN = 5


def at(hours: float) -> datetime:
    return NINE + timedelta(hours=hours)


def as_stored(appointment: Appointment) -> dict:
    return Appointment.objects.filter(pk=appointment.pk).values().get()


def moving(appointment: Appointment, starts_at: datetime, now: datetime):
    own = Appointment.objects.with_names().get(pk=appointment.pk)
    return lambda: booking.move(appointment=own, starts_at=starts_at, actor=None, source="web", now=now)


@pytest.mark.parametrize("_again", range(AGAIN))
def test_of_two_moves_to_one_slot_one_gets_it_and_the_other_stays(booked, other_patient, now, _again):
    first, second = booked(at(0)), booked(at(1), patient=other_patient)
    before = {each.pk: as_stored(each) for each in (first, second)}

    results = at_once([moving(first, at(3), now), moving(second, at(3) + timedelta(minutes=5), now)])

    assert refusals(results) == [booking.SlotTaken]
    loser = (first, second)[[isinstance(result, booking.SlotTaken) for result in results].index(True)]
    assert as_stored(loser) == before[loser.pk]


@pytest.mark.parametrize("_again", range(AGAIN))
def test_a_move_and_a_booking_of_one_slot_do_not_both_win(booked, other_patient, now, _again):
    first = booked(at(0))

    results = at_once([moving(first, at(3), now), lambda: booked(at(3), patient=other_patient)])

    assert refusals(results) == [booking.SlotTaken]
    assert Appointment.objects.filter(status__in=LIVE, starts_at=at(3)).count() == 1


@pytest.mark.parametrize("_again", range(AGAIN))
def test_of_a_cancellation_and_a_move_at_once_the_second_finds_it_changed(booked, now, _again):
    appointment = booked(at(0))
    own = Appointment.objects.with_names().get(pk=appointment.pk)

    results = at_once(
        [
            moving(appointment, at(3), now),
            lambda: booking.cancel(appointment=own, actor=None, source="web", now=now),
        ]
    )

    stored = Appointment.objects.get(pk=appointment.pk)
    assert refusals(results) == [booking.Stale]
    assert (stored.version, stored.sequence, len(stored.events)) == (2, 1, 2)
    assert (stored.status == Status.CANCELLED) == (stored.starts_at == at(0))


def test_a_refused_move_leaves_the_row_as_it_was(booked, other_patient, now):
    taken, mine = booked(at(0)), booked(at(1), patient=other_patient)
    before = as_stored(mine)

    with pytest.raises(booking.SlotTaken):
        booking.move(appointment=mine, starts_at=taken.starts_at, actor=None, source="web", now=now)

    assert as_stored(mine) == before
    assert (mine.starts_at, mine.version) == (at(1), 1)


def test_a_storm_of_swaps_ends_without_a_deadlock(booked, patient, other_patient, doctor, other_doctor, now):
    """Two people who want each other's time, again and again, and others who want it too: nobody waits for ever."""
    ours = [booked(at(0)), booked(at(0.5), patient=other_patient)]
    theirs = [booked(at(1), doctor=other_doctor), booked(at(1.5), doctor=other_doctor, patient=other_patient)]
    times = [at(0), at(0.5), at(1), at(1.5), at(2)]

    def swap(appointment: Appointment, turn: int):
        def swaps() -> None:
            for step in range(10):
                own = Appointment.objects.with_names().get(pk=appointment.pk)
                try:
                    booking.move(appointment=own, starts_at=times[(turn + step) % 5], actor=None, source="web", now=now)
                except (booking.SlotTaken, booking.PatientBusy, booking.Stale):
                    continue

        return swaps

    at_once([swap(appointment, turn) for turn in range(4) for appointment in (*ours, *theirs)])

    kept = list(Appointment.objects.filter(status__in=LIVE))
    pairs = [(one, two) for one in kept for two in kept if one.pk < two.pk]
    assert len(kept) == 4
    assert not [1 for one, two in pairs if one.doctor_id == two.doctor_id and one.busy.overlaps(two.busy)]
    assert not [1 for one, two in pairs if one.patient_id == two.patient_id and one.visit.overlaps(two.visit)]
