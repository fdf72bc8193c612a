from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from notifications import delivery, outbox, repository


class Command(BaseCommand):
    help = "Write the mails that are due and send what waits in the outbox, each once."

    def handle(self, **options: Any) -> None:
        written = outbox.write_due(now=timezone.now(), limit=10_000)
        turns = range(repository.waiting(now=timezone.now()))
        sent = sum(delivery.deliver_due(now=timezone.now()) for _turn in turns)
        self.stdout.write(f"{written} changes looked at, {sent} of {len(turns)} mails sent")
