"""Bluesky as a source: found by Jetstream or by search, counted by getPosts."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any, Literal

import msgspec
import pytest

from bot.clock import ManualClock
from bot.config import BlueskySection, Secret
from bot.http import Http
from bot.messages.problems import words_or_nothing
from bot.models import Network, Post, Status
from bot.sources import Collected
from bot.sources.bluesky import Bluesky, JetstreamListener
from bot.sources.bluesky.search import joined, rest
from tests import factories
from tests.polling import until
from tests.services.base import Fault, answers, drops, garbage, html, too_late
from tests.services.bsky_posts import BskyPost, view
from tests.services.bskyd import BskyD
from tests.sources.helpers import NOW, SINCE, likes, wanted
from tests.sources.streams import PAPER, QUICK, MemoryCursor, MemoryPosts, post

FEED, SERVER = "/xrpc/app.bsky.feed", "/xrpc/com.atproto.server"
SEARCH, GET_POSTS = f"{FEED}.searchPosts", f"{FEED}.getPosts"
LOGIN, REFRESH = f"{SERVER}.createSession", f"{SERVER}.refreshSession"


@pytest.fixture
async def service(clock: ManualClock) -> AsyncIterator[BskyD]:
    async with BskyD(clock=clock) as double:
        yield double


@pytest.fixture
def kept() -> MemoryPosts:
    return MemoryPosts()


@pytest.fixture
def listener(
    service: BskyD, http: Http, clock: ManualClock, kept: MemoryPosts
) -> JetstreamListener:
    url = service.jetstream_url
    return JetstreamListener(http, clock, url, MemoryCursor(), kept, pace=QUICK)


def source_of(
    service: BskyD, http: Http, listener: JetstreamListener | None, password: str = "",
    seconds: float = 5.0,
) -> Bluesky:  # fmt: skip
    settings = BlueskySection(
        appview_url=service.url, pds_url=service.url, handle=service.handle if password else ""
    )
    return Bluesky(http, service.clock, settings, Secret(password), listener, seconds=seconds)


@pytest.fixture
def heard(service: BskyD, http: Http, listener: JetstreamListener) -> Bluesky:
    """Finds by Jetstream alone."""
    return source_of(service, http, listener)


@pytest.fixture
def searched(service: BskyD, http: Http) -> Bluesky:
    """Finds by search alone."""
    return source_of(service, http, None, service.password)


def known(made: BskyPost, **changes: object) -> Post:
    values = {"network": Network.BLUESKY, "reposts": 0, "likes": 0, "posted_at": made.at}
    return factories.post(made.uri, **(values | changes))


def outcome(found: Collected) -> tuple[Status, str]:
    return found.outcome.status, words_or_nothing(found.outcome.reason)


# ------------------------------------------------------------------------------------------------
# Finding by Jetstream


async def test_posts_heard_of_are_counted(
    service: BskyD, heard: Bluesky, kept: MemoryPosts
) -> None:
    made = post(likes=7, reposts=3)
    await service.publish(made, post(61, "https://example.org", likes=99))
    found = await heard.collect(wanted())
    [only] = found.posts
    assert (only.post_id, only.likes, only.reposts, only.author) == (made.uri, 7, 3, "ada.test")
    assert (only.counted_at, only.posted_at, only.arxiv_ids) == (NOW, made.at, ("2103.15691",))
    assert outcome(found) == (Status.OK, "")
    assert found.outcome.requests == 2
    assert list(kept.posts) == [made.uri]


async def test_a_second_collection_hears_only_what_is_new(service: BskyD, heard: Bluesky) -> None:
    await service.publish(first := post(60, likes=1))
    before = await heard.collect(wanted())
    await service.publish(second := post(90, likes=2))
    found = await heard.collect(wanted(*before.posts))
    assert likes(found) == {first.uri: 1, second.uri: 2}
    cursors = [int(request.query["cursor"]) for request in service.asked("/subscribe")]
    assert cursors[1] == first.time_us - 5_000_000


async def test_known_posts_are_counted_again_25_at_a_time(service: BskyD, heard: Bluesky) -> None:
    old = [post(-n, likes=n, n=n) for n in range(1, 61)]
    service.posts = {made.uri: made for made in old}
    found = await heard.collect(wanted(*(known(made) for made in old)))
    assert likes(found) == {made.uri: made.likes for made in old}
    assert [r.target.count("uris=") for r in service.asked(GET_POSTS)] == [25, 25, 10]


async def test_a_known_post_that_is_left_out_is_missing(service: BskyD, heard: Bluesky) -> None:
    here, lost = post(1, likes=4), post(2, state="gone")
    young = post(at=NOW - timedelta(minutes=3), state="gone")
    await service.publish(here, lost, young)
    found = await heard.collect(wanted(known(here), known(lost), known(young)))
    assert likes(found) == {here.uri: 4}
    assert (found.gone, found.missing) == ((), (lost.uri,))


async def test_what_is_only_heard_of_is_not_called_gone(service: BskyD, heard: Bluesky) -> None:
    await service.publish(post(1, state="gone"))
    found = await heard.collect(wanted())
    assert (found.posts, found.gone, found.missing) == ((), (), ())


@pytest.mark.parametrize("posts", [1, 2, 18, 25])
async def test_an_answer_without_any_post_is_not_believed(
    service: BskyD, heard: Bluesky, posts: int
) -> None:
    old = [post(n, n=n) for n in range(posts)]
    await service.publish(*old)
    service.fail(GET_POSTS, answers(200, '{"posts": []}'))
    found = await heard.collect(wanted(*(known(made) for made in old)))
    assert (found.gone, found.missing) == ((), ())
    assert found.outcome.status is Status.INCOMPLETE


async def test_of_26_posts_none_is_asked_for_alone(service: BskyD, heard: Bluesky) -> None:
    *here, lost = [post(n, n=n) for n in range(26)]
    await service.publish(*here, lost)
    lost.state = "gone"
    found = await heard.collect(wanted(*(known(made) for made in (*here, lost))))
    assert (len(found.posts), found.missing) == (25, (lost.uri,))


async def test_dropped_posts_are_asked_for_again(service: BskyD, heard: Bluesky) -> None:
    back, gone = post(-60, n=1, likes=3), post(-60, n=2, state="gone")
    service.posts = {back.uri: back, gone.uri: gone}
    dropped = ((Network.BLUESKY, back.uri), (Network.BLUESKY, gone.uri), (Network.X, "1"))
    found = await heard.collect(replace(wanted(), dropped=dropped))
    assert likes(found) == {back.uri: 3}
    assert found.missing == ()


async def test_nothing_is_gone_where_something_was_malformed(
    service: BskyD, heard: Bluesky
) -> None:
    await service.publish(made := post())
    service.fail(GET_POSTS, answers(200, '{"posts": [{"uri": 1}]}'))
    found = await heard.collect(wanted(known(made)))
    assert (found.gone, found.missing) == ((), ())
    assert "malformed" in words_or_nothing(found.outcome.reason)


@pytest.mark.parametrize(
    ("edited", "papers"),
    [
        ({"links": ("https://arxiv.org/abs/2103.14653",)}, ("2103.14653",)),
        ({"links": (), "card": "https://arxiv.org/pdf/2103.14653"}, ("2103.14653",)),
        ({"links": (), "text": "Now arXiv:2103.14653."}, ("2103.14653",)),
        ({"links": (PAPER, "https://arxiv.org/abs/2103.14653")}, ("2103.15691", "2103.14653")),
        ({"links": ()}, None),
        ({"links": ("https://example.org/blog",)}, None),
    ],
)
async def test_an_edited_post_counts_for_what_it_links_now(
    service: BskyD, heard: Bluesky, edited: dict[str, Any], papers: tuple[str, ...] | None
) -> None:
    made = post(likes=5)
    await service.publish(replace(made, **edited))
    found = await heard.collect(wanted(known(made)))
    assert [post.arxiv_ids for post in found.posts] == ([papers] if papers else [])
    assert found.gone == (() if papers else (made.uri,))


async def test_other_networks_posts_are_left_alone(service: BskyD, heard: Bluesky) -> None:
    await service.publish(post(link=""))
    found = await heard.collect(wanted(factories.post("1", network=Network.X)))
    assert service.asked(GET_POSTS) == []
    assert outcome(found) == (Status.EMPTY, "")


async def test_a_listener_that_has_heard_nothing_does_not_call_the_day_empty(
    heard: Bluesky,
) -> None:
    status, reason = outcome(await heard.collect(wanted()))
    assert status is Status.INCOMPLETE
    assert "only just begun" in reason


async def test_how_far_a_replay_came_is_said(service: BskyD, heard: Bluesky) -> None:
    await service.publish(*(post(n / 60, "", n=n) for n in range(200)))
    status, reason = outcome(await heard.collect(wanted()))
    assert status is Status.INCOMPLETE
    assert "only up to 2021-03-30 00:03 UTC" in reason


async def test_what_was_not_heard_any_more_is_said(
    service: BskyD, heard: Bluesky, clock: ManualClock
) -> None:
    await service.publish(*(post(600 + n / 60, "", n=n) for n in range(60 * 30)))
    clock.move_to(SINCE + timedelta(minutes=630))
    status, reason = outcome(await heard.collect(wanted(until=service.clock.now())))
    assert status is Status.INCOMPLETE
    assert "only from 2021-03-30 10:00 UTC on" in reason


async def test_beside_a_running_listener_nothing_is_replayed(
    service: BskyD, heard: Bluesky, listener: JetstreamListener, kept: MemoryPosts
) -> None:
    await service.publish(made := post(1000, likes=8))
    task = asyncio.create_task(listener.run())
    await until(lambda: (listener.heard() or (NOW, SINCE))[1] == NOW)
    found = await heard.collect(wanted(*kept.posts.values(), since=NOW - timedelta(hours=20)))
    task.cancel()
    assert likes(found) == {made.uri: 8}
    assert outcome(found) == (Status.OK, "")
    assert len(service.asked("/subscribe")) == 1


async def test_a_running_listener_without_a_connection_has_failed(
    service: BskyD, heard: Bluesky, listener: JetstreamListener
) -> None:
    service.fail("/subscribe", answers(502).times(None))
    task = asyncio.create_task(listener.run())
    await until(lambda: listener.problem)
    status, reason = outcome(await heard.collect(wanted()))
    task.cancel()
    assert status is Status.FAILED
    assert "502" in reason


# ------------------------------------------------------------------------------------------------
# Finding by search


async def test_posts_searched_for_come_with_their_counts(service: BskyD, searched: Bluesky) -> None:
    card, early = post(2, "", card=PAPER, likes=4, reposts=2), post(-1)
    await service.publish(early, post(1, likes=9), card, post(3, "https://arxiv.org/list/cs/new"))
    found = await searched.collect(wanted())
    assert sorted(likes(found).values()) == [4, 9]
    assert outcome(found) == (Status.OK, "")
    assert service.asked(GET_POSTS) == []
    assert service.asked(SEARCH)[0].query["domain"] == "arxiv.org"


async def test_a_long_result_is_read_to_its_end(service: BskyD, searched: Bluesky) -> None:
    await service.publish(*(post(n, n=n) for n in range(230)))
    found = await searched.collect(wanted())
    assert len(found.posts) == 230
    assert [request.query["q"] for request in service.asked(SEARCH)] == [*"***", *["arxiv.org"] * 3]


async def test_pages_that_repeat_end(service: BskyD, searched: Bluesky) -> None:
    made = post(1)
    page = msgspec.json.encode({"posts": [view(made, {})], "cursor": "100"})
    service.fail(SEARCH, answers(200, page).times(None))
    found = await searched.collect(wanted())
    assert likes(found) == {made.uri: 0}
    assert len(service.asked(SEARCH)) == 4


async def test_a_later_search_asks_only_for_what_is_newer(
    service: BskyD, searched: Bluesky, clock: ManualClock
) -> None:
    await service.publish(old := post(1, likes=1))
    await searched.collect(wanted())
    clock.advance(timedelta(hours=6))
    await service.publish(new := post(at=NOW + timedelta(hours=1), likes=2))
    old.likes = 5
    found = await searched.collect(wanted(until=clock.now()))
    assert likes(found) == {old.uri: 5, new.uri: 2}
    assert service.asked(SEARCH)[-1].query["since"] == "2021-03-31T05:00:00.000Z"
    assert len(service.asked(GET_POSTS)) == 1


async def test_a_search_of_a_day_long_ago_ends_soon_after_it(
    service: BskyD, searched: Bluesky, clock: ManualClock
) -> None:
    clock.advance(timedelta(days=40))
    await searched.collect(wanted(until=clock.now()))
    assert service.asked(SEARCH)[0].query["until"] == "2021-04-02T00:00:00.000Z"


def test_spans_are_joined_where_they_meet() -> None:
    a, b, c, d = (SINCE + timedelta(hours=n) for n in range(4))
    assert joined(None, (a, b)) == (a, b)
    assert joined((a, b), (b, d)) == (a, d)
    assert joined((b, d), (a, c)) == (a, d)
    assert joined((a, b), (c, d)) == (c, d)
    assert joined((c, d), (a, b)) == (c, d)
    assert rest((a, d), b) == c
    assert rest((b, d), a) == a
    assert rest((a, b), c) == c


async def test_where_words_are_wanted_they_are_given(service: BskyD, searched: Bluesky) -> None:
    await service.publish(post(1))
    refusal = answers(400, '{"error": "InvalidRequest", "message": "q is too vague"}')
    service.fail(SEARCH, refusal.on(q="*").times(None))
    found = await searched.collect(wanted())
    assert len(found.posts) == 1
    assert outcome(found) == (Status.OK, "")


@pytest.mark.parametrize("text", ["A* search, *not* a link", "An invented remark."])
@pytest.mark.parametrize("stray", ["", PAPER])
async def test_a_stray_answer_to_one_question_does_not_silence_the_other(
    service: BskyD, searched: Bluesky, text: str, stray: str
) -> None:
    other = post(3, stray, text=text, likes=1, n=9)
    await service.publish(*(post(n, likes=5, n=n) for n in (1, 2)), other)
    page = msgspec.json.encode({"posts": [view(other, {})]})
    service.fail(SEARCH, answers(200, page).on(q="*").times(None))
    found = await searched.collect(wanted())
    assert sorted(likes(found).values()) == ([1, 5, 5] if stray else [5, 5])


async def test_a_session_is_opened_once(service: BskyD, searched: Bluesky) -> None:
    await service.publish(post(1))
    await searched.collect(wanted())
    await searched.collect(wanted())
    assert len(service.asked(LOGIN)) == 1


@pytest.mark.parametrize("status", [400, 401])
async def test_an_expired_session_is_refreshed(
    service: BskyD, searched: Bluesky, clock: ManualClock, status: Literal[400, 401]
) -> None:
    service.expired_status = status
    await service.publish(post(1))
    await searched.collect(wanted())
    clock.advance(timedelta(hours=3))
    found = await searched.collect(wanted(until=clock.now()))
    assert found.outcome.status is Status.OK
    assert (len(service.asked(LOGIN)), len(service.asked(REFRESH))) == (1, 1)
    assert service.asked(REFRESH)[0].body == b""


async def test_a_session_that_cannot_be_refreshed_is_opened_anew(
    service: BskyD, searched: Bluesky, clock: ManualClock
) -> None:
    await service.publish(post(1))
    await searched.collect(wanted())
    clock.advance(timedelta(hours=3))
    service.fail(REFRESH, answers(401, '{"error": "ExpiredToken"}'))
    found = await searched.collect(wanted(until=clock.now()))
    assert found.outcome.status is Status.OK
    assert len(service.asked(LOGIN)) == 2


@pytest.mark.parametrize(
    "typed", ["@{}", " @{} ", "\u202a{}\u202c", "https://bsky.app/profile/{}", "{}"]
)
async def test_a_handle_is_understood_as_bluesky_shows_it(
    service: BskyD, http: Http, typed: str
) -> None:
    settings = BlueskySection(
        appview_url=service.url, pds_url=service.url, handle=typed.format(service.handle)
    )
    source = Bluesky(http, service.clock, settings, Secret(service.password), None)
    assert (await source.collect(wanted())).outcome.status is Status.EMPTY


async def test_a_wrong_password_is_told_and_not_tried_again(
    service: BskyD, http: Http, clock: ManualClock
) -> None:
    source = source_of(service, http, None, "wrong-password")
    for _ in range(2):
        status, reason = outcome(await source.collect(wanted()))
        assert status is Status.FAILED
        assert "login of reader.test" in reason
        assert "wrong-password" not in reason
    assert len(service.asked(LOGIN)) == 1
    clock.advance(timedelta(hours=2))
    await source.collect(wanted())
    assert len(service.asked(LOGIN)) == 2


async def test_the_limit_of_logins_is_respected(service: BskyD, searched: Bluesky) -> None:
    service.sessions_left = 0
    for _ in range(2):
        assert (await searched.collect(wanted())).outcome.status is Status.FAILED
    assert len(service.asked(LOGIN)) == 1


async def test_what_came_before_a_failure_is_kept(service: BskyD, searched: Bluesky) -> None:
    await service.publish(*(post(n, n=n) for n in range(150)))
    service.fail(SEARCH, answers(500).on(cursor="100").times(None))
    found = await searched.collect(wanted())
    assert len(found.posts) == 100
    assert found.outcome.status is Status.INCOMPLETE
    assert "500" in words_or_nothing(found.outcome.reason)


# ------------------------------------------------------------------------------------------------
# Both, and neither


async def test_both_ways_find_a_post_once(
    service: BskyD, http: Http, listener: JetstreamListener
) -> None:
    mirror = post(2, "https://alphaxiv.org/abs/2103.14653", likes=2)
    await service.publish(made := post(1, likes=1), mirror)
    found = await source_of(service, http, listener, service.password).collect(wanted())
    assert likes(found) == {made.uri: 1, mirror.uri: 2}
    assert found.outcome.status is Status.OK


@pytest.mark.parametrize("dead", ["/subscribe", SEARCH, LOGIN])
async def test_one_way_of_two_that_fails_is_named(
    service: BskyD, http: Http, listener: JetstreamListener, dead: str
) -> None:
    await service.publish(made := post(1, likes=1))
    service.fail(dead, answers(502).times(None))
    found = await source_of(service, http, listener, service.password).collect(wanted())
    assert likes(found) == {made.uri: 1}
    status, reason = outcome(found)
    assert status is Status.INCOMPLETE
    assert "502" in reason


async def test_without_any_way_to_find_posts_bluesky_is_off(service: BskyD, http: Http) -> None:
    found = await source_of(service, http, None).collect(wanted())
    assert found.outcome.status is Status.OFF
    assert "HOTPAPERS_BLUESKY_APP_PASSWORD" in words_or_nothing(found.outcome.reason)
    assert service.requests == []


async def test_known_posts_are_counted_even_then(service: BskyD, http: Http) -> None:
    await service.publish(made := post(1, likes=3))
    found = await source_of(service, http, None).collect(wanted(known(made)))
    assert likes(found) == {made.uri: 3}
    assert found.outcome.status is Status.INCOMPLETE


@pytest.mark.parametrize("fault", [garbage(), html(), answers(429), answers(500), drops()])
async def test_a_service_that_does_not_answer_properly_has_failed(
    service: BskyD, heard: Bluesky, fault: Fault
) -> None:
    await service.publish(post(1))
    service.fail("*", fault.times(None))
    status, reason = outcome(await heard.collect(wanted()))
    assert status is Status.FAILED
    assert reason


@pytest.mark.parametrize("fault", [garbage(), html(), answers(429), answers(500)])
async def test_posts_that_cannot_be_counted_are_no_zeros(
    service: BskyD, heard: Bluesky, fault: Fault
) -> None:
    await service.publish(post(1))
    service.fail(GET_POSTS, fault.times(None))
    found = await heard.collect(wanted())
    assert found.posts == ()
    assert found.outcome.status is Status.FAILED


async def test_one_answer_of_no_use_leaves_the_others(service: BskyD, heard: Bluesky) -> None:
    made = [post(n, n=n, likes=n) for n in range(60)]
    await service.publish(*made)
    service.fail(GET_POSTS, garbage().after(1))
    found = await heard.collect(wanted(*(known(p) for p in made)))
    assert len(found.posts) == 35
    assert found.gone == ()
    assert found.outcome.status is Status.INCOMPLETE


async def test_a_slow_service_ends_in_bounded_time(
    service: BskyD, http: Http, listener: JetstreamListener
) -> None:
    made = [post(n, n=n) for n in range(30)]
    await service.publish(*made)
    service.fail(GET_POSTS, too_late(30).after(1).times(None))
    source = source_of(service, http, listener, seconds=10)
    found = await source.collect(wanted(*(known(p) for p in made)))
    assert len(found.posts) == 25
    assert found.outcome.status is Status.INCOMPLETE
    assert "10 s" in words_or_nothing(found.outcome.reason)
