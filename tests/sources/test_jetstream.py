"""Listening to Jetstream: what is found, and that nothing is missed whatever ends a connection."""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.clock import ManualClock
from bot.errors import StoreError, Unreachable
from bot.http import Http
from bot.messages.problems import words_or_nothing
from bot.models import Network
from bot.pipeline.cursor import FoundPosts, StoredCursor
from bot.sources.bluesky import JetstreamListener
from bot.sources.bluesky.connection import CHEAP
from bot.sources.bluesky.coverage import DENSE, ReadSpan, decode, encode, is_gap, resume
from bot.sources.bluesky.wire import microseconds, parse_frame
from bot.store import Archive, days, papers, posts
from tests import factories
from tests.polling import until
from tests.services.base import answers
from tests.services.bsky_posts import BskyPost
from tests.services.bskyd import BskyD
from tests.sources.helpers import NOW, SINCE
from tests.sources.streams import QUICK, MemoryCursor, MemoryPosts, post
from tests.words import raises_saying

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


@pytest.fixture
async def service(clock: ManualClock) -> AsyncIterator[BskyD]:
    async with BskyD(clock=clock) as double:
        yield double


@pytest.fixture
def cursor() -> MemoryCursor:
    return MemoryCursor()


@pytest.fixture
def kept() -> MemoryPosts:
    return MemoryPosts()


@pytest.fixture
def listener(
    service: BskyD, http: Http, clock: ManualClock, cursor: MemoryCursor, kept: MemoryPosts
) -> JetstreamListener:
    return JetstreamListener(http, clock, service.jetstream_url, cursor, kept, pace=QUICK)


@asynccontextmanager
async def running(listener: JetstreamListener) -> AsyncIterator[None]:
    task = asyncio.create_task(listener.run())
    try:
        yield
    finally:
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


def asked_from(service: BskyD) -> list[int]:
    return [int(request.query["cursor"]) for request in service.asked("/subscribe")]


def dense(start: datetime, count: int = 2 * DENSE) -> list[BskyPost]:
    """Posts of nobody's concern, one a second."""
    return [post(link="", at=start + n * SECOND, n=n) for n in range(count)]


async def test_posts_that_link_papers_are_stored_as_they_come(
    service: BskyD, listener: JetstreamListener, kept: MemoryPosts
) -> None:
    async with running(listener):
        await until(lambda: service.listening)
        mine = post(minutes=1000)
        await service.publish(mine, post(minutes=1001, link="https://example.org/2103.15691"))
        await until(lambda: kept.posts)
    [found] = kept.posts.values()
    assert (found.post_id, found.author_id, found.arxiv_ids) == (
        mine.uri,
        mine.did,
        ("2103.15691",),
    )
    assert (found.reposts, found.likes, found.posted_at, found.counted_at) == (
        0,
        0,
        mine.at,
        mine.at,
    )
    assert found.url == f"https://bsky.app/profile/{mine.did}/post/{mine.rkey}"
    assert service.asked("/subscribe")[0].query["wantedCollections"] == "app.bsky.feed.post"


async def test_a_first_start_reads_the_last_day(
    service: BskyD, listener: JetstreamListener, kept: MemoryPosts
) -> None:
    old = post(at=NOW - 23 * HOUR)
    await service.publish(post(at=NOW - 25 * HOUR), old)
    async with running(listener):
        await until(lambda: kept.posts)
    assert list(kept.posts) == [old.uri]


async def test_a_lost_line_is_taken_up_where_it_ended(
    service: BskyD, listener: JetstreamListener, kept: MemoryPosts
) -> None:
    async with running(listener):
        await service.publish(first := post(minutes=1000))
        await until(lambda: kept.posts)
        await service.disconnect()
        await service.publish(second := post(minutes=1100))
        await until(lambda: len(kept.posts) == 2)
        assert words_or_nothing(listener.problem) == ""
    assert set(kept.posts) == {first.uri, second.uri}
    assert asked_from(service)[-1] == first.time_us - 5_000_000


async def test_a_later_start_goes_on_where_the_last_one_ended(
    service: BskyD, http: Http, clock: ManualClock, listener: JetstreamListener,
    cursor: MemoryCursor, kept: MemoryPosts,
) -> None:  # fmt: skip
    await service.publish(first := post(minutes=1000))
    async with running(listener):
        await until(lambda: cursor.value)
    await service.publish(missed := post(minutes=1100))
    again = JetstreamListener(http, clock, service.jetstream_url, cursor, kept, pace=QUICK)
    async with running(again):
        await until(lambda: missed.uri in kept.posts)
    assert asked_from(service)[-1] == first.time_us - 5_000_000


async def test_what_could_not_be_stored_is_read_again(
    service: BskyD, listener: JetstreamListener, cursor: MemoryCursor, kept: MemoryPosts
) -> None:
    kept.failing = StoreError("the disk is full")
    await service.publish(mine := post(minutes=1000))
    async with running(listener):
        await until(lambda: kept.posts)
    assert list(kept.posts) == [mine.uri]
    assert len(service.asked("/subscribe")) == 2
    assert asked_from(service)[0] == asked_from(service)[1]


async def test_deleted_posts_are_dropped(
    service: BskyD, listener: JetstreamListener, kept: MemoryPosts
) -> None:
    await service.publish(first := post(minutes=1000), second := post(minutes=1001, n=1))
    async with running(listener):
        await until(lambda: len(kept.posts) == 2)
        await service.delete(first.uri)
        await until(lambda: len(kept.posts) == 1)
    assert list(kept.posts) == [second.uri]


async def test_a_service_that_is_down_is_tried_again(
    service: BskyD, listener: JetstreamListener, kept: MemoryPosts
) -> None:
    service.fail("/subscribe", answers(502).times(3))
    await service.publish(post(minutes=1000))
    async with running(listener):
        await until(lambda: listener.problem)
        assert "502" in words_or_nothing(listener.problem)
        assert listener.heard() is None
        await until(lambda: kept.posts)
        assert words_or_nothing(listener.problem) == ""
    assert len(service.asked("/subscribe")) == 4


async def test_malformed_frames_are_skipped_with_a_warning(
    service: BskyD, listener: JetstreamListener, kept: MemoryPosts,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    mine = post(minutes=1000)
    broken = ['{"arxiv.org', '{"did": "did:plc:x", "time_us": "late", "text": "arxiv"}', "null"]
    service.events += [(mine.time_us - 1000 + n, frame) for n, frame in enumerate(broken)]
    await service.publish(mine)
    with caplog.at_level(logging.WARNING):
        async with running(listener):
            await until(lambda: kept.posts)
    assert list(kept.posts) == [mine.uri]
    skipped = [r for r in caplog.records if r.message == "source.entry_skipped"]
    assert len(skipped) == 2


async def test_a_large_frame_is_read_and_one_beyond_the_limit_is_skipped_with_a_warning(
    service: BskyD, listener: JetstreamListener, kept: MemoryPosts,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    large = post(minutes=1000, text="猫" * 10_000)
    huge = post(minutes=1001, text="x" * 300_000)
    await service.publish(large, huge, last := post(minutes=1002))
    with caplog.at_level(logging.WARNING):
        async with running(listener):
            await until(lambda: last.uri in kept.posts)
    assert list(kept.posts) == [large.uri, last.uri]
    [warning] = [r for r in caplog.records if r.message == "source.entry_skipped"]
    assert warning.__dict__["fields"]["entry"] == "frame 2"
    assert "more than 262,144 characters" in str(warning.__dict__["fields"]["problem"])
    [request] = service.asked("/subscribe")
    assert request.query["maxMessageSizeBytes"] == "1048576"


async def test_what_is_still_being_read_is_not_passed_over(
    service: BskyD, listener: JetstreamListener, kept: MemoryPosts, cursor: MemoryCursor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """The place in the stream is stored while a large frame is in its thread."""
    small, large = post(minutes=1000), post(minutes=1001, text="猫" * 10_000)
    goes_on = threading.Event()

    def parse(frame: str) -> object:
        assert len(frame) < CHEAP or goes_on.wait(5)
        return parse_frame(frame)

    monkeypatch.setattr("bot.sources.bluesky.connection.parse_frame", parse)
    await service.publish(small, large)
    async with running(listener):
        await until(lambda: small.uri in kept.posts and cursor.value)
        await asyncio.sleep(QUICK.store * 2)
        heard = decode(cursor.value)
        assert heard is not None
        assert heard.at == small.time_us
        goes_on.set()
        await until(lambda: large.uri in kept.posts)


async def test_a_replay_ends_and_tells_the_span(
    service: BskyD, listener: JetstreamListener
) -> None:
    await service.publish(before := post(minutes=-60), *(post(minutes=n * 60, n=n) for n in (1, 2)))
    found = await listener.catch_up(SINCE, NOW, 5)
    assert before.uri not in {p.post_id for p in found}
    assert len(found) == 2
    assert listener.heard() == (SINCE, NOW)


async def test_a_replay_ends_as_soon_as_it_has_reached_the_present(
    service: BskyD, listener: JetstreamListener
) -> None:
    await service.publish(post(minutes=60), post(at=NOW))
    started = asyncio.get_running_loop().time()
    await listener.catch_up(SINCE, NOW, 5)
    assert asyncio.get_running_loop().time() - started < QUICK.quiet


async def test_a_replay_goes_on_over_lost_connections(
    service: BskyD, listener: JetstreamListener
) -> None:
    await service.publish(*(post(minutes=n, n=n) for n in range(10)))
    service.frames_per_connection = 3
    found = await listener.catch_up(SINCE, NOW, 5)
    assert len(found) == 10
    assert words_or_nothing(listener.problem) == ""


async def test_a_replay_returns_no_post_that_was_deleted_meanwhile(
    service: BskyD, listener: JetstreamListener, kept: MemoryPosts
) -> None:
    await service.publish(first := post(minutes=60), second := post(minutes=61))
    await service.delete(first.uri)
    assert [p.post_id for p in await listener.catch_up(SINCE, NOW, 5)] == [second.uri]
    assert list(kept.posts) == [second.uri]


async def test_a_replay_that_finds_no_connection_says_so(
    service: BskyD, listener: JetstreamListener
) -> None:
    service.fail("/subscribe", answers(503).times(None))
    with pytest.raises(Exception, match="503"):
        await listener.catch_up(SINCE, NOW, 5)


async def test_a_connection_that_ends_at_once_is_not_tried_for_ever(
    service: BskyD, listener: JetstreamListener
) -> None:
    service.frames_per_connection = 0
    await service.publish(post())
    with raises_saying(Unreachable, "at once"):
        await listener.catch_up(SINCE, NOW, 5)


async def test_a_stream_that_is_stuck_is_not_taken_for_a_quiet_one(
    service: BskyD, listener: JetstreamListener
) -> None:
    await service.publish(*dense(SINCE))
    await listener.catch_up(SINCE, NOW, 5)
    assert listener.heard() == (SINCE, SINCE + (2 * DENSE - 1) * SECOND)


async def test_a_stream_that_does_not_reach_back_far_enough_shows_where_it_begins(
    service: BskyD, listener: JetstreamListener
) -> None:
    begin = NOW - 2 * DENSE * SECOND
    await service.publish(*dense(begin))
    await listener.catch_up(SINCE, NOW, 5)
    assert listener.heard() == (begin, NOW - SECOND)


async def test_a_replay_stops_when_its_time_is_over(
    service: BskyD, listener: JetstreamListener, cursor: MemoryCursor
) -> None:
    await service.publish(post(minutes=0))

    async def go_on() -> None:
        for n in range(1, 1000):
            await asyncio.sleep(0.01)
            await service.publish(post(at=SINCE + n * SECOND, n=n))

    sending = asyncio.create_task(go_on())
    found = await listener.catch_up(SINCE, NOW, 0.4)
    sending.cancel()
    heard = listener.heard()
    assert heard is not None
    assert heard[0] == SINCE
    assert SINCE < heard[1] < SINCE + HOUR
    assert cursor.value == encode(span(*heard))
    assert found[-1].counted_at == heard[1]


async def test_a_silent_connection_is_given_up(
    service: BskyD, http: Http, clock: ManualClock, cursor: MemoryCursor, kept: MemoryPosts
) -> None:
    pace = replace(QUICK, silence=0.1)
    listener = JetstreamListener(http, clock, service.jetstream_url, cursor, kept, pace=pace)
    async with running(listener):
        await until(lambda: len(service.asked("/subscribe")) >= 2)


async def test_with_the_archive_posts_and_place_survive(
    service: BskyD, http: Http, clock: ManualClock, tmp_path: Path
) -> None:
    await service.publish(first := post(minutes=100), second := post(minutes=101, n=1))
    await service.delete(second.uri)
    async with await Archive.open(tmp_path / "a.db") as archive:
        await archive.write(days.open_day, factories.DAY)
        await archive.write(papers.save, [factories.listed("2103.15691")], now=NOW)
        place, keep = (
            StoredCursor(archive, "jetstream", clock),
            FoundPosts(archive, Network.BLUESKY, clock),
        )
        listener = JetstreamListener(http, clock, service.jetstream_url, place, keep, pace=QUICK)
        await listener.catch_up(SINCE, NOW, 5)
        [stored] = await archive.read(posts.known_of_day, factories.DAY)
        assert stored.post_id == first.uri
        assert (await place.get()) is not None
        await archive.write(
            posts.save,
            [
                factories.post(
                    first.uri, network=Network.BLUESKY, author="ada.test", likes=9, counted_at=NOW
                )
            ],
        )
        again = JetstreamListener(http, clock, service.jetstream_url, place, keep, pace=QUICK)
        await again.catch_up(SINCE, NOW, 5)
        [stored] = await archive.read(posts.of_day, factories.DAY)
    assert (stored.likes, stored.author) == (9, "ada.test"), "a replay takes no counts back"


def span(since: datetime, at: datetime) -> ReadSpan:
    return ReadSpan(microseconds(since), microseconds(at))


@pytest.mark.parametrize(
    ("kept", "since", "expected"),
    [
        pytest.param(None, SINCE, span(SINCE, SINCE), id="nothing was read"),
        pytest.param(None, None, span(NOW - 24 * HOUR, NOW - 24 * HOUR), id="first start"),
        pytest.param(
            span(SINCE - HOUR, SINCE + HOUR), SINCE, span(SINCE - HOUR, SINCE + HOUR), id="goes on"
        ),
        pytest.param(
            span(SINCE - HOUR, SINCE - HOUR),
            SINCE,
            span(SINCE - HOUR, SINCE - HOUR),
            id="closes up",
        ),
        pytest.param(span(SINCE - HOUR, NOW - 37 * HOUR), SINCE, span(SINCE, SINCE), id="leaps"),
        pytest.param(span(NOW - HOUR, NOW), SINCE, span(SINCE, SINCE), id="began too late"),
        pytest.param(
            span(NOW - HOUR, NOW), NOW - 72 * HOUR, span(NOW - HOUR, NOW), id="out of reach"
        ),
        pytest.param(
            span(SINCE - 99 * HOUR, SINCE), None, span(SINCE - 99 * HOUR, SINCE), id="listens on"
        ),
        pytest.param(span(SINCE, NOW + HOUR), None, span(SINCE, NOW), id="clock was set back"),
    ],
)
def test_where_reading_goes_on(
    kept: ReadSpan | None, since: datetime | None, expected: ReadSpan
) -> None:
    assert resume(kept, since, NOW) == expected


def test_a_silence_is_a_gap_only_in_a_dense_stream() -> None:
    minute, day = 60_000_000, 86_400_000_000
    assert is_gap(10 * minute, day, 2_200_000)
    assert not is_gap(minute // 2, day, 2_200_000)
    assert not is_gap(10 * minute, day, 50)
    assert not is_gap(10 * minute, day, 200)


@pytest.mark.parametrize("text", [None, "", "{}", "12", "[1, 2]", '{"since": "x", "at": 1}'])
def test_a_place_that_is_not_ours_is_no_place(text: str | None) -> None:
    assert decode(text) is None
    assert decode(encode(ReadSpan(1, 2))) == ReadSpan(1, 2)
