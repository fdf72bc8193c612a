"""The first manager of an empty clinic, from a terminal or from a script."""

from __future__ import annotations

import builtins
import getpass
import io
import json
import sys

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Role, User
from accounts.repository import create_user
from doctors.models import Clinic, ScheduleException

GIVEN = {
    "name": "Clínica Río",
    "zone": "America/Santiago",
    "country": "CL",
    "region": "RM",
    "email": "Jefa@Example.com",
}
PASSWORD = "una-clave-de-prueba"


def set_up(**options):
    out = io.StringIO()
    call_command("setup_clinic", **{**GIVEN, **options}, stdout=out)
    return out.getvalue()


@pytest.fixture
def no_terminal(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO(PASSWORD + "\n"))


@pytest.fixture
def terminal(monkeypatch):
    """Somebody who types these answers, and these passwords."""

    class Keyboard(io.StringIO):
        def isatty(self) -> bool:
            return True

    def sits_down(*answers, passwords=("",)):
        typed, secret = iter(answers), iter(passwords)
        monkeypatch.setattr(sys, "stdin", Keyboard())
        monkeypatch.setattr(builtins, "input", lambda question: next(typed))
        monkeypatch.setattr(getpass, "getpass", lambda question: next(secret))
        monkeypatch.setattr("citas.management.commands.setup_clinic.getpass", lambda question: next(secret))

    return sits_down


def test_options_make_clinic_manager_and_holidays(db, no_terminal):
    set_up()

    manager, clinic = User.objects.get(), Clinic.objects.get()
    assert (manager.email, manager.role, manager.is_staff) == ("jefa@example.com", Role.MANAGER, True)
    assert (clinic.name, clinic.zone, clinic.country, clinic.region) == ("Clínica Río", "America/Santiago", "CL", "RM")
    assert ScheduleException.objects.filter(holiday=True).exists()


def test_without_a_password_the_manager_logs_in_by_code(db, no_terminal):
    said = set_up()

    assert not User.objects.get().has_usable_password()
    assert "code" in said


def test_a_password_comes_through_the_pipe(db, no_terminal, client):
    set_up(password_stdin=True)

    assert client.login(email="jefa@example.com", password=PASSWORD)


def test_the_result_is_one_line_of_json(db, no_terminal):
    result = json.loads(set_up(json=True))

    assert (result["clinic"], result["manager"]) == ("Clínica Río", "jefa@example.com")
    assert result["holidays"] == ScheduleException.objects.count()


@pytest.mark.parametrize("missing", ["name", "zone", "country", "email"])
def test_without_a_terminal_everything_must_be_given(db, no_terminal, missing):
    with pytest.raises(CommandError) as refused:
        set_up(**{missing: None})

    assert refused.value.returncode == 2
    assert not User.objects.exists()


def test_on_a_terminal_it_asks_and_knows_the_usual_answers(db, terminal, client):
    terminal("", "Clínica Sol", "", "MD", "", "jefa@example.com", passwords=(PASSWORD, PASSWORD))

    call_command("setup_clinic", stdout=io.StringIO())

    clinic = Clinic.objects.get()
    assert (clinic.name, clinic.country, clinic.region, clinic.zone) == ("Clínica Sol", "ES", "MD", "Europe/Madrid")
    assert client.login(email="jefa@example.com", password=PASSWORD)


def test_two_different_passwords_change_nothing(db, terminal):
    terminal(passwords=(PASSWORD, "otra"))

    with pytest.raises(CommandError):
        set_up()

    assert not User.objects.exists()


@pytest.mark.parametrize(
    "wrong", [{"zone": "Santiago"}, {"country": "XX"}, {"region": "ZZ"}, {"email": "jefa"}, {"password_stdin": True}]
)
def test_a_wrong_answer_changes_nothing(db, monkeypatch, wrong):
    monkeypatch.setattr(sys, "stdin", io.StringIO("123\n"))

    with pytest.raises(CommandError):
        set_up(**wrong)

    assert not User.objects.exists()
    assert not Clinic.objects.exists()


def test_a_clinic_with_a_manager_is_refused(manager, no_terminal):
    with pytest.raises(CommandError):
        set_up()

    assert User.objects.get() == manager


def test_an_address_that_has_an_account_is_refused(db, no_terminal):
    create_user(email="jefa@example.com")

    with pytest.raises(CommandError):
        set_up()

    assert User.objects.get().role == Role.PATIENT
