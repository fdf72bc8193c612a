"""What an archive holds: which models, in which order, which fields, and what is left out and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from graphlib import TopologicalSorter
from typing import Any

from django.apps import apps

from citas.db.indexes import BusyIndex, UniqueIndex
from citas.db.plain import Column, Kind

LEFT_OUT = {
    "contenttypes.contenttype": "made by migrate; referred to by app and model",
    "auth.permission": "made by migrate; referred to by app, model and codename",
    "doctors.maintenance": "says that this database takes no changes; the one that is loaded does",
    "sessions.session": "who is logged in on which browser ends with the server",
    "account.emailconfirmation": "keys of mails that nobody sends: accounts are confirmed by code",
}
# Rows whose key the engine makes up. They are sorted by these fields and then as they read, and two that read the same
# are two.
SORTED_BY: dict[str, tuple[str, ...]] = {
    "account.emailaddress": ("user",),
    "accounts.user_groups": ("user",),
    "accounts.user_user_permissions": ("user",),
    "admin.logentry": ("action_time",),
    "auth.group": ("name",),
    "auth.group_permissions": (),
    "mfa.authenticator": ("user",),
}
# How rows of these are named by those that refer to them. They are few, and held in memory.
NAMED_BY = {
    "contenttypes.contenttype": ("app_label", "model"),
    "auth.permission": ("content_type", "codename"),
    "auth.group": ("name",),
}
# Keys of other models that are no foreign keys.
REFERENCES = {("notifications.message", "appointment_id"): "appointments.appointment"}


@dataclass(frozen=True)
class Part:
    """One model's records. `fields` are in the order of their names, without a key that the engine makes up."""

    model: Any
    fields: tuple[Any, ...]

    @cached_property
    def label(self) -> str:
        return self.model._meta.label_lower

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.fields)

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        return tuple(Column.of(field) for field in self.fields)

    @cached_property
    def keyed(self) -> bool:
        """Whether a record is known by its key, and not only by all that it says."""
        return self.label not in SORTED_BY

    @cached_property
    def key(self) -> tuple[str, ...]:
        """The fields that records are sorted by."""
        return (self.model._meta.pk.name,) if self.keyed else SORTED_BY[self.label]

    @cached_property
    def order(self) -> tuple[Column, ...]:
        return tuple(self.columns[place] for place in self.key_places)

    @cached_property
    def key_places(self) -> tuple[int, ...]:
        return tuple(self.names.index(name) for name in self.key)

    @cached_property
    def named(self) -> dict[int, str]:
        """Places of the fields that refer to rows by name, and the label of what they refer to."""
        found = {place: _target(field) for place, field in enumerate(self.fields)}
        return {place: label for place, label in found.items() if label in NAMED_BY}

    @cached_property
    def references(self) -> dict[str, str]:
        """Fields that hold a key of another model in the archive, and the label of that model."""
        found = {field.name: REFERENCES.get((self.label, field.name)) or _target(field) for field in self.fields}
        return {name: label for name, label in found.items() if label and label not in NAMED_BY}

    @cached_property
    def guards(self) -> list[str]:
        """What the database refuses, said in words that are the same on every engine."""
        meta = self.model._meta
        unique = [f"unique({field.name})" for field in self.fields if field.unique]
        together = [f"unique({', '.join(names)})" for names in meta.unique_together]
        constraints = [f"{rule.name}: {type(rule).__name__}" for rule in meta.constraints]
        indexes = [f"{index.name}: {_rule(index)}" for index in meta.indexes if isinstance(index, GUARDS)]
        references = [f"{name} -> {label}" for name, label in self.references.items()]
        return sorted([*unique, *together, *constraints, *indexes, *references])


GUARDS = (UniqueIndex, BusyIndex)


def _rule(index: Any) -> str:
    if isinstance(index, BusyIndex):
        return f"no overlap of {index.interval} of one {index.owner} while {', '.join(map(str, index.statuses))}"
    where = f" where {dict(index.condition.children)}" if index.condition else ""
    return f"unique({', '.join(index.fields)}){where}"


@lru_cache
def parts() -> tuple[Part, ...]:
    """Every model of the archive, what is referred to first; of equals, the order of their labels.

    Raises graphlib.CycleError when models refer to each other in a circle, or one to itself.
    """
    found = {part.label: part for part in map(_part, archived())}
    waits = {part.label: set(_waits_for(part)) & set(found) for part in found.values()}
    sorter = TopologicalSorter(waits)
    sorter.prepare()
    order: list[str] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        order += ready
        sorter.done(*ready)
    return tuple(found[label] for label in order)


def archived() -> list[Any]:
    return [model for model in installed() if model._meta.label_lower not in LEFT_OUT]


def installed() -> list[Any]:
    """Every model with rows of its own, those behind many-to-many fields too."""
    models = apps.get_models(include_auto_created=True)
    return [model for model in models if model._meta.managed and not model._meta.proxy]


def by_label(label: str) -> Any:
    return apps.get_model(label)


def _part(model: Any) -> Part:
    fields = [field for field in model._meta.concrete_fields if not _is_made_up(field)]
    return Part(model, tuple(sorted(fields, key=lambda field: field.name)))


def _is_made_up(field: Any) -> bool:
    """Whether this is a key of the engine's own. A foreign key to one is not."""
    return field.remote_field is None and Column.of(field).kind is Kind.MADE_UP


def _target(field: Any) -> str:
    return field.related_model._meta.label_lower if field.is_relation else ""


def _waits_for(part: Part) -> Iterable[str]:
    return [*part.references.values(), *part.named.values()]
