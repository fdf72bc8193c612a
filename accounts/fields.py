"""The form field of an address, the same at every door."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.emails import normalise
from accounts.models import User

LONGEST = User._meta.get_field("email").max_length


class EmailField(forms.EmailField):
    """Cleans to the address as it is stored. Pasted blanks, capitals and invisible characters do not matter."""

    def __init__(self, **options: Any) -> None:
        autocomplete = options.pop("autocomplete", "email")
        options.setdefault("label", _("E-mail address"))
        options.setdefault("max_length", LONGEST)
        options.setdefault("widget", forms.EmailInput(attrs={"autocomplete": autocomplete, "spellcheck": "false"}))
        super().__init__(**options)
        self.error_messages["required"] = _("Enter your e-mail address.")
        self.error_messages["invalid"] = _("Enter an address such as maria@example.com.")

    def to_python(self, value: Any) -> str:
        return normalise(super().to_python(value) or "")
