"""Public holidays by law, from the library `holidays`: no rows, no clock."""

from __future__ import annotations

from datetime import date
from typing import Any

import holidays

LONGEST_NAME = 120


def known(*, country: str, region: str) -> bool:
    """Whether the library has that country (ISO 3166-1), and that region of it ("" is the whole country)."""
    try:
        holidays.country_holidays(country, subdiv=region or None)
    except NotImplementedError:
        return False
    return True


def between(*, country: str, region: str, first: date, last: date) -> dict[date, str]:
    """Names of the public holidays from `first` to `last` (inclusive), in Spanish where the library speaks it.

    Empty for a country or a region that the library does not know.
    """
    if not known(country=country, region=region):
        return {}
    years = range(first.year, last.year + 1)
    found: Any = holidays.country_holidays(country, subdiv=region or None, years=years, language="es")
    return {day: name[:LONGEST_NAME] for day, name in sorted(found.items()) if first <= day <= last}
