"""One POST to an address that somebody typed: never into our own network, whatever its name resolves to."""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

TIMEOUT = 3.0  # seconds for each step; the worker has other things to do
LONGEST_ANSWER = 64 * 1024  # bytes that are read and thrown away


class NotDelivered(Exception):
    """The receiver did not take it. The text names the reason, no address and no content."""


def post(url: str, body: bytes, headers: dict[str, str]) -> None:
    """Send it and be content with any 2xx. Redirects are not followed: they could lead anywhere.

    Raises NotDelivered.
    """
    parts = urlsplit(url)
    try:
        connection = _connect(parts)
        try:
            connection.request("POST", _path(parts), body=body, headers=headers)
            answer = connection.getresponse()
            answer.read(LONGEST_ANSWER)
        finally:
            connection.close()
    except (OSError, http.client.HTTPException, ValueError, KeyError) as error:
        raise NotDelivered(type(error).__name__) from error
    if not 200 <= answer.status < 300:
        raise NotDelivered(f"HTTP {answer.status}")


def _connect(parts: SplitResult) -> http.client.HTTPConnection:
    """A connection to the very address that was looked at: a name could mean another one a moment later."""
    host, port = parts.hostname or "", parts.port or {"https": 443, "http": 80}[parts.scheme]
    address = _public_address(host, port)
    # The name stays in the Host header and, under TLS, is what the certificate must be for.
    secure = parts.scheme == "https"
    connection = (http.client.HTTPSConnection if secure else http.client.HTTPConnection)(host, port, timeout=TIMEOUT)
    plain = socket.create_connection((address, port), timeout=TIMEOUT)
    try:
        connection.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=host) if secure else plain
    except BaseException:
        plain.close()
        raise
    return connection


def _public_address(host: str, port: int) -> str:
    """The first address of a name, if all of them may be reached. Raises NotDelivered."""
    found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not found or not all(_may_be_reached(address) for address in found):
        raise NotDelivered("address not allowed")
    return found[0]


def _may_be_reached(text: str) -> bool:
    """Whether an address is public, or in a network of WEBHOOK_NETWORKS."""
    address = ipaddress.ip_address(text.partition("%")[0])
    mapped = getattr(address, "ipv4_mapped", None)
    address = mapped or address
    allowed = any(address in ipaddress.ip_network(network, strict=False) for network in settings.WEBHOOK_NETWORKS)
    return allowed or (address.is_global and not address.is_multicast)


def _path(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
