"""Hugging Face's daily papers: lists by date, and single papers."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Literal

import msgspec
import pytest

from bot.clock import ManualClock
from bot.config import HuggingFaceSection
from bot.errors import Malformed
from bot.http import Http
from bot.messages.problems import words_or_nothing
from bot.models import Network, Post, Status
from bot.sources.huggingface import HuggingFace, Recount, parse_daily, parse_paper
from tests import factories
from tests.services.base import Fault, answers, drops, garbage, html, too_late
from tests.services.hfd import DailyPaper, HfD
from tests.sources.helpers import NOW, likes, wanted
from tests.words import raises_saying

LISTED, NEXT = date(2021, 3, 30), date(2021, 3, 31)


@pytest.fixture
async def service(clock: ManualClock) -> AsyncIterator[HfD]:
    async with HfD(clock=clock) as double:
        yield double


@pytest.fixture
def source(service: HfD, http: Http, clock: ManualClock) -> HuggingFace:
    return HuggingFace(http, clock, HuggingFaceSection(url=service.url))


def known(arxiv_id: str, upvotes: int) -> Post:
    return factories.post(
        arxiv_id,
        arxiv_id,
        network=Network.HUGGINGFACE,
        author="cyficta",
        reposts=0,
        likes=upvotes,
        replies=6,
        counted_at=NOW - timedelta(hours=6),
    )


async def test_a_daily_paper_is_a_post_whose_upvotes_are_likes(
    service: HfD, source: HuggingFace
) -> None:
    service.papers = [DailyPaper("2103.15691", LISTED, upvotes=87, comments=4)]
    found = await source.collect(wanted())
    [post] = found.posts
    assert (post.post_id, post.likes, post.reposts, post.replies) == ("2103.15691", 87, 0, 4)
    assert (post.author, post.author_name) == ("cyficta", "Cy Ficta")
    assert post.url == "https://huggingface.co/papers/2103.15691"
    assert post.arxiv_ids == ("2103.15691",)
    assert post.posted_at == datetime(2021, 3, 30, tzinfo=UTC)
    assert found.outcome.status is Status.OK


async def test_every_list_from_the_day_before_to_the_windows_end_is_read(
    service: HfD, source: HuggingFace
) -> None:
    service.papers = [
        DailyPaper("2103.15691", LISTED, upvotes=5),
        DailyPaper("2103.14653", NEXT, upvotes=7),
        DailyPaper("2103.00001", date(2021, 3, 29), upvotes=9),
        DailyPaper("2103.00002", date(2021, 3, 28), upvotes=9),
    ]
    found = await source.collect(wanted())
    assert likes(found) == {"2103.15691": 5, "2103.14653": 7, "2103.00001": 9}
    dates = ["2021-03-29", "2021-03-30", "2021-03-31"]
    assert [r.query["date"] for r in service.requests] == dates


async def test_a_long_list_is_read_to_its_end(service: HfD, source: HuggingFace) -> None:
    service.papers = [DailyPaper(f"2103.{n:05}", LISTED, upvotes=n) for n in range(1, 231)]
    assert len((await source.collect(wanted())).posts) == 230


async def test_a_list_whose_pages_repeat_ends(service: HfD, source: HuggingFace) -> None:
    rows = [row(id=f"2103.{n:05}") for n in range(1, 101)]
    service.fail("/api/daily_papers", answers(200, msgspec.json.encode(rows)).times(None))
    found = await source.collect(wanted())
    assert len(found.posts) == 100
    assert found.outcome.requests <= 4


async def test_the_window_of_a_late_recount_is_bounded(
    service: HfD, source: HuggingFace, clock: ManualClock
) -> None:
    clock.advance(timedelta(days=400))
    await source.collect(wanted(until=clock.now()))
    assert len(service.requests) == 16


async def test_a_list_that_is_not_yet_whole_takes_nothing_back(
    service: HfD, source: HuggingFace
) -> None:
    service.papers = [DailyPaper("2103.15691", date(2021, 3, 20), upvotes=20, comments=None)]
    found = await source.collect(wanted(known("2103.15691", 12), known("2103.14653", 3)))
    [post] = found.posts
    assert (post.likes, post.replies, post.author, post.counted_at) == (20, 6, "cyficta", NOW)
    assert found.gone == ()
    assert "2103.14653" in str(found.outcome.reason)
    assert found.outcome.status is Status.INCOMPLETE


async def test_recounts_are_bounded(service: HfD, source: HuggingFace) -> None:
    papers = [f"2103.{n:05}" for n in range(1, 81)]
    service.papers = [DailyPaper(n, date(2021, 3, 1), upvotes=9) for n in papers]
    found = await source.collect(wanted(*(known(n, 1) for n in papers)))
    assert len(found.posts) == 50
    assert found.outcome.status is Status.INCOMPLETE


@pytest.mark.parametrize("level", ["paper", "top"])
async def test_counts_are_read_at_either_level(
    service: HfD, source: HuggingFace, level: Literal["paper", "top"]
) -> None:
    service.upvotes_at = level
    service.papers = [DailyPaper("2103.15691", LISTED, upvotes=31)]
    assert likes(await source.collect(wanted())) == {"2103.15691": 31}


async def test_a_missing_count_is_not_zero(service: HfD, source: HuggingFace) -> None:
    service.papers = [DailyPaper("2103.15691", LISTED, upvotes=None)]
    found = await source.collect(wanted(known("2103.15691", 12)))
    assert found.posts == ()
    assert found.outcome.status is Status.INCOMPLETE
    assert words_or_nothing(found.outcome.reason) == "2 malformed entries were left out"
    assert "2103.15691: upvotes is missing" in str(found.outcome.reason)


async def test_a_day_that_has_not_begun_there_is_no_failure(
    service: HfD, source: HuggingFace
) -> None:
    service.papers = [DailyPaper("2103.15691", LISTED)]
    service.fail("/api/daily_papers", answers(400).on(date="2021-03-31").times(None))
    assert (await source.collect(wanted())).outcome.status is Status.OK


@pytest.mark.parametrize("fault", [garbage(), html(), answers(404), answers(500)])
async def test_one_list_that_fails_leaves_the_others(
    service: HfD, source: HuggingFace, fault: Fault
) -> None:
    service.papers = [DailyPaper("2103.15691", NEXT, upvotes=4)]
    service.fail("/api/daily_papers", fault.on(date="2021-03-30").times(None))
    found = await source.collect(wanted())
    assert likes(found) == {"2103.15691": 4}
    assert found.outcome.status is Status.INCOMPLETE


@pytest.mark.parametrize("fault", [garbage(), html(), answers(429), answers(503), drops()])
async def test_a_service_that_does_not_answer_properly_has_failed(
    service: HfD, source: HuggingFace, fault: Fault
) -> None:
    service.papers = [DailyPaper("2103.15691", LISTED)]
    service.fail("*", fault.times(None))
    found = await source.collect(wanted())
    assert (found.outcome.status, found.posts) == (Status.FAILED, ())
    assert found.outcome.reason


async def test_a_service_that_is_down_is_not_asked_day_after_day(
    service: HfD, source: HuggingFace
) -> None:
    service.fail("*", answers(429).times(None))
    await source.collect(wanted())
    assert len(service.requests) == 1


def row(**paper: object) -> dict[str, object]:
    nested = {
        "id": "2103.15691",
        "upvotes": 3,
        "title": "An Invented Paper",
        "publishedAt": "2021-03-29T18:00:00.000Z",
    }
    return {"paper": nested | paper, "title": "An Invented Paper"}


def test_malformed_rows_are_named_with_their_field() -> None:
    rows = [
        row(),
        row(id="2103.14653", upvotes="many"),
        row(id="an-essay"),
        row(id="2103.14654", publishedAt=None),
    ]
    daily = parse_daily(msgspec.json.encode(rows), NOW)
    assert [p.post_id for p in daily.posts] == ["2103.15691"]
    assert daily.rows == 4
    problems = [str(s) for s in daily.skipped]
    assert len(problems) == 2
    assert "$.paper.upvotes" in problems[0]
    assert "submittedOnDailyAt" in problems[1]


@pytest.mark.parametrize("odd", ["an-essay", "2103.1569", "2113.15691", "10.1234/xyz", "blog/42"])
async def test_a_row_that_is_no_arxiv_paper_does_not_spoil_the_day(
    service: HfD, source: HuggingFace, odd: str
) -> None:
    rows = [row(), row(id=odd), row(id=odd, upvotes=None)]
    service.fail("/api/daily_papers", answers(200, msgspec.json.encode(rows)).on(date="2021-03-30"))
    found = await source.collect(wanted())
    assert likes(found) == {"2103.15691": 3}
    assert (found.outcome.status, found.outcome.reason) == (Status.OK, None)


def test_a_version_is_dropped_and_unknown_or_null_fields_are_taken_calmly() -> None:
    rows = [row(id="2103.15691v2", authors=None, invented={"a": [1]}) | {"submittedBy": None}]
    [post] = parse_daily(msgspec.json.encode(rows), NOW).posts
    assert (post.post_id, post.author, post.likes) == ("2103.15691", "", 3)


def test_the_time_of_submission_goes_before_the_time_of_publication() -> None:
    rows = [row(submittedOnDailyAt="2021-03-30T09:30:00.000Z")]
    [post] = parse_daily(msgspec.json.encode(rows), NOW).posts
    assert post.posted_at == datetime(2021, 3, 30, 9, 30, tzinfo=UTC)


def test_one_paper_says_how_often_it_was_upvoted() -> None:
    assert parse_paper(b'{"id": "2103.15691", "upvotes": 9}') == Recount(9, None)


@pytest.mark.parametrize("text", [b"", b"{}", b"<html>", b"\xff\xfe", b'{"error": "no"}'])
def test_a_body_of_another_shape_is_malformed(text: bytes) -> None:
    with raises_saying(Malformed, "Hugging Face"):
        parse_daily(text, NOW)


async def test_what_came_in_time_is_kept(service: HfD, http: Http, clock: ManualClock) -> None:
    service.papers = [DailyPaper("2103.15691", LISTED), DailyPaper("2103.15692", NEXT)]
    service.fail("/api/daily_papers", too_late(30).on(date=NEXT.isoformat()))
    source = HuggingFace(http, clock, HuggingFaceSection(url=service.url), seconds=10)
    found = await source.collect(wanted())
    assert likes(found) == {"2103.15691": 1}
    assert found.outcome.status is Status.INCOMPLETE
    assert words_or_nothing(found.outcome.reason) == "Hugging Face did not finish within 10 s"
