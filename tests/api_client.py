"""A program that speaks to the API, with a token or without."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from accounts import token_repository
from accounts.models import User


def token_for(user: User, scope: str) -> str:
    """The secret of a token that is good for ten days."""
    now = timezone.now()
    return token_repository.create(user=user, scope=scope, expires_at=now + timedelta(days=10), now=now)


class Api:
    """`api.get("/api/…")` and so on; bodies are given as values, headers as Django's test client takes them."""

    def __init__(self, user: User | None = None, scope: str = "own") -> None:
        self.client = Client(raise_request_exception=False, enforce_csrf_checks=True)
        self.headers = {"Accept-Language": "en"}
        if user is not None:
            self.headers["Authorization"] = f"Bearer {token_for(user, scope)}"

    def get(self, address: str, query: dict[str, Any] | None = None, **headers: str) -> Any:
        return self.client.get(address, query or {}, headers=self._all(headers))

    def post(self, address: str, body: Any, **headers: str) -> Any:
        return self.send("POST", address, body, **headers)

    def patch(self, address: str, body: Any, **headers: str) -> Any:
        return self.send("PATCH", address, body, **headers)

    def delete(self, address: str, **headers: str) -> Any:
        return self.client.delete(address, headers=self._all(headers))

    def send(self, method: str, address: str, body: Any, kind: str = "application/json", **headers: str) -> Any:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.client.generic(method, address, raw, content_type=kind, headers=self._all(headers))

    def _all(self, headers: dict[str, str]) -> dict[str, str]:
        return {**self.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
