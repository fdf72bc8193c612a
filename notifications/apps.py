from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = _("Messages")

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from citas import ages
        from notifications import repository

        user_logged_in.connect(forget_used_codes)
        text = "Since the oldest message that has not been sent yet was written."
        ages.tell(ages.Age(name="citas_oldest_unsent_message_age_seconds", text=text, since=repository.oldest_unsent))


def forget_used_codes(*, user: Any, **signal: Any) -> None:
    """Whoever is in needs no code any more."""
    from notifications import repository

    repository.forget_used(recipient=user.email)
