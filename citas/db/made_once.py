"""Rows that a request of the API makes once, however often it is sent: see citas.apikit.idempotency."""

from __future__ import annotations

from django.db import models


class MadeOnce(models.Model):
    """`request_fingerprint` tells a repeated request from another with the same key; "" for what no request made."""

    request_fingerprint = models.CharField(max_length=64, blank=True, default="", editable=False)

    class Meta:
        abstract = True
