"""Times that are held for somebody until a deadline: in the way before it, never after it."""

from datetime import UTC, datetime, timedelta

import pytest

from appointments import attendance, booking, calendars, repository
from appointments.events import event
from appointments.models import Appointment, Status
from citas.db import uuid7
from citas.db.intervals import Interval
from doctors.models import Offering

# Thursday 4 March 2027, 10:00 in Madrid.
TEN = datetime(2027, 3, 4, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def hold(doctor, other_patient, visit_type, place, now):
    """Holds a time for the other patient: `hold(expires_at)`."""

    def make(expires_at, starts_at=TEN):
        held = Appointment(
            reference=uuid7().hex[-8:],
            doctor=doctor,
            patient=other_patient,
            visit_type=visit_type,
            location=place,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=20),
            visit=Interval(starts_at, starts_at + timedelta(minutes=20)),
            busy=Interval(starts_at, starts_at + timedelta(minutes=25)),
            status=Status.HELD,
            request_key=uuid7().hex,
            expires_at=expires_at,
            created_at=now,
            updated_at=now,
        )
        held.events = [event(kind="created", appointment=held, actor=None, source="web", now=now)]
        held.save()
        return held

    return make


def free(doctor, now):
    offering = Offering.objects.select_related("visit_type").get(doctor=doctor)
    return [slot.starts_at for slot in calendars.week(offering=offering, location=None, first=TEN.date(), now=now)]


def test_a_live_hold_is_in_the_way(hold, booked, doctor, now):
    hold(now + MINUTE)

    assert TEN not in free(doctor, now)
    with pytest.raises(booking.SlotTaken):
        booked(TEN)


def test_a_hold_that_has_run_out_is_not_in_the_way(hold, booked, doctor, now):
    hold(now)

    assert TEN in free(doctor, now)
    assert booked(TEN).status == Status.BOOKED


def test_booking_releases_the_holds_that_it_meets_with_an_event(hold, booked, now):
    met, elsewhere = hold(now - MINUTE), hold(now - MINUTE, TEN + timedelta(hours=1))
    booked(TEN + timedelta(minutes=20))

    met.refresh_from_db()
    elsewhere.refresh_from_db()
    assert (met.status, met.version) == (Status.CANCELLED, 2)
    assert [entry["kind"] for entry in met.events] == ["created", "released"]
    assert elsewhere.status == Status.HELD


def test_a_move_is_not_stopped_by_a_hold_that_has_run_out(hold, booked, now):
    expired, appointment = hold(now), booked(TEN + timedelta(hours=1))

    booking.move(appointment=appointment, starts_at=TEN, actor=None, source="web", now=now)

    expired.refresh_from_db()
    assert (appointment.starts_at, expired.status) == (TEN, Status.CANCELLED)


def test_undoing_a_cancellation_is_not_stopped_by_a_hold_that_has_run_out(hold, booked, receptionist, now):
    appointment = booked(TEN)
    booking.cancel(appointment=appointment, actor=None, source="web", now=now)
    hold(now)

    attendance.undo(appointment=appointment, actor=receptionist, source="admin", now=now)

    assert appointment.status == Status.BOOKED


def test_a_hold_does_not_keep_the_patient_from_booking_elsewhere(hold, booked, other_doctor, other_patient, now):
    hold(now + MINUTE)

    assert booked(TEN, doctor=other_doctor, patient=other_patient).status == Status.BOOKED


def test_releasing_tidies_up_once(hold, now):
    expired, live = hold(now), hold(now + MINUTE, TEN + timedelta(hours=1))

    assert repository.release_expired(now=now) == 1
    assert repository.release_expired(now=now) == 0
    expired.refresh_from_db()
    live.refresh_from_db()
    assert (expired.status, len(expired.events)) == (Status.CANCELLED, 2)
    assert live.status == Status.HELD


def test_a_released_hold_cannot_be_undone_into_a_visit(hold, receptionist, now):
    expired = hold(now)
    repository.release_expired(now=now)
    expired.refresh_from_db()

    with pytest.raises(booking.NotAllowed):
        attendance.undo(appointment=expired, actor=receptionist, source="admin", now=now)


def test_a_hold_changed_meanwhile_is_left_alone(hold, now):
    expired = hold(now)
    read = list(Appointment.objects.filter(pk=expired.pk))
    Appointment.objects.filter(pk=expired.pk).update(status=Status.BOOKED, version=2)

    assert repository._release(read[0], now, "command") is False
    expired.refresh_from_db()
    assert expired.status == Status.BOOKED
