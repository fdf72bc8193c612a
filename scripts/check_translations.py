"""Is every word that people can read translated into Spanish? Prints what is missing; exit 1 when something is.

It needs no GNU gettext: msgids are read from the code's syntax tree and from Django's own reading of the templates.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
APPS = ("accounts", "appointments", "citas", "doctors", "notifications", "patients")
CATALOGUE = ROOT / "locale/es/LC_MESSAGES/django.po"

# Where in the arguments of each function the context, the msgid and the plural stand.
PLACES = {"_": (None, 0, None), "gettext": (None, 0, None), "gettext_lazy": (None, 0, None)}
PLACES |= {"gettext_noop": (None, 0, None), "pgettext": (0, 1, None), "pgettext_lazy": (0, 1, None)}
PLACES |= {"ngettext": (None, 0, 1), "ngettext_lazy": (None, 0, 1)}
PLACES |= {"npgettext": (0, 1, 2), "npgettext_lazy": (0, 1, 2)}

_TEXT = r"""u?(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
_CALL = re.compile(rf"\b(_|n?p?gettext)\(\s*({_TEXT}(?:\s*,\s*{_TEXT})*)")


@dataclass(frozen=True)
class Message:
    """One text in use, and where."""

    context: str | None
    text: str
    plural: bool
    place: str


def used() -> Iterator[Message]:
    """Every message of the code and of the templates."""
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if not {"tests", "migrations"} & set(path.relative_to(ROOT).parts):
                yield from in_code(path)
    for folder in ("templates", *(f"{app}/templates" for app in APPS)):
        for path in sorted((ROOT / folder).rglob("*.*")):
            yield from in_template(path)


def in_code(path: Path) -> Iterator[Message]:
    for node in ast.walk(ast.parse(path.read_text(), str(path))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in PLACES:
            texts = [word.value if isinstance(word, ast.Constant) else None for word in node.args]
            yield from message(node.func.id, texts, f"{path.relative_to(ROOT)}:{node.lineno}")


def in_template(path: Path) -> Iterator[Message]:
    for call in _CALL.finditer(templatize(path.read_text(), str(path))):
        texts = [ast.literal_eval(text) for text in re.findall(_TEXT, call[2])]
        yield from message(call[1], texts, str(path.relative_to(ROOT)))


def message(function: str, texts: list[object], place: str) -> Iterator[Message]:
    """The message of one call; none when its text is no constant, which is checked where the constant stands."""
    context, text, plural = PLACES[function]
    if text < len(texts) and isinstance(texts[text], str) and texts[text]:
        said = texts[context] if context is not None else None
        yield Message(said if isinstance(said, str) else None, str(texts[text]), plural is not None, place)


def fault(catalogue: Catalog, wanted: Message) -> str:
    """What is wrong with a message's translation, or ""."""
    found = catalogue.get(wanted.text, wanted.context)
    if found is None:
        return "is not translated"
    if found.fuzzy:
        return "is only guessed (fuzzy)"
    forms = found.string if isinstance(found.string, tuple | list) else [found.string]
    if not all(forms) or (wanted.plural and len(forms) < catalogue.num_plurals):
        return "is not translated"
    return next((str(error) for error in found.check(catalogue)), "")


def main() -> int:
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="es")
    faults = {f"{wanted.place}: {wanted.text!r} {said}" for wanted in used() if (said := fault(catalogue, wanted))}
    print("\n".join(sorted(faults)) or "Every message is translated.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
