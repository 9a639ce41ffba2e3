"""What a stranger may send: so much, so deep, for so long. And nobody waits while it is read."""

import asyncio
import json
import logging
import re
import threading
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path

import pytest
from aiohttp import web

from bot.clock import ManualClock
from bot.config import HackerNewsSection, HuggingFaceSection, MastodonSection
from bot.errors import Malformed, Unreachable
from bot.http import Http, Response
from bot.http.client import MAX_BYTES
from bot.messages.problems import words_or_nothing
from bot.models import Status
from bot.sources import Collected, PostSource, decoding
from bot.sources.arxiv import atom, listing_pages, oai_xml
from bot.sources.arxiv import feed as arxiv_feed
from bot.sources.arxiv.feed import ArxivFeed
from bot.sources.arxiv.oai import ArxivOai, Window
from bot.sources.bluesky.wire import parse_views
from bot.sources.hackernews import HackerNews
from bot.sources.huggingface import HuggingFace
from bot.sources.mastodon import Mastodon
from bot.sources.mastodon.wire import parse_status, parse_timeline
from bot.sources.x.oembed import parse_oembed
from bot.text import markup
from tests.factories import DAY
from tests.services.base import Service
from tests.sources.helpers import NOW, wanted
from tests.words import raises_saying

ROOT = Path(__file__).resolve().parents[2]


class Anything(Service):
    """Sends ``body`` to whatever is asked, or drips it a byte at a time for ever."""

    def __init__(self, body: bytes = b"", *, drips: bool = False) -> None:
        super().__init__()
        self.body = body
        self.drips = drips

    def routes(self) -> Iterable[web.RouteDef]:
        return [web.get("/{path:.*}", self.send)]

    async def send(self, request: web.Request) -> web.StreamResponse:
        if not self.drips:
            return web.Response(body=self.body)
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b" ")
            await asyncio.sleep(0.01)


@asynccontextmanager
async def sending(body: bytes) -> AsyncIterator[str]:
    async with Anything(body) as service:
        yield service.url


async def test_others_go_on_while_a_body_is_parsed() -> None:
    told = threading.Event()

    def parse(body: bytes, more: bytes) -> bytes:
        assert told.wait(5), "the loop stands still"
        return body + more

    answer = Response(url="", status=200, headers={}, body=b"a")
    reading = asyncio.create_task(answer.parsed(parse, b"b"))
    await asyncio.sleep(0)
    told.set()
    assert await reading == b"ab"


def test_no_body_is_read_in_another_way() -> None:
    readers = [
        str(path.relative_to(ROOT))
        for path in sorted(ROOT.glob("bot/**/*.py"))
        if path.parent.name != "http" and re.search(r"(?<!excluded)\.body\b", path.read_text())
    ]
    assert readers == [], "use Response.parsed"


def mastodon(http: Http, clock: ManualClock, url: str) -> PostSource:
    return Mastodon(http, clock, MastodonSection(servers=(url,), tags=("arxiv",)))


def hackernews(http: Http, clock: ManualClock, url: str) -> PostSource:
    return HackerNews(http, clock, HackerNewsSection(url=url))


def huggingface(http: Http, clock: ManualClock, url: str) -> PostSource:
    return HuggingFace(http, clock, HuggingFaceSection(url=url))


@pytest.mark.parametrize("source", [mastodon, hackernews, huggingface])
@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b" " * (MAX_BYTES + 1), "sent more than 4,194,304 bytes"),
        (b"[0" + b",0" * (decoding.MAX_VALUES + 1) + b"]", "an answer that could not be read"),
        (b"[" * 50_000 + b"]" * 50_000, "an answer that could not be read"),
    ],
)
async def test_an_answer_beyond_the_limits_is_a_failure_that_says_so(
    source: Callable[[Http, ManualClock, str], PostSource],
    http: Http,
    clock: ManualClock,
    body: bytes,
    says: str,
) -> None:
    async with sending(body) as url:
        found: Collected = await source(http, clock, url).collect(wanted())
    assert (found.outcome.status, found.posts) == (Status.FAILED, ())
    assert says in words_or_nothing(found.outcome.reason)


def test_more_entries_than_a_service_sends_are_malformed() -> None:
    with raises_saying(Malformed, "holds 1,001 entries"):
        parse_timeline(json.dumps([0] * 1001).encode(), "https://a.test", NOW)


def test_an_entry_that_is_too_large_is_left_out_alone() -> None:
    body = json.dumps([toot("1"), toot("2", display=" " * decoding.LARGEST_ENTRY), toot("3")])
    page = parse_timeline(body.encode(), "https://a.test", NOW)
    assert [post.post_id for post in page.posts] == ["1", "3"]
    assert list(map(str, page.skipped)) == ["entry 2: larger than 1,048,576 bytes"]


def test_a_post_that_is_too_long_is_left_out_by_name() -> None:
    long = toot("2", more="<i>" * (markup.MAX_CHARACTERS // 3))
    page = parse_timeline(json.dumps([toot("1"), long]).encode(), "https://a.test", NOW)
    assert [post.post_id for post in page.posts] == ["1"]
    named = "2: content: longer than 50,000 characters"
    assert list(map(str, page.skipped)) == [named]
    assert str(parse_status(json.dumps(long).encode(), "https://a.test", NOW)) == named


def test_a_text_that_is_too_long_is_left_out_by_name() -> None:
    def post(uri: str, text: str) -> dict[str, object]:
        record = {"text": text, "createdAt": "2021-03-30T09:00:00Z"}
        counts = {"likeCount": 0, "repostCount": 0}
        return {"uri": uri, "author": {"did": "did:plc:a"}, "record": record, **counts}

    posts = [post("at://1", "arXiv:2103.15691"), post("at://2", "a" * 50_001)]
    views = parse_views(json.dumps({"posts": posts}).encode(), NOW)
    assert [view.post_id for view in views.posts] == ["at://1"]
    [skipped] = views.skipped
    assert (skipped.entry, skipped.problem.endswith("`$.record.text`")) == ("at://2", True)


def test_an_embedded_post_that_is_too_long_is_malformed() -> None:
    with pytest.raises(Malformed, match="longer than 50,000 characters"):
        parse_oembed(json.dumps({"html": f"<p>{'<i>' * (markup.MAX_CHARACTERS // 3)}"}).encode())


def toot(uri: str, *, more: str = "", display: str = "") -> dict[str, object]:
    return {
        "id": "1", "uri": uri, "created_at": "2021-03-30T09:00:00Z",
        "content": f'<a href="https://arxiv.org/abs/2103.15691">a</a>{more}',
        "reblogs_count": 0, "favourites_count": 0,
        "account": {"acct": "ada", "display_name": display},
    }  # fmt: skip


def test_the_log_has_a_line_for_each_of_the_first_only(caplog: pytest.LogCaptureFixture) -> None:
    skipped = [decoding.Skipped("x" * 9000, "y" * 9000)] * 60
    with caplog.at_level(logging.WARNING):
        decoding.tell_skipped(
            logging.getLogger("test"), "source.entry_skipped", skipped, source="a"
        )
    assert len(caplog.records) == 51
    told = [record.__dict__["fields"] for record in caplog.records]
    assert told[0] == {"source": "a", "entry": "x" * 200, "problem": "y" * 200}
    assert told[-1] == {"source": "a", "problem": "and 10 more"}


# --- arXiv --------------------------------------------------------------------------------------


async def test_a_feed_beyond_its_limit_is_a_failure(
    http: Http, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arxiv_feed, "MAX_BYTES", 1000)
    async with sending(b" " * 1001) as url:
        found = await ArxivFeed(http, clock, url, gate="arxiv").harvest(DAY, ["cs.CL"])
    [outcome] = found.outcomes
    assert outcome.status is Status.FAILED
    assert "sent more than 1,000 bytes" in words_or_nothing(outcome.reason)


def test_a_feed_of_more_entries_than_arxiv_sends_is_malformed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(atom, "MAX_ENTRIES", 2)
    feed = b'<feed xmlns="http://www.w3.org/2005/Atom">%s</feed>'
    assert len(atom.parse_feed(feed % (b"<entry/>" * 2)).problems) == 2
    with raises_saying(Malformed, "3 entries, more than 2"):
        atom.parse_feed(feed % (b"<entry/>" * 3))


def test_a_page_of_more_tags_than_arxiv_sends_is_not_parsed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(listing_pages, "_MAX_TAGS", 10)
    with raises_saying(Malformed, "more than 10 HTML tags"):
        listing_pages.parse_new(b"<p>" * 11, {"cs.CL"})


OAI = b'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords>'


def test_a_record_that_does_not_end_is_malformed() -> None:
    """However deep it goes, no more of it is held than a record may have."""
    reader = oai_xml.Reader()
    reader.feed(OAI)
    with raises_saying(Malformed, "a record of more than 1,048,576 bytes"):
        reader.feed(b"<a>" * 400_000)


def test_a_page_of_more_elements_than_arxiv_sends_is_malformed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(oai_xml, "_MAX_ELEMENTS", 100)
    with raises_saying(Malformed, "a page of more than 100 elements"):
        oai_xml.parse_records(OAI + b"<record/>" * 101)


async def test_a_page_that_drips_ends(http: Http, clock: ManualClock) -> None:
    async with Anything(drips=True) as service:
        door = ArxivOai(http, clock, service.url, gate="arxiv", backoff=0.0, seconds_per_page=0.2)
        with raises_saying(Unreachable, "did not answer in time"):
            await door.page(Window(date(2026, 3, 18)))
    assert len(service.requests) == 1


async def test_a_feed_that_drips_ends(clock: ManualClock) -> None:
    async with (
        Anything(drips=True) as service,
        Http(contact="", version="0", clock=clock, seconds_per_try=0.2, tries=1) as http,
    ):
        with raises_saying(Unreachable, "did not answer in time"):
            await http.get(service.url)
