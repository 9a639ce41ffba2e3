"""arXiv's Atom feed: what it says, and every way in which it can mislead."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.clock import ManualClock
from bot.http import Http, MemoryValidators, Validators
from bot.messages.problems import words_or_nothing
from bot.models import Outcome, Status
from bot.pipeline.validators import StoredValidators
from bot.sources import Harvested
from bot.sources.arxiv.atom import Feed
from bot.sources.arxiv.feed import CAP, ArxivFeed, judge
from bot.store import Archive
from tests import factories
from tests.services.arxiv_feed import feed
from tests.services.arxiv_world import Announced, World, invent
from tests.services.arxivd import ArxivD
from tests.services.base import (
    Fault,
    answers,
    drops,
    html,
    not_acceptable,
    rate_exceeded,
    truncated,
)
from tests.shared_data import SHARED, needs

TUESDAY = date(2026, 11, 17)
WEDNESDAY = date(2026, 11, 18)
NOON = datetime(2026, 11, 18, 17, tzinfo=UTC)
SAMPLES = SHARED / "samples" / "arxiv" / "feed"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


@pytest.fixture
async def arxiv(clock: ManualClock) -> AsyncIterator[ArxivD]:
    papers = [*invent(6, WEDNESDAY), *invent(4, TUESDAY)]
    async with ArxivD(World(papers), clock) as service:
        yield service


def door(arxiv: ArxivD, http: Http, clock: ManualClock, *deferred: date) -> ArxivFeed:
    return ArxivFeed(http, clock, arxiv.url, gate="arxiv", deferred=deferred)


def kept_in(validators: Validators, clock: ManualClock) -> Http:
    return Http(contact="", version="0", clock=clock, backoff=0, validators=validators)


def by_source(found: Harvested) -> dict[str, Outcome]:
    return {outcome.source: outcome for outcome in found.outcomes}


def ids(found: Harvested) -> list[str]:
    return [item.paper.arxiv_id for item in found.listed]


@needs(SAMPLES)
class TestSamples:
    async def test_the_empty_saturday_has_no_listing_because_it_is_a_saturday(
        self, arxiv: ArxivD, http: Http, clock: ManualClock
    ) -> None:
        saturday = date(2026, 8, 1)
        body = (SAMPLES / "2026-08-01_rss_cs.CL_saturday_empty.xml").read_bytes()
        arxiv.fail("/atom/cs.CL", answers(200, body))
        found = await door(arxiv, http, clock).harvest(saturday, ["cs.CL"])
        [outcome] = found.outcomes
        assert outcome.status is Status.EMPTY
        assert "no listing: Saturday" in words_or_nothing(outcome.reason)
        assert "no listing on Saturdays" in words_or_nothing(outcome.reason)


class TestTheDay:
    async def test_each_category_is_asked_once_and_answers_for_itself(
        self, arxiv: ArxivD, http: Http, clock: ManualClock
    ) -> None:
        found = await door(arxiv, http, clock).harvest(WEDNESDAY, ["cs.AI", "cs.CL", "cs.DC"])
        assert [seen.path for seen in arxiv.requests] == [
            f"/atom/{name}" for name in ("cs.AI", "cs.CL", "cs.DC")
        ]
        assert all("atom" in seen.headers["Accept"] for seen in arxiv.requests)
        outcomes = by_source(found)
        assert [o.status for o in found.outcomes] == [Status.OK, Status.OK, Status.EMPTY]
        assert outcomes["cs.AI"].items == 4  # two of its own and two cross-lists
        assert words_or_nothing(outcomes["cs.DC"].reason) == "nothing was announced"
        assert [o.requests for o in found.outcomes] == [1, 1, 1]
        assert len(set(ids(found))) == 6
        assert found.whole

    async def test_a_stale_category_is_named_and_the_fresh_one_stands(
        self, arxiv: ArxivD, http: Http, clock: ManualClock
    ) -> None:
        arxiv.stale["cs.AI"] = TUESDAY
        found = await door(arxiv, http, clock).harvest(WEDNESDAY, ["cs.AI", "cs.CL"])
        outcomes = by_source(found)
        assert outcomes["cs.AI"].status is Status.FAILED
        assert words_or_nothing(outcomes["cs.AI"].reason) == "still shows Tuesday 17 November 2026"
        assert outcomes["cs.CL"].status is Status.OK
        assert {item.day for item in found.listed} == {WEDNESDAY}

    async def test_a_past_day_is_looked_for_in_one_feed_only(
        self, arxiv: ArxivD, http: Http, clock: ManualClock
    ) -> None:
        found = await door(arxiv, http, clock).harvest(TUESDAY, ["cs.AI", "cs.CL", "cs.CV"])
        assert len(arxiv.requests) == 1
        assert [o.status for o in found.outcomes] == [Status.FAILED] * 3
        assert "still shows Wednesday 18 November 2026" in words_or_nothing(
            found.outcomes[0].reason
        )
        assert words_or_nothing(found.outcomes[2].reason).startswith("not asked: cs.AI")

    async def test_a_recorded_feed_of_a_past_day_is_accepted_for_that_day(
        self, arxiv: ArxivD, http: Http, clock: ManualClock
    ) -> None:
        arxiv.stale = {"cs.AI": TUESDAY, "cs.CL": TUESDAY}
        found = await door(arxiv, http, clock).harvest(TUESDAY, ["cs.AI", "cs.CL"])
        assert found.whole
        assert {item.day for item in found.listed} == {TUESDAY}

    async def test_of_mixed_days_only_the_wanted_one_counts(
        self, arxiv: ArxivD, http: Http, clock: ManualClock
    ) -> None:
        today = [Announced("new", p, 1) for p in invent(3, WEDNESDAY)]
        yesterday = [Announced("new", p, 1) for p in invent(2, TUESDAY)]
        older = feed("cs.AI", TUESDAY, yesterday).split("</subtitle>")[1]
        body = feed("cs.AI", WEDNESDAY, today).replace("</feed>", older)
        arxiv.fail("/atom/cs.AI", answers(200, body))
        found = await door(arxiv, http, clock).harvest(WEDNESDAY, ["cs.AI"])
        assert len(found.listed) == 3
        assert found.whole

    async def test_a_holiday_of_the_table_is_empty_for_its_reason(
        self, arxiv: ArxivD, http: Http, clock: ManualClock
    ) -> None:
        friday = date(2026, 11, 27)
        clock.move_to(datetime(2026, 11, 27, 17, tzinfo=UTC))
        found = await door(arxiv, http, clock).harvest(friday, ["cs.AI", "cs.CL"])
        assert {o.status for o in found.outcomes} == {Status.EMPTY}
        assert "arXiv holiday, nothing announced for Friday 27 November" in words_or_nothing(
            found.outcomes[0].reason
        )

    async def test_an_empty_feed_of_another_day_is_not_an_empty_day(
        self, arxiv: ArxivD, http: Http, clock: ManualClock
    ) -> None:
        clock.move_to(datetime(2026, 11, 21, 17, tzinfo=UTC))
        found = await door(arxiv, http, clock).harvest(date(2026, 11, 20), ["cs.AI"])
        [outcome] = found.outcomes
        assert outcome.status is Status.FAILED
        assert words_or_nothing(outcome.reason) == "is empty and of Saturday 21 November 2026"

    async def test_an_empty_feed_that_does_not_say_its_day_is_not_an_empty_day(
        self, arxiv: ArxivD, http: Http, clock: ManualClock
    ) -> None:
        arxiv.fail("/atom/cs.AI", answers(200, '<feed xmlns="http://www.w3.org/2005/Atom"/>'))
        found = await door(arxiv, http, clock).harvest(WEDNESDAY, ["cs.AI"])
        [outcome] = found.outcomes
        assert outcome.status is Status.FAILED
        assert words_or_nothing(outcome.reason) == "is empty and does not say its day"


class TestWhatGoesWrong:
    async def test_a_feed_cut_at_the_cap_is_incomplete(
        self, arxiv: ArxivD, http: Http, clock: ManualClock
    ) -> None:
        arxiv.world.add(*invent(30, WEDNESDAY, ["cs.LG"]))
        arxiv.cap = 20
        feeds = ArxivFeed(http, clock, arxiv.url, gate="arxiv", cap=20)
        found = await feeds.harvest(WEDNESDAY, ["cs.LG"])
        [outcome] = found.outcomes
        assert (outcome.status, outcome.items) == (Status.INCOMPLETE, 20)
        assert "cut at 20 entries" in words_or_nothing(outcome.reason)

    @pytest.mark.parametrize(("size", "whole"), [(CAP - 1, True), (CAP, False)])
    def test_a_feed_as_long_as_arxivs_cap_is_not_believed(self, size: int, whole: bool) -> None:
        listed = (factories.listed(day=WEDNESDAY),) * size
        status, reason = judge(
            Feed(updated=WEDNESDAY, listed=listed, days=frozenset({WEDNESDAY})),
            listed, WEDNESDAY, (),
        )  # fmt: skip
        assert (status is Status.OK) is whole
        assert ("cut at 2,000 entries" in words_or_nothing(reason)) is not whole

    async def test_a_truncated_feed_keeps_what_came_whole(
        self, arxiv: ArxivD, http: Http, clock: ManualClock
    ) -> None:
        arxiv.fail("/atom/cs.AI", truncated(0.6))
        found = await door(arxiv, http, clock).harvest(WEDNESDAY, ["cs.AI"])
        [outcome] = found.outcomes
        assert outcome.status is Status.INCOMPLETE
        assert "broke off after 2 papers" in words_or_nothing(outcome.reason)
        assert len(found.listed) == 2

    async def test_a_malformed_entry_leaves_the_category_incomplete(
        self, arxiv: ArxivD, http: Http, clock: ManualClock, caplog: pytest.LogCaptureFixture
    ) -> None:
        rows = [Announced("new", p, 1) for p in invent(2, WEDNESDAY)]
        body = feed("cs.AI", WEDNESDAY, rows).replace(rows[0].paper.title, "", 1)
        arxiv.fail("/atom/cs.AI", answers(200, body))
        found = await door(arxiv, http, clock).harvest(WEDNESDAY, ["cs.AI"])
        [outcome] = found.outcomes
        assert (outcome.status, outcome.items) == (Status.INCOMPLETE, 1)
        assert "1 entry could not be read" in words_or_nothing(outcome.reason)
        [warning] = [r for r in caplog.records if "entry_skipped" in r.getMessage()]
        assert "title" in warning.getMessage() + str(warning.__dict__)

    @pytest.mark.parametrize(
        ("fault", "said"),
        [
            (html(), "no feed"),
            (rate_exceeded(200), "Rate exceeded"),
            (not_acceptable(), "406"),
            (answers(429), "429"),
            (answers(429, retry_after="3600"), "429"),
            (answers(503), "503"),
            (answers(404), "404"),
            (answers(400, "<html>nginx</html>"), "no feed"),
        ],
        ids=["html", "rate", "406", "429", "429-retry", "503", "404", "400"],
    )
    async def test_a_refusal_is_a_failure_in_its_own_words(
        self, arxiv: ArxivD, http: Http, clock: ManualClock, fault: Fault, said: str
    ) -> None:
        arxiv.fail("/atom/cs.AI", fault.times(None))
        found = await door(arxiv, http, clock).harvest(WEDNESDAY, ["cs.AI"])
        [outcome] = found.outcomes
        assert outcome.status is Status.FAILED
        assert said in f"{words_or_nothing(outcome.reason)} ({outcome.reason})"
        assert not found.listed

    async def test_an_unknown_category_is_refused_in_arxivs_words(
        self, arxiv: ArxivD, http: Http, clock: ManualClock
    ) -> None:
        found = await door(arxiv, http, clock).harvest(WEDNESDAY, ["cs.XX"])
        [outcome] = found.outcomes
        assert outcome.status is Status.FAILED
        assert "Bad archive or category in 'cs.XX'" in words_or_nothing(outcome.reason)

    async def test_a_silent_service_is_not_asked_forty_times(
        self, arxiv: ArxivD, http: Http, clock: ManualClock
    ) -> None:
        arxiv.fail("/atom/*", drops().times(None))
        found = await door(arxiv, http, clock).harvest(
            WEDNESDAY, ["cs.AI", "cs.CL", "cs.CV", "cs.DC", "cs.LG"]
        )
        assert {seen.path for seen in arxiv.requests} == {"/atom/cs.AI", "/atom/cs.CL"}
        assert len(found.outcomes) == 5
        assert {o.status for o in found.outcomes} == {Status.FAILED}
        assert words_or_nothing(found.outcomes[4].reason).startswith("not asked: cs.CL")

    async def test_one_silent_category_does_not_cost_the_others(
        self, arxiv: ArxivD, http: Http, clock: ManualClock
    ) -> None:
        arxiv.fail("/atom/cs.CL", drops().times(None))
        found = await door(arxiv, http, clock).harvest(WEDNESDAY, ["cs.AI", "cs.CL", "cs.CV"])
        statuses = {name: o.status for name, o in by_source(found).items()}
        assert statuses == {"cs.AI": Status.OK, "cs.CL": Status.FAILED, "cs.CV": Status.OK}


class TestAskingAgain:
    @pytest.fixture
    async def http(self, clock: ManualClock) -> AsyncIterator[Http]:
        async with kept_in(MemoryValidators(), clock) as client:
            yield client

    async def test_a_stale_feed_is_not_sent_twice_until_it_turns(
        self, arxiv: ArxivD, http: Http, clock: ManualClock
    ) -> None:
        arxiv.stale["cs.AI"] = TUESDAY
        feeds = door(arxiv, http, clock)
        first = await feeds.harvest(WEDNESDAY, ["cs.AI"])
        again = await feeds.harvest(WEDNESDAY, ["cs.AI"])
        assert [seen.status for seen in arxiv.requests] == [200, 304]
        assert first.outcomes[0].reason == again.outcomes[0].reason
        del arxiv.stale["cs.AI"]
        fresh = await feeds.harvest(WEDNESDAY, ["cs.AI"])
        assert fresh.whole
        assert len(fresh.listed) == 4

    async def test_a_feed_that_was_of_no_use_may_have_another_days_papers(
        self, arxiv: ArxivD, http: Http, clock: ManualClock
    ) -> None:
        await door(arxiv, http, clock).harvest(TUESDAY, ["cs.AI"])
        found = await door(arxiv, http, clock).harvest(WEDNESDAY, ["cs.AI"])
        assert [seen.status for seen in arxiv.requests] == [200, 304, 200]
        assert len(found.listed) == 4

    async def test_after_a_restart_a_stale_feed_is_still_known(
        self, arxiv: ArxivD, clock: ManualClock, tmp_path: Path
    ) -> None:
        arxiv.stale["cs.AI"] = TUESDAY
        reasons = []
        for _ in range(2):
            async with (
                await Archive.open(tmp_path / "archive.db") as archive,
                kept_in(StoredValidators(archive), clock) as client,
            ):
                found = await door(arxiv, client, clock).harvest(WEDNESDAY, ["cs.AI"])
                reasons.append(words_or_nothing(found.outcomes[0].reason))
        assert [seen.status for seen in arxiv.requests] == [200, 304]
        assert reasons == ["still shows Tuesday 17 November 2026"] * 2

    @pytest.mark.parametrize(
        "fault",
        [html(), truncated(0.6), answers(200, ""), rate_exceeded(200)],
        ids=["html", "truncated", "empty", "rate"],
    )
    async def test_what_could_not_be_read_whole_is_never_called_unchanged(
        self, arxiv: ArxivD, http: Http, clock: ManualClock, fault: Fault
    ) -> None:
        arxiv.stale["cs.AI"] = TUESDAY
        broken = replace(fault, headers={**fault.headers, "ETag": '"broken"'})
        arxiv.fail("/atom/cs.AI", broken)
        feeds = door(arxiv, http, clock)
        await feeds.harvest(WEDNESDAY, ["cs.AI"])
        clock.advance(timedelta(hours=1))
        await feeds.harvest(WEDNESDAY, ["cs.AI"])
        assert "If-None-Match" not in arxiv.requests[-1].headers
        assert arxiv.requests[-1].status == 200

    async def test_a_feed_with_an_unreadable_entry_is_never_called_unchanged(
        self, arxiv: ArxivD, http: Http, clock: ManualClock
    ) -> None:
        rows = [Announced("new", p, 1) for p in invent(2, TUESDAY)]
        body = feed("cs.AI", TUESDAY, rows).replace(rows[0].paper.title, "")
        arxiv.fail("/atom/cs.AI", answers(200, body, etag='"damaged"'))
        feeds = door(arxiv, http, clock)
        await feeds.harvest(WEDNESDAY, ["cs.AI"])
        await feeds.harvest(WEDNESDAY, ["cs.AI"])
        assert "If-None-Match" not in arxiv.requests[-1].headers

    async def test_a_feed_with_papers_is_never_taken_for_known(
        self, arxiv: ArxivD, http: Http, clock: ManualClock
    ) -> None:
        feeds = door(arxiv, http, clock)
        first = await feeds.harvest(WEDNESDAY, ["cs.AI"])
        clock.advance(timedelta(hours=1))
        again = await feeds.harvest(WEDNESDAY, ["cs.AI"])
        assert ids(again) == ids(first)
