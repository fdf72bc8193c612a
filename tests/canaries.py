"""What no log and no mail may tell, watched through the whole suite: the cast's own data, and what some tests type.

The lines are those that the project's own configuration would write. conftest.py fails the test that has written one.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.core import mail
from django.db.models.signals import post_save

from citas import logs, request_line

DIAGNOSIS = "psoriasis canaria"
PHONES = {"+34600000001", "+34612345678"}
DOCUMENTS = {"12345678Z", "87654321X"}
TYPED = {"un lunar cantarín", "Canarita", "Pajarosa", "busqueda-canora"}
ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.(?:com|org|net|es)\b", re.IGNORECASE)
CODE = re.compile(r"(?<![\w.-])\d{6}(?![\w.-])")
# Every line has these, and their digits are nobody's.
OF_THE_LINE = ("timestamp", "request_id")
PUBLIC = {"hola@example.com"}  # the clinic's own
OF_MAILS_ALONE = {"citas@localhost"}

Leaks = list[tuple[str, str]]  # what, and where


class Listening(logging.Handler):
    """Keeps what would be written."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.setFormatter(logs.formatter())

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


class Watch:
    """The lines and mails of one test after the other."""

    def __init__(self) -> None:
        self.log = Listening()
        self.mails: list[tuple[str, str]] = []  # recipient, text

    def begin(self) -> None:
        logging.getLogger().addHandler(self.log)
        request_line.readers.append(self.log.lines.append)
        post_save.connect(self._written, sender="notifications.Message", weak=False)

    def _written(self, *, instance: Any, created: bool, **signal: Any) -> None:
        if created:
            self.mails.append((instance.recipient, "\n".join([instance.subject, instance.text, instance.html])))

    def clear(self) -> None:
        self.log.lines.clear()
        self.mails.clear()

    def leaks(self) -> Leaks:
        sent = [(to, f"{one.subject}\n{one.body}") for one in getattr(mail, "outbox", []) for to in one.to]
        codes = {code for _to, text in [*sent, *self.mails] for code in CODE.findall(text)}
        return [*in_log(self.log.lines, codes), *in_mails([*sent, *self.mails])]


def in_log(lines: Iterable[str], codes: Iterable[str] = ()) -> Iterator[tuple[str, str]]:
    """What log lines tell of people: nothing, and no address at all."""
    codes = set(codes)
    for line in lines:
        text = _own_words(line)
        found = {*_named(text), *ADDRESS.findall(text), *(codes & set(CODE.findall(text)))}
        yield from ((each, line) for each in found)


def in_mails(mails: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """What mails tell: no diagnosis, no number, and nobody's address but their reader's."""
    for recipient, text in mails:
        others = {found.lower() for found in ADDRESS.findall(text)} - PUBLIC - OF_MAILS_ALONE - {recipient.lower()}
        yield from ((each, f"mail to {recipient}") for each in {*_named(text), *others})


def _named(text: str) -> set[str]:
    folded, digits = text.casefold(), re.sub(r"[\s-]", "", text)
    words = {word for word in {DIAGNOSIS, *TYPED, *DOCUMENTS} if word.casefold() in folded}
    return words | {phone for phone in PHONES if phone[3:] in digits}


def _own_words(line: str) -> str:
    try:
        told = json.loads(line)
    except ValueError:
        return line
    return json.dumps({name: value for name, value in told.items() if name not in OF_THE_LINE}, ensure_ascii=False)


watch = Watch()
