"""Whose requests are counted together: the address of the client, seen through the proxies that we trust."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest

# A server on a Unix socket names no peer: whoever reaches the socket is on this machine.
THIS_MACHINE = "127.0.0.1"


def client_address(request: HttpRequest) -> str:
    """The IP address of the nearest hop that is none of `TRUSTED_PROXIES`. What a stranger claims is not believed."""
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    address = request.META.get("REMOTE_ADDR") or THIS_MACHINE
    while hops and _trusted(address):
        claimed = hops.pop()
        if not _is_address(claimed):
            break
        address = claimed
    return address


def _trusted(address: str) -> bool:
    networks = [ipaddress.ip_network(network, strict=False) for network in settings.TRUSTED_PROXIES]
    return any(ipaddress.ip_address(address) in network for network in networks)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
