"""Lists of the administration that stay quick however many rows there are."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.utils.formats import number_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

COUNTED = 10_000


class MoreThan(int):
    """A number of rows that nobody has counted to the end, and that says so wherever it is shown."""

    def __str__(self) -> str:
        return _("more than %(count)s") % {"count": number_format(int(self), use_l10n=True, force_grouping=True)}


class BoundedPaginator(Paginator):
    """Counts, and leads to, no more than the first COUNTED rows: further ones are found by narrowing the list down."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        found = rows.order_by()[: COUNTED + 1].count()
        return found if found <= COUNTED else MoreThan(COUNTED)


class LongChangeList(ChangeList):
    def get_ordering_field(self, field_name: Any) -> Any:
        """Only what `sortable_by` says: Django leaves the link out, but obeys an address that is typed."""
        return super().get_ordering_field(field_name) if field_name in (self.sortable_by or ()) else None

    def _get_deterministic_ordering(self, ordering: Any) -> Any:
        """Rows that are alike by key, in the direction of the column: the other one has no index."""
        *fields, last = super()._get_deterministic_ordering(ordering)  # type: ignore[misc]
        upwards = bool(fields) and not str(fields[-1]).startswith("-")
        return [*fields, "pk" if last == "-pk" and upwards else last]


class LongListAdmin(admin.ModelAdmin):
    """For tables that grow. Say in `sortable_by` which orders an index has."""

    paginator = BoundedPaginator
    list_per_page = 50
    list_max_show_all = 0
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # it counts the rows of each choice, one by one
    sortable_by: ClassVar[Any] = ()

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> Any:
        return LongChangeList
