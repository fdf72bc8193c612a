"""Slots of an ordinary week: steps, buffers, notice, horizon, and why a start is refused."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from appointments.availability import Calendar, DateException, Reason, Rule, Visit, earliest, fits, nearest, slots

MONDAY = date(2027, 3, 8)  # Bogota is five hours behind UTC all year
NOW = datetime(2027, 3, 8, 0, 0, tzinfo=UTC)
RULES = [
    Rule(
        doctor="vega",
        location="centro",
        zone="America/Bogota",
        weekday=weekday,
        starts=time(9),
        ends=time(11),
        valid_from=date(2020, 1, 1),
    )
    for weekday in (1, 2)
]


def at(clock: str, day: int = 8) -> datetime:
    """An instant of March 2027 by the clock in Bogota."""
    return datetime.fromisoformat(f"2027-03-{day:02}T{clock}:00-05:00").astimezone(UTC)


def blocked(*spans: str) -> list[tuple[datetime, datetime]]:
    return [(at(span[:5]), at(span[6:])) for span in spans]


def known(**changes) -> dict:
    return {"rules": RULES, "exceptions": [], "busy": [], "visit": Visit(duration=30), "now": NOW} | changes


def clocks(last: date = MONDAY, **changes) -> list[str]:
    found = slots(**known(**changes), first=MONDAY, last=last)
    return [f"{slot.starts_at - timedelta(hours=5):%H:%M}" for slot in found]


def reason(clock: str, day: int = 8, location: str = "centro", **changes) -> Reason | None:
    return fits(**known(**changes), location=location, starts_at=at(clock, day))


def test_slots_say_doctor_place_and_time():
    slot = next(slots(**known(), first=MONDAY, last=MONDAY))
    assert (slot.doctor, slot.location, slot.zone) == ("vega", "centro", "America/Bogota")
    assert (slot.starts_at, slot.ends_at) == (at("09:00"), at("09:30"))


def test_the_step_is_the_duration_unless_it_is_set():
    assert clocks() == ["09:00", "09:30", "10:00", "10:30"]
    assert clocks(visit=Visit(duration=45)) == ["09:00", "09:45"]
    assert clocks(visit=Visit(duration=90, step=15)) == ["09:00", "09:15", "09:30"]


def test_each_gap_begins_anew():
    assert clocks(busy=blocked("09:10-09:25", "10:00-10:20")) == ["09:25", "10:20"]


def test_hours_off_the_grid_are_rounded_inwards():
    odd = [Rule(**{name: getattr(RULES[0], name) for name in Rule.__slots__} | {"starts": time(9, 2)})]
    assert clocks(rules=odd) == ["09:05", "09:35", "10:05"]


def test_buffers_stick_out_of_hours_but_keep_off_busy_time():
    visit = Visit(duration=30, buffer_before=15, buffer_after=10)
    assert clocks(visit=visit) == ["09:00", "09:30", "10:00", "10:30"]
    assert clocks(visit=visit, busy=blocked("08:00-08:55", "10:00-10:05")) == ["09:10", "10:20"]


def test_busy_time_may_reach_from_one_working_interval_into_the_next():
    lunch = DateException(date=MONDAY, opens=False, starts=time(9, 30), ends=time(10))
    assert clocks(exceptions=[lunch], busy=blocked("09:15-10:30"), visit=Visit(duration=15)) == [
        "09:00",
        "10:30",
        "10:45",
    ]


def test_the_last_visit_of_the_dates_may_end_on_the_next_day():
    names = {name: getattr(RULES[0], name) for name in Rule.__slots__}
    night = [
        Rule(**names | {"starts": time(23), "ends": time(0)}),
        Rule(**names | {"weekday": 2, "starts": time(0), "ends": time(1)}),
    ]
    assert clocks(rules=night, visit=Visit(duration=45)) == ["23:00", "23:45"]


def test_notice_drops_starts_and_keeps_the_steps():
    assert clocks(now=at("08:12"), visit=Visit(duration=30, minimum_notice=60)) == ["09:30", "10:00", "10:30"]


def test_notice_that_swallows_every_step_leaves_the_first_start_that_fits():
    late = {"now": at("09:07"), "busy": blocked("09:45-11:00")}
    assert clocks(**late) == ["09:10"]
    assert clocks(**late | {"now": at("09:16")}) == []


def test_the_horizon_counts_local_days():
    tuesday = MONDAY + timedelta(days=1)
    assert len(clocks(last=tuesday, now=at("08:00"), visit=Visit(duration=60, horizon_days=0))) == 2
    assert len(clocks(last=tuesday, now=at("08:00"), visit=Visit(duration=60, horizon_days=1))) == 4
    assert len(clocks(last=tuesday, now=at("23:00", 7), visit=Visit(duration=60, horizon_days=0))) == 0


@pytest.mark.parametrize(
    ("why", "clock", "changes"),
    [
        (None, "09:05", {}),
        (None, "10:30", {}),
        (Reason.OFF_GRID, "09:03", {}),
        (Reason.PAST, "09:00", {"now": at("09:00") + timedelta(seconds=1)}),
        (None, "09:00", {"now": at("09:00")}),
        (Reason.TOO_SOON, "09:55", {"now": at("09:00"), "visit": Visit(duration=30, minimum_notice=60)}),
        (None, "10:00", {"now": at("09:00"), "visit": Visit(duration=30, minimum_notice=60)}),
        (Reason.BEYOND_HORIZON, "09:00", {"now": at("09:00", 7), "visit": Visit(duration=30, horizon_days=0)}),
        (Reason.OUTSIDE_HOURS, "08:55", {}),
        (Reason.OUTSIDE_HOURS, "10:35", {}),
        (Reason.OUTSIDE_HOURS, "09:00", {"location": "sur"}),
        (Reason.CLOSED, "09:00", {"exceptions": [DateException(date=MONDAY, opens=False)]}),
        (Reason.CLOSED, "09:45", {"exceptions": [DateException(date=MONDAY, opens=False, starts=time(10))]}),
        (None, "09:30", {"exceptions": [DateException(date=MONDAY, opens=False, starts=time(10))]}),
        (Reason.BUSY, "09:30", {"busy": blocked("09:55-10:30")}),
        (None, "09:30", {"busy": blocked("09:00-09:30", "10:00-10:30")}),
        (Reason.BUSY, "09:30", {"busy": blocked("10:00-10:30"), "visit": Visit(duration=30, buffer_after=5)}),
    ],
)
def test_why_a_start_is_refused(why, clock, changes):
    assert reason(clock, **changes) is why


def test_an_opening_alone_gives_its_location_hours():
    opening = DateException(
        date=MONDAY, opens=True, doctor="vega", location="sur", zone="America/Bogota", starts=time(17), ends=time(18)
    )
    assert reason("17:30", location="sur", exceptions=[opening]) is None
    assert clocks(exceptions=[opening]) == ["09:00", "09:30", "10:00", "10:30", "17:00", "17:30"]


def test_centuries_away_is_beyond_the_horizon():
    end_of_time = datetime(9999, 12, 31, 23, 55, tzinfo=UTC)
    assert fits(**known(), location="centro", starts_at=end_of_time) is Reason.BEYOND_HORIZON
    assert clocks(last=date.min) == []


def test_moments_without_a_zone_are_refused():
    with pytest.raises(ValueError):
        slots(**known(now=datetime(2027, 3, 8)), first=MONDAY, last=MONDAY)  # noqa: DTZ001
    with pytest.raises(ValueError):
        fits(**known(), location="centro", starts_at=datetime(2027, 3, 8, 9))  # noqa: DTZ001


@pytest.mark.parametrize(
    "minutes",
    [
        {"duration": 0},
        {"duration": 1445},
        {"duration": 12},
        {"duration": 10, "step": 0},
        {"duration": 10, "step": 7},
        {"duration": 10, "buffer_before": -5},
        {"duration": 10, "buffer_after": 3},
    ],
)
def test_visits_off_the_grid_are_refused(minutes):
    with pytest.raises(ValueError):
        Visit(**minutes)


def test_earliest_is_in_time_order_and_at_one_start_in_the_order_of_the_doctors():
    def calendar(doctor: str, *busy: str) -> Calendar:
        rules = [Rule(**{name: getattr(rule, name) for name in Rule.__slots__} | {"doctor": doctor}) for rule in RULES]
        return Calendar(rules=rules, visit=Visit(duration=30), busy=blocked(*busy))

    doctors = [calendar("ruiz", "09:00-09:30"), calendar("vega"), calendar("soto", "09:00-11:00")]
    found = earliest(calendars=doctors, now=NOW, first=MONDAY, last=MONDAY + timedelta(days=1), limit=4)
    assert [(slot.doctor, slot.starts_at) for slot in found] == [
        ("vega", at("09:00")),
        ("ruiz", at("09:30")),
        ("vega", at("09:30")),
        ("ruiz", at("10:00")),
    ]


def test_nearest_lie_before_and_after_the_start_that_was_taken():
    taken = at("10:00")
    found = nearest(
        **known(busy=blocked("10:00-10:30")), first=MONDAY, last=MONDAY + timedelta(days=1), around=taken, limit=4
    )
    assert [slot.starts_at for slot in found] == [at("09:00"), at("09:30"), at("10:30"), at("09:00", 9)]
