"""Shows how the engine answers what the product asks most often."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from citas.db import plans
from citas.management.questions import questions

FEW = 10_000


class Command(BaseCommand):
    help = (
        "Ask what the product asks most often and print by which indexes it is answered, and how many rows are read. "
        "Fails when one question reads all of a table, or collection, of more than --rows."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("question", nargs="*", help="only these, such as: reference")
        parser.add_argument("--rows", type=int, default=FEW, help="smaller tables may be read whole")
        parser.add_argument("--json", action="store_true", help="the result as one line of JSON")

    def handle(self, **options: Any) -> None:
        known = questions(now=timezone.now())
        unknown = set(options["question"]) - set(known)
        if unknown:
            raise CommandError(f"no such question: {', '.join(sorted(unknown))}; there are {', '.join(known)}")
        found = {name: plans.explained(known[name]) for name in options["question"] or known}
        self.stdout.write(_as_json(found, options) if options["json"] else _as_text(found, options))
        if any(step.whole(over=options["rows"]) for steps in found.values() for step in steps):
            raise SystemExit(1)


def _as_text(found: dict[str, list[plans.Step]], options: dict[str, Any]) -> str:
    return "\n".join(
        f"{name if number == 0 else '':>10}  {step}{'  <- all of it' if step.whole(over=options['rows']) else ''}"
        for name, steps in found.items()
        for number, step in enumerate(steps)
    )


def _as_json(found: dict[str, list[plans.Step]], options: dict[str, Any]) -> str:
    def plain(step: plans.Step) -> dict[str, Any]:
        whole = step.whole(over=options["rows"])
        return {"table": step.table, "index": step.index, "rows": step.rows, "size": step.size, "whole": whole}

    return json.dumps({name: [plain(step) for step in steps] for name, steps in found.items()})
