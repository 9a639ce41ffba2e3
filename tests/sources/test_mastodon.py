"""Mastodon's tag timelines, of one server and of several that know the same posts."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest

from bot.clock import ManualClock
from bot.config import MastodonSection
from bot.http import Http
from bot.messages.problems import words_or_nothing
from bot.models import Network, Post, Status
from bot.sources.mastodon import Mastodon
from bot.sources.mastodon.wire import parse_timeline
from tests import factories
from tests.factories import made
from tests.services.base import Fault, answers, drops, garbage, html, slow, truncated
from tests.services.mastodond import MastodonD, Toot
from tests.sources.helpers import NOW, SINCE, likes, wanted
from tests.sources.mastodon_bodies import PAPER, entry, timeline

TAG, STATUS = "/api/v1/timelines/tag/*", "/api/v1/statuses/*"
ELSEWHERE = "https://other.test/users/bo/statuses/9"


@pytest.fixture
async def server(clock: ManualClock) -> AsyncIterator[MastodonD]:
    async with MastodonD(clock=clock) as double:
        yield double


@pytest.fixture
async def second(clock: ManualClock) -> AsyncIterator[MastodonD]:
    async with MastodonD(clock=clock) as double:
        yield double


def source_of(http: Http, *servers: MastodonD, seconds: float = 5.0) -> Mastodon:
    settings = MastodonSection(servers=tuple(s.url for s in servers), tags=("#arXiv",))
    return Mastodon(http, servers[0].clock, settings, seconds=seconds)


@pytest.fixture
def source(server: MastodonD, http: Http) -> Mastodon:
    return source_of(http, server)


def toot(id: int, **changes: object) -> Toot:
    """Made so many minutes after the mailing began."""
    values = {"id": id, "at": SINCE + timedelta(minutes=id), "links": (PAPER,)} | changes
    return made(Toot, values)


def known(uri: str, **changes: object) -> Post:
    values: dict[str, object] = {"network": Network.MASTODON, "reposts": 0, "likes": 0}
    return factories.post(uri, **(values | changes))


def own_uri(server: MastodonD, made: Toot) -> str:
    return f"{server.url}/ap/users/{made.account}/statuses/{made.id}"


async def test_a_post_that_links_a_paper_is_found_with_its_counts(
    server: MastodonD, source: Mastodon
) -> None:
    made = toot(5, text="a < b", boosts=3, favourites=9, replies=1)
    server.toots = [made, toot(6, links=("https://example.org/arxiv",)), toot(7, links=())]
    found = await source.collect(wanted())
    [post] = found.posts
    assert (post.post_id, post.url) == (own_uri(server, made), f"{server.url}/@ada/5")
    assert (post.reposts, post.likes, post.replies) == (3, 9, 1)
    assert post.author == f"ada@{server.url.removeprefix('http://')}"
    assert (post.author_name, post.author_id) == ("Ada", f"{server.url}/@ada")
    assert (post.posted_at, post.counted_at) == (made.at, NOW)
    assert post.arxiv_ids == ("2103.15691",)
    assert post.text is not None
    assert post.text.startswith("a < b https://arxiv.org/abs/2103.15691v2")
    assert found.outcome.status is Status.OK
    assert server.requests[0].path == "/api/v1/timelines/tag/arxiv"


@pytest.mark.parametrize(
    "said",
    [
        {"card": PAPER},
        {"text": "arXiv:2103.15691"},
        {"text": "New on arXiv: 2103.15691 [cs.CV]"},
        {"text": "arxiv.org/abs/2103.15691v2"},
        {"text": "see www.alphaxiv.org/abs/2103.15691 (again)"},
        {"text": "doi:10.48550/arXiv.2103.15691"},
        {"text": "論文はarxiv.org/pdf/2103.15691。"},
    ],
)
async def test_papers_are_read_from_the_card_and_from_the_text(
    server: MastodonD, source: Mastodon, said: dict[str, object]
) -> None:
    server.toots = [toot(1, links=(), **said), toot(2, links=(), text="arxiv.org/abs/2103.1569")]
    [post] = (await source.collect(wanted())).posts
    assert post.arxiv_ids == ("2103.15691",)


async def test_what_the_text_names_counts_beside_a_link(
    server: MastodonD, source: Mastodon
) -> None:
    server.toots = [toot(1, text="arXiv:2103.14653 and")]
    [post] = (await source.collect(wanted())).posts
    assert post.arxiv_ids == ("2103.15691", "2103.14653")


OTHER = "https://arxiv.org/abs/2103.14653"
EDITS = [
    ({"links": (OTHER,)}, ("2103.14653",)),
    ({"links": (), "card": OTHER}, ("2103.14653",)),
    ({"links": (), "text": "arXiv:2103.14653"}, ("2103.14653",)),
    ({"links": (PAPER, OTHER)}, ("2103.15691", "2103.14653")),
    ({"links": ()}, None),
    ({"links": ("https://example.org",)}, None),
]


@pytest.mark.parametrize(("edited", "papers"), EDITS)
@pytest.mark.parametrize("minutes", [-600, 5])
async def test_an_edited_post_counts_for_what_it_links_now(
    server: MastodonD, source: Mastodon, minutes: int, edited: dict[str, object],
    papers: tuple[str, ...] | None,
) -> None:  # fmt: skip
    made = toot(5, at=SINCE + timedelta(minutes=minutes), **edited)
    server.toots = [made]
    found = await source.collect(wanted(known(own_uri(server, made))))
    assert [post.arxiv_ids for post in found.posts] == ([papers] if papers else [])
    assert found.gone == (() if papers else (own_uri(server, made),))


@pytest.mark.parametrize("links", [(OTHER,), ()])
@pytest.mark.parametrize("order", [1, -1])
async def test_the_newest_edit_that_any_server_has_stands(
    server: MastodonD, second: MastodonD, http: Http, links: tuple[str, ...], order: int
) -> None:
    server.toots = [toot(1, uri=ELSEWHERE, favourites=7)]
    second.toots = [toot(900, uri=ELSEWHERE, links=links, favourites=1, edited_at=NOW)]
    source = source_of(http, *(server, second)[::order])
    new = await source.collect(wanted())
    assert [post.arxiv_ids for post in new.posts] == ([("2103.14653",)] if links else [])
    assert new.gone == ()
    found = await source.collect(wanted(known(ELSEWHERE)))
    assert [(post.arxiv_ids, post.likes) for post in found.posts] == (
        [(("2103.14653",), 7)] if links else []
    )
    assert found.gone == (() if links else (ELSEWHERE,))


async def test_a_post_that_is_asked_for_counts_for_what_it_links_now(
    server: MastodonD, source: Mastodon
) -> None:
    uris = [own_uri(server, toot(n)) for n in (77, 78)]
    for number, uri, content in ((77, uris[0], f'<a href="{OTHER}">x</a>'), (78, uris[1], "")):
        body = msgspec.json.encode(entry(uri=uri, content=content))
        server.fail(f"/api/v1/statuses/{number}", answers(200, body))
    found = await source.collect(wanted(*(known(uri) for uri in uris)))
    assert [(post.post_id, post.arxiv_ids) for post in found.posts] == [(uris[0], ("2103.14653",))]
    assert found.gone == (uris[1],)


async def test_accounts_say_that_they_are_bots(server: MastodonD, source: Mastodon) -> None:
    inner = toot(1, uri=ELSEWHERE, account="feed@other.test", bot=True)
    server.toots = [toot(2, boost_of=inner), toot(3, bot=True), toot(4)]
    found = await source.collect(wanted())
    assert sorted(post.is_bot for post in found.posts) == [False, True, True]


async def test_a_quiet_timeline_is_empty(source: Mastodon) -> None:
    outcome = (await source.collect(wanted())).outcome
    assert (outcome.status, words_or_nothing(outcome.reason), outcome.requests) == (
        Status.EMPTY,
        "",
        1,
    )


async def test_every_page_of_the_window_is_read(server: MastodonD, source: Mastodon) -> None:
    server.toots = [toot(1000 + n, at=SINCE + timedelta(minutes=n)) for n in range(-100, 101)]
    found = await source.collect(wanted())
    assert len(found.posts) == 101
    # 0 and all after it, and the page that is older than the window.
    assert len(server.requests) == 4


async def test_the_last_page_is_the_empty_one(server: MastodonD, source: Mastodon) -> None:
    server.toots = [toot(n) for n in range(1, 51)]
    assert len((await source.collect(wanted())).posts) == 50
    assert len(server.requests) == 3


async def test_pages_that_repeat_end(server: MastodonD, source: Mastodon) -> None:
    body = msgspec.json.encode([entry()])
    link = f'<{server.url}/api/v1/timelines/tag/arxiv?max_id=7>; rel="next"'
    server.fail(TAG, answers(200, body, link=link).times(None))
    found = await source.collect(wanted())
    assert len(found.posts) == 1
    assert len(server.requests) == 2


async def test_a_timeline_without_end_is_cut_and_said(server: MastodonD, source: Mastodon) -> None:
    server.toots = [toot(n, links=(), at=SINCE + timedelta(seconds=n)) for n in range(2500)]
    outcome = (await source.collect(wanted())).outcome
    assert outcome.status is Status.INCOMPLETE
    assert "60 pages for #arxiv" in words_or_nothing(outcome.reason)
    assert outcome.requests == 60


async def test_a_boost_counts_as_the_post_that_was_boosted(
    server: MastodonD, source: Mastodon
) -> None:
    inner = toot(1, uri=ELSEWHERE, boosts=4, favourites=6, account="bo@other.test")
    server.toots = [toot(n, boost_of=inner, boosts=99) for n in (2, 3)]
    [post] = (await source.collect(wanted())).posts
    assert (post.post_id, post.reposts, post.likes) == (ELSEWHERE, 4, 6)
    assert (post.author, post.author_id) == ("bo@other.test", "https://other.test/@bo")


def test_a_boost_of_a_boost_counts_as_the_post_that_was_boosted() -> None:
    boost = entry(id="8", uri="b", content="", reblogs_count=1, reblog=entry(reblogs_count=5))
    twice = entry(id="9", uri="c", content="", reblogs_count=0, reblog=boost)
    page = parse_timeline(timeline(twice, boost), "https://a.test", NOW)
    assert [(post.post_id, post.reposts) for post in page.posts] == [
        ("https://a.test/users/ada/statuses/7", 5)
    ] * 2


async def test_a_post_known_to_several_servers_counts_once_with_the_highest_counts(
    server: MastodonD, second: MastodonD, http: Http
) -> None:
    server.toots = [toot(1, uri=ELSEWHERE, boosts=4, favourites=1, account="bo@other.test")]
    second.toots = [toot(900, uri=ELSEWHERE, boosts=2, favourites=30, account="bo@other.test")]
    [post] = (await source_of(http, server, second).collect(wanted())).posts
    assert (post.reposts, post.likes) == (4, 30)


async def test_a_post_that_one_page_shows_twice_has_the_highest_counts(
    server: MastodonD, source: Mastodon
) -> None:
    inner = toot(1, uri=ELSEWHERE, boosts=4, favourites=6, account="bo@other.test")
    grown = toot(1, uri=ELSEWHERE, boosts=9, favourites=8, account="bo@other.test")
    server.toots = [grown, toot(2, boost_of=inner)]
    [post] = (await source.collect(wanted())).posts
    assert (post.reposts, post.likes) == (9, 8)


async def test_a_post_with_several_tags_is_one_post(
    server: MastodonD, http: Http, clock: ManualClock
) -> None:
    server.toots = [toot(1, tags=("arxiv", "ml"), favourites=2)]
    settings = MastodonSection(servers=(f"{server.url}/",), tags=("arxiv", "ml"))
    found = await Mastodon(http, clock, settings).collect(wanted())
    assert list(likes(found).values()) == [2]
    assert found.outcome.requests == 4


async def test_posts_for_some_eyes_only_are_left_alone(server: MastodonD, source: Mastodon) -> None:
    server.fail(TAG, answers(200, msgspec.json.encode([entry(visibility="private")])))
    assert (await source.collect(wanted())).posts == ()


# ------------------------------------------------------------------------------------------------
# What goes wrong


@pytest.mark.parametrize("status", [401, 422])
async def test_a_closed_server_is_named_and_the_rest_stands(
    server: MastodonD, second: MastodonD, http: Http, status: int
) -> None:
    server.toots, second.toots = [toot(1)], [toot(2, favourites=3)]
    server.fail(TAG, answers(status, '{"error": "This method requires an authenticated user"}'))
    found = await source_of(http, server, second).collect(wanted())
    assert likes(found) == {own_uri(second, second.toots[0]): 3}
    assert found.outcome.status is Status.INCOMPLETE
    assert server.url.removeprefix("http://") in words_or_nothing(found.outcome.reason)
    assert "members only" in words_or_nothing(found.outcome.reason)


async def test_a_limit_is_told_with_its_end(
    server: MastodonD, second: MastodonD, http: Http
) -> None:
    second.toots, server.limit = [toot(1)], 0
    found = await source_of(http, server, second).collect(wanted())
    assert len(found.posts) == 1
    assert found.outcome.status is Status.INCOMPLETE
    assert "until 2021-03-31 06:05 UTC" in words_or_nothing(found.outcome.reason)
    assert len(server.requests) == 1


async def test_one_quiet_and_one_dead_server_are_no_failure_of_all(
    server: MastodonD, second: MastodonD, http: Http
) -> None:
    server.fail(TAG, answers(500).times(None))
    found = await source_of(http, server, second).collect(wanted())
    assert found.outcome.status is Status.INCOMPLETE


@pytest.mark.parametrize(
    "fault",
    [garbage(), html(), truncated(), answers(500), answers(429), answers(401), drops()],
)
async def test_when_all_servers_fail_the_network_has_failed(
    server: MastodonD, second: MastodonD, http: Http, fault: Fault
) -> None:
    for double in (server, second):
        double.toots = [toot(1)]
        double.fail("*", fault.times(None))
    found = await source_of(http, server, second).collect(wanted())
    assert (found.outcome.status, found.posts) == (Status.FAILED, ())
    for double in (server, second):
        assert double.url.removeprefix("http://") in words_or_nothing(found.outcome.reason)


async def test_a_slow_server_is_cut_off_and_named(
    server: MastodonD, second: MastodonD, http: Http
) -> None:
    second.toots = [toot(1)]
    server.fail(TAG, slow(60))
    found = await source_of(http, server, second, seconds=3).collect(wanted())
    assert len(found.posts) == 1
    assert "did not finish in time" in words_or_nothing(found.outcome.reason)


async def test_what_came_before_a_failure_is_kept(server: MastodonD, source: Mastodon) -> None:
    server.toots = [toot(n) for n in range(1, 51)]
    server.fail(TAG, answers(500).on(max_id="11").times(None))
    found = await source.collect(wanted())
    assert len(found.posts) == 40
    assert found.outcome.status is Status.INCOMPLETE


async def test_counts_do_not_shrink_because_a_server_is_missing(
    server: MastodonD, second: MastodonD, http: Http
) -> None:
    second.toots = [toot(1, uri=ELSEWHERE, favourites=2, boosts=9)]
    server.fail(TAG, answers(500).times(None))
    before = known(ELSEWHERE, likes=40, reposts=3)
    [post] = (await source_of(http, server, second).collect(wanted(before))).posts
    assert (post.likes, post.reposts, post.counted_at) == (40, 9, NOW)


async def test_without_servers_or_tags_mastodon_is_off(http: Http, clock: ManualClock) -> None:
    for settings in (MastodonSection(servers=()), MastodonSection(tags=())):
        outcome = (await Mastodon(http, clock, settings).collect(wanted())).outcome
        assert outcome.status is Status.OFF
        assert "sources.mastodon" in words_or_nothing(outcome.reason)


# ------------------------------------------------------------------------------------------------
# Known posts


async def test_a_known_post_in_a_timeline_is_counted_without_another_request(
    server: MastodonD, source: Mastodon
) -> None:
    server.toots = [made := toot(9, at=SINCE - timedelta(hours=9), favourites=8)]
    found = await source.collect(wanted(known(own_uri(server, made))))
    assert likes(found) == {own_uri(server, made): 8}
    assert server.asked(STATUS) == []


async def test_a_known_post_that_no_timeline_shows_is_asked_for(
    server: MastodonD, source: Mastodon
) -> None:
    uri = own_uri(server, toot(77))
    body = msgspec.json.encode(entry(uri=uri, favourites_count=12))
    server.fail("/api/v1/statuses/77", answers(200, body))
    found = await source.collect(wanted(known(uri), factories.post("1")))
    assert likes(found) == {uri: 12}
    assert found.outcome.status is Status.OK


async def test_a_deleted_post_is_gone(server: MastodonD, source: Mastodon) -> None:
    uri = own_uri(server, toot(77))
    server.toots = [toot(5)]
    found = await source.collect(wanted(known(uri)))
    assert (len(found.posts), found.gone, found.missing) == (1, (), (uri,))


@pytest.mark.parametrize("known_posts", [1, 2, 18])
async def test_a_server_that_lost_everything_takes_no_post_along(
    server: MastodonD, source: Mastodon, known_posts: int
) -> None:
    uris = [own_uri(server, toot(n)) for n in range(known_posts)]
    found = await source.collect(wanted(*(known(uri) for uri in uris)))
    assert (found.posts, found.gone, found.missing) == ((), (), ())
    assert len(server.asked(STATUS)) == known_posts


async def test_a_dropped_post_is_asked_for_again(server: MastodonD, source: Mastodon) -> None:
    uri, lost = own_uri(server, toot(77)), own_uri(server, toot(78))
    body = msgspec.json.encode(entry(uri=uri, favourites_count=12))
    server.fail("/api/v1/statuses/77", answers(200, body))
    dropped = ((Network.MASTODON, uri), (Network.MASTODON, lost), (Network.X, "1"))
    found = await source.collect(replace(wanted(), dropped=dropped))
    assert likes(found) == {uri: 12}
    assert (found.missing, len(server.asked(STATUS))) == ((), 2)


async def test_a_post_of_another_server_is_asked_for_where_it_was_seen(
    server: MastodonD, source: Mastodon
) -> None:
    server.toots = [toot(4, uri=ELSEWHERE), toot(5)]
    await source.collect(wanted())
    server.toots = [toot(5)]
    found = await source.collect(wanted(known(ELSEWHERE)))
    assert [seen.path for seen in server.asked(STATUS)] == ["/api/v1/statuses/4"]
    assert found.missing == (ELSEWHERE,)


async def test_a_post_that_nobody_can_be_asked_about_stays(
    server: MastodonD, source: Mastodon
) -> None:
    found = await source.collect(wanted(known(ELSEWHERE)))
    assert (found.posts, found.gone, found.outcome.status) == ((), (), Status.EMPTY)
    assert server.asked(STATUS) == []


@pytest.mark.parametrize("fault", [answers(401), answers(500), garbage(), answers(429)])
async def test_a_post_that_could_not_be_asked_for_is_not_gone(
    server: MastodonD, source: Mastodon, fault: Fault
) -> None:
    uris = [own_uri(server, toot(n)) for n in (77, 78)]
    server.fail(STATUS, fault.times(None))
    found = await source.collect(wanted(*(known(uri) for uri in uris)))
    assert (found.gone, found.missing) == ((), ())
    assert found.outcome.status is Status.INCOMPLETE
    assert {seen.path for seen in server.asked(STATUS)} == {"/api/v1/statuses/77"}


async def test_lookups_are_bounded(server: MastodonD, source: Mastodon) -> None:
    uris = [own_uri(server, toot(n)) for n in range(1, 81)]
    found = await source.collect(wanted(*(known(uri) for uri in uris)))
    assert len(server.asked(STATUS)) == 50
    assert "only 50 older posts" in words_or_nothing(found.outcome.reason)
