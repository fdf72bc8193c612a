"""The other engine, in a process of its own: does what each line on stdin says, and answers with a line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests import programs

OTHER = {"postgres": "mongo", "mongo": "postgres"}


class OtherEngine:
    """A migrated, empty database of the other engine."""

    def __init__(self, data: Path, *, engine: str) -> None:
        self.env = programs.environment(
            data, CITAS_ENV="demo", CITAS_THROWAWAY="1", CACHE_URL="", DATABASE_URL=f"embedded://{OTHER[engine]}"
        )
        command = [sys.executable, "-W", "ignore", "-m", "tests.other_engine"]
        self.process = subprocess.Popen(
            command, cwd=programs.ROOT, env=self.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, *words: str) -> Any:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(json.dumps(words) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


@contextmanager
def other_engine(data: Path, *, engine: str) -> Iterator[OtherEngine]:
    other = OtherEngine(data, engine=engine)
    with other.process:
        yield other
        assert other.process.stdin
        other.process.stdin.close()


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "citas.settings"
    from citas.db import configuration
    from citas.environment import Environment

    configuration.ready(Environment.read(os.environ))
    import django

    django.setup()
    from django.core.management import call_command

    from tests import archives

    call_command("migrate", verbosity=0)
    for line in sys.stdin:
        word, *words = json.loads(line)
        found = archives.empty() if word == "empty" else archives.run(word, *words)
        sys.stdout.write(json.dumps(found) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
