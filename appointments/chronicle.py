"""An appointment's events in words: when, what, by whom, and what it was before."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise
from typing import Any, NamedTuple
from uuid import UUID

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts import repository as accounts
from accounts.models import User
from appointments.models import Appointment, Status
from appointments.wording import short_in_words

KINDS = {
    "created": gettext_lazy("booked"),
    "rescheduled": gettext_lazy("moved"),
    "cancelled": gettext_lazy("cancelled"),
    "released": gettext_lazy("released"),
    "arrived": gettext_lazy("arrived"),
    "completed": gettext_lazy("completed"),
    "no_show": gettext_lazy("did not come"),
    "undone": gettext_lazy("undone"),
}
SOURCES = {
    "web": gettext_lazy("on the website"),
    "admin": gettext_lazy("in the administration"),
    "api": gettext_lazy("through the API"),
    "command": gettext_lazy("by the program itself"),
}


class Entry(NamedTuple):
    """One event for somebody who asks what happened."""

    when: str
    what: str
    who: str
    where: str
    changes: list[str]  # "old → new"; of the first event what was booked


def short(appointment: Appointment) -> list[tuple[str, str]]:
    """Each event as (when, what), by the clock of the visit's place."""
    return [
        (_instant(one["at"], appointment), f"{_kind(one)} → {_instant(one['starts_at'], appointment)} ({_source(one)})")
        for one in appointment.events
    ]


def entries(appointment: Appointment) -> list[Entry]:
    """All that is kept of each event, in order, by the clock of the visit's place: one question, for the accounts."""
    known = accounts.by_keys({UUID(one["actor"]) for one in appointment.events if one["actor"]})
    return [
        Entry(
            when=_instant(one["at"], appointment),
            what=_kind(one),
            who=_who(known.get(UUID(one["actor"]))) if one["actor"] else "",
            where=_source(one),
            changes=list(_changes(before, one, appointment)),
        )
        for before, one in pairwise([None, *appointment.events])
    ]


def _changes(before: dict[str, Any] | None, one: dict[str, Any], appointment: Appointment) -> Iterable[str]:
    status, start = Status(one["status"]).label, _instant(one["starts_at"], appointment)
    if before is None:
        yield f"{_('status')}: {status}"
        yield f"{_('starts')}: {start}"
        return
    if before["status"] != one["status"]:
        yield f"{_('status')}: {Status(before['status']).label} → {status}"
    if before["starts_at"] != one["starts_at"]:
        yield f"{_('starts')}: {_instant(before['starts_at'], appointment)} → {start}"
    if one.get("past_rules"):
        yield _("past the rules for patients")


def _who(account: User | None) -> str:
    """Colleagues by their address; of a patient's account no more than what it is."""
    if account is None:
        return _("an account that is no longer there")
    return account.email if account.works_here else _("the patient’s account")


def _kind(one: dict[str, Any]) -> str:
    return str(KINDS.get(one["kind"], one["kind"]))


def _source(one: dict[str, Any]) -> str:
    return str(SOURCES.get(one["source"], one["source"]))


def _instant(text: str, appointment: Appointment) -> str:
    return short_in_words(datetime.fromisoformat(text), appointment.zone, get_language() or "es")
