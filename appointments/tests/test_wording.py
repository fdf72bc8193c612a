"""Days and hours in words, as the reader's language and the place's country write them."""

from datetime import UTC, date, datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.utils import translation

from appointments import wording

MADRID = ZoneInfo("Europe/Madrid")
# Tuesday 9 March 2027, 16:30 in Madrid.
AFTERNOON = datetime(2027, 3, 9, 15, 30, tzinfo=UTC)
NBSP = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("es", "martes, 9 de marzo de 2027, 16:30"),
        ("en", "Tuesday, 9 March 2027, 4:30 pm"),
        ("en-gb", "Tuesday, 9 March 2027, 4:30 pm"),
        ("fr", "martes, 9 de marzo de 2027, 16:30"),
    ],
)
def test_day_and_hour(language, words):
    assert wording.in_words(AFTERNOON, MADRID, language).replace(NBSP, " ") == words


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("Europe/Madrid", "16:30"),
        ("Atlantic/Canary", "15:30"),
        ("America/Santiago", "12:30 p. m."),
        ("America/Bogota", "10:30 a. m."),
        ("America/Mexico_City", "9:30 a.m."),
    ],
)
def test_hours_are_written_as_in_the_country(zone, words):
    assert wording.time_in_words(AFTERNOON, ZoneInfo(zone), "es").replace(NBSP, " ") == words


@pytest.mark.parametrize(
    ("hour", "spanish", "english"), [(0, "0:00", "12:00 am"), (8, "8:05", "8:05 am"), (12, "12:05", "12:05 pm")]
)
def test_edges_of_the_day(hour, spanish, english):
    instant = datetime(2027, 3, 9, hour, 0 if hour == 0 else 5, tzinfo=MADRID)
    assert wording.time_in_words(instant, MADRID, "es") == spanish
    assert wording.time_in_words(instant, MADRID, "en").replace(NBSP, " ") == english


@pytest.mark.parametrize(
    ("zone", "spanish", "english"),
    [
        ("Europe/Madrid", "hora de Madrid", "Madrid time"),
        ("America/Bogota", "hora de Bogotá", "Bogota time"),
        ("America/Argentina/Buenos_Aires", "hora de Buenos Aires", "Buenos Aires time"),
        ("America/Santiago", "hora de Santiago de Chile", "Santiago time"),
        ("Atlantic/Canary", "hora de Canarias", "Canary time"),
    ],
)
def test_zone_is_named_by_its_city(zone, spanish, english):
    assert wording.zone_in_words(ZoneInfo(zone), "es") == spanish
    assert wording.zone_in_words(ZoneInfo(zone), "en") == english


@pytest.mark.parametrize(
    ("first", "last", "spanish", "english"),
    [
        (date(2027, 3, 11), date(2027, 3, 11), "11 de marzo", "11 March"),
        (date(2027, 3, 11), date(2027, 3, 14), "del 11 al 14 de marzo", "11 to 14 March"),
        (date(2027, 3, 30), date(2027, 4, 2), "del 30 de marzo al 2 de abril", "30 March to 2 April"),
        (date(2027, 12, 30), date(2028, 1, 2), "del 30 de diciembre al 2 de enero", "30 December to 2 January"),
    ],
)
def test_runs_of_days(first, last, spanish, english):
    assert wording.days_in_words(first, last, "es") == spanish
    assert wording.days_in_words(first, last, "en") == english


def test_switch_day_shows_the_clock_of_the_place():
    before, after = datetime(2027, 3, 28, 0, 55, tzinfo=UTC), datetime(2027, 3, 28, 1, 0, tzinfo=UTC)
    assert [wording.time_in_words(instant, MADRID, "es") for instant in (before, after)] == ["1:55", "3:00"]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("es", "martes, 9 de marzo de 2027|hora de Madrid|martes, 9 de marzo de 2027, 16:30 (hora de Madrid)"),
        ("en", "Tuesday, 9 March 2027|Madrid time|Tuesday, 9 March 2027, 4:30 pm (Madrid time)"),
    ],
)
def test_templates_say_the_same(language, words):
    filters = "{{ v|day_words }}|{{ v|zone_words }}|{{ v|when_words }}"
    visit = SimpleNamespace(starts_at=AFTERNOON, location=SimpleNamespace(tz=MADRID))
    with translation.override(language):
        page = Template("{% load visits %}" + filters).render(Context({"v": visit}))
    assert page.replace(NBSP, " ") == words
