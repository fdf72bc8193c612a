"""The first steps of an empty clinic: its name and place, its first manager, its public holidays."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.urls import reverse
from django.utils import timezone

from accounts import repository as accounts
from accounts.models import Role
from citas.db import atomic
from doctors import repository as doctors

# What is asked for, the question on a terminal, and the answer of somebody who only presses Enter.
QUESTIONS = (
    ("name", "Name of the clinic", ""),
    ("country", "Country (two letters)", "ES"),
    ("region", "Region, for its public holidays (such as MD; may be empty)", ""),
    ("zone", "Time zone", "Europe/Madrid"),
    ("email", "E-mail of the first manager", ""),
)
OPTIONAL = ("region",)


class Command(BaseCommand):
    help = "Set up an empty clinic: its name and place, its first manager, its public holidays."

    def add_arguments(self, parser: ArgumentParser) -> None:
        for name, question, _usual in QUESTIONS:
            parser.add_argument(f"--{name}", help=question)
        parser.add_argument("--password-stdin", action="store_true", help="read the manager's password from stdin")
        parser.add_argument("--json", action="store_true", help="the result as one line of JSON")

    def handle(self, **options: Any) -> None:
        if accounts.has_manager():
            raise CommandError("this clinic has a manager already: further accounts are made in the administration")
        on_terminal = sys.stdin.isatty() and not options["password_stdin"]
        answers = _asked(options) if on_terminal else _given(options)
        password = _password(options, on_terminal)
        _check(answers["email"], password)
        self._report(_set_up(answers, password), by_code=not password, as_json=options["json"])

    def _report(self, result: dict[str, Any], *, by_code: bool, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(result))
            return
        way = "a code that is sent to this address" if by_code else "the password"
        entrance = settings.SITE_URL + reverse(settings.LOGIN_URL)
        self.stdout.write(f"{result['clinic']} is set up, with {result['holidays']} public holidays.")
        self.stdout.write(f"{result['manager']} logs in at {entrance} with {way}.")


def _asked(options: dict[str, Any]) -> dict[str, str]:
    """Ask on the terminal for what no option gives."""
    return {name: options[name] if options[name] is not None else _ask(name, *more) for name, *more in QUESTIONS}


def _ask(name: str, question: str, usual: str) -> str:
    while True:
        answer = input(f"{question}{f' [{usual}]' if usual else ''}: ").strip() or usual
        if answer or name in OPTIONAL:
            return answer


def _given(options: dict[str, Any]) -> dict[str, str]:
    missing = [f"--{name}" for name, *_more in QUESTIONS if not options[name] and name not in OPTIONAL]
    if missing:
        raise CommandError(f"without a terminal this needs {', '.join(missing)}", returncode=2)
    return {name: options[name] or "" for name, *_more in QUESTIONS}


def _password(options: dict[str, Any], on_terminal: bool) -> str:
    """What was typed or piped in; "" means that the manager logs in by code."""
    if options["password_stdin"]:
        return sys.stdin.readline().rstrip("\n")
    if not on_terminal:
        return ""
    password = getpass("Password (empty: log in by a code in a mail): ")
    if password and getpass("The same password again: ") != password:
        raise CommandError("the two passwords differ: nothing was changed")
    return password


def _check(email: str, password: str) -> None:
    try:
        validate_email(email)
        if password:
            validate_password(password)
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from error
    if accounts.find_by_email(email) is not None:
        raise CommandError("this address has an account already: choose another for the manager")


def _set_up(answers: dict[str, str], password: str) -> dict[str, Any]:
    with atomic():
        try:
            clinic = doctors.set_up(
                name=answers["name"], country=answers["country"], region=answers["region"], zone=answers["zone"]
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        manager = accounts.create_user(email=answers["email"], role=Role.MANAGER, password=password or None)
        holidays = doctors.extend_holidays(today=timezone.now().astimezone(clinic.tz).date())
    return {"clinic": clinic.name, "manager": manager.email, "holidays": holidays}
