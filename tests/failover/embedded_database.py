"""The embedded database server of a data folder: hung, killed, and back again."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import psutil

from citas.db import embedded
from citas.environment import Environment
from tests import programs

RECORDS = {"postgres": "cluster/postmaster.pid", "mongo": "files/mongod.lock"}


class EmbeddedDatabase:
    """Whatever engine `variables` ask for."""

    def __init__(self, variables: dict[str, str]) -> None:
        env = Environment.read(variables)
        self.folder = env.data / env.engine
        self.record = self.folder / RECORDS[env.engine]
        self.answers = next(server for server in embedded.servers(env) if server.folder == self.folder).answers

    @contextmanager
    def hung(self) -> Iterator[None]:
        """Connections are taken, nothing is answered."""
        processes = self._processes()
        _signal(processes, signal.SIGSTOP)
        try:
            yield
        finally:
            _signal(processes, signal.SIGCONT)

    @contextmanager
    def down(self) -> Iterator[None]:
        """Killed by force; its keeper starts it again at the end, and then it is waited for."""
        processes = self._processes()
        keeper = processes[0].parent()
        assert keeper is not None
        keeper.suspend()
        _signal(processes, signal.SIGKILL)
        try:
            yield
        finally:
            keeper.resume()
        assert programs.eventually(self.answers)

    def _processes(self) -> list[psutil.Process]:
        server = psutil.Process(int(self.record.read_text().split()[0]))
        return [server, *server.children(recursive=True)]


def _signal(processes: list[psutil.Process], number: signal.Signals) -> None:
    for process in processes:
        os.kill(process.pid, number)
