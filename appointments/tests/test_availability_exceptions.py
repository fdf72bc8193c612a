"""Which exception wins: the clinic's, the doctor's, an opening, a closing."""

from datetime import UTC, date, datetime, time

import pytest

from appointments.availability import DateException, Rule, working_intervals

HOLIDAY = date(2027, 3, 9)  # a Tuesday; Madrid is one hour ahead of UTC
ZONES = {"centro": "Europe/Madrid", "sur": "Europe/Madrid"}


def rule(location: str, starts: int, ends: int, **changes) -> Rule:
    values = {"weekday": 2, "valid_from": date(2020, 1, 1), "zone": ZONES[location]} | changes
    return Rule(doctor="vega", location=location, starts=time(starts), ends=time(ends), **values)


def closes(starts: int | None = None, ends: int | None = None, **who) -> DateException:
    return exception(False, starts, ends, **who)


def opens(starts: int | None = None, ends: int | None = None, **who) -> DateException:
    return exception(True, starts, ends, **who)


def exception(opening: bool, starts: int | None, ends: int | None, **who) -> DateException:
    clock = {"starts": starts and time(starts), "ends": ends and time(ends)}
    return DateException(date=HOLIDAY, opens=opening, zone="Europe/Madrid", **clock, **who)


def hours(*exceptions: DateException, rules: list[Rule] | None = None) -> list[tuple[str, int, int]]:
    rules = [rule("centro", 9, 14), rule("sur", 16, 20)] if rules is None else rules
    found = working_intervals(rules=rules, exceptions=exceptions, day_from=HOLIDAY, day_to=HOLIDAY)
    return [(location, lo.hour + 1, hi.hour + 1) for lo, hi, location, _ in found]


USUAL = [("centro", 9, 14), ("sur", 16, 20)]


@pytest.mark.parametrize(
    ("exceptions", "expected"),
    [
        ([], USUAL),
        # A closing subtracts: the day or a part of it, everywhere or at one location.
        ([closes()], []),
        ([closes(location="sur")], [("centro", 9, 14)]),
        ([closes(12, 18)], [("centro", 9, 12), ("sur", 18, 20)]),
        ([closes(10, 11), closes(12, 20)], [("centro", 9, 10), ("centro", 11, 12)]),
        ([closes(doctor="vega", ends=12)], [("centro", 12, 14), ("sur", 16, 20)]),
        ([closes(starts=18)], [("centro", 9, 14), ("sur", 16, 18)]),
        # An opening of the doctor at a location adds hours, on a holiday too.
        ([opens(14, 15, doctor="vega", location="centro")], [("centro", 9, 15), ("sur", 16, 20)]),
        ([opens(8, 10, doctor="vega", location="norte")], [("norte", 8, 10), *USUAL]),
        ([closes(), opens(10, 12, doctor="vega", location="centro")], [("centro", 10, 12)]),
        # Any other opening only lifts what the clinic closed.
        ([opens(5, 23)], USUAL),
        ([opens(5, 23, doctor="vega")], USUAL),
        ([closes(), opens()], USUAL),
        ([closes(), opens(location="sur")], [("sur", 16, 20)]),
        ([closes(), opens(10, 18)], [("centro", 10, 14), ("sur", 16, 18)]),
        ([closes(), opens(10, 18, doctor="vega")], [("centro", 10, 14), ("sur", 16, 18)]),
        # The doctor's own closing wins over everything.
        ([closes(doctor="vega"), opens()], []),
        ([closes(doctor="vega"), opens(doctor="vega")], []),
        ([closes(11, 18, doctor="vega"), opens(10, 12, doctor="vega", location="norte")],
         [("centro", 9, 11), ("norte", 10, 11), ("sur", 18, 20)]),
    ],
)  # fmt: skip
def test_precedence(exceptions, expected):
    assert hours(*exceptions) == expected
    assert hours(*reversed(exceptions)) == expected


def test_an_opening_makes_a_doctor_without_weekly_hours_work():
    assert hours(opens(9, 11, doctor="vega", location="sur"), rules=[]) == [("sur", 9, 11)]


def test_exceptions_of_other_dates_change_nothing():
    other = DateException(date=date(2027, 3, 10), opens=False)
    assert hours(other) == USUAL


def test_rules_hold_on_their_weekday_while_they_are_valid():
    assert hours(rules=[rule("centro", 9, 14, weekday=3)]) == []
    assert hours(rules=[rule("centro", 9, 14, valid_from=HOLIDAY, valid_until=HOLIDAY)]) == [("centro", 9, 14)]
    assert hours(rules=[rule("centro", 9, 14, valid_from=date(2027, 3, 10))]) == []
    assert hours(rules=[rule("centro", 9, 14, valid_until=date(2027, 3, 8))]) == []


def test_rules_that_touch_or_overlap_are_one_interval():
    assert hours(rules=[rule("centro", 9, 12), rule("centro", 11, 13), rule("centro", 13, 14)]) == [("centro", 9, 14)]


def test_hours_that_touch_at_midnight_are_one_interval():
    rules = [rule("centro", 20, 0), rule("centro", 0, 4, weekday=3)]
    found = working_intervals(rules=rules, exceptions=[], day_from=HOLIDAY, day_to=date(2027, 3, 10))
    assert found == [
        (datetime(2027, 3, 9, 19, tzinfo=UTC), datetime(2027, 3, 10, 3, tzinfo=UTC), "centro", "Europe/Madrid")
    ]


def test_a_closing_is_read_on_the_clock_of_each_location():
    canary = rule("sur", 9, 14, zone="Atlantic/Canary")
    assert hours(closes(12, 13), rules=[canary]) == [("sur", 10, 13), ("sur", 14, 15)]


def test_clocks_that_run_backwards_are_refused():
    with pytest.raises(ValueError):
        rule("centro", 14, 9)
    with pytest.raises(ValueError):
        closes(14, 14)


def test_an_opening_that_adds_hours_needs_the_zone_of_its_clock():
    with pytest.raises(ValueError):
        DateException(date=HOLIDAY, opens=True, doctor="vega", location="centro")


def test_two_doctors_at_once_are_refused():
    with pytest.raises(ValueError):
        hours(closes(doctor="ruiz"))
