"""How often one client, and anybody for one account, may try. Counted in the cache that all workers share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django_ratelimit.decorators import ratelimit

from accounts.emails import normalise

View = Callable[..., Any]


def limited(group: str, *, client: int, account: int, field: str) -> Callable[[View], View]:
    """Let `client` posts a minute through from one address, and `account` for the e-mail in the form's `field`.

    More raise Ratelimited, which the project answers with 429. RATE_LIMIT_FACTOR multiplies both.
    """

    def decorate(view: View) -> View:
        by_account = ratelimit(
            group=f"{group}/account", key=_account_in(field), rate=_in(60, account), method=ratelimit.UNSAFE
        )
        by_client = ratelimit(group=f"{group}/client", key="ip", rate=_in(60, client), method=ratelimit.UNSAFE)
        # The outer one counts first: a client over its limit cannot use up an account's.
        return by_client(by_account(view))

    return decorate


def codes_of_an_account(view: View) -> View:
    """Let 20 codes an hour be sent to one address: three tries each are one chance in 16,000."""
    limit = ratelimit(group="code/hour", key=_account_in("email"), rate=_in(3600, 20), method=ratelimit.UNSAFE)
    return limit(view)


def tries_of_a_code(view: View) -> View:
    """Let ten posts in five minutes through from one browser.

    The session counts wrong codes, too, but only between requests: sent all at once, each would be the first.
    """
    limit = ratelimit(group="code/tries", key=_session, rate=_in(300, 10), method=ratelimit.UNSAFE)
    return limit(view)


def _session(group: str, request: HttpRequest) -> str:
    return request.session.session_key or ""


def _account_in(field: str) -> Callable[[str, HttpRequest], str]:
    return lambda group, request: normalise(request.POST.get(field, ""))


def _in(seconds: int, count: int) -> Callable[[str, HttpRequest], tuple[int, int]]:
    return lambda group, request: (max(1, round(count * settings.RATE_LIMIT_FACTOR)), seconds)
