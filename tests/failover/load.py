"""Clients that book through the web at full speed, whatever its database does, and remember what they were told."""

from __future__ import annotations

import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode

from tests.failover.web import Answer, Web

PROOF = re.compile(r"/citas/[0-9A-Z-]+/")
PAUSE_SECONDS = 0.1  # of a client that was told to come again


class Booker:
    """One browser. It sends each of its drafts until it is told that it is booked, or that the time is taken."""

    def __init__(self, web: Web, known: dict[str, Any], stopping: threading.Event) -> None:
        self.web = web
        self.known = known
        self.stopping = stopping
        self.answers: list[Answer] = []
        self.told: list[str] = []  # request keys as they are stored
        cookies = "; ".join(f"{name}={value}" for name, value in known["cookies"].items())
        self.headers = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
        token = next(value for name, value in known["cookies"].items() if "csrf" in name)
        self.form = urlencode({"csrfmiddlewaretoken": token})

    def run(self) -> None:
        for draft in self.known["drafts"]:
            while not self.stopping.is_set() and self.book(draft).status == 503:
                time.sleep(PAUSE_SECONDS)

    def book(self, draft: str) -> Answer:
        answer = self.web.ask("POST", f"/citas/nueva/{draft}/confirmar/", body=self.form, headers=self.headers)
        if is_booked(answer):
            self.told.append(f"{self.known['account']}/{draft}")
        self.answers.append(answer)
        return answer


def is_booked(answer: Answer) -> bool:
    return answer.status == 302 and PROOF.fullmatch(answer.headers["location"]) is not None


class Load:
    """All the clients; they book until the block ends."""

    def __init__(self, web: Web, known: list[dict[str, Any]]) -> None:
        self.stopping = threading.Event()
        self.bookers = [Booker(web, one, self.stopping) for one in known]
        self.threads = ThreadPoolExecutor(len(known))

    def __enter__(self) -> Load:
        self.running = [self.threads.submit(booker.run) for booker in self.bookers]
        return self

    def __exit__(self, *error: object) -> None:
        self.stopping.set()
        self.threads.shutdown()
        for future in self.running:
            future.result()

    def told(self) -> list[str]:
        return [key for booker in self.bookers for key in booker.told]

    def answers(self) -> list[Answer]:
        return [answer for booker in self.bookers for answer in booker.answers]

    def booked_since(self, instant: float) -> list[Answer]:
        """What was asked after an instant and is booked, the first answer first."""
        later = [answer for answer in self.answers() if answer.began > instant and is_booked(answer)]
        return sorted(later, key=lambda answer: answer.ended)

    def faults(self) -> list[str]:
        """What no client may ever get: neither booked, nor taken, nor a clean page that says to come again."""
        bad = [one for one in self.answers() if not (is_booked(one) or one.status == 409 or one.is_clean_refusal)]
        return [f"{one.status} {one.fault} {one.headers.get('location', '')} after {one.seconds:.2f} s" for one in bad]
