"""A booking being filled in: which question comes next, and what the answers come to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from appointments import booking, draft_repository
from appointments.forms import MYSELF, SOMEBODY_ELSE, ReasonForm
from appointments.models import Appointment, Draft
from appointments.slot_code import SlotCode
from citas.db import uuid7
from citas.errors import DomainError
from doctors import repository as doctors_repository
from doctors.models import Location, Offering
from patients import repository as patients_repository
from patients.forms import DetailsForm
from patients.models import Patient

NEW = (MYSELF, SOMEBODY_ELSE)


class NoLongerOffered(DomainError):
    """What was chosen has been withdrawn since."""

    status = 409
    code = "no-longer-offered"
    message = _("That appointment is no longer offered. Please search again.")


class NotOnTheList(DomainError):
    """The person whom the visit is for has been taken off the account's list since."""

    status = 409
    code = "not-on-the-list"
    message = _("That person is no longer on your list. Go back and say again who the appointment is for.")


@dataclass(frozen=True, slots=True)
class Choice:
    """The slot of a draft with everything it names."""

    offering: Offering
    location: Location
    starts_at: datetime


def choice(slot: SlotCode) -> Choice:
    """What a slot names. Raises NoLongerOffered when any of it cannot be booked any more."""
    offering = doctors_repository.offering_by_ids(doctor=slot.doctor, visit_type=slot.visit_type)
    location = doctors_repository.location_by_id(slot.location)
    if offering is None or location is None:
        raise NoLongerOffered
    return Choice(offering, location, slot.starts_at)


def choice_of(draft: Draft) -> Choice:
    return choice(SlotCode.parse(draft.data["slot"]))


def too_late(chosen: Choice, *, now: datetime) -> bool:
    """Whether, once booked, only the clinic could still change it."""
    return now > booking.cut_off(chosen.starts_at, chosen.offering.visit_type)


def typed(post: Mapping[str, str]) -> dict[str, str]:
    """What was typed into the questions about a person, right or wrong, cut to a sane size."""
    names = [name for name in post if name != "csrfmiddlewaretoken"][:40]
    return {name[:60]: post[name][:500] for name in names}


def details_as_typed(draft: Draft) -> DetailsForm:
    """The page of details again: with its errors when something had been typed, else empty."""
    return details_of(draft) if _typed_details(draft) else DetailsForm(relationship_asked=_is_dependant(draft))


def details_of(draft: Draft) -> DetailsForm:
    """The details as they were typed, looked over: the form says what is missing."""
    form = DetailsForm(_typed_details(draft), relationship_asked=_is_dependant(draft))
    form.full_clean()
    return form


def keep_details(draft: Draft, post: Mapping[str, str]) -> None:
    """Each of the persons who may be meant has details of its own, so that going back mixes nobody up."""
    draft_repository.keep(draft, **{f"details_{draft.data.get('who')}": typed(post)})


def _typed_details(draft: Draft) -> dict[str, str]:
    return draft.data.get(f"details_{draft.data.get('who')}", {})


def _is_dependant(draft: Draft) -> bool:
    return draft.data.get("who") == SOMEBODY_ELSE


def next_step(draft: Draft) -> str:
    """URL name of the first question that has no right answer yet."""
    who = draft.data.get("who")
    if not who:
        return "appointments:draft_who"
    if who in NEW and not details_of(draft).is_valid():
        return "appointments:draft_details"
    answered = "reason" in draft.data and ReasonForm({"reason": draft.data["reason"]}).is_valid()
    return "appointments:draft_check" if answered else "appointments:draft_reason"


def choose_patient(draft: Draft, *, who: str, account: Any) -> None:
    """Remember for whom; a new person gets a key now, so that confirming twice makes one patient."""
    key = f"key_{who}"
    answer = {"who": who, "account": str(account.pk)}
    draft_repository.keep(draft, **answer, **({key: draft.data.get(key, str(uuid7()))} if who in NEW else {}))


def patient_name(draft: Draft, *, user: Any) -> str:
    if draft.data["who"] in NEW:
        return details_of(draft).full_name
    return _known_patient(draft, user).full_name


def _known_patient(draft: Draft, user: Any) -> Patient:
    found = patients_repository.of(user).filter(pk=UUID(draft.data["who"])).first()
    if found is None:
        raise NotOnTheList
    return found


def _patient(draft: Draft, *, user: Any, now: datetime) -> Patient:
    """The patient of this draft; what was corrected after a refusal is corrected in what was stored before it."""
    who = draft.data["who"]
    if who not in NEW:
        return _known_patient(draft, user)
    key, details = UUID(draft.data[f"key_{who}"]), details_of(draft).details()
    stored = patients_repository.of(user).filter(pk=key).first()
    if stored is not None:
        return patients_repository.change(patient=stored, now=now, **details)
    return patients_repository.add(id=key, account=user, now=now, **details)


def booked(draft: Draft, *, user: Any) -> Appointment | None:
    """What this draft has come to already."""
    return booking.booked(actor=user, request_key=str(draft.pk)) if user.is_authenticated else None


def confirm(draft: Draft, *, user: Any, now: datetime) -> Appointment:
    """Book what the draft says, once, whoever sends it how often. Raises what booking.book raises."""
    chosen = choice_of(draft)
    return booking.book(
        doctor=chosen.offering.doctor,
        patient=_patient(draft, user=user, now=now),
        visit_type=chosen.offering.visit_type,
        location=chosen.location,
        starts_at=chosen.starts_at,
        reason=draft.data.get("reason", ""),
        actor=user,
        source="web",
        request_key=str(draft.pk),
        now=now,
    )
