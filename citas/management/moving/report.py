"""What a move did, as a page of Markdown to keep."""

from __future__ import annotations

from typing import Any

STEPS = {"export": "read from the old database", "import": "stored in the new one", "verify": "compared, every record"}


def markdown(*, source: str, target: str, began: str, steps: dict[str, dict[str, Any]], seconds: float) -> str:
    """`source` and `target` are names of engines, `steps` the results of the commands, `seconds` the whole time."""
    verdict = "the same" if steps["verify"]["same"] else "NOT the same"
    found = "{rows:,} records, {differences} differ, {dangling} references lead nowhere, {overlaps} visits overlap"
    lines = [
        f"# Move from {source} to {target}",
        "",
        f"Began {began}, took {seconds:.1f} s. The new database holds {verdict}: {found.format(**steps['verify'])}.",
        "",
        f"Archive: `{steps['export']['archive']}`, {steps['export']['bytes']:,} bytes.",
        "",
        "| step | seconds | records a second | memory at most (MB) |",
        "| --- | ---: | ---: | ---: |",
        *(_step(words, steps[name]) for name, words in STEPS.items()),
        "",
        "| records of | number | SHA-256 in the old | in the new |",
        "| --- | ---: | --- | --- |",
        *(_model(name, said, steps["verify"]["models"]) for name, said in steps["export"]["models"].items()),
    ]
    return "\n".join(lines) + "\n"


def _step(words: str, said: dict[str, Any]) -> str:
    return f"| {words} | {said['seconds']} | {said['rows_a_second']:,} | {said['peak_mb']} |"


def _model(name: str, said: dict[str, Any], verified: dict[str, dict[str, str]]) -> str:
    here = verified[name]["here"]
    same = "the same" if here == said["sha256"] else f"`{here[:16]}…`"
    return f"| {name} | {said['rows']:,} | `{said['sha256'][:16]}…` | {same} |"
