"""What the API sends and takes of doctors, their hours and exceptions."""

from __future__ import annotations

from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field, StringConstraints

from citas.apikit.cursors import KeyCursor
from citas.apikit.shapes import Change, Ident, Line
from citas.apikit.words import LEFT_OUT, Clock, Day, Limit, Name, Search, Strict

Title = Annotated[str, StringConstraints(max_length=12)]
Surnames = Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=r"\S")]
Languages = Annotated[str, StringConstraints(max_length=80)]
About = Annotated[str, StringConstraints(max_length=4000)]
Note = Annotated[str, StringConstraints(max_length=120)]
Weekday = Annotated[int, Field(strict=True, ge=1, le=7, description="ISO 8601: 1 is Monday.")]
Offers = Annotated[list[Name], Field(max_length=50, description="Visit types, by key or short name.")]
Kind = Literal["closes", "opens"]


class DoctorsAsked(Schema):
    specialty: Name = Field(LEFT_OUT, description="Key or short name of a specialty.")
    location: Name = Field(LEFT_OUT, description="Key or short name of a location where the doctor works.")
    q: Search = Field(LEFT_OUT, description="Words of the name; accents do not matter.")
    limit: Limit = 20
    after: KeyCursor = Field(LEFT_OUT, description="`next` of the page before.")


class Listed(Schema):
    limit: Limit = 20
    after: KeyCursor = Field(LEFT_OUT, description="`next` of the page before.")


class SpecialtyOut(Schema):
    id: Ident
    slug: str
    name: str


class DoctorOut(Schema):
    id: Ident
    slug: str
    name: str = Field(examples=["Dra. Ana Vega Ruiz"])
    title: str
    given_names: str
    surnames: str
    specialty: SpecialtyOut
    languages: str
    bio: str
    bio_en: str


class OfferedOut(Schema):
    """A visit type as this doctor does it; `duration` in minutes."""

    id: Ident
    slug: str
    name: str
    duration: int


class PlaceOut(Schema):
    id: Ident
    slug: str
    name: str
    address: str
    city: str
    zone: str = Field(examples=["Europe/Madrid"])


class DoctorDetailOut(DoctorOut):
    visit_types: list[OfferedOut]
    locations: list[PlaceOut]


class DoctorIn(Strict):
    title: Title = ""
    given_names: Line
    surnames: Surnames
    specialty: Name = Field(description="Key or short name.")
    languages: Languages = ""
    bio: About = ""
    bio_en: About = ""
    visit_types: Offers = []


class DoctorChange(Change):
    title: Title = LEFT_OUT
    given_names: Line = LEFT_OUT
    surnames: Surnames = LEFT_OUT
    specialty: Name = LEFT_OUT
    languages: Languages = LEFT_OUT
    bio: About = LEFT_OUT
    bio_en: About = LEFT_OUT
    visit_types: Offers = LEFT_OUT


class HoursOut(Schema):
    """A weekly rule on the wall clock of `zone`; `ends` 00:00 is the end of the day."""

    id: Ident
    doctor: Ident
    location: Ident
    zone: str
    weekday: int
    starts: Clock
    ends: Clock
    valid_from: Day
    valid_until: Day | None


class HoursIn(Strict):
    location: Name
    weekday: Weekday
    starts: Clock
    ends: Clock
    valid_from: Day
    valid_until: Day | None = None


class HoursChange(Change):
    location: Name = LEFT_OUT
    weekday: Weekday = LEFT_OUT
    starts: Clock = LEFT_OUT
    ends: Clock = LEFT_OUT
    valid_from: Day = LEFT_OUT
    valid_until: Day | None = None


class ExceptionOut(Schema):
    """Closes or opens a date, or part of it; without `location` everywhere, without `starts` all day."""

    id: Ident
    doctor: Ident
    location: Ident | None
    zone: str | None
    date: Day
    starts: Clock | None
    ends: Clock | None
    kind: Kind
    reason: str


class ExceptionIn(Strict):
    date: Day
    kind: Kind = "closes"
    location: Name | None = None
    starts: Clock | None = None
    ends: Clock | None = None
    reason: Note = ""


class ExceptionChange(Change):
    date: Day = LEFT_OUT
    kind: Kind = LEFT_OUT
    location: Name | None = None
    starts: Clock | None = None
    ends: Clock | None = None
    reason: Note = LEFT_OUT
