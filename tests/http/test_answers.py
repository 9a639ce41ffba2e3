"""What is sent, and what an answer becomes."""

import asyncio

import pytest

from bot.errors import Malformed, Refused, SourceError, Throttled, Unreachable
from bot.http import mask
from tests.http.remote import BODY, Remote, client
from tests.services.base import Fault, answers, cut_off, drops, slow
from tests.words import raises_saying


async def test_a_request_says_who_asks_and_carries_no_cookie(remote: Remote) -> None:
    async with client() as http:
        await http.get(f"{remote.url}/feed", headers={"Accept": "application/atom+xml"})
        await http.get(f"{remote.url}/feed")
    for seen in remote.requests:
        assert seen.headers["User-Agent"] == "hotpapers/1.2.3 (+ops@example.org)"
        assert "Cookie" not in seen.headers
    assert remote.requests[0].headers["Accept"] == "application/atom+xml"


@pytest.mark.parametrize(
    ("contact", "agent"),
    [
        ("", "hotpapers/1.2.3"),
        ("https://example.org/bot", "hotpapers/1.2.3 (+https://example.org/bot)"),
        ("a@b.example\r\nX-Evil: 1", "hotpapers/1.2.3 (+a@b.exampleX-Evil: 1)"),
    ],
)
async def test_the_contact_is_a_part_of_the_user_agent(
    remote: Remote, contact: str, agent: str
) -> None:
    async with client(contact=contact) as http:
        await http.get(f"{remote.url}/feed")
    assert remote.requests[0].headers["User-Agent"] == agent


async def test_an_answer_comes_whole_with_headers_in_any_case(remote: Remote) -> None:
    async with client() as http:
        response = await http.get(f"{remote.url}/feed?a=1", params=[("q", "x y"), ("q", "[z+]")])
    assert (response.status, response.body) == (200, BODY)
    assert response.headers["etag"] == response.headers["ETAG"] == '"a1"'
    assert remote.requests[0].query == {"a": "1", "q": "x y"}
    assert response.url.startswith(f"{remote.url}/feed?a=1&q=x")


async def test_a_post_sends_json_once(remote: Remote) -> None:
    remote.fail("/login", answers(500))
    async with client() as http:
        with pytest.raises(Unreachable):
            await http.post(f"{remote.url}/login", json={"identifier": "ada.example"})
        response = await http.post(f"{remote.url}/login", json={"identifier": "ada.example"})
    assert response.body == b'{"got": {"identifier": "ada.example"}}'
    assert len(remote.requests) == 2


async def test_a_proxy_is_used_when_it_is_set(remote: Remote) -> None:
    async with client(proxy=remote.url) as http:
        response = await http.get("http://papers.invalid/feed")
    assert response.body == BODY
    assert remote.requests[0].headers["Host"] == "papers.invalid"


async def test_the_environments_proxy_is_not_used(
    remote: Remote, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    async with client() as http:
        assert (await http.get(f"{remote.url}/feed")).body == BODY


@pytest.mark.parametrize(
    ("status", "error", "requests"),
    [
        (400, Refused, 1),
        (401, Refused, 1),
        (403, Refused, 1),
        (404, Refused, 1),
        (204, Refused, 1),
        (304, Refused, 1),
        (406, Throttled, 1),
        (429, Throttled, 1),
        (503, Throttled, 3),
        (500, Unreachable, 3),
        (502, Unreachable, 3),
    ],
)
async def test_each_status_has_its_error(
    remote: Remote, status: int, error: type[SourceError], requests: int
) -> None:
    remote.fail("/feed", answers(status).times(None))
    async with client() as http:
        with raises_saying(error, rf"^127\.0\.0\.1:\d+ answered {status}$") as caught:
            await http.get(f"{remote.url}/feed")
    assert caught.value.problem.arguments["address"] == f"{remote.url}/feed"
    assert caught.value.status == status
    assert caught.value.url == f"{remote.url}/feed"
    assert len(remote.requests) == requests


async def test_an_accepted_status_is_returned(remote: Remote) -> None:
    remote.fail("/feed", answers(429, "usage-capped"), answers(404, "gone"))
    async with client() as http:
        accept = (200, 404, 429)
        assert (await http.get(f"{remote.url}/feed", accept=accept)).body == b"usage-capped"
        assert (await http.get(f"{remote.url}/feed", accept=accept)).body == b"gone"


@pytest.mark.parametrize("fault", [answers(500), answers(503), drops(), cut_off()])
async def test_what_passes_is_tried_again(remote: Remote, fault: Fault) -> None:
    remote.fail("/feed", fault)
    async with client() as http:
        assert (await http.get(f"{remote.url}/feed")).body == BODY


async def test_tries_are_counted_exactly_and_each_waits_longer(remote: Remote) -> None:
    remote.fail("/feed", drops().times(None))
    async with client(backoff=0.1) as http:
        with raises_saying(Unreachable, "closed the connection"):
            await http.get(f"{remote.url}/feed")
        first, second, third = (seen.at for seen in remote.requests)
        assert second - first >= 0.1
        assert third - second >= 0.2
        with pytest.raises(Unreachable):
            await http.get(f"{remote.url}/feed", tries=1)
    assert len(remote.requests) == 4


async def test_a_body_that_breaks_off_is_malformed(remote: Remote) -> None:
    remote.fail("/feed", cut_off().times(None))
    async with client() as http:
        with raises_saying(Malformed, "broke off"):
            await http.get(f"{remote.url}/feed")
    assert len(remote.requests) == 3


@pytest.mark.parametrize("path", ["/feed", "/bomb", "/trickle"])
async def test_a_body_over_the_limit_is_malformed_and_not_asked_for_again(
    remote: Remote, path: str
) -> None:
    async with client() as http:
        with raises_saying(Malformed, "more than 10 bytes"):
            await http.get(f"{remote.url}{path}", max_bytes=10)
    assert len(remote.requests) == 1


async def test_silence_is_unreachable(remote: Remote) -> None:
    remote.fail("/feed", slow(60).times(None))
    async with client(seconds_per_try=0.1) as http:
        with raises_saying(Unreachable, "in time"):
            await http.get(f"{remote.url}/feed", tries=2)


async def test_nobody_listening_is_unreachable(unused_tcp_port: int) -> None:
    async with client() as http:
        with raises_saying(Unreachable, "refused"):
            await http.get(f"http://127.0.0.1:{unused_tcp_port}/feed")
        assert http.requests.total == 0


async def test_something_that_is_not_http_is_malformed() -> None:
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"SSH-2.0-OpenSSH_9.6\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(speak, "127.0.0.1", 0)
    async with server, client() as http:
        port = server.sockets[0].getsockname()[1]
        with raises_saying(Malformed, "not HTTP"):
            await http.get(f"http://127.0.0.1:{port}/feed?token=s3cret")


@pytest.mark.parametrize("url", ["", "feed", "ftp://example.org/x", "http://", "http://[::1/"])
async def test_what_is_no_web_address_is_refused(url: str) -> None:
    async with client() as http:
        with raises_saying(Refused, r"not a web address|malformed URL"):
            await http.get(url)


async def test_a_secret_in_a_url_or_a_header_reaches_no_error(remote: Remote) -> None:
    remote.fail("/feed", answers(404))
    url = remote.url.replace("//", "//ada:pa55word@") + "/feed?access_token=s3cret&page=2"
    async with client() as http:
        with pytest.raises(Refused) as caught:
            await http.get(url, params={"apiKey": "s3cret"})
    shown = f"{caught.value} {caught.value.url} {caught.value!r}"
    assert "s3cret" not in shown
    assert "pa55word" not in shown
    assert "page=2" in caught.value.url
    assert remote.requests[0].query["access_token"] == "s3cret"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://x.org/a?resumptionToken=6511%7C1001", "https://x.org/a?resumptionToken=6511%7C1001"),
        ("https://x.org/a?next_token=b26v&q=url:%22x%22", "https://x.org/a?next_token=b26v&q=url:%22x%22"),
        ("https://x.org/a?Client-Secret=b&key=c", "https://x.org/a?Client-Secret=*****&key=*****"),
        ("https://u:p@x.org/a#token=b", "https://x.org/a"),
        ("http://[::1/", "a malformed URL"),
    ],
)  # fmt: skip
def test_a_url_is_shown_without_its_secrets(url: str, shown: str) -> None:
    assert mask(url) == shown
