"""What the API sends and takes of appointments and free time."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import BeforeValidator, Field, StringConstraints, WithJsonSchema

from citas.apikit.cursors import cursor
from citas.apikit.shapes import Ident, OneChange, of_page
from citas.apikit.words import LEFT_OUT, DayOrInstant, Instant, Key, Limit, Name, Strict

Status = Literal["held", "booked", "arrived", "completed", "cancelled", "no_show"]
Reason = Annotated[str, StringConstraints(max_length=1000)]
Question = Annotated[str, StringConstraints(min_length=1, max_length=80)]
LONGEST_ANSWER = 2000


def _answer(value: Any) -> str | bool:
    if isinstance(value, bool) or (isinstance(value, str) and len(value) <= LONGEST_ANSWER):
        return value
    raise ValueError(_("An answer is a text of up to 2,000 letters, or true or false."))


TEXT_OR_TRUTH = {"anyOf": [{"type": "string", "maxLength": LONGEST_ANSWER}, {"type": "boolean"}]}
Answer = Annotated[str | bool, BeforeValidator(_answer), WithJsonSchema(TEXT_OR_TRUTH)]
Answers = Annotated[dict[Question, Answer], Field(max_length=50, description="Answers by question.")]
Zone = Annotated[str, Field(examples=["Europe/Madrid"], description="The zone of the place, of the IANA list.")]


class AppointmentsAsked(Schema):
    doctor: Name = Field(LEFT_OUT, description="Key or short name.")
    patient: Key = LEFT_OUT
    status: Status = LEFT_OUT
    from_: DayOrInstant = Field(
        LEFT_OUT, alias="from", description="Starts then or later; a date by the clinic's clock."
    )
    to: DayOrInstant = Field(LEFT_OUT, description="Starts before; a date counts to its end.")
    limit: Limit = 20
    after: cursor(datetime, UUID) = Field(LEFT_OUT, description="`next` of the page before.")  # type: ignore[valid-type]


class SlotsAsked(Schema):
    doctor: Name = Field(LEFT_OUT, description="Key or short name.")
    specialty: Name = Field(LEFT_OUT, description="Key or short name.")
    visit_type: Name = Field(LEFT_OUT, description="Key or short name.")
    location: Name = Field(LEFT_OUT, description="Key or short name.")
    from_: DayOrInstant = Field(LEFT_OUT, alias="from", description="Now by default; a date is by the clinic's clock.")
    to: DayOrInstant = Field(LEFT_OUT, description="14 days on by default, at most 62; a date counts to its end.")
    limit: Limit = 20
    after: cursor(datetime, UUID, UUID) = Field(LEFT_OUT, description="`next` of the page before.")  # type: ignore[valid-type]


class SlotOut(Schema):
    """A start that can be booked. With a `patient` beside them, these members can be posted as they are."""

    id: str
    doctor: Ident
    visit_type: Ident
    location: Ident
    starts_at: Instant
    ends_at: Instant
    zone: Zone


SlotPage = of_page(SlotOut)


class SlotsOut(SlotPage):  # type: ignore[valid-type,misc]
    """A page of free starts; when there are none, the next that is free after the interval."""

    next_free: SlotOut | None


class AppointmentOut(Schema):
    """Instants are by the clock of the place, with its offset and the name of its zone."""

    id: Ident
    reference: str = Field(examples=["7KQ3MTRW"])
    doctor: Ident
    patient: Ident
    visit_type: Ident
    location: Ident
    starts_at: Instant
    ends_at: Instant
    zone: Zone
    status: Status
    reason: str
    answers: dict[str, str | bool | int | float | None]
    created_at: Instant
    updated_at: Instant


class BookIn(Strict):
    """A visit. The members of an item of available-slots may come along: `id`, `ends_at` and `zone` change nothing."""

    doctor: Name = Field(description="Key or short name.")
    patient: Key
    visit_type: Name = Field(description="Key or short name.")
    location: Name = Field(description="Key or short name.")
    starts_at: Instant
    reason: Reason = ""
    answers: Answers = {}
    id: Annotated[str, StringConstraints(max_length=200)] = ""
    ends_at: Instant = LEFT_OUT
    zone: Annotated[str, StringConstraints(max_length=64)] = ""


class ChangeIn(OneChange):
    """One of both: `starts_at` moves the visit, `status` says what has become of it."""

    starts_at: Instant = LEFT_OUT
    status: Status = LEFT_OUT
