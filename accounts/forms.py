"""What is typed at the doors. allauth's forms, with our fields and the same work for known and unknown addresses."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import (
    ConfirmLoginCodeForm,
    LoginForm,
    RequestLoginCodeForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
)
from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts import repository
from accounts.fields import EmailField
from accounts.models import User

LONGEST_PASSWORD = 200


def password_field(label: Any, autocomplete: str, **options: Any) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, strip=False, max_length=LONGEST_PASSWORD, widget=widget, **options)


class PasswordForm(LoginForm):
    """E-mail and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = EmailField(autocomplete="username")
        self.fields["password"] = password_field(_("Password"), "current-password")
        self.fields["password"].error_messages["required"] = _("Enter your password.")

    def clean_password(self) -> str:
        """What everybody knows opens nothing, whoever's it is; the answer is that of any wrong password."""
        typed = self.cleaned_data["password"]
        if typed in settings.REFUSED_PASSWORDS:
            raise get_adapter().validation_error("email_password_mismatch")
        return typed


class CodeRequestForm(RequestLoginCodeForm):
    """The address to which a code is sent. Whoever is new gets an account, and so the same answer as everybody."""

    email = EmailField()

    def clean_email(self) -> str:
        self._user = _account_of(self.cleaned_data["email"])
        return self.cleaned_data["email"]


class CodeForm(ConfirmLoginCodeForm):
    """The six figures of the mail; blanks and dashes between them do not matter."""

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}),
        error_messages={"required": _("Enter the code of the message.")},
    )


class NewPasswordRequestForm(ResetPasswordForm):
    """The address to which the link for a new password is sent; new addresses as in CodeRequestForm."""

    email = EmailField()

    def clean_email(self) -> str:
        self.users = [_account_of(self.cleaned_data["email"])]
        return self.cleaned_data["email"]


class NewPasswordForm(ResetPasswordKeyForm):
    """A new password, typed twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].label = _("New password")
        self.fields["password1"].help_text = _("At least 10 characters. A few words together are easy to remember.")
        self.fields["password2"].label = _("The new password once more")


def _account_of(email: str) -> User:
    return repository.begin(email=email, language=(get_language() or "es")[:2], now=timezone.now())
