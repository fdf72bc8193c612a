"""The least and the greatest value of indexed fields, read from the ends of their indexes instead of every document."""

from __future__ import annotations

from typing import Any

WAYS = {"$min": 1, "$max": -1}


def from_ends(stages: list[dict[str, Any]], *, model: Any) -> list[dict[str, Any]]:
    """The same stages, or, where they only look for ends, stages that feed these with one document for each end."""
    match, group = _match_and_group(stages)
    wanted = [_end(value) for name, value in group.items() if name != "_id"]
    indexed = _indexed(model)
    if not wanted or not all(end and end[0] in indexed for end in wanted):
        return stages
    first, *others = [_one(match, *end) for end in wanted if end]
    joined = [{"$unionWith": {"coll": model._meta.db_table, "pipeline": other}} for other in others]
    return [*first, *joined, *stages[bool(match) :]]


def _match_and_group(stages: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    match = stages[:1] if stages and "$match" in stages[0] else []
    rest = stages[len(match) :]
    group = rest[0].get("$group", {}) if rest else {}
    return (match, group) if group.get("_id", "") is None else (match, {})


def _end(value: Any) -> tuple[str, int] | None:
    """Of {"$min": "$field"} the field and the order in which it comes first."""
    if isinstance(value, dict) and len(value) == 1:
        ((way, field),) = value.items()
        if way in WAYS and isinstance(field, str) and field.startswith("$") and "." not in field:
            return field[1:], WAYS[way]
    return None


def _one(match: list[dict[str, Any]], field: str, way: int) -> list[dict[str, Any]]:
    """A document without the value has none to compare."""
    return [*match, {"$match": {field: {"$ne": None}}}, {"$sort": {field: way}}, {"$limit": 1}]


def _indexed(model: Any) -> set[str]:
    meta = model._meta
    own = {field.column for field in meta.concrete_fields if field.db_index or field.unique}
    return own | {meta.get_field(name).column for index in meta.indexes for name, _way in index.fields_orders}
