"""Networks that leave posts out, over several collections of one day: real servers and archive."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.clock import ManualClock
from bot.config import BlueskySection, MastodonSection, Secret, Settings
from bot.http import Http
from bot.models import Network
from bot.pipeline import collect
from bot.pipeline.cursor import FoundPosts
from bot.sources import PostSource
from bot.sources.bluesky import Bluesky, JetstreamListener
from bot.sources.mastodon import Mastodon
from bot.store import Archive, days, papers, posts
from tests.factories import DAY, listed
from tests.services.base import answers
from tests.services.bsky_posts import BskyPost
from tests.services.bskyd import BskyD
from tests.services.mastodond import MastodonD, Toot
from tests.sources.helpers import NOW, SINCE
from tests.sources.streams import QUICK, MemoryCursor

LINK = "https://arxiv.org/abs/2103.15691"
GET_POSTS, TAG = "/xrpc/app.bsky.feed.getPosts", "/api/v1/timelines/tag/*"
MORNING = NOW - timedelta(hours=18)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(MORNING)


@pytest.fixture
async def http(clock: ManualClock) -> AsyncIterator[Http]:
    async with Http(
        contact="", version="0", clock=clock, seconds_per_try=5, tries=1, backoff=0
    ) as client:
        yield client


@pytest.fixture
async def archive(tmp_path: Path) -> AsyncIterator[Archive]:
    async with await Archive.open(tmp_path / "a.db") as opened:
        await opened.write(days.open_day, DAY)
        await opened.write(papers.save, [listed("2103.15691")], now=MORNING)
        yield opened


@pytest.fixture
async def bluesky(clock: ManualClock) -> AsyncIterator[BskyD]:
    async with BskyD(clock=clock) as service:
        await service.publish(*(bsky_post(n) for n in range(18)))
        yield service


@pytest.fixture
async def mastodon(clock: ManualClock) -> AsyncIterator[MastodonD]:
    toots = [
        Toot(id=n, at=SINCE + timedelta(minutes=n), links=(LINK,), favourites=n)
        for n in range(1, 8)
    ]
    async with MastodonD(toots, clock) as service:
        yield service


def bsky_post(n: int) -> BskyPost:
    return BskyPost(at=SINCE + timedelta(minutes=n), links=(LINK,), likes=n)


def searched(service: BskyD, http: Http) -> PostSource:
    """Found by search, as long as the program lives; counted by getPosts."""
    settings = BlueskySection(
        appview_url=service.url, pds_url=service.url, handle=service.handle, jetstream=False
    )
    return Bluesky(http, service.clock, settings, Secret(service.password), None)


def timelines(service: MastodonD, http: Http) -> PostSource:
    settings = MastodonSection(servers=(service.url,), tags=("arxiv",))
    return Mastodon(http, service.clock, settings)


async def counted(
    archive: Archive, source: PostSource, clock: ManualClock, hours: float = 0
) -> dict[str, int]:
    """The likes of the day's posts by id, after another collection so many hours later."""
    clock.advance(timedelta(hours=hours))
    await collect.run(archive, [source], Settings(), clock, DAY)
    return {post.post_id: post.likes for post in await archive.read(posts.of_day, DAY)}


async def test_an_appview_without_its_index_takes_no_post_along(
    archive: Archive, bluesky: BskyD, http: Http, clock: ManualClock
) -> None:
    source = searched(bluesky, http)
    before = await counted(archive, source, clock)
    assert len(before) == 18
    bluesky.fail(GET_POSTS, answers(200, '{"posts": []}').times(None))
    for _ in range(3):
        assert await counted(archive, source, clock, hours=4) == before


async def test_a_server_that_lost_everything_takes_no_post_along(
    archive: Archive, mastodon: MastodonD, http: Http, clock: ManualClock
) -> None:
    source = timelines(mastodon, http)
    before = await counted(archive, source, clock)
    assert len(before) == 7
    mastodon.toots = []
    for _ in range(3):
        assert await counted(archive, source, clock, hours=4) == before


async def test_a_post_that_is_gone_goes_and_does_not_come_back(
    archive: Archive, bluesky: BskyD, http: Http, clock: ManualClock
) -> None:
    source = searched(bluesky, http)
    before = await counted(archive, source, clock)
    lost = bsky_post(9).uri
    bluesky.posts[lost].state = "gone"
    assert await counted(archive, source, clock, hours=4) == before
    assert await counted(archive, source, clock, hours=1) == before
    assert lost not in await counted(archive, source, clock, hours=4)
    assert lost not in await counted(archive, source, clock, hours=4)


async def test_a_reactivated_account_counts_again_while_the_day_is_open(
    archive: Archive, bluesky: BskyD, http: Http, clock: ManualClock
) -> None:
    source = searched(bluesky, http)
    await counted(archive, source, clock)
    lost, later = bsky_post(9), bsky_post(10)
    lost_ids = (lost.uri, later.uri)
    for uri in lost_ids:
        bluesky.posts[uri].state = "gone"
    await counted(archive, source, clock, hours=4)
    assert not (await counted(archive, source, clock, hours=4)).keys() & set(lost_ids)
    bluesky.posts[lost.uri].state = "public"
    bluesky.posts[lost.uri].likes = 77
    # A program that was started anew has nothing in mind.
    assert (await counted(archive, searched(bluesky, http), clock, hours=4))[lost.uri] == 77
    await archive.write(days.close, DAY, now=clock.now(), late=False)
    bluesky.posts[later.uri].state = "public"
    assert later.uri not in await counted(archive, source_without_search(bluesky, http), clock)


def source_without_search(service: BskyD, http: Http) -> PostSource:
    settings = BlueskySection(appview_url=service.url, pds_url=service.url)
    return Bluesky(http, service.clock, settings, Secret(""), None)


async def test_no_replay_of_the_stream_brings_posts_of_a_lost_account_back(
    archive: Archive, bluesky: BskyD, http: Http, clock: ManualClock
) -> None:
    def replayed() -> PostSource:
        """A program that has lost its place in the stream, so it reads all of it again."""
        url, keep = bluesky.jetstream_url, FoundPosts(archive, Network.BLUESKY, clock)
        listener = JetstreamListener(http, clock, url, MemoryCursor(), keep, pace=QUICK)
        settings = BlueskySection(appview_url=bluesky.url, pds_url=bluesky.url)
        return Bluesky(http, clock, settings, Secret(""), listener, seconds=5)

    assert len(await counted(archive, replayed(), clock)) == 18
    lost = {bsky_post(n).uri for n in (3, 4, 5)}
    for uri in lost:
        bluesky.posts[uri].state = "gone"
    assert len(await counted(archive, replayed(), clock, hours=1)) == 18
    for _ in range(3):
        assert not (await counted(archive, replayed(), clock, hours=4)).keys() & lost


async def test_a_deleted_toot_goes_after_hours(
    archive: Archive, mastodon: MastodonD, http: Http, clock: ManualClock
) -> None:
    source = timelines(mastodon, http)
    before = await counted(archive, source, clock)
    del mastodon.toots[3]
    assert await counted(archive, source, clock, hours=1) == before
    assert await counted(archive, source, clock, hours=1) == before
    assert len(await counted(archive, source, clock, hours=3)) == 6


@pytest.mark.parametrize("links", [("https://arxiv.org/abs/2103.14653",), ()])
async def test_a_post_that_was_edited_leaves_its_old_paper(
    archive: Archive, bluesky: BskyD, mastodon: MastodonD, http: Http, clock: ManualClock,
    links: tuple[str, ...],
) -> None:  # fmt: skip
    sources = {
        Network.BLUESKY: searched(bluesky, http),
        Network.MASTODON: timelines(mastodon, http),
    }
    for network, source in sources.items():
        await counted(archive, source, clock)
        if network is Network.BLUESKY:
            bluesky.posts[bsky_post(3).uri].links = links
        else:
            mastodon.toots[3].links = links
        await counted(archive, source, clock, hours=0.1)
        linking = await archive.read(posts.of_paper, "2103.15691")
        linking = [post for post in linking if post.network is network]
        assert len(linking) == (17 if network is Network.BLUESKY else 6)
    elsewhere = await archive.read(posts.of_paper, "2103.14653")
    assert len(elsewhere) == (2 if links else 0)
