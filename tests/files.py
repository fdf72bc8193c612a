"""Files for the import: as people's spreadsheets write them, and as nobody should."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO
from typing import Any

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile


def csv_file(*rows: list[Any], name: str = "list.csv", **options: Any) -> SimpleUploadedFile:
    text = StringIO(newline="")
    csv.writer(text, **options).writerows(rows)
    return SimpleUploadedFile(name, text.getvalue().encode())


def xlsx_file(*rows: list[Any]) -> SimpleUploadedFile:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    return SimpleUploadedFile("list.xlsx", saved(book))


def saved(book: Any) -> bytes:
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def rows_of(response: Any) -> list[list[str]]:
    """What an export holds, as text."""
    if response["Content-Type"] == "text/csv":
        return list(csv.reader(StringIO(response.content.decode("utf-8-sig"), newline="")))
    sheet = openpyxl.load_workbook(BytesIO(response.content)).worksheets[0]
    return [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]


def totals(response: Any) -> tuple[int, int, int]:
    """How many rows of a file are new, changed, and as they were."""
    result = response.context["result"]
    return result.totals["new"], result.totals["update"], result.totals["skip"]


def faults(response: Any) -> dict[int, set[str]]:
    """The columns that are wrong, by row."""
    return {row.number: set(row.error_dict) for row in response.context["result"].invalid_rows}
