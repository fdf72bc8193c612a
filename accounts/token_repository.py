"""Tokens of the API: made, looked up, revoked. The secret is seen once, when it is made."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import ACTS_AS, SCOPES, ApiToken, Role, Scope, User
from citas.errors import DomainError

MARK = "citas_"  # so that a scanner for secrets recognises one that lies about
USE_NOTED_EVERY = timedelta(minutes=1)


class ScopeNotYours(DomainError):
    """The role of the account does not reach that far."""

    status = 403
    code = "scope-not-yours"
    message = _("This account cannot have a token of that scope.")


def create(*, user: User, scope: str, expires_at: datetime, now: datetime) -> str:
    """Make a token and return its secret, which is kept nowhere. Raises ScopeNotYours."""
    if scope not in SCOPES[Role(user.role)]:
        raise ScopeNotYours
    secret = MARK + secrets.token_urlsafe(32)
    token = ApiToken(user=user, scope=scope, digest=_digest(secret), created_at=now, expires_at=expires_at)
    token.save(force_insert=True)
    return secret


def bearer(*, secret: str, now: datetime) -> User | None:
    """The account that a secret lets in, acting in the role of its scope; None when it lets nobody in.

    The account is a copy for one request: its `role` is what the token may do, and it must not be saved.
    """
    found = ApiToken.objects.filter(digest=_digest(secret), revoked_at=None, expires_at__gt=now)
    token = found.select_related("user").first()
    if token is None or not token.user.is_active or token.scope not in SCOPES[Role(token.user.role)]:
        return None
    _note_use(token, now)
    token.user.role = ACTS_AS[Scope(token.scope)]
    return token.user


def _note_use(token: ApiToken, now: datetime) -> None:
    before = now - USE_NOTED_EVERY
    if token.last_used_at is None or token.last_used_at <= before:
        unnoted = Q(last_used_at=None) | Q(last_used_at__lte=before)
        ApiToken.objects.filter(unnoted, pk=token.pk).update(last_used_at=now)


def revoke(*, tokens: QuerySet[ApiToken], now: datetime) -> int:
    """Let these tokens in no more; how many were still in force."""
    return tokens.filter(revoked_at=None).update(revoked_at=now)


def _digest(secret: str) -> str:
    # 256 random bits need no slow hash: nobody tries them all.
    return sha256(secret.encode()).hexdigest()
