"""The doors. allauth does the work; here stands who may pass, how often, and that `next` is never lost."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from allauth.account import views as allauth
from allauth.account.utils import get_login_redirect_url, get_next_redirect_url
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.i18n import set_language

from accounts import repository
from accounts.forms import CodeRequestForm
from accounts.limits import codes_of_an_account, limited, tries_of_a_code

View = Callable[..., HttpResponse]

_log_in = allauth.LoginView.as_view(extra_context={"code_form": CodeRequestForm})


def entrance(view: View) -> View:
    """A page for those who are not in yet. Who is goes on; a detour from one such page to another keeps `next`."""

    @login_not_required
    @wraps(view)
    def entered(request: HttpRequest, **arguments: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return HttpResponseRedirect(get_login_redirect_url(request))
        response = view(request, **arguments)
        onward = get_next_redirect_url(request)
        if onward and response.get("Location") in (reverse("account_login"), reverse("account_request_login_code")):
            response["Location"] += "?" + urlencode({REDIRECT_FIELD_NAME: onward})
        return response

    return entered


@entrance
@limited("log-in", field="login")
def log_in(request: HttpRequest) -> HttpResponse:
    """E-mail and password; the way by code stands beside it."""
    return _log_in(request)


@entrance
@limited("code", field="email")
@codes_of_an_account
def ask_for_code(request: HttpRequest) -> HttpResponse:
    """Send a code to an address, also instead of one that was sent before."""
    return allauth.request_login_code(request)


@entrance
@tries_of_a_code
def confirm_code(request: HttpRequest) -> HttpResponse:
    """Take the code: three tries in five minutes."""
    response = allauth.confirm_login_code(request)
    if response.get("Location") == reverse("account_request_login_code"):
        messages.error(request, _("That code can no longer be used. We will gladly send you a new one."))
    return response


@login_not_required
@limited("new-password", field="email")
def ask_for_new_password(request: HttpRequest) -> HttpResponse:
    """Send a link for a new password; the same answer for every address."""
    return allauth.password_reset(request)


@login_not_required
def choose_language(request: HttpRequest) -> HttpResponse:
    """Change the language of the pages, and of the mails to whoever is signed in."""
    response = set_language(request)
    chosen = request.POST.get("language")
    if request.method == "POST" and request.user.is_authenticated and chosen in dict(settings.LANGUAGES):
        repository.set_language(user=request.user, language=chosen)
    return response
