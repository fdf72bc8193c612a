"""Lets nobody change anything, or everybody again: pages are shown, and what would change something answers 503."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from doctors import maintenance_repository


class Command(BaseCommand):
    help = "Say whether the appointment book takes changes, and switch that: on lets nobody change anything."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("state", nargs="?", choices=["on", "off"], help="nothing: only say what it is")

    def handle(self, **options: Any) -> None:
        if options["state"] == "on":
            maintenance_repository.begin(now=timezone.now())
        elif options["state"] == "off":
            maintenance_repository.end()
        since = maintenance_repository.since()
        self.stdout.write("off" if since is None else f"on since {since:%Y-%m-%d %H:%M} UTC")
