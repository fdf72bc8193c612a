"""Days and hours in words, as the reader's language and the place's country write them. Pure: nothing is looked up."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from zoneinfo import ZoneInfo

from babel import Locale, localedata
from babel.core import get_global
from babel.dates import format_date, format_time, get_timezone_location

DAY = {"es": "EEEE, d 'de' MMMM 'de' y", "en": "EEEE, d MMMM y"}
DATE = {"es": "d 'de' MMMM 'de' y", "en": "d MMMM y"}
DAY_OF_YEAR = {"es": "d 'de' MMMM", "en": "d MMMM"}
NEAR = {"es": {0: "hoy", 1: "mañana"}, "en": {0: "today", 1: "tomorrow"}}
ZONE = {"es": "hora de {}", "en": "{} time"}


@cache
def _locale(language: str, zone: str) -> Locale:
    """The language as the zone's country uses it: "es_CO" for Bogotá, where afternoons are "4:30 p. m."."""
    territory = get_global("zone_territories").get(zone, "")
    spoken = f"es_{territory}"
    return Locale.parse(spoken if language == "es" and localedata.exists(spoken) else language)


def _known(language: str) -> str:
    return language[:2] if language[:2] in DAY else "es"


def day_in_words(day: date, language: str) -> str:
    """ "martes, 9 de marzo de 2027"."""
    return format_date(day, DAY[_known(language)], locale=_known(language))


def date_in_words(day: date, language: str) -> str:
    """ "3 de abril de 1990"."""
    return format_date(day, DATE[_known(language)], locale=_known(language))


def days_in_words(first: date, last: date, language: str) -> str:
    """A run of days, without the year: "11 de marzo", "del 11 al 14 de marzo", "del 30 de marzo al 2 de abril"."""
    words = _known(language)
    begin, end = (format_date(day, DAY_OF_YEAR[words], locale=words) for day in (first, last))
    if first == last:
        return begin
    if (first.year, first.month) == (last.year, last.month):
        begin = str(first.day)
    return f"del {begin} al {end}" if words == "es" else f"{begin} to {end}"


def time_in_words(instant: datetime, zone: ZoneInfo, language: str) -> str:
    """The hour on the clock of a zone: "16:30", "4:30 p. m." in Bogotá, "4:30 pm" in English."""
    words = _known(language)
    local = instant.astimezone(zone)
    if words == "en":
        return format_time(local, "h:mm a", locale="en").lower()
    text = format_time(local, "short", locale=_locale(words, zone.key))
    return text.replace("\N{NARROW NO-BREAK SPACE}", "\N{NO-BREAK SPACE}")


def zone_in_words(zone: ZoneInfo, language: str) -> str:
    """ "hora de Madrid"."""
    words = _known(language)
    city = get_timezone_location(zone, locale=words, return_city=True).rpartition("/")[2]
    return ZONE[words].format(city)


def in_words(instant: datetime, zone: ZoneInfo, language: str) -> str:
    """Day and hour on the clock of a zone: "martes, 9 de marzo de 2027, 16:30"."""
    day = day_in_words(instant.astimezone(zone).date(), language)
    return f"{day}, {time_in_words(instant, zone, language)}"


def short_in_words(instant: datetime, zone: ZoneInfo, language: str) -> str:
    """Day and hour for a narrow column: "mar, 9 mar 2027, 16:30"."""
    words = _known(language)
    day = format_date(instant.astimezone(zone).date(), "EEE, d MMM y", locale=words)
    return f"{day}, {time_in_words(instant, zone, language)}"


def soon_in_words(instant: datetime, now: datetime, zone: ZoneInfo, language: str) -> str:
    """Day and hour as one says it: "hoy, 16:30", "mañana, 10:20", later "martes, 9 de marzo de 2027, 10:20"."""
    ahead = (instant.astimezone(zone).date() - now.astimezone(zone).date()).days
    near = NEAR[_known(language)]
    if ahead not in near:
        return in_words(instant, zone, language)
    return f"{near[ahead]}, {time_in_words(instant, zone, language)}"


def doctor_in_words(full_name: str, title: str, language: str) -> str:
    """A doctor after a preposition: "la Dra. Vega", "el Dr. Soto"; in English without article."""
    if _known(language) != "es" or not title:
        return full_name
    return f"{'la' if title.rstrip('.').endswith('a') else 'el'} {full_name}"
