"""Prints a token of the API, once: only its hash is kept."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts import repository, token_repository
from accounts.models import Scope

LONGEST = timedelta(days=3660)
UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


class Command(BaseCommand):
    help = "Make a token for the API. Its secret is the last word of what is printed, and is not kept anywhere."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", required=True, help="the account that the token acts for")
        parser.add_argument("--scope", required=True, choices=Scope.values, help="what it may do")
        parser.add_argument("--expires", required=True, help="after how long it ends, such as 30d, 12h or 15m")

    def handle(self, **options: Any) -> None:
        now = timezone.now()
        user = repository.find_by_email(options["email"])
        if user is None or not user.is_active:
            raise CommandError("no account in use has this address")
        expires_at = now + _span(options["expires"])
        try:
            secret = token_repository.create(user=user, scope=options["scope"], expires_at=expires_at, now=now)
        except token_repository.ScopeNotYours as refusal:
            raise CommandError(f"the role of this account ({user.role}) does not reach that far") from refusal
        self.stdout.write(f"{options['scope']} for {user.email} until {expires_at:%Y-%m-%d %H:%M} UTC: {secret}")


def _span(text: str) -> timedelta:
    match = re.fullmatch(r"([1-9]\d{0,6})([mhd])", text)
    span = int(match[1]) * UNITS[match[2]] if match else None
    if span is None or span > LONGEST:
        raise CommandError("--expires is a number with m, h or d, up to 3660d")
    return span
