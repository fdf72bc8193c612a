from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from appointments import repository


class Command(BaseCommand):
    help = "Release temporary holds that have run out. They stand in nobody's way before that either."

    def handle(self, **options: Any) -> None:
        self.stdout.write(f"{repository.release_expired(now=timezone.now())} holds released")
