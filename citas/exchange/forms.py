"""The two forms: a file in, a list out."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from import_export.forms import ImportExportFormBase

from citas.exchange.tables import FORMATS, MOST_BYTES


class FileForm(ImportExportFormBase):
    """A file; its name says which format it has."""

    import_file = forms.FileField(
        label=_("File"),
        help_text=_("CSV (UTF-8) or XLSX, 5 MB and 5,000 rows at most."),
        max_length=200,
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["resource"].label = _("What it holds")
        del self.fields["format"]

    def clean_import_file(self) -> Any:
        file = self.cleaned_data["import_file"]
        kinds = {f".{kind().get_extension()}": kind for kind in FORMATS}
        if PurePath(file.name).suffix.lower() not in kinds:
            raise ValidationError(_("Choose a file that ends in .csv or .xlsx."), code="format")
        if file.size > MOST_BYTES:
            raise ValidationError(_("This file is larger than 5 MB. Divide it into several."), code="size")
        self.kind = kinds[PurePath(file.name).suffix.lower()]()
        return file


class ListForm(ImportExportFormBase):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["resource"].label = _("What to export")
        titles = [(str(number), kind().get_title().upper()) for number, kind in enumerate(FORMATS)]
        self.fields["format"] = forms.ChoiceField(label=_("Format"), choices=titles)
