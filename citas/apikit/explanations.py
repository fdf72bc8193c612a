"""What pydantic found, in the reader's words. What is not listed here is told in general."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from citas.apikit.problems import Fault, pointer

# How the API's functions call the body and the query as a whole.
WHOLE = {"body": "data", "query": "asked"}
SAID = {
    "missing": gettext_lazy("This is needed."),
    "extra_forbidden": gettext_lazy("There is nothing of this name here."),
    "string_type": gettext_lazy("This is a text."),
    "string_too_long": gettext_lazy("At most %(max_length)s letters."),
    "string_too_short": gettext_lazy("At least %(min_length)s letters."),
    "string_pattern_mismatch": gettext_lazy("This is not written as it should be."),
    "int_type": gettext_lazy("This is a whole number."),
    "int_parsing": gettext_lazy("This is a whole number."),
    "int_parsing_size": gettext_lazy("This number is too large."),
    "int_from_float": gettext_lazy("This is a whole number."),
    "greater_than_equal": gettext_lazy("At least %(ge)s."),
    "less_than_equal": gettext_lazy("At most %(le)s."),
    "literal_error": gettext_lazy("One of: %(expected)s."),
    "bool_type": gettext_lazy("This is true or false."),
    "list_type": gettext_lazy("This is a list."),
    "dict_type": gettext_lazy("This is an object."),
    "model_attributes_type": gettext_lazy("This is an object."),
    "model_type": gettext_lazy("This is an object."),
    "too_long": gettext_lazy("At most %(max_length)s of them."),
}


def faults(errors: list[dict[str, Any]]) -> Iterator[Fault]:
    """Ninja's list of errors as faults of the request."""
    for error in errors:
        part, *names = error["loc"]
        if names[:1] == [WHOLE.get(part)]:
            names = names[1:]
        yield Fault(part, pointer(*names), _text(error))


def _text(error: dict[str, Any]) -> str:
    context = error.get("ctx", {})
    if error["type"] == "value_error":
        return str(context.get("error", ""))
    said = SAID.get(error["type"])
    return str(said) % context if said else _("This is not as it should be.")
