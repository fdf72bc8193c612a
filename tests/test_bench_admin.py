"""The walk through the administration opens every kind of page, on the engine that runs."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command

from citas.management.touring import links

pytestmark = pytest.mark.django_db


@pytest.fixture
def clinic(booked, manager, now):
    booked(now + timedelta(days=1))
    return booked(now + timedelta(days=41))


def toured(capsys, **options):
    call_command("bench_admin", runs=1, most=60_000, json=True, **options)
    (rows,) = json.loads(capsys.readouterr().out).values()
    return rows


def test_opens_lists_filters_dates_searches_choices_and_single_rows(capsys, clinic, manager):
    rows = toured(capsys)
    kinds = {row["page"] for row in rows}
    assert {"appointments", "appointments, filter", "appointments, box", "appointments, date"} <= kinds
    assert {"appointments, search", "patients, search", "choose doctor", "one appointment", "the day"} <= kinds
    assert {row["status"] for row in rows} == {200, 302}
    assert all(row["queries"] > 0 for row in rows)
    assert not any("account/emailaddress" in row["path"] for row in rows)  # which managers may not see

    manager.refresh_from_db()
    assert manager.last_login is None
    assert Session.objects.count() == 0


@pytest.mark.usefixtures("clinic")
def test_opens_only_what_is_asked_for(capsys):
    rows = toured(capsys, only="q=")
    assert rows
    assert all("q=" in row["path"] for row in rows)


@pytest.mark.usefixtures("clinic")
def test_a_page_that_takes_too_long_is_a_failure(capsys):
    with pytest.raises(SystemExit) as end:
        call_command("bench_admin", runs=1, most=0, only="/agenda/")
    assert end.value.code == 1
    assert " !" in capsys.readouterr().out


def test_needs_a_manager_and_an_appointment(db):
    with pytest.raises(CommandError, match="a manager is needed"):
        call_command("bench_admin")


@pytest.mark.usefixtures("manager")
def test_needs_an_appointment():
    with pytest.raises(CommandError, match="there is no appointment"):
        call_command("bench_admin")


def test_links_are_told_apart():
    page = (
        '<a href="?o=1">a</a><a href="?o=1.-2">b</a><a href="?p=2">c</a><a href="?status__exact=held">d</a>'
        '<a href="?">e</a>'
        '<a href="?day__year=2027">f</a><a href="?day__year=2027&amp;status__exact=held">g</a>'
        '<select name="doctor"><option value="">-</option><option value="x">X</option></select>'
    )
    assert links.columns(page) == ["?o=1"]
    assert links.pages(page) == ["?p=2"]
    assert links.filters(page, dates="day") == ["?status__exact=held"]
    assert links.deeper(page, dates="day", above="?") == ["?day__year=2027"]
    assert links.deeper(page, dates="day", above="?day__year=2027") == []
    assert links.boxes(page) == ["?doctor=x"]
