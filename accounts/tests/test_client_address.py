"""The client's address: proxies that we trust are looked through, what others claim is not believed."""

import pytest
from django.test import RequestFactory

from accounts.client_address import client_address


def request(peer, forwarded=""):
    return RequestFactory().get("/", REMOTE_ADDR=peer, headers={"X-Forwarded-For": forwarded} if forwarded else {})


def test_without_trusted_proxies_the_peer_is_the_client():
    assert client_address(request("203.0.113.9", "198.51.100.1")) == "203.0.113.9"


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "6.6.6.6, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "6.6.6.6, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.1", "2001:db8::7", "2001:db8::7"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "not-an-address", "10.0.0.1"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("2001:db8::1", "198.51.100.1", "2001:db8::1"),
        ("", "198.51.100.1", "127.0.0.1"),
    ],
)
def test_trusted_proxies_are_looked_through(settings, peer, forwarded, client):
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    assert client_address(request(peer, forwarded)) == client


def test_a_server_on_a_unix_socket_may_be_trusted_too(settings):
    settings.TRUSTED_PROXIES = ["127.0.0.1"]
    assert client_address(request("", "198.51.100.1")) == "198.51.100.1"
