"""What the API sends and takes of patients."""

from __future__ import annotations

from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field, StringConstraints

from citas.apikit.cursors import KeyCursor
from citas.apikit.shapes import Change, Ident, Line, Yes
from citas.apikit.words import LEFT_OUT, Day, Limit, Search, Strict

Relationship = Literal["self", "child", "parent", "partner", "other"]
Language = Literal["es", "en"]
Surname = Annotated[str, StringConstraints(max_length=80)]
Number = Annotated[str, StringConstraints(max_length=30)]
Phone = Annotated[str, StringConstraints(max_length=40)]
Email = Annotated[str, StringConstraints(max_length=254)]
DocumentType = Annotated[str, StringConstraints(max_length=10)]


class PatientsAsked(Schema):
    q: Search = Field(LEFT_OUT, description="Names, document, phone or, at the desk, the reference of an appointment.")
    limit: Limit = 20
    after: KeyCursor = Field(LEFT_OUT, description="`next` of the page before.")


class PatientOut(Schema):
    """A person who is treated. The phone is in E.164."""

    id: Ident
    relationship: Relationship
    given_names: str
    first_surname: str
    second_surname: str
    birth_date: Day | None
    document_country: str
    document_type: str
    document_number: str
    phone: str
    email: str
    language: str


class PatientIn(Strict):
    """Who is treated: oneself, a dependant, or (reception) anybody. Accounts must agree to the privacy notice."""

    relationship: Relationship = "self"
    given_names: Line
    first_surname: Line
    second_surname: Surname = ""
    birth_date: Day | None = None
    document_type: DocumentType = Field("", description="What the clinic's country has, such as dni, nie, passport.")
    document_number: Number = ""
    phone: Phone = Field("", description="With the country's code, or of the clinic's country.")
    email: Email = Field("", description="Reception only; an account's patients have the account's address.")
    language: Language = Field("es", description="Of the messages; reception only.")
    consent: Yes = Field(False, description="The patient has read how the details are used, and agrees.")


class PatientChange(Change):
    given_names: Line = LEFT_OUT
    first_surname: Line = LEFT_OUT
    second_surname: Surname = LEFT_OUT
    birth_date: Day | None = None
    document_type: DocumentType = LEFT_OUT
    document_number: Number = LEFT_OUT
    phone: Phone = LEFT_OUT
    email: Email = LEFT_OUT
    language: Language = LEFT_OUT
