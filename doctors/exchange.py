"""Doctors and their weekly hours as files. Accounts and whether somebody is in use are none of a file's matters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, time
from typing import Any

from django.contrib.admin.models import CHANGE
from django.core.exceptions import ValidationError
from django.db.models import Field, QuerySet
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from import_export import fields
from import_export.results import Result

from citas.exchange.resources import Changed, FileResource, Row
from doctors import exchange_repository
from doctors.forms import overlap
from doctors.models import Doctor, WorkingHours

RULE = ("weekday", "starts", "ends", "valid_from", "valid_until")


class DoctorResource(FileResource):
    title = _("doctors")
    rule = _(
        "A row is the doctor of its short name. Other rows are new doctors, whose names make one when it is empty."
    )
    columns = {
        "slug": _("the short name in addresses, such as ana-vega"),
        "title": _("Dra., Dr. or nothing; may be left out"),
        "given_names": _("must be filled in"),
        "surnames": _("must be filled in"),
        "specialty": _("the specialty’s short name in addresses"),
        "languages": _("may be left out"),
        "bio": _("may be left out"),
        "bio_en": _("may be left out"),
    }
    needed = ("slug", "given_names", "surnames", "specialty")
    specialty = fields.Field(attribute="specialty__slug", column_name="specialty")

    class Meta(FileResource.Meta):
        model = Doctor
        fields = ("slug", "title", "given_names", "surnames", "specialty", "languages", "bio", "bio_en")

    def exported(self, listed: QuerySet[Doctor]) -> QuerySet[Doctor]:
        return listed.prefetch_related(None).select_related(None).select_related("specialty")

    def look_up(self, rows: list[dict[str, str]]) -> None:
        self.stored = exchange_repository.doctors({self.key(row)[0] for row in rows})
        self.specialties = exchange_repository.specialties()

    def key(self, row: Row) -> tuple[Any, ...]:
        return (row["slug"] or slugify(f"{row['given_names']} {row['surnames']}")[:70],)

    def find(self, row: Row) -> Doctor | None:
        found = self.stored.get(self.key(row)[0])
        if found is not None and found.hidden:
            raise ValidationError({"slug": _("This short name is taken. Choose another one.")})
        return found

    def fill(self, instance: Doctor, row: Row) -> None:
        specialty = self.specialties.get(row["specialty"])
        if specialty is None:
            raise ValidationError({"specialty": _none_of(row["specialty"], self.specialties)})
        for name in set(row) - {"specialty"}:
            setattr(instance, name, row[name])
        instance.slug, instance.specialty = self.key(row)[0], specialty
        instance.full_clean(exclude={"user", "specialty"}, validate_unique=False, validate_constraints=False)

    def store(self, new: list[Doctor], changed: list[Changed]) -> None:
        exchange_repository.store(new=new, changed=changed)


class HoursResource(FileResource):
    title = _("weekly hours of doctors")
    rule = _(
        "A row is the rule of the same doctor, location, weekday, beginning and first day; only its end and its last "
        "day can change. Other rows are new rules. No file takes a rule away."
    )
    warning = _("Visits that are booked already stay as they are: look at the agenda for those outside the hours.")
    columns = {
        "doctor": _("the doctor’s short name in addresses, such as ana-vega"),
        "location": _("the location’s short name in addresses"),
        "weekday": _("1 is Monday, 7 is Sunday"),
        "starts": _("such as 09:00, on the clock of the location"),
        "ends": _("such as 14:00; 00:00 is the end of the day"),
        "valid_from": _("such as 2027-01-31"),
        "valid_until": _("the last day; may be empty"),
    }
    needed = tuple(columns)
    doctor = fields.Field(attribute="doctor__slug", column_name="doctor")
    location = fields.Field(attribute="location__slug", column_name="location")

    class Meta(FileResource.Meta):
        model = WorkingHours
        fields = ("doctor", "location", *RULE)
        widgets = {"starts": {"format": "%H:%M"}, "ends": {"format": "%H:%M"}}

    def exported(self, listed: QuerySet[Doctor]) -> QuerySet[WorkingHours]:
        return exchange_repository.hours_of(listed)

    def look_up(self, rows: list[dict[str, str]]) -> None:
        slugs = {row["doctor"] for row in rows}
        self.doctors = {slug: each for slug, each in exchange_repository.doctors(slugs).items() if not each.hidden}
        self.locations = exchange_repository.locations()
        self.rules = list(exchange_repository.rules(list(self.doctors.values())))
        self.stored = {_identity(rule): rule for rule in self.rules}

    def key(self, row: Row) -> tuple[Any, ...]:
        return (
            row["doctor"],
            row["location"],
            *(_read(name, row[name]) for name in ("weekday", "starts", "valid_from")),
        )

    def find(self, row: Row) -> WorkingHours | None:
        return self.stored.get(self.key(row))

    def fill(self, instance: WorkingHours, row: Row) -> None:
        doctor, location = self.doctors.get(row["doctor"]), self.locations.get(row["location"])
        if doctor is None:
            raise ValidationError({"doctor": _("There is no doctor with this short name.")})
        if location is None:
            raise ValidationError({"location": _none_of(row["location"], self.locations)})
        instance.doctor, instance.location = doctor, location
        for name in RULE:
            setattr(instance, name, row[name] or None)
        instance.clean_fields(exclude={"doctor", "location"})
        instance.clean()  # which compares times, and so comes only after they are some

    def faults_together(self, result: Result) -> Iterator[tuple[int, ValidationError]]:
        """Nobody works twice at one time: the file's rules beside each other, and beside those that are stored."""
        of_file = {
            row.instance.pk: (number, row.instance) for number, row in enumerate(result.rows, 1) if row.is_valid()
        }
        others = [(0, rule) for rule in self.rules if rule.pk not in of_file]
        days: dict[Any, list[dict[str, Any]]] = defaultdict(list)
        for number, rule in [*others, *of_file.values()]:
            day, mine = days[rule.doctor_id, rule.weekday], {name: getattr(rule, name) for name in RULE}
            if number and (other := next((each for each in day if overlap(each, mine)), None)):
                yield number, ValidationError({"starts": _overlapping(other)})
            day.append(mine)

    def store(self, new: list[WorkingHours], changed: list[Changed]) -> None:
        exchange_repository.store_hours(new=new, changed=changed)

    def noted(self, new: list[Any], changed: list[Changed]) -> list[tuple[int, list[Any]]]:
        """Hours have no page of their own: it stands in their doctor's history."""
        concerned = {rule.doctor_id: rule.doctor for rule in [*new, *(rule for rule, _names in changed)]}
        return [(CHANGE, list(concerned.values()))]


def _none_of(word: str, known: dict[str, Any]) -> Any:
    text = _("There is none with the short name “%(word)s”. These are known: %(known)s")
    return ValidationError(text, params={"word": word, "known": ", ".join(sorted(known))})


def _overlapping(rule: dict[str, Any]) -> ValidationError:
    text = _("These hours overlap others of this doctor, from %(starts)s to %(ends)s.")
    return ValidationError(text, params={"starts": f"{rule['starts']:%H:%M}", "ends": f"{rule['ends']:%H:%M}"})


def _identity(rule: WorkingHours) -> tuple[Any, ...]:
    return (rule.doctor.slug, rule.location.slug, rule.weekday, rule.starts, rule.valid_from)


def _read(name: str, text: str) -> int | time | date | str:
    """The value that a column means; the text itself when it means none."""
    field: Field[Any, Any] = WorkingHours._meta.get_field(name)  # type: ignore[assignment]
    with suppress(ValidationError):
        return field.to_python(text)
    return text
