"""What a file says, row by row: checked as a whole first, then stored as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

import tablib
from django.contrib.admin.models import ADDITION, CHANGE
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from import_export.resources import ModelResource
from import_export.results import Error, Result, RowResult

from citas.db import together
from citas.exchange import repository
from citas.exchange.tables import MOST_LISTED, Unreadable, harmless, legible

Row = Mapping[str, str]
Changed = tuple[Any, list[str]]  # a thing, and the names of its columns that are other than before


class FileResource(ModelResource):
    """One kind of list. The library's own dry run stores everything and rolls it back, which MongoDB cannot do.

    Here rows are only ever checked, and kept in memory; what passes is stored afterwards in one transaction.
    """

    columns: ClassVar[dict[str, Any]]  # each with what it holds, for people
    needed: ClassVar[tuple[str, ...]]
    title: ClassVar[Any]
    rule: ClassVar[Any] = ""  # how a row finds what is stored already
    warning: ClassVar[Any] = ""  # what to look at after storing

    class Meta:
        skip_unchanged = True
        report_skipped = True
        skip_html_diff = True
        store_instance = True

    @classmethod
    def get_display_name(cls) -> str:
        return str(cls.title)

    @classmethod
    def allows(cls, user: Any, *actions: str) -> bool:
        meta = cls._meta.model._meta
        return all(user.has_perm(f"{meta.app_label}.{action}_{meta.model_name}") for action in actions)

    # Out

    def filter_export(self, queryset: QuerySet[Any], **options: Any) -> QuerySet[Any]:
        return self.exported(queryset)[: MOST_LISTED + 1]

    def exported(self, listed: QuerySet[Any]) -> QuerySet[Any]:
        """The rows for what a list of the administration shows: one query."""
        return listed

    def export_field(self, field: Any, instance: Any, **options: Any) -> str:
        value = field.export(instance)
        return harmless(legible("" if value is None else str(value)))

    # In

    def import_data(self, dataset: tablib.Dataset, dry_run: bool = False, **options: Any) -> Result:
        """Check each row; store all of them, unless one is wrong or this is a dry run.

        Raises BeingStored and ChangedMeanwhile (409), and Unavailable (503).
        """
        result = self.get_result_class()()
        faults = list(self._faults_of_header(dataset.headers))
        if faults:
            result.base_errors = [Error(Unreadable(fault)) for fault in faults]
            return result
        if dry_run:
            return self._checked(dataset)
        with repository.alone(type(self).__name__):
            result = self._checked(dataset)
            if not result.has_validation_errors():
                self._store_together(result, options["user"])
        return result

    def _faults_of_header(self, headers: Sequence[str]) -> Iterable[str]:
        if unknown := sorted(set(headers) - set(self.columns)):
            yield _("There is no column of this name: %(names)s") % {"names": ", ".join(unknown)}
        if missing := [name for name in self.needed if name not in headers]:
            yield _("This column is missing: %(names)s") % {"names": ", ".join(missing)}
        if len(set(headers)) < len(headers):
            yield _("A column is there twice.")

    def _checked(self, dataset: tablib.Dataset) -> Result:
        self._lines: list[int] = dataset.lines
        self._seen: dict[Any, int] = {}
        self.look_up(dataset.dict)
        result = self.import_data_inner(dataset, True, False, False, False)
        if surprises := [error for row in result.rows for error in row.errors]:
            raise surprises[0].error
        for number, fault in self.faults_together(result):
            result.append_invalid_row(number, {}, fault)
        for row in result.invalid_rows:
            row.number = self._lines[row.number - 1]
        result.invalid_rows.sort(key=lambda row: row.number)
        return result

    def before_import_row(self, row: Row, row_number: int, **options: Any) -> None:
        first = self._seen.setdefault(self.key(row), row_number)
        if first != row_number:
            raise ValidationError(_("This is the same as row %(row)d.") % {"row": self._lines[first - 1]})

    def get_instance(self, instance_loader: Any, row: Row) -> Any:
        return self.find(row)

    def import_instance(self, instance: Any, row: Row, **options: Any) -> None:
        """Nothing is asked of a row that says what is stored already, as far as a file can say it."""
        if instance._state.adding:
            self.fill(instance, row)
            return
        stored = {name: str(self.fields[name].export(instance)) for name in row}
        said = {name: stored[name] if text == legible(stored[name]) else text for name, text in row.items()}
        if said != stored:
            self.fill(instance, said)

    def changes(self, row: RowResult) -> list[tuple[str, Any, Any]]:
        """The columns in which a stored thing differs from what it was: name, before, after."""
        pairs = ((name, field.export(row.original), field.export(row.instance)) for name, field in self.fields.items())
        return [(name, before, after) for name, before, after in pairs if before != after]

    def _store_together(self, result: Result, user: Any) -> None:
        try:
            together(lambda: self._store(result, user))
        except IntegrityError:  # whose text would name what was refused
            raise repository.ChangedMeanwhile from None

    def _store(self, result: Result, user: Any) -> None:
        new = [row.instance for row in result.rows if row.is_new()]
        changed = [(row.instance, [name for name, *_ in self.changes(row)]) for row in result.rows if row.is_update()]
        self.store(new, changed)
        for flag, things in self.noted(new, changed):
            repository.note(user=user, things=things, flag=flag, text=_("From a file."))

    def noted(self, new: list[Any], changed: list[Changed]) -> list[tuple[int, list[Any]]]:
        """In whose history it is written, and as what."""
        return [(ADDITION, new), (CHANGE, [thing for thing, _names in changed])]

    # What each kind says

    def look_up(self, rows: list[dict[str, str]]) -> None:
        """Read at once what the rows will ask for."""
        raise NotImplementedError

    def key(self, row: Row) -> tuple[Any, ...]:
        """Two rows with the same key are one thing."""
        raise NotImplementedError

    def find(self, row: Row) -> Any:
        """What is stored already, or None. Raises ValidationError."""
        raise NotImplementedError

    def fill(self, instance: Any, row: Row) -> None:
        """Set what the row says. Raises ValidationError with the columns' names."""
        raise NotImplementedError

    def faults_together(self, result: Result) -> Iterable[tuple[int, ValidationError]]:
        """What is wrong between rows that are right by themselves, with the numbers of rows counted from one."""
        return ()

    def store(self, new: list[Any], changed: list[Changed]) -> None:
        raise NotImplementedError
