"""How this process names itself to servers, and how their errors are said in one line."""

from __future__ import annotations

import sys
from pathlib import Path

from citas.environment import Environment


def application(env: Environment) -> str:
    """What a server shows of who is connected: `citas web`, or the command."""
    words = [Path(sys.argv[0]).name, *sys.argv[1:2]]
    return "citas web" if env.web else f"citas {words[-1]}"[:60]


def line_of(error: BaseException) -> str:
    """An error's text in one line."""
    return " ".join(str(error).split()) or type(error).__name__
