from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from notifications import delivery, outbox


class Command(BaseCommand):
    help = "Write the mails that are due and send what waits in the outbox, once."

    def handle(self, **options: Any) -> None:
        now = timezone.now()
        written, sent = outbox.write_due(now=now, limit=10_000), delivery.deliver_due(now=now, limit=10_000)
        self.stdout.write(f"{written} changes looked at, {sent} mails sent")
