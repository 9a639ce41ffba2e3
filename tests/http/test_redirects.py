"""Where a redirect may lead: into the internet, and to what is configured, but nowhere inside."""

import socket

import pytest
from yarl import URL

from bot.errors import Refused
from bot.http.addresses import NotPublic, is_configured, is_public, public_socket
from tests.http.remote import BODY, Remote, client
from tests.services.base import answers
from tests.words import raises_saying


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"],
)
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1",  # noqa: S104 - to refuse
        "169.254.169.254", "100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1",
        "255.255.255.255",
        "::", "::1", "::7f00:1", "fe80::1", "fc00::1", "fd12::1", "fec0::1", "ff02::1", "100::1",
        "2001:db8::1", "::ffff:127.0.0.1", "::ffff:a00:1", "64:ff9b::7f00:1", "64:ff9b::10.0.0.1",
        "64:ff9b:1::1", "2002:7f00:1::1", "2001:0:4136:e378:8000:63bf:80ff:fffe",
        "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "", "localhost", "example.org",
    ],
)  # fmt: skip
def test_no_other_address_is_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    ("asked", "target", "stays"),
    [
        ("https://a.example/x", "https://a.example/y", True),
        ("https://a.example/x", "http://a.example:443/y", True),
        ("http://a.example/x", "https://a.example/y", False),  # public, so judged and let through
        ("https://a.example/x", "https://a.example:9464/metrics", False),
        ("https://a.example/x", "https://b.a.example/x", False),
        ("http://127.0.0.1:8000/x", "http://127.0.0.1:9000/y", True),
        ("http://localhost:8000/x", "http://localhost:9000/y", True),
        ("http://10.0.0.5/x", "http://10.0.0.6/x", False),
        ("http://127.0.0.1/x", "http://localhost/x", False),
    ],
)
def test_a_redirect_stays_at_the_host_and_port_that_were_asked(
    asked: str, target: str, stays: bool
) -> None:
    assert is_configured(URL(asked), URL(target)) is stays


@pytest.mark.parametrize(
    "host",
    [
        "localhost", "LOCALHOST", "localhost.", "a.localhost", "127.1", "2130706433", "0.0.0.0",  # noqa: S104 - to refuse
        "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "169.254.169.254", "[fe80::1%251]",
    ],
)  # fmt: skip
async def test_a_redirect_to_this_machine_is_refused_however_it_is_spelt(
    remote: Remote, host: str
) -> None:
    port = remote.url.rpartition(":")[2]
    async with Remote(f"http://{host}:{port}/feed") as front, client() as http:
        with raises_saying(Refused, "refused: it leads to this machine"):
            await http.get(f"{front.url}/move")
    assert (len(front.requests), remote.requests) == (1, [])


async def test_a_name_is_judged_by_the_address_that_is_connected_to(
    remote: Remote, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name of a stranger leads to this machine, as it may from one look-up to the next."""
    found = socket.getaddrinfo

    here = {"stranger.example": "127.0.0.1"}
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, *rest, **options: found(here.get(host, host), *rest, **options),
    )
    port = remote.url.rpartition(":")[2]
    async with (
        Remote(f"http://stranger.example:{port}/feed") as front,
        Remote(f"http://stranger.example:{port}/circle") as other,
        client() as http,
    ):
        assert (await http.get(f"http://stranger.example:{port}/feed")).body == BODY  # configured
        for server in (front, other):
            with raises_saying(Refused, "refused: it leads to this machine"):
                await http.get(f"{server.url}/move")
            # Not by the open connection to what is configured, either.
            assert [seen.path for seen in remote.requests] == ["/feed"]


async def test_a_redirect_within_what_is_configured_is_followed(remote: Remote) -> None:
    port = remote.url.rpartition(":")[2]
    async with Remote(f"{remote.url}/feed") as front, client() as http:
        assert (await http.get(f"{front.url}/move")).body == BODY
        own = await http.get(f"http://localhost:{port}/move")
        assert (own.body, own.url) == (BODY, f"http://localhost:{port}/feed")


async def test_a_proxy_may_stand_on_this_machine_but_not_lead_back_to_it(remote: Remote) -> None:
    remote.target = "http://127.0.0.1:1/feed"
    async with client(proxy=remote.url) as http:
        with raises_saying(Refused, "refused: it leads to this machine"):
            await http.get("http://discord.example/move")
        remote.target = "http://other.example/feed"
        assert (await http.get("http://discord.example/move")).body == BODY


async def test_a_socket_is_redirected_nowhere(remote: Remote) -> None:
    remote.fail("/socket", answers(302, location="/feed"))
    async with client() as http:
        with raises_saying(Refused, "answered 302"):
            async with http.websocket(f"{remote.url.replace('http', 'ws')}/socket"):
                pass
    assert [seen.path for seen in remote.requests] == ["/socket"]


def test_a_socket_is_made_for_a_public_address_only() -> None:
    kind = (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "")
    public_socket((*kind, ("8.8.8.8", 443))).close()
    with pytest.raises(NotPublic):
        public_socket((*kind, ("127.0.0.1", 443)))
