"""Search by the beginnings of words, accents ignored, with one index and no engine's own text search."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

SHORTEST, LONGEST = 2, 12


def words(text: str) -> list[str]:
    """Words of a text: lower case, without accents ("Muñoz-Vega" gives "munoz" and "vega")."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return re.findall(r"[^\W_]+", bare)


def tokens(*texts: str) -> list[str]:
    """Every beginning, of 2 to 12 characters, of every word: what a row is found by."""
    found = {word[:length] for text in texts for word in words(text) for length in range(SHORTEST, LONGEST + 1)}
    return sorted(token for token in found if len(token) >= SHORTEST)


def query_tokens(text: str) -> list[str]:
    """What a searched text asks for: each word, cut to the length that rows carry."""
    return sorted({word[:LONGEST] for word in words(text) if len(word) >= SHORTEST})


class TokensField(models.Field):
    """A list of tokens: `text[]` on PostgreSQL, an array on MongoDB. The look-up `has_all` takes a list of tokens."""

    description = _("Search tokens")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"default": list, "editable": False, "blank": True, **kwargs})

    def db_type(self, connection: Any) -> str:
        return "array" if connection.vendor == "mongodb" else "text[]"

    def value_to_string(self, obj: models.Model) -> str:
        found: Any = self.value_from_object(obj)
        return " ".join(found)

    def to_python(self, value: Any) -> list[str]:
        return value.split() if isinstance(value, str) else list(value or [])


@TokensField.register_lookup
class HasAll(models.Lookup):
    lookup_name = "has_all"

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{left} @> {right}::text[]", [*left_params, *right_params]

    def as_mql_path(self, compiler: Any, connection: Any) -> dict[str, Any]:
        return {self.lhs.as_mql(compiler, connection): {"$all": list(self.rhs)}}
