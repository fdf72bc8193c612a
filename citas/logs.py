"""One line of JSON on stderr for each request and each thing that went wrong: what and where, never what was typed.

A path of ours may hold a reference or a key, the text of an error a patient's name ("DETAIL: Failing row contains …"),
and what a library fills into its sentence anything at all. So a line has the route instead of the path, the kinds of
the errors and their places in the code instead of their texts, and sentences without what was filled in.
"""

from __future__ import annotations

import logging.config
import traceback
from http import HTTPStatus
from pathlib import Path
from typing import Any

import structlog

from citas import request_id

ROOT = Path(__file__).resolve().parent.parent
OWN = ("accounts", "appointments", "citas", "doctors", "notifications", "patients")
DEEPEST = 30  # places in the code that are told of one error
METHODS = {"CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"}

Line = dict[str, Any]


def settings() -> dict[str, Any]:
    """What LOGGING says: everything from warnings on, our own notes too."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "citas.logs.formatter"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        # Django gives these two handlers of their own: theirs would write the path.
        "loggers": {name: {"handlers": [], "propagate": True} for name in ("django", "django.server")}
        | {name: {"level": "INFO"} for name in OWN},
    }


def configure(chosen: dict[str, Any]) -> None:
    """What LOGGING_CONFIG names: the lines of structlog and those of the standard library take the same way out."""
    logging.config.dictConfig(chosen)
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )


def formatter() -> logging.Formatter:
    processors: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        with_place,
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.JSONRenderer(ensure_ascii=False, default=_kind),
    ]
    # The sentence as its author wrote it: getMessage would fill in what was typed.
    return structlog.stdlib.ProcessorFormatter(processors=processors, use_get_message=False)


def with_place(logger: Any, method: str, line: Line) -> Line:
    """A line with the request it belongs to and the error that it tells of."""
    record: logging.LogRecord = line["_record"]
    error = line.pop("exc_info", None)
    if not line["_from_structlog"]:
        line |= _foreign(record)
    if request_id.current.get():
        line["request_id"] = request_id.current.get()
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        line |= _told(error)
    return line


def _foreign(record: logging.LogRecord) -> Line:
    """What a library's record may say."""
    line: Line = {"event": str(record.msg)}
    if record.name.startswith("django.security."):
        line["event"] = record.name.rpartition(".")[2]  # its sentence is the text of an error
    if (request := getattr(record, "request", None)) is not None:
        line |= {"method": method(request), "route": route(request)}
    if (status := getattr(record, "status_code", None)) is not None:
        line |= {"status": status, "event": HTTPStatus(status).phrase}
    return line


def without_request(record: logging.LogRecord) -> bool:
    """For gunicorn's own lines: it repeats the first line of a request that it cannot read, path included."""
    for beginning in ("Invalid request", "Error handling request"):
        if str(record.msg).startswith(beginning):
            record.msg, record.args = beginning, ()
    return True


def method(request: Any) -> str:
    """One that HTTP knows: any other is what somebody typed."""
    given = getattr(request, "method", "")
    return given if given in METHODS else "other"


def route(request: Any) -> str:
    """The pattern that a request's path met, such as `citas/<reference:reference>/`; "" when it met none."""
    match = getattr(request, "resolver_match", None)
    return match.route if match else ""


def _told(error: BaseException) -> Line:
    """The kinds of an error and of what led to it, and where in the code it happened, the innermost place last."""
    kinds: list[str] = []
    link: BaseException | None = error
    while link is not None and len(kinds) < DEEPEST:
        kinds.append(_kind(link))
        link = link.__cause__ or link.__context__
    places = [
        f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)
    ]
    return {"error": kinds, "places": places[-DEEPEST:]}


def _kind(thing: Any) -> str:
    return f"{type(thing).__module__}.{type(thing).__qualname__}".removeprefix("builtins.")


def _short(filename: str) -> str:
    return filename.removeprefix(f"{ROOT}/")
