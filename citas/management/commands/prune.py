from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from accounts import repository as accounts
from appointments import draft_repository
from notifications import repository as notifications
from notifications import webhook_repository


class Command(BaseCommand):
    help = "Forget what has had its day: drafts, sessions, old messages, bodies of codes, addresses never confirmed."

    def handle(self, **options: Any) -> None:
        now = timezone.now()
        call_command("clearsessions")
        counts = {
            "drafts": draft_repository.prune(now=now),
            "messages": notifications.prune(now=now),
            "webhook messages": webhook_repository.prune(now=now),
            "codes blanked": notifications.forget(now=now),
            "unconfirmed accounts": accounts.purge_unverified(now=now),
        }
        if options["verbosity"]:
            self.stdout.write(", ".join(f"{count} {what}" for what, count in counts.items()))
