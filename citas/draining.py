"""gunicorn's thread worker, taught to answer everybody who has connected before it stops."""

from __future__ import annotations

import socket

from gunicorn.workers.gthread import ThreadWorker


class DrainingWorker(ThreadWorker):
    """After SIGTERM the original leaves its listening sockets open until the end and accepts nothing: whoever connects
    meanwhile is reset. This one takes in who waits already and closes: later ones are refused at once.
    """

    def set_accept_enabled(self, enabled: bool) -> None:
        super().set_accept_enabled(enabled)
        if not enabled and not self.alive:
            for listener in self.sockets:
                self.accept_waiting(listener)
                listener.close()

    def accept_waiting(self, listener: socket.socket) -> None:
        """Accept until the queue is empty; `accept` counts each and is silent when there is none."""
        before = None
        while self.nr_conns != before:
            before = self.nr_conns
            self.accept(listener)
