"""What holds for every doctor on every date, the days on which clocks change among them."""

from collections import Counter
from datetime import date, datetime, timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from appointments.availability import Calendar, Reason, Slot, earliest, fits, nearest, slots, working_intervals
from appointments.tests.oracle import (
    EPOCH,
    MINUTE,
    Case,
    cases,
    fitting_starts,
    gaps,
    is_allowed,
    listed_starts,
    wall,
    worked_minutes,
)


def listed(case: Case) -> list[Slot]:
    return list(slots(**case.known(), first=case.first, last=case.last))


def minute_of(moment: datetime) -> int:
    return (moment - EPOCH) // MINUTE


def starts_at(case: Case, location: str) -> list[int]:
    return [minute_of(slot.starts_at) for slot in listed(case) if slot.location == location]


@given(cases())
def test_working_intervals_are_the_minutes_that_the_wall_clock_shows(case):
    found = working_intervals(rules=case.rules, exceptions=case.exceptions, day_from=case.first, day_to=case.last)
    for location, zone in case.zones.items():
        intervals = [(minute_of(lo), minute_of(hi)) for lo, hi, place, _ in found if place == location]
        worked = worked_minutes(case, location)
        assert intervals == gaps({minute for minute in worked if case.first <= wall(minute, zone)[0] <= case.last})


@given(cases())
def test_no_slot_with_its_buffers_overlaps_busy_time(case):
    before, after = case.visit.buffer_before * MINUTE, case.visit.buffer_after * MINUTE
    for slot in listed(case):
        assert not any(slot.starts_at - before < end and start < slot.ends_at + after for start, end in case.busy)


@given(cases())
def test_no_slot_leaves_the_working_hours_of_its_location(case):
    for slot in listed(case):
        visit = range(minute_of(slot.starts_at), minute_of(slot.ends_at))
        assert len(visit) == case.visit.duration
        assert worked_minutes(case, slot.location, visit) == set(visit)


@given(cases())
def test_starts_lie_on_the_grid_after_the_notice_and_within_dates_and_horizon(case):
    for slot in listed(case):
        assert slot.zone == case.zones[slot.location]
        assert is_allowed(case, slot.location, minute_of(slot.starts_at))


@given(cases())
def test_slots_are_sorted_and_unique(case):
    found = listed(case)
    assert found == sorted(found, key=lambda slot: slot.starts_at)
    assert not [slot for slot, count in Counter(found).items() if count > 1]


@given(cases())
def test_every_listed_slot_fits(case):
    for slot in listed(case):
        assert fits(**case.known(), location=slot.location, starts_at=slot.starts_at) is None


@given(cases())
def test_every_gap_that_is_long_enough_yields_a_slot(case):
    for location in case.zones:
        found = set(starts_at(case, location))
        for starts in fitting_starts(case, location):
            assert not starts or found.intersection(starts)


@given(cases())
def test_slots_step_from_the_beginning_of_each_gap_as_the_oracle_does(case):
    for location in case.zones:
        assert starts_at(case, location) == listed_starts(case, location)


@given(cases(), st.integers(0, 4))
def test_exactly_the_starts_of_the_oracle_fit(case, offset):
    for location, zone in case.zones.items():
        oracle = {start for starts in fitting_starts(case, location) for start in starts}
        for start in case.minutes()[offset * 5 :: 25]:
            if case.first <= wall(start, zone)[0] <= case.last:
                reason = fits(**case.known(), location=location, starts_at=EPOCH + start * MINUTE)
                assert (reason is None) == (start in oracle), (EPOCH + start * MINUTE, reason)


@given(cases(), st.integers(1, 4))
def test_off_the_grid_nothing_fits(case, minutes):
    start = EPOCH + (case.minutes()[1440] // 5 * 5 + minutes) * MINUTE
    assert fits(**case.known(), location="centre", starts_at=start) is Reason.OFF_GRID


@given(cases())
def test_minutes_and_datetimes_of_busy_time_mean_the_same(case):
    busy = [(minute_of(start), minute_of(end)) for start, end in reversed(case.busy)]
    assert list(slots(**{**case.known(), "busy": busy}, first=case.first, last=case.last)) == listed(case)


@given(st.lists(cases(), max_size=4), st.integers(0, 12))
def test_earliest_merges_the_slots_of_all_doctors(many, limit):
    assume(many)
    now, first = many[0].now, many[0].first
    calendars = [Calendar(rules=c.rules, exceptions=c.exceptions, busy=c.busy, visit=c.visit) for c in many]
    last = first + timedelta(days=2)
    everything = [slot for c in many for slot in slots(**{**c.known(), "now": now}, first=first, last=last)]
    everything.sort(key=lambda slot: slot.starts_at)
    assert earliest(calendars=calendars, now=now, first=first, last=last, limit=limit) == everything[:limit]


@given(cases(), st.integers(-2000, 2000), st.integers(1, 6))
def test_nearest_are_as_near_as_any_other(case, minutes, limit):
    around = case.now + minutes * MINUTE
    found = nearest(**case.known(), first=case.first, last=case.last, around=around, limit=limit)
    others = sorted(abs(slot.starts_at - around) for slot in listed(case) if slot.starts_at != around)
    assert sorted(abs(slot.starts_at - around) for slot in found) == others[:limit]
    assert found == sorted(found, key=lambda slot: slot.starts_at)


@given(cases(), st.sampled_from([date.min, date.max]), st.sampled_from([date.min, date.max]))
def test_absurd_dates_are_answered_within_the_horizon(case, first, last):
    for slot in slots(**case.known(), first=first, last=last):
        assert fits(**case.known(), location=slot.location, starts_at=slot.starts_at) is None
