"""Accounts in the administration, and its door: our log-in page, for staff only."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account.decorators import secure_admin_login
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.password_validation import validate_password
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts import repository, token_repository
from accounts.fields import EmailField
from accounts.forms import password_field
from accounts.models import ApiToken, Role, User
from citas.administration import OneTransaction, in_one
from citas.long_lists import LongListAdmin

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

LANGUAGES = [("es", "Español"), ("en", "English")]


class AccountForm(forms.ModelForm):
    """An account that exists. The role decides on group, rights and the way in here."""

    email = EmailField()
    language = forms.ChoiceField(label=_("Language of the mails"), choices=LANGUAGES)

    class Meta:
        model = User
        fields: ClassVar = ["email", "role", "language", "is_active"]
        help_texts: ClassVar = {
            "is_active": _("Instead of deleting take the tick away: nobody logs in with it, the history stays."),
        }


class NewAccountForm(forms.ModelForm):
    """A new account; without a password its owner comes in by the code of a mail."""

    email = EmailField()
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.RECEPTIONIST)
    language = forms.ChoiceField(label=_("Language of the mails"), choices=LANGUAGES)
    new_password = password_field(
        _("Password"),
        "new-password",
        required=False,
        help_text=_("May stay empty: then the person logs in with a code that we send."),
    )

    class Meta:
        model = User
        fields: ClassVar = ["email", "role", "language"]

    def clean_new_password(self) -> str:
        typed = self.cleaned_data["new_password"]
        if typed:
            validate_password(typed)
        return typed


@admin.register(User)
class AccountAdmin(OneTransaction, LongListAdmin, UserAdmin):
    form = AccountForm
    add_form = NewAccountForm
    list_display = ("email", "role", "is_active", "last_login", "created_at")
    list_filter = ("role", "is_active")
    search_fields = ("email",)
    ordering = ("email",)
    readonly_fields = ("password_link", "last_login", "created_at")
    filter_horizontal = ()
    sortable_by = ("email",)
    fieldsets = (
        (None, {"fields": ("email", "role", "language", "is_active", "password_link")}),
        (_("History"), {"fields": ("created_at", "last_login")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "role", "language", "new_password")}),)

    @admin.display(description=_("Password"))
    def password_link(self, account: User) -> str:
        address = reverse("admin:auth_user_password_change", args=[account.pk])
        return format_html('<a href="{}">{}</a>', address, _("Set a new password"))

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """The role goes through the repository, so that group and rights always agree with it."""
        if not change:
            repository.enrol(user=obj, role=obj.role, password=form.cleaned_data["new_password"] or None)
            return
        super().save_model(request, obj, form, change)
        if "role" in form.changed_data:
            repository.set_role(user=obj, role=obj.role)

    def user_change_password(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return in_one(request, lambda: super(AccountAdmin, self).user_change_password(request, *args, **kwargs))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(ApiToken)
class ApiTokenAdmin(OneTransaction, admin.ModelAdmin):
    """Tokens of the API: seen and revoked here, made by `manage.py api_token`."""

    list_display = ("user", "scope", "created_at", "expires_at", "last_used_at", "revoked_at")
    list_filter = ("scope",)
    list_select_related = ("user",)
    search_fields = ("user__email",)
    ordering = ("-created_at", "-id")
    show_full_result_count = False
    actions = ("revoke",)
    fields = readonly_fields = ("user", "scope", "created_at", "expires_at", "last_used_at", "revoked_at")

    @admin.action(description=_("Revoke"), permissions=["change"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> None:
        revoked = token_repository.revoke(tokens=queryset, now=timezone.now())
        text = ngettext("%(count)d token revoked.", "%(count)d tokens revoked.", revoked) % {"count": revoked}
        self.message_user(request, text, messages.SUCCESS)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
