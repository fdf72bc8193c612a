"""What a person agreed to: which text, when, in which language, through which door. Never altered."""

from __future__ import annotations

from datetime import datetime

PRIVACY = "privacy"

Consent = dict[str, str]


def agreed(*, version: str, language: str, source: str, now: datetime) -> Consent:
    """The note of an agreement to one version of the privacy notice; `at` is UTC, to the millisecond."""
    at = now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"kind": PRIVACY, "version": version, "at": at, "language": language, "source": source}


def covers(consents: list[Consent], version: str) -> bool:
    """Whether this version of the privacy notice was agreed to."""
    return any(consent["kind"] == PRIVACY and consent["version"] == version for consent in consents)
