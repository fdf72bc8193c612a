"""What differs between machines, read from the environment in this one place. `.env.example` says each variable."""

from __future__ import annotations

import ipaddress
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ

ROOT = Path(__file__).resolve().parent.parent
MODES = ("demo", "development", "production")
EMBEDDED_DATABASES = ("embedded://postgres", "embedded://mongo")
DATABASE_SCHEMES = ("postgres", "postgresql", "mongodb", "mongodb+srv")
CACHE_SCHEMES = ("redis", "rediss", "unix")
REQUIRED_IN_PRODUCTION = ("SECRET_KEY", "SITE_URL", "ALLOWED_HOSTS", "CACHE_URL")
SHORTEST_SECRET = 50
SHORTEST_TOKEN = 24
# What is secret may also come as a file, named in SECRET_KEY_FILE and so on: so containers get it.
IN_FILES = ("SECRET_KEY", "DATABASE_URL", "CACHE_URL", "EMAIL_URL", "METRICS_TOKEN")


class ConfigurationError(Exception):
    """The machine is not set up for what was asked. The text is one line: programs print it and exit 1."""


@dataclass(frozen=True, kw_only=True)
class Environment:
    """The settings of one process. `database` and `cache` are URLs, `data` is an absolute folder."""

    mode: str
    database: str
    cache: str
    data: Path
    port: int
    workers: int
    site_url: str
    secret_key: str = field(repr=False)
    allowed_hosts: list[str]
    delivery: dict[str, Any] = field(repr=False)
    from_email: str
    trusted_proxies: list[str]
    webhook_networks: list[str]
    rate_limit_factor: float
    metrics_token: str = field(repr=False)
    web: bool
    throwaway: bool

    @classmethod
    def read(cls, variables: Mapping[str, str]) -> Environment:
        """The environment of this process; raises ConfigurationError, whose text is one line."""
        variables = {**variables, **_from_files(variables)}
        mode = _mode(variables)
        port = _whole(variables, "PORT", default=8000, least=1, most=65535)
        site_url = _site_url(variables.get("SITE_URL") or f"http://localhost:{port}", mode)
        data = Path(variables.get("CITAS_DATA") or ROOT / ".data").expanduser().absolute()
        return cls(
            mode=mode,
            database=_url(variables, "DATABASE_URL", embedded=EMBEDDED_DATABASES, schemes=DATABASE_SCHEMES),
            cache=_url(variables, "CACHE_URL", embedded=("embedded://valkey",), schemes=CACHE_SCHEMES),
            data=data,
            port=port,
            workers=_whole(variables, "WEB_WORKERS", default=2, least=1, most=64),
            site_url=site_url,
            secret_key=_secret_key(variables, data),
            allowed_hosts=_names(variables.get("ALLOWED_HOSTS", "")) or ["localhost", "127.0.0.1", "[::1]"],
            delivery=_delivery(variables.get("EMAIL_URL") or "consolemail://"),
            from_email=variables.get("EMAIL_FROM") or f"citas@{urlsplit(site_url).hostname}",
            trusted_proxies=_networks(variables, "TRUSTED_PROXIES"),
            webhook_networks=_networks(variables, "WEBHOOK_NETWORKS"),
            rate_limit_factor=_factor(variables),
            metrics_token=_metrics_token(variables),
            web=variables.get("CITAS_PROCESS") == "web",
            throwaway=variables.get("CITAS_THROWAWAY") == "1",
        )

    @property
    def engine(self) -> str:
        """The database engine that DATABASE_URL asks for: `postgres` or `mongo`."""
        return "mongo" if self.database.startswith(("mongodb", "embedded://mongo")) else "postgres"

    def refuse_private_caches(self, workers: int) -> None:
        """Raise ConfigurationError when several web workers would each count limits in a cache of their own."""
        if workers > 1 and not self.cache:
            raise ConfigurationError(
                f"CACHE_URL is empty, so each of {workers} web workers would count rate limits alone: "
                "set CACHE_URL, or WEB_WORKERS=1"
            )


def _from_files(variables: Mapping[str, str]) -> dict[str, str]:
    """What the files hold that …_FILE variables name, without the space around it."""
    return {name: _content(variables, name) for name in IN_FILES if variables.get(f"{name}_FILE")}


def _content(variables: Mapping[str, str], name: str) -> str:
    if variables.get(name):
        raise ConfigurationError(f"{name} and {name}_FILE are both set: keep one of them")
    path = Path(variables[f"{name}_FILE"])
    try:
        text = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise ConfigurationError(f"{name}_FILE is {str(path)!r}, which cannot be read: {reason}") from error
    if not text:
        raise ConfigurationError(f"{name}_FILE is {str(path)!r}, which is empty")
    return text


def _mode(variables: Mapping[str, str]) -> str:
    mode = variables.get("CITAS_ENV", "")
    if mode not in MODES:
        said = f"is {mode!r}" if mode else "is not set"
        raise ConfigurationError(f"CITAS_ENV {said}: it must be one of {', '.join(MODES)}")
    if mode == "production":
        missing = [name for name in REQUIRED_IN_PRODUCTION if not variables.get(name)]
        if missing:
            raise ConfigurationError(f"production needs {', '.join(missing)}: .env.example says what to set")
    return mode


def _whole(variables: Mapping[str, str], name: str, *, default: int, least: int, most: int) -> int:
    text = variables.get(name) or str(default)
    if not (text.isascii() and text.isdigit() and len(text) < 10 and least <= int(text) <= most):
        raise ConfigurationError(f"{name} is {text!r}: it must be a whole number from {least} to {most}")
    return int(text)


def _factor(variables: Mapping[str, str]) -> float:
    text = variables.get("RATE_LIMIT_FACTOR") or "1"
    try:
        factor = float(text)
    except ValueError:
        factor = 0
    if not 0 < factor < 1e9:
        raise ConfigurationError(f"RATE_LIMIT_FACTOR is {text!r}: it must be a number above 0")
    return factor


def _metrics_token(variables: Mapping[str, str]) -> str:
    token = variables.get("METRICS_TOKEN", "")
    if token and not (len(token) >= SHORTEST_TOKEN and token.isascii() and token.isprintable() and " " not in token):
        raise ConfigurationError(
            f"METRICS_TOKEN must have at least {SHORTEST_TOKEN} characters, ASCII only and without spaces"
        )
    return token


def _url(variables: Mapping[str, str], name: str, *, embedded: tuple[str, ...], schemes: tuple[str, ...]) -> str:
    """A server's URL: one of the embedded ones, the first when none is given, or one with a known scheme."""
    url = variables.get(name, embedded[0]).strip()
    scheme, separator, _rest = url.partition("://")
    if url in embedded or (separator and scheme in schemes) or (not url and name == "CACHE_URL"):
        return url
    # The URL may hold a password: only its scheme is repeated.
    known = ", ".join([*embedded, *(f"{each}://…" for each in schemes)])
    raise ConfigurationError(f"{name} begins with {scheme[:20]!r}: it must be one of {known}")


def _site_url(text: str, mode: str) -> str:
    try:
        parts = urlsplit(text)
        good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and not parts.path.strip("/")
    except ValueError:
        good = False
    if not good:
        raise ConfigurationError(f"SITE_URL is {text!r}: it must look like https://citas.example.com, without a path")
    if mode == "production" and parts.scheme != "https":
        raise ConfigurationError(f"SITE_URL is {text!r}: production needs https://")
    return f"{parts.scheme}://{parts.netloc}"


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _networks(variables: Mapping[str, str], name: str) -> list[str]:
    networks = _names(variables.get(name, ""))
    for network in networks:
        try:
            ipaddress.ip_network(network, strict=False)
        except ValueError as error:
            raise ConfigurationError(f"{name} has {network!r}, which is no address or network") from error
    return networks


def _delivery(url: str) -> dict[str, Any]:
    """Django's EMAIL_* settings for the transport that the worker uses."""
    try:
        return environ.Env.email_url_config(url)
    except (ValueError, KeyError, environ.ImproperlyConfigured) as error:
        scheme = url.partition("://")[0][:20]
        raise ConfigurationError(
            f"EMAIL_URL begins with {scheme!r}: it must look like smtp+tls://user:password@mail.example.com:587"
        ) from error


def _secret_key(variables: Mapping[str, str], data: Path) -> str:
    """The key given, or, outside production, one that is made once and kept in the data folder (mode 0600)."""
    given = variables.get("SECRET_KEY", "")
    if given and len(given) < SHORTEST_SECRET:
        raise ConfigurationError(f"SECRET_KEY is too short: it must have at least {SHORTEST_SECRET} characters")
    return given or _kept_secret(data)


def _kept_secret(data: Path) -> str:
    path = data / "secret_key"
    try:
        make_data_folder(data)
        if not path.exists():
            # Written whole under a name of its own, then linked: two first commands at once agree on one key.
            fresh = data / f"secret_key.{os.getpid()}"
            fresh.touch(mode=0o600)
            fresh.write_text(secrets.token_urlsafe(50))
            with suppress(FileExistsError):
                os.link(fresh, path)
            fresh.unlink()
        return path.read_text().strip()
    except OSError as error:
        raise ConfigurationError(f"CITAS_DATA is {str(data)!r}, which cannot be used: {error.strerror}") from error


def make_data_folder(data: Path) -> None:
    """Make the folder that keeps embedded servers and the generated key. Root's lets the servers' user pass through."""
    data.mkdir(parents=True, exist_ok=True, mode=0o711 if os.geteuid() == 0 else 0o700)
