"""The list of patients as a file. Consents, accounts and whether somebody is in use are none of a file's matters."""

from __future__ import annotations

from collections import defaultdict
from contextlib import suppress
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from phonenumber_field.phonenumber import to_python as phone

from citas.apikit.problems import Invalid
from citas.exchange.resources import Changed, FileResource, Row
from patients import documents, exchange_repository, names, typed
from patients.clinic import clinic
from patients.models import Patient

NAMES = ("given_names", "first_surname", "second_surname")
DOCUMENT = ("document_type", "document_number")


class PatientResource(FileResource):
    title = _("patients")
    rule = _(
        "A row is the patient of its document; without one, of its names, date of birth and phone together. "
        "Other rows are new patients."
    )
    columns = {
        "document_type": _("dni, nie, passport…: as the clinic’s country has them"),
        "document_number": _("with or without dots and dashes; both empty when there is no document"),
        "given_names": _("must be filled in"),
        "first_surname": _("must be filled in"),
        "second_surname": _("may be empty"),
        "birth_date": _("such as 1984-03-27; may be empty"),
        "phone": _("with + and the country’s code if it is from abroad; may be empty"),
        "email": _("may be empty, or left out"),
        "language": _("es or en; may be left out"),
    }
    needed = (*DOCUMENT, *NAMES, "birth_date", "phone")

    class Meta(FileResource.Meta):
        model = Patient
        fields = (*DOCUMENT, *NAMES, "birth_date", "phone", "email", "language")

    def look_up(self, rows: list[dict[str, str]]) -> None:
        self.country = clinic().country
        self.by_document, self.by_name = defaultdict(list), defaultdict(list)
        numbers = {number for row in rows for number in (row["document_number"], self._document(row)[1])} - {""}
        for patient in exchange_repository.with_documents(numbers):
            self.by_document[patient.document_type, patient.document_number].append(patient)
        unknown = {self._names(row) for row in rows if not self._of_document(row)}
        for patient in exchange_repository.with_names(unknown):
            born, called = str(patient.birth_date or ""), str(patient.phone or "")
            self.by_name[(*self._names_of(patient), born, called)].append(patient)

    def key(self, row: Row) -> tuple[Any, ...]:
        return self._document(row) if row["document_number"] else self._person(row)

    def find(self, row: Row) -> Patient | None:
        found = self._of_document(row)
        if not found and self.by_name:  # few are known by name: reading a phone takes long
            found = self.by_name.get(self._person(row), [])
        if row["document_number"]:  # a namesake with another document is somebody else
            found = [each for each in found if not each.document_number or self._is_of(each, row)]
        found = [each for each in found if each.active] or found
        if len(found) > 1:
            raise ValidationError(_("There are several records of this person. Change them in the administration."))
        return found[0] if found else None

    def fill(self, instance: Patient, row: Row) -> None:
        said: dict[str, Any] = dict(row)
        if not said["document_number"]:
            said = {name: value for name, value in said.items() if name not in DOCUMENT}
        if not said.get("language"):
            said.pop("language", None)
        said["birth_date"] = _date(said["birth_date"])
        try:
            details = self._details(instance, said)
        except Invalid as refusal:
            raise ValidationError({_column(fault.pointer): fault.detail for fault in refusal.faults}) from None
        for name in self.Meta.fields:
            if name in said:
                setattr(instance, name, details[name])
        if "document_type" in said:
            instance.document_country = details["document_country"]

    def _details(self, instance: Patient, said: dict[str, Any]) -> dict[str, Any]:
        if instance._state.adding:
            return typed.details({**dict.fromkeys(DOCUMENT, ""), **said}, desk=True)
        return typed.changes(said, patient=instance, desk=True)

    def store(self, new: list[Patient], changed: list[Changed]) -> None:
        exchange_repository.store(new=new, changed=changed)

    def _of_document(self, row: Row) -> list[Patient]:
        kind, number = self._document(row)
        written = self.by_document.get((kind, row["document_number"]), [])
        return (written or self.by_document.get((kind, number), [])) if number else []

    def _is_of(self, patient: Patient, row: Row) -> bool:
        return patient in self._of_document(row)

    def _document(self, row: Row) -> tuple[str, str]:
        """Type and number as they would be stored; as they are written when they cannot be right."""
        kind, number = row["document_type"], row["document_number"]
        with suppress(documents.WrongNumber):
            number = documents.normalise(kind, number, country=self.country) if number else ""
        return kind, number

    def _names(self, row: Row) -> tuple[str, ...]:
        found = [row[name] for name in NAMES]
        with suppress(names.WrongName):
            found = [names.normalise(name) for name in found]
        return tuple(found)

    def _names_of(self, patient: Patient) -> tuple[str, ...]:
        return tuple(getattr(patient, name) for name in NAMES)

    def _person(self, row: Row) -> tuple[str, ...]:
        number = phone(row["phone"], region=self.country)
        return (*self._names(row), row["birth_date"], number.as_e164 if number and number.is_valid() else row["phone"])


def _date(text: str) -> Any:
    try:
        return Patient._meta.get_field("birth_date").to_python(text or None)
    except ValidationError as error:
        raise ValidationError({"birth_date": error}) from None


def _column(pointer: str) -> str:
    """The column that a fault is in; "#" alone is the whole row."""
    return pointer.removeprefix("#/") if pointer.startswith("#/") else "__all__"
