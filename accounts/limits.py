"""How often one client, and anybody for one account, may try. Counted in the cache that all workers share.

All limits stand in LIMITS; RATE_LIMIT_FACTOR multiplies them; `manage.py limits` prints those in force. What passes one
is answered 429 with Retry-After. While the cache does not answer nothing can be counted: what could be guessed or sent
to strangers is refused then (503), everything else goes on.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

import structlog
from django.conf import settings
from django.http import HttpRequest
from django_ratelimit import UNSAFE
from django_ratelimit.core import get_usage
from django_ratelimit.exceptions import Ratelimited
from redis.exceptions import RedisError

from accounts.emails import normalise
from accounts.models import User
from citas import metrics
from citas.errors import Unavailable

log = structlog.get_logger()
View = Callable[..., Any]
Key = Callable[[HttpRequest], str]
ADDRESS = "ip"  # django-ratelimit's name for RATELIMIT_IP_META_KEY; of IPv6 it counts networks of 64 bits

MINUTE, FIVE_MINUTES, HOUR = 60, 300, 3600
PAUSE_SECONDS = 1.0  # after the cache has not answered; each try costs half a second


class TooOften(Ratelimited):
    """A limit was passed; `retry_after` is in how many whole seconds its window ends."""

    def __init__(self, retry_after: int) -> None:
        super().__init__()
        self.retry_after = retry_after


@dataclass(frozen=True, kw_only=True)
class Limit:
    """So many in so many seconds for one of `by`. `guards`: refused while it cannot be counted."""

    count: int
    seconds: int
    by: str
    guards: bool = False

    @property
    def in_force(self) -> int:
        return max(1, round(self.count * settings.RATE_LIMIT_FACTOR))


LIMITS = {
    "log-in/client": Limit(count=10, seconds=MINUTE, by="address", guards=True),
    "log-in/account": Limit(count=5, seconds=MINUTE, by="account", guards=True),
    "code/client": Limit(count=10, seconds=MINUTE, by="address", guards=True),
    "code/account": Limit(count=3, seconds=MINUTE, by="account", guards=True),
    # Three tries each are one chance in 16,000.
    "code/hour": Limit(count=20, seconds=HOUR, by="account", guards=True),
    # The session counts wrong codes, too, but only between requests: sent all at once, each would be the first.
    "code/tries": Limit(count=10, seconds=FIVE_MINUTES, by="session", guards=True),
    "new-password/client": Limit(count=10, seconds=MINUTE, by="address", guards=True),
    "new-password/account": Limit(count=3, seconds=MINUTE, by="account", guards=True),
    "booking": Limit(count=10, seconds=MINUTE, by="account or address"),
    "api/read": Limit(count=600, seconds=MINUTE, by="account or address"),
    "bulk": Limit(count=60, seconds=MINUTE, by="address"),
    "api/write": Limit(count=60, seconds=MINUTE, by="account or address"),
    "api/write/staff": Limit(count=240, seconds=MINUTE, by="account"),
}


def limited(group: str, *, field: str) -> Callable[[View], View]:
    """Count posts by the client's address and by the e-mail in the form's `field`."""

    def decorate(view: View) -> View:
        # The outer one counts first: a client over its limit cannot use up an account's.
        return _posts(f"{group}/client", lambda request: ADDRESS)(_posts(f"{group}/account", _account_in(field))(view))

    return decorate


def codes_of_an_account(view: View) -> View:
    """Count the codes that are sent to one address in an hour."""
    return _posts("code/hour", _account_in("email"))(view)


def tries_of_a_code(view: View) -> View:
    """Count the posts of one browser."""
    return _posts("code/tries", lambda request: request.session.session_key or "")(view)


def booking(view: View) -> View:
    """Count posts that begin, make, move or cancel a booking: of an account, else of an address."""
    return _posts("booking", lambda request: _who(request.user))(view)


def api_read(request: HttpRequest, account: Any = None) -> None:
    """Count a read through the API: of the token's account, else of the address. Raises TooOften."""
    _count(request, "api/read", _who(account))


def api_write(request: HttpRequest, account: Any = None) -> None:
    """The same for a write; the staff's programs may more."""
    staff = isinstance(account, User) and account.works_here
    _count(request, "api/write/staff" if staff else "api/write", _who(account))


def bulk_read(request: HttpRequest) -> None:
    """Count a file of everything that is free: of the address. Raises TooOften."""
    _count(request, "bulk", ADDRESS)


def _posts(name: str, key: Key) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if request.method in UNSAFE:
                _count(request, name, key(request))
            return view(request, *args, **kwargs)

        return counted

    return decorate


def _who(account: Any) -> str:
    return str(account.pk) if getattr(account, "is_authenticated", False) else ADDRESS


def _account_in(field: str) -> Key:
    return lambda request: normalise(request.POST.get(field, ""))


def _count(request: HttpRequest, name: str, key: str) -> None:
    """Raises TooOften past the limit, and Unavailable when a limit that guards cannot be counted."""
    limit = LIMITS[name]
    try:
        usage = _cache.ask(request, name, limit, key)
    except RedisError as error:
        metrics.uncounted(name)
        if limit.guards:
            raise Unavailable from error
        return
    if usage["should_limit"]:
        metrics.limited(name)
        raise TooOften(max(1, usage["time_left"]))


class _Cache:
    """Says once in the log when the cache stops answering, and once when it does again; does not ask at once."""

    def __init__(self) -> None:
        self.silent_until = 0.0
        self.down = False

    def ask(self, request: HttpRequest, name: str, limit: Limit, key: str) -> Any:
        """Count one; raises RedisError when the cache does not answer, or did not a moment ago."""
        if time.monotonic() < self.silent_until:
            raise RedisError("the cache did not answer a moment ago")
        rate = (limit.in_force, limit.seconds)
        try:
            by = ADDRESS if key == ADDRESS else lambda *_: key
            usage = get_usage(request, group=name, key=by, rate=rate, increment=True)
        except RedisError as error:
            self._lost(error)
            raise
        self._found()
        return usage

    def _lost(self, error: RedisError) -> None:
        self.silent_until = time.monotonic() + PAUSE_SECONDS
        if not self.down:
            self.down = True
            log.error("limits_not_counted", guarded="refused", others="let through", exc_info=error)

    def _found(self) -> None:
        if self.down:
            self.down = False
            log.warning("limits_counted_again")


_cache = _Cache()
