"""Import and export on a list's page of the administration."""

from __future__ import annotations

from typing import Any

import structlog
from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from import_export.admin import ImportExportMixin
from import_export.results import Result

from citas.exchange.forms import FileForm, ListForm
from citas.exchange.tables import FORMATS, MOST_LISTED, Unreadable

log = structlog.get_logger()
SHOWN = 100  # rows of a preview, and rows with errors


class TooMany(Exception):
    """More rows than a file may have."""


class ExchangeAdmin(ImportExportMixin):
    """Mixed into a ModelAdmin with `resource_classes` of FileResource.

    Between the check and the storing the file lies nowhere: who stores it sends it again. So no details of patients
    wait on a disk or in the cache for somebody who does not come back, any worker can answer, and what is stored is
    what was sent with that very click.
    """

    def get_urls(self) -> list[Any]:
        """Without the library's second step, which reads a file that was put away."""
        return [url for url in super().get_urls() if not (url.name or "").endswith("_process_import")]

    def get_import_resource_classes(self, request: HttpRequest) -> list[Any]:
        return [each for each in self.resource_classes if each.allows(request.user, "add", "change")]

    def get_export_resource_classes(self, request: HttpRequest) -> list[Any]:
        return [each for each in self.resource_classes if each.allows(request.user, "view")]

    def has_import_permission(self, request: HttpRequest) -> bool:
        return bool(self.get_import_resource_classes(request))

    def has_export_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request) and bool(self.get_export_resource_classes(request))

    # In

    def import_action(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not self.has_import_permission(request):
            raise PermissionDenied
        kinds = self.get_import_resource_classes(request)
        form = FileForm(FORMATS, kinds, data=request.POST or None, files=request.FILES or None)
        found: dict[str, Any] = {}
        if request.method == "POST" and form.is_valid():
            resource = self.choose_import_resource_class(form, request)()
            result = self._read(resource, form, request)
            if result is not None and "store" in request.POST and not _faulty(result):
                return self._stored(resource, result, request)
            found = _shown(resource, result) if result is not None else {}
        return self._page(request, "import", gettext("Import"), form=form, kinds=kinds, **found)

    def _read(self, resource: Any, form: FileForm, request: HttpRequest) -> Result | None:
        """Check the file and, if that was the button, store it. None when it cannot be read: the form says why."""
        try:
            dataset = form.kind.create_dataset(form.cleaned_data["import_file"].read())
        except Unreadable as error:
            form.add_error("import_file", str(error))
            return None
        if not len(dataset):
            form.add_error("import_file", gettext_lazy("There is nothing in this file but the names of the columns."))
            return None
        return resource.import_data(dataset, dry_run="store" not in request.POST, user=request.user)

    def _stored(self, resource: Any, result: Result, request: HttpRequest) -> HttpResponse:
        counts = {name: result.totals[name] for name in ("new", "update", "skip")}
        log.info("imported", what=type(resource).__name__, user=str(request.user.pk), **counts)
        text = gettext("The file is stored: %(new)d new, %(update)d changed, %(skip)d as they were.")
        messages.success(request, text % counts)
        if resource.warning and counts["new"] + counts["update"]:
            messages.warning(request, resource.warning)
        return redirect("admin:{}_{}_changelist".format(*self.get_model_info()))

    # Out

    def export_action(self, request: HttpRequest) -> HttpResponse:
        if not self.has_export_permission(request):
            raise PermissionDenied
        form = ListForm(FORMATS, self.get_export_resource_classes(request), data=request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                return self._file(request, form)
            except IncorrectLookupParameters:
                return redirect(request.path)
            except TooMany:
                text = gettext("There are more than %(most)d rows: search or filter the list first.")
                form.add_error(None, text % {"most": MOST_LISTED})
        return self._page(request, "export", gettext("Export"), form=form)

    def _file(self, request: HttpRequest, form: ListForm) -> HttpResponse:
        resource = self.choose_export_resource_class(form, request)()
        dataset = resource.export(queryset=self.get_export_queryset(request))
        if len(dataset) > MOST_LISTED:
            raise TooMany
        log.info("exported", what=type(resource).__name__, user=str(request.user.pk), rows=len(dataset))
        kind = FORMATS[int(form.cleaned_data["format"])]()
        content = kind.export_data(dataset)
        name = f"{resource._meta.model._meta.model_name}-{timezone.localdate()}.{kind.get_extension()}"
        # The mark tells spreadsheets that a CSV file is UTF-8.
        body = content if kind.is_binary() else content.encode("utf-8-sig")
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return HttpResponse(body, content_type=kind.get_content_type(), headers=headers)

    def _page(self, request: HttpRequest, name: str, title: str, **context: Any) -> TemplateResponse:
        request.current_app = self.admin_site.name
        back = reverse("admin:{}_{}_changelist".format(*self.get_model_info()))
        context |= {**self.admin_site.each_context(request), "opts": self.model._meta, "title": title, "back": back}
        return TemplateResponse(request, f"admin/import_export/{name}.html", context)


def _faulty(result: Result) -> bool:
    return bool(result.base_errors) or result.has_validation_errors()


def _shown(resource: Any, result: Result) -> dict[str, Any]:
    """What a check has found, as the page shows it."""
    rows = [row for row in result.rows if row.is_new() or row.is_update()][:SHOWN] if not _faulty(result) else []
    preview = [(row, resource.changes(row) if row.is_update() else []) for row in rows]
    changed = result.totals["new"] + result.totals["update"]
    more = {"more_rows": max(0, changed - SHOWN), "more_faults": max(0, len(result.invalid_rows) - SHOWN)}
    return {
        "result": result,
        "faulty": _faulty(result),
        "preview": preview,
        "faults": result.invalid_rows[:SHOWN],
    } | more
