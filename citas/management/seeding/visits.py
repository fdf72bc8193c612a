"""Who has which visit, and what became of it: in time order, so that nobody is at two places at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from appointments.models import Status
from citas.management.seeding.tiling import Tile
from patients.models import Patient

CANCELLED, NO_SHOW = 0.08, 0.06
HELD = ARRIVED = 3
TRIES = 12


@dataclass(slots=True)
class Visit:
    """A visit to be stored; `patient` is None until one is assigned."""

    tile: Tile
    status: str
    created_at: datetime
    patient: Any = None

    @property
    def blocks(self) -> bool:
        return self.status not in (Status.CANCELLED, Status.NO_SHOW)


@dataclass(slots=True)
class Waiting:
    """The patients in the queue of a made-up clinic, and until when each is with a doctor."""

    everybody: Sequence[Patient]
    today: datetime
    busy_until: dict = field(default_factory=dict)
    children: list[Patient] = field(init=False)
    adults: list[Patient] = field(init=False)

    def __post_init__(self) -> None:
        grown = (self.today - timedelta(days=16 * 365)).date()
        self.children = [patient for patient in self.everybody if (patient.birth_date or grown) > grown]
        self.adults = [patient for patient in self.everybody if (patient.birth_date or grown) <= grown]

    def call(self, visit: Visit, random: Random) -> Patient:
        """Somebody who is free then, of the right age where that is found quickly."""
        fitting = (self.children if visit.tile.fit.specialty == "pediatria" else self.adults) or self.everybody
        for _try in range(TRIES):
            patient = random.choice(fitting)
            if self._free(patient, visit):
                return patient
        start = random.randrange(len(self.everybody))
        rest = (*self.everybody[start:], *self.everybody[:start])
        return next(patient for patient in rest if self._free(patient, visit))

    def take(self, patient: Patient, visit: Visit) -> None:
        visit.patient = patient
        if visit.blocks:
            self.busy_until[patient.pk] = visit.tile.ends_at

    def _free(self, patient: Patient, visit: Visit) -> bool:
        known = self.busy_until.get(patient.pk)
        return not visit.blocks or known is None or known <= visit.tile.starts_at


def choose(*, tiles: Sequence[Tile], amount: int, now: datetime, midnight: datetime, random: Random) -> list[Visit]:
    """So many visits on these tiles, in time order; cancelled ones leave their time free. `midnight` began today."""
    cancelled = round(amount * CANCELLED)
    picked = random.sample(tiles, amount)
    gone, kept = picked[:cancelled], sorted(picked[cancelled:], key=_start)
    today = [tile.starts_at for tile in kept if timedelta() <= tile.starts_at - midnight < timedelta(days=1)]
    waiting, desk = _desk(today, now)
    visits = [Visit(tile, Status.CANCELLED, _created(tile, now, random)) for tile in gone]
    visits += [Visit(tile, _became(tile, waiting, desk, now, random), _created(tile, now, random)) for tile in kept]
    for visit in [visit for visit in visits if visit.status == Status.BOOKED][-HELD:]:
        visit.status, visit.created_at = Status.HELD, now - timedelta(minutes=2)
    return sorted(visits, key=lambda visit: (visit.tile.starts_at, visit.tile.offering.id))


def assign(*, visits: Iterable[Visit], patients: Sequence[Patient], now: datetime, random: Random) -> None:
    """Give a patient to every visit without one. With as many patients as doctors somebody is always free."""
    waiting = Waiting(everybody=patients, today=now)
    for visit in visits:
        if visit.patient is None:
            waiting.take(waiting.call(visit, random), visit)


def _start(tile: Tile) -> datetime:
    return tile.starts_at


def _desk(today: Sequence[datetime], now: datetime) -> tuple[datetime, datetime]:
    """From when on who has come still waits, and from when on nobody has come yet.

    Whatever the hour, a third of today's visits are over and a third are to come: there is always something to see.
    """
    if len(today) < 3 * ARRIVED:
        return now, now
    third = len(today) // 3
    reached = min(max(sum(start <= now for start in today), third), len(today) - third)
    return today[reached - ARRIVED], today[reached]


def _became(tile: Tile, waiting: datetime, desk: datetime, now: datetime, random: Random) -> str:
    if tile.starts_at >= desk:
        return Status.BOOKED
    if tile.starts_at >= waiting:
        return Status.ARRIVED
    return Status.NO_SHOW if tile.ends_at <= now and random.random() < NO_SHOW else Status.COMPLETED


def _created(tile: Tile, now: datetime, random: Random) -> datetime:
    """Visits are made up to six weeks ahead, the nearer ones more often."""
    latest = min(tile.starts_at - timedelta(hours=3), now - timedelta(minutes=5))
    ahead = timedelta(minutes=int(random.betavariate(1, 2.5) * 42 * 24 * 60))
    moment = latest - ahead
    # People book during the day.
    by_day = moment.astimezone(UTC).replace(hour=7 + moment.hour % 12, second=random.randrange(60), microsecond=0)
    return by_day if by_day <= latest else by_day - timedelta(days=1)
