"""`manage.py serve`: everything that `make run` runs, on this machine's loopback addresses."""

from __future__ import annotations

import http.client
import os
import signal
import sys
import time
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from citas import demo, supervisor
from citas.db import configuration, embedded
from citas.environment import ConfigurationError, Environment
from citas.supervisor import Child
from doctors import repository as doctors

FIRST_ANSWER_SECONDS = 60
LOOK_SECONDS = 0.2


class Command(BaseCommand):
    help = "Serve Citas here: database, cache, web server and mail worker; Ctrl-C stops them all."
    requires_system_checks: list[str] = []

    def handle(self, **options: Any) -> None:
        env = Environment.read(os.environ)
        env.refuse_private_caches(env.workers)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, _leave)
        try:
            with supervisor.only_one(env) as lock:
                addresses = supervisor.loopback(env.port)
                self.prepare(env)
                self.serve(env, _children(addresses, lock))
        finally:
            _ignore_signals()
            connection.close()
            embedded.release(env)

    def prepare(self, env: Environment) -> None:
        """Have servers, tables and, in the demo, the clinic; each only when it is not there yet."""
        configuration.ready(env)
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self.say("Making the tables…")
            call_command("migrate", interactive=False, verbosity=0)
        if env.mode == "demo" and not doctors.listed().exists():
            self.say("Making the demo clinic…")
            call_command("seed", demo=True, if_empty=True)
        connection.close()

    def serve(self, env: Environment, children: list[Child]) -> None:
        """Run the children until a signal comes (SystemExit) or the web server stops (ConfigurationError)."""
        try:
            for child in children:
                child.start()
            _await_answer(env.port, children)
            self.say(_greeting(env))
            while True:
                time.sleep(LOOK_SECONDS)
                for child in children:
                    child.look_after()
        finally:
            _ignore_signals()
            supervisor.stop(children)

    def say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def _leave(number: int, frame: Any) -> None:
    raise SystemExit(0)


def _ignore_signals() -> None:
    """From here on everything is being stopped: a second Ctrl-C does not interrupt that."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def _children(addresses: list[str], lock: int) -> list[Child]:
    binds = [word for address in addresses for word in ("--bind", address)]
    web = [sys.executable, "-m", "gunicorn", *binds]
    worker = [sys.executable, "manage.py", "worker"]
    return [
        Child(name="the web server", command=web, essential=True, lock=lock),
        Child(name="the mail worker", command=worker, essential=False, lock=lock),
    ]


def _await_answer(port: int, children: list[Child]) -> None:
    deadline = time.monotonic() + FIRST_ANSWER_SECONDS
    while time.monotonic() < deadline:
        for child in children:
            child.look_after()
        try:
            client = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            client.request("GET", "/live")
            client.getresponse().read()
            client.close()
            return
        except OSError:
            time.sleep(0.05)
    raise ConfigurationError(f"the web server does not answer within {FIRST_ANSWER_SECONDS} seconds")


def _greeting(env: Environment) -> str:
    lines = ["", f"Citas: {env.site_url}", ""]
    if env.mode == "demo":
        lines += [f"  {login}" for login in demo.LOGINS]
        lines += [f"  password: {demo.PASSWORD}", ""]
    return "\n".join([*lines, "Ctrl-C stops it."])
