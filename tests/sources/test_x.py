"""What a collection from X finds, over the loopback double."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from importlib import resources

import pytest

from bot.clock import ManualClock
from bot.config import XSection
from bot.http import Http
from bot.messages.problems import words_or_nothing
from bot.models import Post, Status
from bot.sources import Collected
from tests import factories
from tests.factories import DAY
from tests.services.x_openapi import FOLDER, load_spec, validate_request
from tests.services.x_posts import POST, TWEET, Vocabulary, XPost
from tests.services.xd import XD
from tests.shared_data import needs
from tests.sources.helpers import NOW, SINCE, likes, wanted
from tests.sources.x_helpers import PAPER, tweet, x_source


def counts(found: Collected) -> dict[str, tuple[int, int]]:
    return {post.post_id: (post.reposts, post.likes) for post in found.posts}


async def test_a_post_is_taken_with_its_counts(xd: XD, http: Http, clock: ManualClock) -> None:
    post = tweet(1, likes=120, reposts=40, replies=7, text="Fish &amp; attention <3")
    xd.add(post)
    found = await x_source(xd, http, clock).collect(wanted())
    assert found.posts == (
        factories.post(
            str(post.id),
            url=f"https://x.com/i/status/{post.id}",
            author="",
            author_id=post.author_id,
            posted_at=post.at,
            counted_at=NOW,
            likes=120,
            reposts=40,
            replies=7,
            text=f"Fish & attention <3 {post.short_links[0]}",
        ),
    )
    outcome = found.outcome
    assert (outcome.status, words_or_nothing(outcome.reason), outcome.items) == (Status.OK, "", 1)


async def test_a_default_day_costs_five_requests_and_reads_nothing_twice(
    xd: XD, http: Http, clock: ManualClock
) -> None:
    """1,500 papers, 4,000 posts, a tenth of them with some interest."""
    papers = [f"2103.{n:05}" for n in range(1, 1501)]
    for n in range(4000):
        loud = n % 10 == 0
        link = f"https://arxiv.org/abs/{papers[n % 1500]}"
        at = SINCE + timedelta(seconds=20 * n)
        xd.add(tweet(0, link, at=at, likes=20 if loud else 3, reposts=1, id=10**18 + n))
    found = await x_source(xd, http, clock).collect(wanted(arxiv_ids=frozenset(papers)))
    assert len(found.posts) == 400
    assert found.outcome.requests == len(xd.requests) <= 5
    assert xd.ledger.read_again() == []
    assert xd.ledger.posts_read == 400
    assert xd.ledger.dollars == pytest.approx(400 * 0.005 + 0.005)


async def test_quotes_and_replies_count_and_reposts_never_do(
    xd: XD, http: Http, clock: ManualClock
) -> None:
    original = tweet(1, reposts=100, likes=400)
    xd.old_index = True
    xd.add(
        original,
        tweet(2, quote_of=original.id, likes=50, reposts=5),
        tweet(3, reply_to=original.id, likes=11, reposts=0),
        *(tweet(n, repost_of=original.id, likes=0, reposts=0) for n in range(10, 110)),
    )
    found = await x_source(xd, http, clock, XSection(min_likes=0, min_reposts=0)).collect(wanted())
    assert sorted(counts(found).values()) == [(0, 11), (5, 50), (100, 400)]


@pytest.mark.parametrize("names", [TWEET, POST], ids=["tweet.fields", "post.fields"])
async def test_both_vocabularies_give_the_same(
    xd: XD, http: Http, clock: ManualClock, names: Vocabulary
) -> None:
    xd.names = names
    posts = [tweet(1, likes=33), tweet(2, long=True, likes=44), tweet(3, quote_of=5, likes=55)]
    xd.add(*posts)
    found = await x_source(xd, http, clock).collect(wanted())
    assert likes(found) == {str(posts[0].id): 33, str(posts[1].id): 44, str(posts[2].id): 55}
    assert {p.arxiv_ids for p in found.posts} == {("2103.15691",)}


async def test_the_vocabulary_that_works_is_remembered(
    xd: XD, http: Http, clock: ManualClock
) -> None:
    xd.names = POST
    xd.add(*(tweet(n) for n in range(150)))
    source = x_source(xd, http, clock)
    first = await source.collect(wanted())
    assert len(first.posts) == 150
    assert [r.status for r in xd.asked("*/search/*")] == [400, 200, 200]
    await source.collect(wanted())
    assert [r.status for r in xd.asked("*/search/*")][3:] == [200, 200]


async def test_an_edited_post_is_its_newest_edit(xd: XD, http: Http, clock: ManualClock) -> None:
    old, new = tweet(1, likes=30), tweet(2, likes=80)
    old.history = new.history = (old.id, new.id)
    xd.add(old, new)
    found = await x_source(xd, http, clock).collect(wanted())
    assert [(p.post_id, p.likes, p.supersedes) for p in found.posts] == [
        (str(new.id), 80, (str(old.id),))
    ]


async def test_links_are_found_wherever_they_stand_and_count_once(
    xd: XD, http: Http, clock: ManualClock
) -> None:
    five_ways = (
        "https://arxiv.org/abs/2103.15691v1",
        "https://arxiv.org/pdf/2103.15691.pdf",
        "https://www.alphaxiv.org/abs/2103.15691",
        "https://huggingface.co/papers/2103.15691",
        PAPER,
    )
    xd.add(
        tweet(1, *five_ways),
        tweet(2, PAPER, "https://arxiv.org/abs/2103.14653", "https://arxiv.org/abs/2103.14659"),
        tweet(3, "https://arxiv.org/pdf/2103.14899", long=True),
        tweet(4, "https://www.alphaxiv.org/overview/2103.15596"),
        tweet(5, "https://huggingface.co/papers/trending", text="read arXiv:2103.15814"),
        tweet(6, "https://arxiv.org/list/cs.CL/new"),
    )
    found = await x_source(xd, http, clock).collect(wanted())
    assert sorted(p.arxiv_ids for p in found.posts) == [
        ("2103.14899",),
        ("2103.15596",),
        ("2103.15691",),
        ("2103.15691", "2103.14653", "2103.14659"),
        ("2103.15814",),
    ]


async def test_the_sample_day_gives_the_sums_of_the_blog(
    xd: XD, http: Http, clock: ManualClock
) -> None:
    """With repost objects, an edit, a look-alike, mirrors and a note in it."""
    sample = resources.files("bot.demo") / "data" / "x-recent-search.json"
    xd.pages = json.loads(sample.read_text(encoding="utf-8"))
    found = await x_source(xd, http, clock).collect(wanted())
    sums = {
        paper: (sum(p.reposts for p in posts), sum(p.likes for p in posts))
        for paper in ("2103.15691", "2103.14653", "2103.99001")
        if (posts := [p for p in found.posts if paper in p.arxiv_ids])
    }
    assert sums == {
        "2103.15691": (2739, 330),
        "2103.14653": (1211, 194),
        "2103.99001": (31, 18),
    }
    assert found.outcome.status is Status.OK


async def test_a_quiet_day_is_empty(xd: XD, http: Http, clock: ManualClock) -> None:
    found = await x_source(xd, http, clock).collect(wanted())
    assert (found.outcome.status, words_or_nothing(found.outcome.reason)) == (Status.EMPTY, "")


class TestWays:
    """Which posts each mode finds."""

    @pytest.fixture(autouse=True)
    def posts(self, xd: XD) -> None:
        xd.add(
            tweet(1, likes=100, reposts=30),
            tweet(2, likes=2, reposts=1),
            tweet(3, likes=1, reposts=6),
            tweet(4, "https://arxiv.org/abs/2103.14653", likes=12, reposts=0),
            tweet(5, "https://arxiv.org/abs/2103.14653", likes=4, reposts=0),
            tweet(6, "https://arxiv.org/abs/2103.99999", likes=9, reposts=0),
            tweet(7, likes=500, at=SINCE - timedelta(hours=2)),
        )
        self.ids = frozenset({"2103.15691", "2103.14653"})

    async def found(self, xd: XD, http: Http, clock: ManualClock, settings: XSection) -> list[int]:
        source = x_source(xd, http, clock, settings)
        found = await source.collect(wanted(arxiv_ids=self.ids))
        assert found.outcome.status is Status.OK
        return sorted(post.likes for post in found.posts)

    @pytest.mark.parametrize(
        ("settings", "expected"),
        [
            (XSection(), [1, 12, 100]),
            (XSection(min_likes=50, min_reposts=50), [100]),
            (XSection(min_likes=0, min_reposts=0), [1, 2, 4, 9, 12, 100]),
            (XSection(min_likes=0), [1, 2, 4, 9, 12, 100]),
        ],
        ids=["filtered", "louder", "no floor", "no least of likes"],
    )
    async def test_each_finds_its_posts(
        self, xd: XD, http: Http, clock: ManualClock, settings: XSection, expected: list[int]
    ) -> None:
        assert await self.found(xd, http, clock, settings) == expected


class TestWindow:
    async def test_posts_older_than_search_reaches_are_named(
        self, xd: XD, http: Http, clock: ManualClock
    ) -> None:
        clock.move_to(SINCE + timedelta(days=9))
        xd.add(tweet(1), tweet(2, at=SINCE + timedelta(days=5)))
        found = await x_source(xd, http, clock).collect(wanted(until=clock.now()))
        assert len(found.posts) == 1
        assert found.outcome.status is Status.INCOMPLETE
        assert "posts before 2021-04-01 00:05 UTC cannot be asked for" in words_or_nothing(
            found.outcome.reason
        )

    async def test_a_window_that_has_only_begun_asks_nothing(
        self, xd: XD, http: Http, clock: ManualClock
    ) -> None:
        since = NOW - timedelta(seconds=20)
        found = await x_source(xd, http, clock).collect(wanted(since=since))
        assert (found.outcome.status, found.outcome.requests) == (Status.EMPTY, 0)

    async def test_a_window_that_ended_in_the_past_is_kept(
        self, xd: XD, http: Http, clock: ManualClock
    ) -> None:
        xd.add(tweet(1), tweet(300))
        found = await x_source(xd, http, clock).collect(wanted(until=SINCE + timedelta(hours=2)))
        assert len(found.posts) == 1


class TestRecounts:
    """A day is searched for while it is young; then its known posts are looked up."""

    def known(self, *posts: XPost, counted_at: datetime = NOW) -> list[Post]:
        return [
            factories.post(str(p.id), likes=p.likes, reposts=p.reposts, counted_at=counted_at)
            for p in posts
        ]

    async def test_an_old_day_is_recounted_by_ids(
        self, xd: XD, http: Http, clock: ManualClock
    ) -> None:
        posts = [tweet(n, likes=20 + n) for n in range(130)]
        quiet = tweet(200, likes=3, reposts=0)
        known = self.known(*posts, quiet)
        for post in posts:
            post.likes += 1000
        xd.add(*posts, quiet, tweet(300, likes=99))
        clock.advance(timedelta(days=3))
        found = await x_source(xd, http, clock).collect(wanted(*known, until=clock.now()))
        assert likes(found) == {str(p.id): p.likes for p in posts}
        assert [r.path for r in xd.requests] == ["/2/tweets"] * 2
        assert {(p.author, p.url) for p in found.posts} >= {("someone", known[0].url)}
        assert found.outcome.status is Status.OK

    async def test_a_day_that_was_never_counted_well_is_searched_for_when_it_is_old(
        self, xd: XD, http: Http, clock: ManualClock
    ) -> None:
        early, missed = tweet(1), tweet(2)
        xd.add(early, missed)
        known = self.known(early, counted_at=SINCE + timedelta(hours=3))
        clock.advance(timedelta(days=3))
        found = await x_source(xd, http, clock).collect(wanted(*known, until=clock.now()))
        assert set(likes(found)) == {str(early.id), str(missed.id)}

    async def test_a_search_that_broke_off_is_made_up_for_when_the_day_is_old(
        self, xd: XD, http: Http, clock: ManualClock
    ) -> None:
        early, missed = tweet(1), tweet(2)
        xd.add(early, missed)
        clock.advance(timedelta(days=3))
        known = self.known(early, counted_at=clock.now())
        asked = replace(wanted(*known, until=clock.now()), unfinished=frozenset({"x"}))
        found = await x_source(xd, http, clock).collect(asked)
        assert set(likes(found)) == {str(early.id), str(missed.id)}
        assert found.outcome.status is Status.OK

    async def test_a_search_that_broke_off_too_long_ago_is_still_named(
        self, xd: XD, http: Http, clock: ManualClock
    ) -> None:
        xd.add(post := tweet(1))
        clock.advance(timedelta(days=7))
        asked = replace(
            wanted(*self.known(post), until=clock.now()), unfinished=frozenset({"bluesky", "x"})
        )
        found = await x_source(xd, http, clock).collect(asked)
        assert [r.path for r in xd.requests] == ["/2/tweets"]
        assert found.outcome.status is Status.INCOMPLETE
        assert "not all of this day's posts were found" in words_or_nothing(found.outcome.reason)

    async def test_an_old_day_counted_today_is_not_said_to_have_nothing(
        self, xd: XD, http: Http, clock: ManualClock
    ) -> None:
        clock.advance(timedelta(days=3))
        known = self.known(tweet(1, likes=40), counted_at=clock.now() - timedelta(minutes=1))
        found = await x_source(xd, http, clock).collect(wanted(*known, until=clock.now()))
        assert (found.outcome.status, found.outcome.items, xd.requests) == (Status.OK, 1, [])

    async def test_deleted_and_protected_posts_are_gone(
        self, xd: XD, http: Http, clock: ManualClock
    ) -> None:
        posts = [tweet(1), tweet(2), tweet(3), tweet(4)]
        known = self.known(*posts)
        posts[1].state, posts[2].state = "gone", "protected"
        xd.add(*posts[:3])
        clock.advance(timedelta(days=3))
        found = await x_source(xd, http, clock).collect(wanted(*known, until=clock.now()))
        assert set(found.gone) == {str(p.id) for p in posts[1:]}
        assert set(likes(found)) == {str(posts[0].id)}
        assert found.outcome.status is Status.OK

    async def test_posts_read_today_are_not_read_again_one_by_one(
        self, xd: XD, http: Http, clock: ManualClock
    ) -> None:
        faded = tweet(1, likes=40, at=SINCE - timedelta(hours=5))
        xd.add(faded)
        known = self.known(faded, counted_at=NOW - timedelta(hours=1))
        await x_source(xd, http, clock).collect(wanted(*known))
        assert xd.asked("/2/tweets") == []

    async def test_overlapping_days_share_one_search(
        self, xd: XD, http: Http, clock: ManualClock
    ) -> None:
        xd.add(tweet(1), tweet(60 * 25))
        source = x_source(xd, http, clock)
        first = await source.collect(wanted())
        asked = len(xd.requests)
        other = replace(wanted(since=SINCE + timedelta(days=1)), day=DAY + timedelta(days=1))
        second = await source.collect(other)
        assert (len(xd.requests), second.posts) == (asked, first.posts)
        clock.advance(timedelta(hours=6))
        await source.collect(other)
        assert len(xd.requests) > asked


@needs(FOLDER)
@pytest.mark.parametrize(
    ("version", "names"), [("2.159", TWEET), ("2.167", POST)], ids=["2.159", "2.167"]
)
async def test_requests_are_what_the_openapi_files_allow(
    xd: XD, http: Http, clock: ManualClock, version: str, names: Vocabulary
) -> None:
    spec = load_spec(version)
    xd.names = names
    posts = [tweet(n) for n in range(150)]
    xd.add(*posts)
    known = [factories.post(str(p.id), counted_at=NOW - timedelta(days=2)) for p in posts]
    source = x_source(xd, http, clock, XSection())
    await source.collect(wanted(arxiv_ids=frozenset({"2103.15691"})))
    clock.advance(timedelta(days=1))
    await source.collect(wanted(*known, since=NOW, until=clock.now()))
    taken = [r for r in xd.requests if r.status == 200]
    assert {r.path for r in taken} == {
        "/2/tweets/search/recent", "/2/tweets/counts/recent", "/2/tweets",
    }  # fmt: skip
    for request in taken:
        assert validate_request("GET", request.path, request.query, spec) == []
