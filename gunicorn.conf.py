"""gunicorn's settings, read by itself in the project's folder. The environment decides: see .env.example."""

import os
import sys

from citas import logs, metrics_folder
from citas.db import configuration
from citas.environment import ConfigurationError, Environment

try:
    env = Environment.read(os.environ)
    configuration.ready(env)
except ConfigurationError as error:
    sys.exit(f"citas: {error}")

wsgi_app = "citas.wsgi"
bind = [f"127.0.0.1:{env.port}"]  # behind a proxy on another machine: --bind 0.0.0.0:8000
workers = env.workers
worker_class = "citas.draining.DrainingWorker"
threads = configuration.THREADS
timeout = 30
graceful_timeout = 15
keepalive = 5
max_requests = 20_000
max_requests_jitter = 2_000
loglevel = "warning"
forwarded_allow_ips = ",".join(env.trusted_proxies) or "127.0.0.1,::1"
accesslog = None  # citas.measuring writes the line of a request, without its path
control_socket_disable = True  # it would lie in one place for all projects of this user


def on_starting(server):
    """Keep paths out of gunicorn's own lines; refuse what --workers on the command line may have made wrong."""
    server.log.error_log.addFilter(logs.without_request)
    try:
        env.refuse_private_caches(server.cfg.workers)
    except ConfigurationError as error:
        sys.exit(f"citas: {error}")
    metrics_folder.make()  # before there are workers, which inherit its name


def worker_exit(server, worker):
    """In the worker itself: its last second is counted too."""
    from citas import metrics

    metrics.settle()


def child_exit(server, worker):
    """What a worker has counted stays counted after it."""
    metrics_folder.bury(worker.pid)


def on_exit(server):
    metrics_folder.remove()
