"""What X's refusals and odd answers come to."""

import logging
from datetime import timedelta
from typing import Literal

import msgspec
import pytest

from bot.clock import ManualClock, SystemClock
from bot.config import XSection
from bot.http import Http
from bot.messages.problems import words_or_nothing
from bot.models import Status
from bot.sources.x import X
from tests.services.base import Fault, answers, cut_off, drops, garbage, html, slow, truncated
from tests.services.x_posts import POST, Json, snowflake
from tests.services.xd import XD
from tests.sources.helpers import NOW, likes, wanted
from tests.sources.x_helpers import PAPER, tweet, x_source

SEARCH = "/2/tweets/search/recent"


@pytest.fixture
def source(xd: XD, http: Http, clock: ManualClock) -> X:
    return x_source(xd, http, clock)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (402, ""),
        (402, '{"title":"CreditsDepleted","detail":"no credits","status":402}'),
        (403, '{"title":"CreditsDepleted","detail":"no credits","status":403}'),
        (403, '{"type":"https://api.x.com/2/problems/credits","title":"Forbidden"}'),
    ],
)
async def test_without_credit_x_is_off_until_tomorrow(
    xd: XD, source: X, clock: ManualClock, status: int, body: str
) -> None:
    xd.add(tweet(1))
    xd.fail("/2/*", answers(status, body))
    found = await source.collect(wanted())
    assert found.outcome.status is Status.FAILED
    assert words_or_nothing(found.outcome.reason) == (
        f"the account has no credit left ({status}); it is asked again from 00:00 UTC on"
    )
    assert len(xd.requests) == 1
    again = await source.collect(wanted())
    assert (again.outcome.reason, again.outcome.requests) == (found.outcome.reason, 0)
    clock.advance(timedelta(days=1))
    assert (await source.collect(wanted(until=clock.now()))).outcome.status is Status.OK


async def test_credit_that_ends_on_the_way_keeps_what_came(xd: XD, source: X) -> None:
    xd.add(*(tweet(n) for n in range(250)))
    xd.credits = 0.6
    found = await source.collect(wanted())
    assert len(found.posts) == 200
    assert found.outcome.status is Status.INCOMPLETE
    assert "no credit left" in words_or_nothing(found.outcome.reason)


async def test_a_usage_cap_is_never_tried_again(xd: XD, source: X) -> None:
    xd.add(*(tweet(n) for n in range(150)))
    xd.cap = 100
    found = await source.collect(wanted())
    assert [r.status for r in xd.asked(SEARCH)] == [200, 429]
    assert len(found.posts) == 100
    assert found.outcome.status is Status.INCOMPLETE
    assert words_or_nothing(found.outcome.reason) == (
        "the account's usage cap is reached (429); it is asked again from 00:00 UTC on"
    )


@pytest.mark.parametrize("body", ["problem", "code 88"])
async def test_a_rate_limit_beyond_our_time_is_not_waited_for(
    xd: XD, source: X, body: Literal["problem", "code 88"]
) -> None:
    xd.add(*(tweet(n) for n in range(250)))
    xd.windows.limits[SEARCH] = 2
    xd.limit_body = body
    found = await source.collect(wanted())
    assert len(found.posts) == 200
    assert found.outcome.status is Status.INCOMPLETE
    assert "wait until 2021-03-31 06:15 UTC" in words_or_nothing(found.outcome.reason)
    asked = len(xd.asked(SEARCH))
    assert asked == 2
    await source.collect(wanted())
    assert len(xd.asked(SEARCH)) == asked


async def test_a_rate_limit_within_our_time_is_obeyed(xd: XD, source: X) -> None:
    xd.add(tweet(1))
    reset = str(int(NOW.timestamp()))
    xd.fail(SEARCH, answers(429, x_rate_limit_reset=reset))
    found = await source.collect(wanted())
    assert (len(found.posts), found.outcome.status) == (1, Status.OK)
    refused, taken = xd.asked(SEARCH)
    assert taken.at - refused.at >= 1


async def test_a_rate_limit_without_a_time_ends_the_collection(xd: XD, source: X) -> None:
    xd.add(tweet(1))
    xd.fail(SEARCH, answers(429).times(None))
    found = await source.collect(wanted())
    assert found.outcome.status is Status.FAILED
    assert len(xd.asked(SEARCH)) == 1


async def test_a_wrong_token_is_named_and_not_shown(
    xd: XD, http: Http, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        found = await x_source(xd, http, clock, token="a-wrong-token").collect(wanted())
    assert found.outcome.status is Status.FAILED
    assert "bearer token" in words_or_nothing(found.outcome.reason)
    assert "a-wrong-token" not in words_or_nothing(found.outcome.reason) + caplog.text
    assert len(xd.requests) == 1


async def test_a_refused_query_says_what_x_said(xd: XD, source: X) -> None:
    complaint: Json = {"title": "Invalid Request", "errors": [{"message": "no such\noperator"}]}
    xd.fail("/2/*", answers(400, msgspec.json.encode(complaint)).times(None))
    found = await source.collect(wanted())
    assert found.outcome.status is Status.FAILED
    assert words_or_nothing(found.outcome.reason) == "X answered 400: no such operator"


@pytest.mark.parametrize(
    "fault",
    [garbage(), html(), truncated(), cut_off(), drops(), answers(500), answers(503), answers(404),
     answers(200, "{}"), answers(200, "[]"), answers(200, '{"data": "none"}')],
    ids=lambda fault: f"{fault.status} {fault.body[:9]!r}",
)  # fmt: skip
async def test_a_service_that_does_not_answer_properly_has_failed(
    xd: XD, source: X, fault: Fault
) -> None:
    xd.add(*(tweet(n) for n in range(3)))
    xd.fail(SEARCH, fault.times(None))
    found = await source.collect(wanted())
    assert (found.outcome.status, found.posts) == (Status.FAILED, ())
    assert found.outcome.reason


async def test_what_came_before_a_failure_is_kept(xd: XD, source: X) -> None:
    xd.add(*(tweet(n) for n in range(250)))
    xd.fail(SEARCH, html().after(1).times(None))
    found = await source.collect(wanted())
    assert (len(found.posts), found.outcome.status) == (100, Status.INCOMPLETE)


async def test_what_came_in_time_is_kept(xd: XD, http: Http, clock: ManualClock) -> None:
    xd.add(*(tweet(n) for n in range(250)))
    xd.fail(SEARCH, slow(30).after(1).times(None))
    found = await x_source(xd, http, clock, seconds=1.5).collect(wanted())
    assert (len(found.posts), found.outcome.status) == (100, Status.INCOMPLETE)
    assert "did not finish within 1.5 s" in words_or_nothing(found.outcome.reason)


def problem(kind: str, detail: str) -> Json:
    return {"type": f"https://api.x.com/2/problems/{kind}", "title": "T", "detail": detail}


async def test_partial_errors_make_an_answer_incomplete_and_take_nothing_away(
    xd: XD, source: X
) -> None:
    xd.add(*(tweet(n) for n in range(150)))
    xd.partial_errors = [problem("internal-error", "A shard did not answer.")]
    found = await source.collect(wanted())
    assert (len(found.posts), found.outcome.status) == (150, Status.INCOMPLETE)
    assert (
        words_or_nothing(found.outcome.reason)
        == "X reports an error in a part: A shard did not answer."
    )


async def test_a_post_that_vanished_meanwhile_is_no_error(xd: XD, source: X) -> None:
    xd.add(tweet(1))
    xd.partial_errors = [problem("resource-not-found", "Could not find post."), {"title": 5}]
    found = await source.collect(wanted())
    assert found.gone == ()
    assert "Could not find post" not in words_or_nothing(found.outcome.reason)


async def test_the_newer_vocabulary_has_the_same_refusals(xd: XD, source: X) -> None:
    xd.names = POST
    xd.add(*(tweet(n) for n in range(150)))
    xd.cap = 100
    found = await source.collect(wanted())
    assert len(found.posts) == 100
    assert "usage cap" in words_or_nothing(found.outcome.reason)


async def test_a_malformed_post_is_left_out_with_a_warning_that_names_it(
    xd: XD, source: X, caplog: pytest.LogCaptureFixture
) -> None:
    good: Json = {
        "id": "11",
        "public_metrics": {"like_count": 5, "retweet_count": 7},
        "entities": {"urls": [{"expanded_url": PAPER}]},
    }
    uncounted = good | {"id": "13", "public_metrics": {"like_count": 5}}
    data = [good, good | {"id": "12", "entities": "none"}, uncounted, 7]
    xd.fail(SEARCH, answers(200, msgspec.json.encode({"data": data})))
    with caplog.at_level(logging.WARNING):
        found = await source.collect(wanted())
    assert likes(found) == {"11": 5}
    assert found.outcome.status is Status.INCOMPLETE
    assert "3 malformed entries were left out" in words_or_nothing(found.outcome.reason)
    warned = {w["entry"]: w["problem"] for w in (vars(r)["fields"] for r in caplog.records)}
    assert set(warned) == {"12", "13", "entry 4"}
    assert "$.entities" in warned["12"]


class TestPaging:
    """Pages that never end are left."""

    def page(self, number: int, token: str, size: int = 5) -> bytes:
        posts = [
            {
                "id": str(snowflake(NOW, number * 10 + n)),
                "public_metrics": {"like_count": 5, "retweet_count": 7},
                "entities": {"urls": [{"expanded_url": PAPER}]},
            }
            for n in range(size)
        ]
        return msgspec.json.encode({"data": posts, "meta": {"next_token": token}})

    async def asked(self, xd: XD, source: X, *pages: bytes) -> tuple[int, int, str]:
        for page in pages:
            xd.fail(SEARCH, answers(200, page))
        found = await source.collect(wanted())
        assert found.outcome.status is Status.INCOMPLETE
        return len(found.posts), len(xd.asked(SEARCH)), words_or_nothing(found.outcome.reason)

    async def test_a_token_that_comes_again(self, xd: XD, source: X) -> None:
        pages = [self.page(1, "a"), self.page(2, "b"), self.page(3, "a"), self.page(4, "c")]
        posts, asked, reason = await self.asked(xd, source, *pages)
        assert (posts, asked) == (15, 3)
        assert "repeat" in reason

    async def test_a_new_token_that_leads_to_an_old_page(self, xd: XD, source: X) -> None:
        pages = [self.page(1, "a"), self.page(1, "b"), self.page(2, "c")]
        assert (await self.asked(xd, source, *pages))[:2] == (5, 2)

    async def test_empty_pages_without_end(self, xd: XD, source: X) -> None:
        pages = [self.page(1, "a"), *(self.page(1, f"b{n}", size=0) for n in range(9))]
        assert (await self.asked(xd, source, *pages))[:2] == (5, 4)

    async def test_new_pages_without_end(self, xd: XD, source: X) -> None:
        pages = [self.page(n, f"t{n}") for n in range(120)]
        posts, asked, reason = await self.asked(xd, source, *pages)
        assert (posts, asked) == (500, 100)
        assert "do not end" in reason


async def test_against_the_machines_own_clock(xd: XD, http: Http) -> None:
    clock = SystemClock()
    xd.clock = clock
    now = clock.now()
    xd.add(tweet(0, at=now - timedelta(hours=1)))
    found = await x_source(xd, http, clock, XSection()).collect(
        wanted(since=now - timedelta(days=1), until=now)
    )
    assert found.outcome.status is Status.OK
