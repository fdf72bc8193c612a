"""Where allauth asks the project: our words, our mails, and the note that an address is confirmed."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from django.core.mail import EmailMessage
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts import repository
from accounts.models import User

CODE_MAIL = "account/email/login_code"


class AccountAdapter(DefaultAccountAdapter):
    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("The address and the password do not belong together. Check them, or use a code."),
        "incorrect_code": _("This code is not right. Look at the newest message, or ask for a new code."),
        "invalid_password_reset": _("This link no longer works. Ask for a new one."),
    }

    def render_mail(
        self, template_prefix: str, email: Any, context: dict[str, Any], headers: dict[str, str] | None = None
    ) -> EmailMessage:
        """A mail that says what it is, for the outbox: the bodies of codes are not shown to everybody."""
        kind = "code" if template_prefix == CODE_MAIL else "other"
        return super().render_mail(template_prefix, email, context, {"X-Citas-Kind": kind, **(headers or {})})

    def is_safe_url(self, url: str) -> bool:
        try:
            return super().is_safe_url(url)
        except ValueError:  # ?next=http://[
            return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """allauth's notes ("signed in as …") say what our pages say already."""

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Staff begin with the day, patients with their appointments."""
        works_here = getattr(request.user, "works_here", False)
        return reverse("appointments:agenda") if works_here else super().get_login_redirect_url(request)

    def login(self, request: HttpRequest, user: User) -> None:
        repository.confirm(user=user)
        super().login(request, user)
