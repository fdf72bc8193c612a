"""Shapes that every API of the project sends or takes."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import ConfigDict, Field, StringConstraints, WithJsonSchema, model_validator

from citas.apikit.words import LEFT_OUT, Strict

# Text that says something. What is longer than any form of ours takes is refused here already.
Line = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"\S")]
Yes = Annotated[bool, Field(strict=True)]


class Wrong(Schema):
    """One thing that is not right: in which part of the request, and where in it (a JSON pointer)."""

    part: str = Field(alias="in", examples=["body"])
    pointer: str = Field(examples=["#/starts_at"])
    detail: str


class Problem(Schema):
    """RFC 9457. `type` leads to an explanation; `request_id` is what to give when you call us about it.

    Some say more: `nearest`, the nearest free times (as available-slots has them) to one that is taken; `visits`, how
    many depend on what was to be put out of use.
    """

    model_config = ConfigDict(extra="allow")

    type: str = Field(examples=["/api/docs#slot-taken"])
    title: str
    status: int = Field(ge=400, le=599)
    detail: str
    request_id: str
    errors: list[Wrong] = Field(LEFT_OUT, description="What is not right, one by one.")


def of_page(item: type[Schema]) -> type[Schema]:
    """The shape of a page of such items."""
    fields: dict[str, Any] = {
        "__annotations__": {"items": list[item], "next": str | None},  # type: ignore[valid-type]
        "next": Field(description="Give it as `after` for the next page; null at the end."),
        "__doc__": f"A page of {item.__name__}.",
        "__module__": item.__module__,
    }
    return type(f"{item.__name__}Page", (Schema,), fields)


class Change(Strict):
    """What a PATCH takes: some of the members, and none that is not listed."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    @model_validator(mode="before")
    @classmethod
    def says_something(cls, sent: Any) -> Any:
        if isinstance(sent, dict) and not sent:
            raise ValueError(_("Say what is to change."))
        return sent


class OneChange(Change):
    """What a PATCH takes that does one thing at a time."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})

    @model_validator(mode="before")
    @classmethod
    def says_one_thing(cls, sent: Any) -> Any:
        if isinstance(sent, dict) and len(sent) > 1:
            raise ValueError(_("Change one thing at a time."))
        return sent


Ident = Annotated[UUID, WithJsonSchema({"type": "string", "format": "uuid"})]
