"""Whom the embedded servers run as: this user, or the user `nobody` when this is root, which PostgreSQL refuses."""

from __future__ import annotations

import os
import pwd
import shutil
from pathlib import Path

from citas.environment import ConfigurationError

SERVERS_OF_ROOT = "nobody"


def owner() -> int:
    """Number of the user that owns the servers' files."""
    return pwd.getpwnam(SERVERS_OF_ROOT).pw_uid if os.geteuid() == 0 else os.geteuid()


def dying_with_parent(signal_name: str) -> list[str]:
    """Words before a command that send it a signal when the process that started it dies; none where Linux is not."""
    return ["setpriv", "--pdeathsig", signal_name] if shutil.which("setpriv") else []


def as_owner(*paths: Path) -> list[str]:
    """Words before a command that run it as the servers' user, who must reach these paths."""
    if os.geteuid() != 0:
        return []
    if not shutil.which("setpriv"):
        raise ConfigurationError("embedded servers do not run as root here (no setpriv): start Citas as another user")
    user = pwd.getpwnam(SERVERS_OF_ROOT)
    words = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    if all(_open_to_all(path) for path in paths):
        return words
    # A checkout under /root (0700): rather than open that folder to everybody, let the server pass. Without the last
    # word access(2), by which PostgreSQL looks for its own program, would not count the capability.
    return [*words, "--inh-caps=+dac_override", "--ambient-caps=+dac_override", "--securebits=+no_setuid_fixup"]


def _open_to_all(path: Path) -> bool:
    return all(folder.stat().st_mode & 0o001 for folder in path.parents)
