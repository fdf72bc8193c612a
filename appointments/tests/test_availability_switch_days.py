"""The days on which clocks change, and the leap day, by instants worked out by hand."""

from datetime import UTC, date, datetime, time

import pytest

from appointments.availability import Reason, Rule, Visit, fits, slots, working_intervals

MADRID, SANTIAGO, BOGOTA = "Europe/Madrid", "America/Santiago", "America/Bogota"
SPRING, AUTUMN = date(2027, 3, 28), date(2027, 10, 31)  # Madrid: 02:00 becomes 03:00; 03:00 becomes 02:00; at 01:00Z
NO_MIDNIGHT, LONG_NIGHT = date(2026, 9, 6), date(2027, 4, 3)  # Santiago: 00:00 becomes 01:00; 24:00 becomes 23:00
LEAP_DAY = date(2028, 2, 29)
BUSINESS = {"exceptions": [], "busy": [], "now": datetime(2026, 1, 1, tzinfo=UTC)}


def daily(zone: str, starts: str, ends: str) -> list[Rule]:
    return [
        Rule(
            doctor="vega",
            location="centro",
            zone=zone,
            weekday=weekday,
            starts=time.fromisoformat(starts),
            ends=time.fromisoformat(ends),
            valid_from=date(2020, 1, 1),
        )
        for weekday in range(1, 8)
    ]


def worked(zone: str, day: date, starts: str, ends: str) -> list[str]:
    found = working_intervals(rules=daily(zone, starts, ends), exceptions=[], day_from=day, day_to=day)
    return [f"{lo:%m-%d %H:%M} {hi:%m-%d %H:%M}" for lo, hi, _, _ in found]


@pytest.mark.parametrize(
    ("zone", "day", "starts", "ends", "expected"),
    [
        # The clock skips 02:00–03:00: the night lasts two hours, the skipped hour nothing, the day 23 hours.
        (MADRID, SPRING, "01:00", "04:00", ["03-28 00:00 03-28 02:00"]),
        (MADRID, SPRING, "02:00", "03:00", []),
        (MADRID, SPRING, "02:30", "03:30", ["03-28 01:00 03-28 01:30"]),
        (MADRID, SPRING, "09:00", "14:00", ["03-28 07:00 03-28 12:00"]),
        (MADRID, SPRING, "00:00", "00:00", ["03-27 23:00 03-28 22:00"]),
        (MADRID, date(2027, 3, 27), "09:00", "14:00", ["03-27 08:00 03-27 13:00"]),
        # The clock repeats 02:00–03:00: four hours, two hours, twice half an hour, 25 hours.
        (MADRID, AUTUMN, "01:00", "04:00", ["10-30 23:00 10-31 03:00"]),
        (MADRID, AUTUMN, "02:00", "03:00", ["10-31 00:00 10-31 02:00"]),
        (MADRID, AUTUMN, "02:00", "02:30", ["10-31 00:00 10-31 00:30", "10-31 01:00 10-31 01:30"]),
        (MADRID, AUTUMN, "09:00", "14:00", ["10-31 08:00 10-31 13:00"]),
        (MADRID, AUTUMN, "00:00", "00:00", ["10-30 22:00 10-31 23:00"]),
        # No midnight: the day begins at 01:00 (04:00Z) and lasts 23 hours; the evening before is as long as ever.
        (SANTIAGO, NO_MIDNIGHT, "00:00", "02:00", ["09-06 04:00 09-06 05:00"]),
        (SANTIAGO, NO_MIDNIGHT, "00:00", "01:00", []),
        (SANTIAGO, NO_MIDNIGHT, "00:00", "00:00", ["09-06 04:00 09-07 03:00"]),
        (SANTIAGO, date(2026, 9, 5), "22:00", "00:00", ["09-06 02:00 09-06 04:00"]),
        # 23:00–24:00 twice: the evening lasts an hour longer, the day 25 hours, the next one begins at 04:00Z.
        (SANTIAGO, LONG_NIGHT, "20:00", "00:00", ["04-03 23:00 04-04 04:00"]),
        (SANTIAGO, LONG_NIGHT, "23:00", "00:00", ["04-04 02:00 04-04 04:00"]),
        (SANTIAGO, LONG_NIGHT, "22:30", "23:30", ["04-04 01:30 04-04 02:30", "04-04 03:00 04-04 03:30"]),
        (SANTIAGO, LONG_NIGHT, "00:00", "00:00", ["04-03 03:00 04-04 04:00"]),
        (SANTIAGO, date(2027, 4, 4), "00:00", "02:00", ["04-04 04:00 04-04 06:00"]),
        # Clocks that never change, and the leap day.
        (BOGOTA, SPRING, "08:00", "12:00", ["03-28 13:00 03-28 17:00"]),
        (BOGOTA, LEAP_DAY, "08:00", "12:00", ["02-29 13:00 02-29 17:00"]),
        (MADRID, LEAP_DAY, "09:00", "10:00", ["02-29 08:00 02-29 09:00"]),
        (SANTIAGO, LEAP_DAY, "20:00", "00:00", ["02-29 23:00 03-01 03:00"]),
    ],
)
def test_working_hours_in_utc(zone, day, starts, ends, expected):
    assert worked(zone, day, starts, ends) == expected


@pytest.mark.parametrize(
    ("zone", "day", "starts", "ends", "expected"),
    [
        (MADRID, SPRING, "01:30", "03:30", ["00:30", "01:00"]),
        (MADRID, AUTUMN, "02:30", "03:30", ["00:30", "01:30", "02:00"]),
        (SANTIAGO, NO_MIDNIGHT, "00:00", "02:00", ["04:00", "04:30"]),
        (SANTIAGO, LONG_NIGHT, "23:00", "00:00", ["02:00", "02:30", "03:00", "03:30"]),
        (BOGOTA, LEAP_DAY, "08:00", "09:00", ["13:00", "13:30"]),
    ],
)
def test_slots_in_utc(zone, day, starts, ends, expected):
    visit = Visit(duration=30, horizon_days=2000)
    found = slots(rules=daily(zone, starts, ends), visit=visit, first=day, last=day, **BUSINESS)
    assert [f"{slot.starts_at:%H:%M}" for slot in found] == expected


def test_the_leap_day_is_a_tuesday_among_tuesdays():
    rules = [rule for rule in daily(MADRID, "09:00", "10:00") if rule.weekday == 2]
    found = slots(
        rules=rules,
        visit=Visit(duration=60, horizon_days=2000),
        first=date(2028, 2, 20),
        last=date(2028, 3, 10),
        **BUSINESS,
    )
    assert [slot.starts_at.date() for slot in found] == [date(2028, 2, 22), LEAP_DAY, date(2028, 3, 7)]


@pytest.mark.parametrize(("hour", "reason"), [(2, None), (3, None), (4, Reason.OUTSIDE_HOURS)])
def test_both_repeated_hours_can_be_booked(hour, reason):
    assert reason is fits(
        rules=daily(SANTIAGO, "23:00", "00:00")[5:6],
        visit=Visit(duration=60, horizon_days=2000),
        location="centro",
        starts_at=datetime(2027, 4, 4, hour, tzinfo=UTC),
        **BUSINESS,
    )


def test_a_visit_may_last_through_the_night_that_has_no_midnight():
    """20:00–24:00 and 00:00–04:00 are one stretch: 00:00Z to 07:00Z, as an hour is missing."""
    rules = daily(SANTIAGO, "20:00", "00:00")[5:6] + daily(SANTIAGO, "00:00", "04:00")[6:]
    visit = Visit(duration=7 * 60, horizon_days=2000)
    found = slots(rules=rules, visit=visit, first=date(2026, 9, 5), last=NO_MIDNIGHT, **BUSINESS)
    assert [slot.starts_at for slot in found] == [datetime(2026, 9, 6, tzinfo=UTC)]
