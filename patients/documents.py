"""Identity documents of each country: which there are, and how a number is written.

Check digits by python-stdnum where it knows the country; where it does not, the length and the characters that the
country's authority gives (Colombia: Registraduría Nacional and Migración Colombia). A passport follows ICAO Doc 9303:
letters and digits, at most nine, and no check digit that a person could type; longer ones exist, so up to 15 pass.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _
from stdnum.ar import dni as ar_dni
from stdnum.cl import rut as cl_run
from stdnum.es import dni as es_dni
from stdnum.es import nie as es_nie
from stdnum.exceptions import ValidationError as Wrong
from stdnum.mx import curp as mx_curp

# The country's own names are the same in every language.
LABELS: dict[str, Any] = {
    "dni": "DNI",
    "nie": "NIE",
    "cc": "Cédula de ciudadanía",
    "ti": "Tarjeta de identidad",
    "ce": "Cédula de extranjería",
    "run": "RUN",
    "curp": "CURP",
    "passport": _("Passport"),
    "other": _("Another document"),
}
ELSEWHERE = ("passport", "other")
TYPES: dict[str, tuple[str, ...]] = {
    "ES": ("dni", "nie", "passport"),
    "CO": ("cc", "ti", "ce", "passport"),
    "CL": ("run", "passport"),
    "MX": ("curp", "passport"),
    "AR": ("dni", "passport"),
}
# What somebody may have from anywhere says nothing of a country.
INTERNATIONAL = {"passport", "other"}


class WrongNumber(ValueError):
    """This cannot be a number of that type of document."""


def types(country: str) -> tuple[str, ...]:
    """The types that a clinic in this country (ISO 3166-1 alpha-2) asks for, the usual one first."""
    return TYPES.get(country, ELSEWHERE)


def choices(country: str) -> list[tuple[str, Any]]:
    """Types with their names, for a form."""
    return [(each, LABELS[each]) for each in types(country)]


def country_of(kind: str, *, clinic: str) -> str:
    """The country that is stored with a document: the clinic's, or "" for one that any country may have issued."""
    return "" if kind in INTERNATIONAL else clinic


def normalise(kind: str, number: str, *, country: str) -> str:
    """A number as it is stored: capitals, no separators. Raises WrongNumber."""
    if kind not in types(country):
        raise WrongNumber(kind)
    bare = re.sub(r"[\s.\-/·]", "", number).upper()
    if not (bare.isascii() and bare.isalnum()):
        raise WrongNumber(kind)
    try:
        return _CHECKS[country, kind](bare) if (country, kind) in _CHECKS else _matched(bare, _ANYWHERE[kind])
    except Wrong:
        raise WrongNumber(kind) from None


def _matched(number: str, pattern: str) -> str:
    if not re.fullmatch(pattern, number):
        raise WrongNumber(pattern)
    return number


def _pattern(pattern: str) -> Callable[[str], str]:
    return lambda number: _matched(number, pattern)


def _spanish_dni(number: str) -> str:
    return es_dni.validate(number.zfill(9))


_ANYWHERE = {"passport": r"[A-Z0-9]{5,15}", "other": r"[A-Z0-9]{3,20}"}
_CHECKS: dict[tuple[str, str], Callable[[str], str]] = {
    ("ES", "dni"): _spanish_dni,
    ("ES", "nie"): es_nie.validate,
    ("CO", "cc"): _pattern(r"[1-9]\d{4,9}"),
    ("CO", "ti"): _pattern(r"\d{10,11}"),
    ("CO", "ce"): _pattern(r"[A-Z0-9]{6,12}"),
    ("CL", "run"): cl_run.validate,
    ("MX", "curp"): mx_curp.validate,
    ("AR", "dni"): ar_dni.validate,
}
