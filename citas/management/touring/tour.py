"""Which pages of the administration the desk opens, found by following its links as a manager."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse

from accounts.models import User
from appointments import repository as appointments
from appointments.models import Appointment
from citas.management.touring import links

Read = Callable[[str], str]
NOBODY = "zzyzx"
COMMON = ("ma", "garcia")  # beginnings of words that thousands of patients share


class NothingToSee(Exception):
    """There is no appointment to look for."""


@dataclass(frozen=True, slots=True)
class Page:
    what: str
    path: str


def pages(*, manager: User, read: Read, only: str = "") -> Iterator[Page]:
    """Every page whose path holds `only`, in an order that reads well. `read` answers the text of a path.

    Raises NothingToSee.
    """
    return (page for page in dict.fromkeys(_pages(manager, read, only)) if only in page.path)


def _pages(manager: User, read: Read, only: str) -> Iterator[Page]:
    visit = _some_visit(manager)
    asked = HttpRequest()
    asked.user = manager
    seen = {model: its for model, its in admin.site._registry.items() if its.has_view_permission(asked)}
    for model, its in seen.items():
        if only in _list(model) or _list(model) in only:
            yield from _of_list(model, its, read)
    yield from _searches(seen, visit)
    yield from _choices(seen, visit)
    yield from _single(visit)


def _some_visit(manager: User) -> Appointment:
    """One from among the thousands, of a patient with a document and a phone."""
    found = list(appointments.of(manager).seen().with_names().order_by("starts_at", "id")[:50])
    if not found:
        raise NothingToSee
    return next((visit for visit in found if visit.patient.document_number), found[0])


def _of_list(model: Any, its: Any, read: Read) -> Iterator[Page]:
    path, name, dates = _list(model), str(model._meta.verbose_name_plural), its.date_hierarchy or ""
    page = read(path)
    yield Page(name, path)
    for link in links.filters(page, dates=dates):
        yield Page(f"{name}, filter", path + link)
    for link in links.boxes(page):
        yield Page(f"{name}, box", path + link)
    for link in links.columns(page):
        yield Page(f"{name}, order", path + link)
    for link in links.ends(links.pages(page)):
        yield Page(f"{name}, page", path + link)
    if dates:
        yield from _dates(name, path, dates, "?", read)


def _dates(name: str, path: str, dates: str, above: str, read: Read) -> Iterator[Page]:
    """Down to days, by the first, the middle and the last of each level."""
    for link in links.ends(links.deeper(read(path + above), dates=dates, above=above)):
        yield Page(f"{name}, date", path + link)
        yield from _dates(name, path, dates, link, read)


def _searches(seen: Iterable[Any], visit: Appointment) -> Iterator[Page]:
    patient = visit.patient
    words = [*COMMON, patient.full_name, patient.document_number, str(patient.phone), visit.reference, NOBODY]
    mail = patient.account.email if patient.account else "maria@example.com"
    searched: dict[str, list[str]] = {
        "appointments.appointment": words,
        "patients.patient": words,
        "notifications.message": [visit.reference, mail, NOBODY],
        "accounts.user": [mail, "ma", NOBODY],
        "account.emailaddress": [mail, "ma", NOBODY],
        "doctors.doctor": [visit.doctor.surnames, "ma", NOBODY],
    }
    for model in seen:
        for word in searched.get(model._meta.label_lower, []):
            path = f"{_list(model)}?{urlencode({'q': word})}"
            yield Page(f"{model._meta.verbose_name_plural}, search", path)


def _choices(seen: dict[Any, Any], visit: Appointment) -> Iterator[Page]:
    """The boxes of forms that ask the server while somebody types."""
    for model, its in seen.items():
        for field in its.autocomplete_fields:
            for term in ("", *COMMON, visit.patient.full_name, NOBODY):
                asked = {
                    "app_label": model._meta.app_label,
                    "model_name": model._meta.model_name,
                    "field_name": field,
                    "term": term,
                }
                yield Page(f"choose {field}", f"{reverse('admin:autocomplete')}?{urlencode(asked)}")


def _single(visit: Appointment) -> Iterator[Page]:
    for row in (visit, visit.patient, visit.doctor):
        meta = row._meta
        path = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])
        yield Page(f"one {meta.verbose_name}", path)
    yield Page("the history of an appointment", reverse("admin:appointments_appointment_history", args=[visit.pk]))
    yield Page("a new appointment", reverse("admin:appointments_appointment_add"))
    yield Page("the day", f"{reverse('appointments:agenda')}?desde={visit.local_start.date()}")
    yield Page("today", reverse("appointments:agenda"))
    yield Page("a doctor's day", f"{reverse('appointments:agenda')}?{urlencode({'medico': visit.doctor.slug})}")


def _list(model: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
