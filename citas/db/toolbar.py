"""The debug toolbar, with the queries of each page: in development, where its packages are, and nowhere else.

They are in requirements-dev.txt: neither production nor `make run` has them.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

from citas.environment import Environment

PANELS = [
    "debug_toolbar.panels.history.HistoryPanel",
    "debug_toolbar.panels.timer.TimerPanel",
    "debug_toolbar.panels.headers.HeadersPanel",
    "debug_toolbar.panels.request.RequestPanel",
    "debug_toolbar.panels.templates.TemplatesPanel",
    "debug_toolbar.panels.cache.CachePanel",
    "debug_toolbar.panels.signals.SignalsPanel",
]
OF_QUERIES = {
    "postgres": "debug_toolbar.panels.sql.SQLPanel",
    "mongo": "django_mongodb_extensions.mql_panel.MQLPanel",
}


def wanted(env: Environment) -> bool:
    return env.mode == "development" and find_spec("debug_toolbar") is not None


def install(env: Environment, settings: dict[str, Any]) -> None:
    """Put the toolbar into the settings, before anything that asks the database."""
    middleware: list[str] = settings["MIDDLEWARE"]
    place = middleware.index("django.contrib.sessions.middleware.SessionMiddleware")
    middleware.insert(place, "debug_toolbar.middleware.DebugToolbarMiddleware")
    settings["INSTALLED_APPS"] += ["debug_toolbar", *(["django_mongodb_extensions"] if env.engine == "mongo" else [])]
    settings["INTERNAL_IPS"] = ["127.0.0.1", "::1"]
    settings["DEBUG_TOOLBAR_PANELS"] = [*PANELS, OF_QUERIES[env.engine]]
    # What a panel shows is asked for later, of whichever process answers.
    settings["DEBUG_TOOLBAR_CONFIG"] = {"TOOLBAR_STORE_CLASS": "debug_toolbar.store.CacheStore"}
    # The panels that explain a query of MongoDB's bring their style along.
    settings["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]["style-src-attr"] = ["'unsafe-inline'"]
