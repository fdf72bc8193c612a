"""Just enough of an SMTP server (RFC 5321) to send to: it keeps what it takes and refuses what it is told to."""

from __future__ import annotations

import email
import email.policy
import socketserver
import threading
from email.message import EmailMessage
from typing import Any


class MailServer(socketserver.ThreadingTCPServer):
    """Listens on a free loopback port while the `with` lasts. `taken` are the mails; `away`: it hangs up at once."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.port = self.server_address[1]
        self.taken: list[EmailMessage] = []
        self.away = False

    def __enter__(self) -> MailServer:
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *error: Any) -> None:
        self.shutdown()
        self.server_close()


class _Conversation(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        if self.server.away:
            return
        self._say("220 hola")
        while line := self.rfile.readline().decode().strip():
            self._answer(line.upper())

    def _answer(self, line: str) -> None:
        if line.startswith("RCPT TO:<BAD"):
            self._say("550 nobody here")
        elif line == "DATA":
            self._say("354 go on")
            self._take()
            self._say("250 taken")
        else:
            self._say("221 bye" if line == "QUIT" else "250 ok")

    def _take(self) -> None:
        lines = iter(self.rfile.readline, b".\r\n")
        mail = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
        self.server.taken.append(mail)

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())
