"""Files of rows: CSV and XLSX within limits, whatever is sent under those names."""

from __future__ import annotations

import csv
import unicodedata
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from io import BytesIO, StringIO
from typing import Any

import openpyxl
import tablib
from django.utils.translation import gettext as _
from import_export.formats.base_formats import CSV, XLSX

MOST_BYTES = 5 * 1024 * 1024
# A file is checked and stored in one request, in some ten seconds, and in one transaction: 20,000 new patients did not
# fit into that of a MongoDB with half a gigabyte of cache.
MOST_ROWS = 5_000
MOST_LISTED = 20_000  # rows of a list that goes out
MOST_COLUMNS = 40
# A workbook is a ZIP file: a thousand times of nothing packs very small. 5,000 patients are 3 MB.
MOST_UNPACKED = 20 * 1024 * 1024
MOST_DESCRIBED = 512 * 1024  # of styles and the like, each element of which becomes an object: 250 kB take a second
OF_ROWS = ("xl/worksheets/", "xl/sharedStrings.xml", "xl/media/")  # the last are pictures, which nobody reads
FORMULA = ("=", "+", "-", "@", "\t", "\r")
LINES = "\n\t"


class Unreadable(Exception):
    """This file cannot be read; its text says to a person what to do."""


class Csv(CSV):
    """UTF-8, with or without its mark; commas, or the semicolons that Spanish spreadsheets write."""

    def create_dataset(self, in_stream: bytes, **options: Any) -> tablib.Dataset:
        try:
            text = in_stream.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise Unreadable(_("This file is not in UTF-8. Save it again as “CSV UTF-8”.")) from None
        first = text.partition("\n")[0]
        delimiter = ";" if first.count(";") > first.count(",") else ","
        try:
            return _dataset(csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True))
        except csv.Error:
            raise Unreadable(_("This is no CSV file, or a quotation mark is not closed.")) from None


class Xlsx(XLSX):
    """The first sheet of a workbook: values, not formulas."""

    def create_dataset(self, in_stream: bytes, **options: Any) -> tablib.Dataset:
        try:
            _check_size(in_stream)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # about styles and pictures, which nobody reads here
                return _dataset(_cells(in_stream))
        except Unreadable:
            raise
        except Exception:  # noqa: BLE001 - the library raises anything for a file that is no workbook
            raise Unreadable(_("This is no XLSX workbook. Save it again, without a password.")) from None


FORMATS: list[type[Any]] = [Csv, Xlsx]


def _check_size(file: bytes) -> None:
    with zipfile.ZipFile(BytesIO(file)) as parts:  # reading a part stops at the size that is declared here
        whole = sum(part.file_size for part in parts.infolist())
        described = sum(part.file_size for part in parts.infolist() if not part.filename.startswith(OF_ROWS))
        if whole > MOST_UNPACKED or described > MOST_DESCRIBED:
            raise Unreadable(_("This workbook is too large. Divide it into several."))


def _cells(file: bytes) -> Iterator[Sequence[Any]]:
    book = openpyxl.load_workbook(BytesIO(file), read_only=True, data_only=True)
    # One cell in the last corner of a sheet would make a thousand million empty ones.
    yield from book.worksheets[0].iter_rows(values_only=True, max_row=MOST_ROWS + 2, max_col=MOST_COLUMNS)


def _dataset(rows: Iterable[Sequence[Any]]) -> tablib.Dataset:
    """Rows of plain text under their headers, without the empty ones; `lines` says which row of the file each is."""
    numbered = enumerate(rows, 1)
    headers = _filled([_text(cell, 1) for cell in next(numbered, (1, []))[1]])
    if not headers or not all(headers):
        raise Unreadable(_("The first row must hold the names of the columns."))
    dataset, lines = tablib.Dataset(headers=headers), []
    for line, cells in numbered:
        row = _filled([_text(cell, line) for cell in cells])
        if len(row) > len(headers):
            raise Unreadable(_("Row %(row)d has more cells than there are columns.") % {"row": line})
        if line > MOST_ROWS + 1:
            raise Unreadable(_("A file may have %(most)d rows. Divide it into several.") % {"most": MOST_ROWS})
        if row:
            lines.append(line)
            dataset.append([*row, *[""] * (len(headers) - len(row))])
    dataset.lines = lines
    return dataset


def _filled(cells: list[str]) -> list[str]:
    """Without the empty cells at the end of a row."""
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _text(cell: Any, line: int) -> str:
    text = _one_kind_of_lines(_plain(cell)).strip()
    if not (text.isprintable() or all(_is_text(c) for c in text)):
        raise Unreadable(_("Row %(row)d holds characters that are no text.") % {"row": line})
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA) else text


def _plain(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    if isinstance(cell, time):
        return f"{cell:%H:%M}" if not cell.second else cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def legible(text: str) -> str:
    """What a file can hold of a stored text: workbooks know one end of a line, and refuse what is no character."""
    if text.isprintable():
        return text.strip()
    return "".join(c for c in _one_kind_of_lines(text) if _is_text(c)).strip()


def _one_kind_of_lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _is_text(character: str) -> bool:
    return character in LINES or unicodedata.category(character) not in ("Cc", "Cs")


def harmless(text: str) -> str:
    """A cell that no spreadsheet takes for a formula. An apostrophe before it says so, and is taken off when read."""
    is_phone = text[:1] == "+" and text[1:].isdecimal()
    return f"'{text}" if text.startswith(FORMULA) and not is_phone else text
