"""From when to when a made-up clinic has visits, and how many."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from math import ceil
from random import Random
from zoneinfo import ZoneInfo

from citas.db import bulk
from citas.management.seeding import tiling, visits
from citas.management.seeding.clinic import Premises
from citas.management.seeding.keys import Keys
from citas.management.seeding.tiling import Tile
from citas.management.seeding.visits import Visit
from doctors import repository
from doctors.models import ScheduleException

DAYS_BACK, DAYS_AHEAD = 28, 42
FILLED = 2 / 3
ON_DUTY = 3


def plan(*, premises: Premises, amount: int | None, now: datetime, random: Random, keys: Keys) -> list[Visit]:
    """Visits without patients, around `now`; `amount` None fills two thirds of the time."""
    zone = ZoneInfo(premises.clinic[0].zone)
    today = now.astimezone(zone).date()
    _close_holidays(today - timedelta(days=DAYS_BACK), today)
    _open_today(premises, today, keys, now)
    tiles = _tiles(premises, amount, today, random)
    if amount is None:
        amount = round(len(tiles) * FILLED / (1 - visits.CANCELLED))
    midnight = datetime.combine(today, time(), zone)
    return visits.choose(tiles=tiles, amount=amount, now=now, midnight=midnight, random=random)


def _tiles(premises: Premises, amount: int | None, today: date, random: Random) -> list[Tile]:
    """Room for so many visits with a third to spare, as far back as that takes."""
    first, last = today - timedelta(days=DAYS_BACK), today + timedelta(days=DAYS_AHEAD)
    found = tiling.tiles(offerings=premises.offerings, first=first, last=last, random=random)
    a_day = len(found) / (DAYS_BACK + DAYS_AHEAD)
    while len(found) < (amount or 0) / FILLED:
        missing = ceil(((amount or 0) / FILLED - len(found)) / a_day) + 1
        first, last = first - timedelta(days=missing), first - timedelta(days=1)
        _close_holidays(first, today)
        found += tiling.tiles(offerings=premises.offerings, first=first, last=last, random=random)
    return found


def _close_holidays(first: date, today: date) -> None:
    """Store the holidays from `first` on; each call reaches at least two months ahead."""
    day = first
    while day < today:
        repository.extend_holidays(today=day)
        day += repository.BEYOND_HORIZON
    repository.extend_holidays(today=today)


def _open_today(premises: Premises, today: date, keys: Keys, now: datetime) -> None:
    """On a weekend or a holiday some doctors are on duty, so that today's agenda is never empty."""
    if today.isoweekday() < 6 and not repository.exceptions(doctors=[], first=today, last=today):
        return
    duties = [
        ScheduleException(
            id=keys.new(now),
            doctor=doctor,
            location=premises.locations[0],
            date=today,
            starts=time(9),
            ends=time(20),
            kind=ScheduleException.Kind.OPENS,
            reason="Guardia de fin de semana o festivo",
        )
        for doctor in premises.doctors[:ON_DUTY]
    ]
    bulk.load_all(duties)
