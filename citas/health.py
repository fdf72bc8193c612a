"""`python -m citas.health web PORT` or `worker`: whether that process is well, for a container's engine."""

from __future__ import annotations

import http.client
import os
import sys
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

SECONDS = 4  # before it counts as dead
LONGEST_SILENCE = timedelta(seconds=60)  # the worker's heart beats every 10 s, unless a duty fails


def web(port: str) -> str:
    """What is wrong with the web server, or nothing. A redirection to https is an answer too."""
    # The site answers to its own name only.
    host = urlsplit(os.environ.get("SITE_URL", "")).netloc or "localhost"
    client = http.client.HTTPConnection("127.0.0.1", int(port), timeout=SECONDS)
    try:
        client.request("GET", "/live", headers={"Host": host})
        status = client.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        return f"no answer: {type(error).__name__}"
    finally:
        client.close()
    return "" if status in (200, 301) else f"answered {status}"


def worker() -> str:
    """What is wrong with the worker, or nothing: its last heartbeat is in the cache, an instant in ISO 8601."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "citas.settings")
    from django.core.cache import cache

    beat = cache.get("worker:heartbeat")
    if beat is None:
        return "no heartbeat"
    silence = datetime.now(UTC) - datetime.fromisoformat(beat)
    return "" if silence <= LONGEST_SILENCE else f"silent for {silence.total_seconds():.0f} s"


def main(words: list[str]) -> str:
    match words:
        case ["web", port] if port.isdecimal():
            return web(port)
        case ["worker"]:
            return worker()
        case _:
            return "usage: python -m citas.health web PORT | worker"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]) or 0)
