"""Where a list of the administration leads: its filters, dates, columns and pages, read from the page itself."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import unescape
from urllib.parse import parse_qsl

_LINK = re.compile(r'href="(\?[^"]*)"')
_OPTION = re.compile(r'<option value="([^"]+)"')
_BOX = re.compile(r'<select name="(\w+)".*?</select>', re.DOTALL)
ORDER, PAGE, ALL = "o", "p", "all"


def links(page: str) -> list[str]:
    """Queries ("?…") to which a page links, each once."""
    return list(dict.fromkeys(unescape(found) for found in _LINK.findall(page)))


def filters(page: str, *, dates: str) -> list[str]:
    """Links that narrow the list down. `dates` is the field of the drill-down, which `deeper` follows."""
    others = (link for link in links(page) if not {ORDER, PAGE, ALL} & _names(link) and not _is_date(link, dates))
    return [link for link in others if link != "?"]


def columns(page: str) -> list[str]:
    """Links that put the list into the order of one column: the plain ones, not those that add a second."""
    return [link for link in links(page) if re.fullmatch(r"\?o=-?\d+", link)]


def pages(page: str) -> list[str]:
    return [link for link in links(page) if re.fullmatch(r"\?p=\d+", link)]


def boxes(page: str) -> list[str]:
    """The first, the middle and the last choice of each box among the filters."""
    found = []
    for box in _BOX.finditer(page):
        if box[1] != "action":
            found += [f"?{box[1]}={value}" for value in ends(_OPTION.findall(box[0]))]
    return found


def deeper(page: str, *, dates: str, above: str) -> list[str]:
    """Links that go one step further down than `above`: to a year, its months, their days."""
    levels = [{f"{dates}__{level}" for level in ("year", "month", "day")[:depth]} for depth in (1, 2, 3)]
    return [link for link in links(page) if _names(link) in levels and _names(link) > _names(above)]


def ends(found: Iterable[str]) -> list[str]:
    """The first, the middle and the last."""
    all_of_them = list(found)
    return list(dict.fromkeys(all_of_them[place] for place in (0, len(all_of_them) // 2, -1) if all_of_them))


def _names(link: str) -> set[str]:
    return {name for name, _value in parse_qsl(link.removeprefix("?"), keep_blank_values=True)}


def _is_date(link: str, dates: str) -> bool:
    return bool(dates) and any(name.startswith(f"{dates}__") for name in _names(link))
