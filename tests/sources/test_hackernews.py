"""Stories that link papers, as Algolia's search gives them."""

import json
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from bot.clock import ManualClock
from bot.config import HackerNewsSection
from bot.errors import Malformed
from bot.http import Http
from bot.messages.problems import words_or_nothing
from bot.models import Network, Status
from bot.sources.hackernews import HackerNews, parse_search
from tests import factories
from tests.services.base import Fault, answers, garbage, html, too_late, truncated
from tests.services.hnd import HnD, Story
from tests.shared_data import SHARED, needs
from tests.sources.helpers import NOW, SINCE, likes, wanted
from tests.words import raises_saying

HOUR = timedelta(hours=1)


@pytest.fixture
async def service(clock: ManualClock) -> AsyncIterator[HnD]:
    async with HnD(clock=clock) as double:
        yield double


@pytest.fixture
def source(service: HnD, http: Http, clock: ManualClock) -> HackerNews:
    return HackerNews(http, clock, HackerNewsSection(url=service.url))


def story(
    number: int, url: str | None = "https://arxiv.org/abs/2103.15691", **changes: int
) -> Story:
    points = changes.get("points", 40)
    at = SINCE + timedelta(minutes=changes.get("minutes", 60))
    return Story(number, "An Invented Headline", at, url, points, changes.get("comments", 3))


async def test_a_story_is_a_post_whose_points_are_likes(service: HnD, source: HackerNews) -> None:
    service.stories = [story(26, "https://arxiv.org/pdf/2103.15691v2.pdf", points=87)]
    found = await source.collect(wanted())
    assert [
        (p.post_id, p.url, p.author, p.likes, p.reposts, p.replies, p.arxiv_ids, p.posted_at)
        for p in found.posts
    ] == [
        (
            "26", "https://news.ycombinator.com/item?id=26", "invented_hacker", 87, 0, 3,
            ("2103.15691",), SINCE + HOUR,
        )
    ]  # fmt: skip
    assert (found.outcome.status, found.outcome.requests, found.outcome.items) == (Status.OK, 5, 1)


@pytest.mark.parametrize(
    "url",
    [
        "https://www.alphaxiv.org/abs/2103.15691v2",
        "https://alphaxiv.org/overview/2103.15691",
        "https://huggingface.co/papers/2103.15691",
        "https://ar5iv.org/abs/2103.15691",
        "https://ar5iv.labs.arxiv.org/html/2103.15691",
        "https://doi.org/10.48550/arXiv.2103.15691",
        "https://dx.doi.org/10.48550/ARXIV.2103.15691",
        "https://export.arxiv.org/abs/2103.15691",
    ],
)
async def test_stories_that_link_a_paper_elsewhere_are_found(
    service: HnD, source: HackerNews, url: str
) -> None:
    service.stories = [story(1, url), story(2, "https://huggingface.co/papers"), story(3)]
    found = await source.collect(wanted())
    assert {post.post_id: post.arxiv_ids for post in found.posts} == {
        "1": ("2103.15691",), "3": ("2103.15691",),
    }  # fmt: skip


async def test_only_stories_of_the_window_with_some_interest_and_a_paper_are_kept(
    service: HnD, source: HackerNews
) -> None:
    service.stories = [
        story(1),
        story(2, points=1),
        story(3, minutes=-5),
        story(4, "https://arxiv.org/list/cs.CL/new"),
        story(5, "https://example.org/arxiv.org"),
        story(6, None),
        story(7, minutes=0),
    ]
    assert set(likes(await source.collect(wanted()))) == {"1", "7"}


async def test_a_quiet_window_is_empty_and_not_a_failure(source: HackerNews) -> None:
    outcome = (await source.collect(wanted())).outcome
    assert (outcome.status, words_or_nothing(outcome.reason)) == (Status.EMPTY, "")


async def test_a_window_with_more_stories_than_a_query_reaches_is_found_whole(
    service: HnD, source: HackerNews
) -> None:
    service.stories = [story(n, minutes=n % 1700) for n in range(1, 1301)]
    found = await source.collect(wanted())
    assert len(found.posts) == 1300
    assert found.outcome.status is Status.OK
    assert found.outcome.requests < 25


async def test_what_cannot_be_reached_is_said(service: HnD, source: HackerNews) -> None:
    service.stories = [story(n, minutes=30) for n in range(1, 1051)]
    found = await source.collect(wanted())
    assert len(found.posts) == 1000
    assert found.outcome.status is Status.INCOMPLETE
    assert "1000 of 1050" in words_or_nothing(found.outcome.reason)


async def test_known_stories_are_counted_again_wherever_they_stand(
    service: HnD, source: HackerNews
) -> None:
    service.stories = [story(n, minutes=-600 - n, points=50 + n) for n in range(1, 61)]
    service.stories.append(story(99, points=9))
    known = [
        factories.post(str(n), network=Network.HACKERNEWS, reposts=0, likes=2)
        for n in (*range(1, 61), 99)
    ]
    found = await source.collect(wanted(*known))
    assert likes(found) == {str(n): 50 + n for n in range(1, 61)} | {"99": 9}
    assert found.outcome.requests == 7
    assert not found.gone


async def test_a_known_story_that_fell_to_one_point_is_counted(
    service: HnD, source: HackerNews
) -> None:
    service.stories = [story(1, points=1)]
    known = factories.post("1", network=Network.HACKERNEWS, reposts=0, likes=5)
    assert likes(await source.collect(wanted(known))) == {"1": 1}


async def test_a_known_story_that_the_index_lost_is_not_called_gone(source: HackerNews) -> None:
    known = factories.post("1", network=Network.HACKERNEWS)
    found = await source.collect(wanted(known, factories.post("1", network=Network.X)))
    assert (found.posts, found.gone, found.outcome.status) == ((), (), Status.EMPTY)


@pytest.mark.parametrize(
    "fault", [garbage(), html(), truncated(), answers(500), answers(429), answers(403)]
)
async def test_a_service_that_does_not_answer_properly_has_failed(
    service: HnD, source: HackerNews, fault: Fault
) -> None:
    service.stories = [story(1)]
    service.fail("/api/*", fault.times(None))
    found = await source.collect(wanted())
    assert found.outcome.status is Status.FAILED
    assert found.outcome.reason
    assert found.outcome.requests >= 1


async def test_what_came_before_a_failure_is_kept(service: HnD, source: HackerNews) -> None:
    service.stories = [story(n, minutes=n) for n in range(1, 251)]
    service.fail("/api/*", answers(500).on(page="2").times(None))
    found = await source.collect(wanted())
    assert len(found.posts) == 200
    assert found.outcome.status is Status.INCOMPLETE
    assert "500" in words_or_nothing(found.outcome.reason)


def hit(**changes: object) -> dict[str, object]:
    return {
        "objectID": "77",
        "url": "https://arxiv.org/abs/2103.15691",
        "title": "An Invented Headline",
        "author": "invented_hacker",
        "points": 12,
        "num_comments": 4,
        "created_at_i": 1617102000,
    } | changes


def body(*hits: dict[str, object]) -> bytes:
    return msgspec.json.encode({"hits": hits, "nbHits": len(hits)})


async def test_a_malformed_story_is_left_out_with_a_warning_that_names_it(
    service: HnD, source: HackerNews, caplog: pytest.LogCaptureFixture
) -> None:
    page = body(hit(), hit(objectID="78", points="many"), hit(objectID="79", created_at_i=None))
    service.fail("/api/*", answers(200, page))
    with caplog.at_level(logging.WARNING):
        found = await source.collect(wanted())
    assert likes(found) == {"77": 12}
    assert found.outcome.status is Status.INCOMPLETE
    assert "2 malformed entries" in words_or_nothing(found.outcome.reason)
    warnings = [vars(record)["fields"] for record in caplog.records]
    assert [(w["entry"], "points" in w["problem"]) for w in warnings] == [
        ("78", True),
        ("79", False),
    ]
    assert "created_at_i" in warnings[1]["problem"]


def test_null_and_unknown_fields_are_taken_calmly() -> None:
    page = parse_search(
        body(
            hit(author=None, title=None, num_comments=None, invented=[1, {"a": 2}]),
            hit(objectID="78", points=None),
            hit(objectID="79", url=None),
        ),
        NOW,
    )
    assert [(p.post_id, p.author, p.text, p.replies) for p in page.posts] == [("77", "", None, 0)]
    assert page.stories == {"77", "78", "79"}
    assert not page.skipped


def test_a_story_that_links_a_paper_twice_links_it_once() -> None:
    url = "https://arxiv.org/pdf/2103.15691v2?from=arxiv.org/abs/2103.15691"
    assert parse_search(body(hit(url=url)), NOW).posts[0].arxiv_ids == ("2103.15691",)


@pytest.mark.parametrize("text", [b"", b"[]", b"{}", b"<html>", b"\xff\xfe", b"[" * 5000])
def test_a_body_of_another_shape_is_malformed(text: bytes) -> None:
    with raises_saying(Malformed, "Hacker News"):
        parse_search(text, NOW)


def test_the_time_of_a_story_is_utc() -> None:
    assert parse_search(body(hit()), NOW).posts[0].posted_at == datetime(
        2021, 3, 30, 11, 0, tzinfo=UTC
    )


SAMPLE = SHARED / "samples" / "hackernews"


@needs(SAMPLE)
def test_recorded_answers_are_read_without_a_complaint() -> None:
    recorded = json.loads((SAMPLE / "node_hn_api_fixtures.json").read_text(encoding="utf-8"))
    pages = [answer["reply"] for answer in recorded if "hits" in answer["reply"]]
    read = [parse_search(msgspec.json.encode(page), NOW) for page in pages]
    assert [len(page.stories) for page in read] == [len(page["hits"]) for page in pages]
    assert not any(page.skipped for page in read)


async def test_what_came_in_time_is_kept(service: HnD, http: Http, clock: ManualClock) -> None:
    service.stories = [story(n, minutes=n) for n in range(1, 251)]
    service.fail("/api/*", too_late(30).on(page="2"))
    source = HackerNews(http, clock, HackerNewsSection(url=service.url), seconds=10)
    found = await source.collect(wanted())
    assert len(found.posts) == 200
    assert found.outcome.status is Status.INCOMPLETE
    assert words_or_nothing(found.outcome.reason) == "Hacker News did not finish within 10 s"
