"""When a post that its network no longer shows is dropped, and what brings it back."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from bot.models import Network, Post
from bot.store import missing_posts, papers, posts
from tests.factories import DAY, NOW, listed, post
from tests.store import memory

HOUR = timedelta(hours=1)
PAPER = "2103.15691"


@pytest.fixture
def db() -> Iterator[Database]:
    with memory.archive() as database:
        database.conn.execute("PRAGMA foreign_keys = ON")
        papers.save(database, [listed(PAPER)], now=NOW)
        yield database


def seen(at: datetime, likes: int = 5, *arxiv_ids: str) -> Post:
    return post("1", *arxiv_ids, network=Network.BLUESKY, counted_at=at, likes=likes)


def miss(db: Database, at: datetime) -> list[str]:
    return missing_posts.note_missing(db, Network.BLUESKY, ["1", "unknown"], at=at)


def held(db: Database) -> list[int]:
    """The likes of the post, if it is there."""
    return [found.likes for found in posts.of_paper(db, PAPER)]


def test_a_post_keeps_its_counts_until_it_was_missing_twice_hours_apart(db: Database) -> None:
    posts.save(db, [seen(NOW)])
    assert (miss(db, NOW + 1 * HOUR), held(db)) == ([], [5])
    assert (miss(db, NOW + 2 * HOUR), held(db)) == ([], [5])
    assert (miss(db, NOW + 4 * HOUR), held(db)) == (["1"], [])


def test_a_post_that_was_seen_in_between_begins_anew(db: Database) -> None:
    posts.save(db, [seen(NOW)])
    miss(db, NOW + 1 * HOUR)
    posts.save(db, [seen(NOW + 2 * HOUR, likes=6)])
    assert (miss(db, NOW + 9 * HOUR), held(db)) == ([], [6])
    assert (miss(db, NOW + 12 * HOUR), held(db)) == (["1"], [])


def test_an_account_that_comes_back_brings_its_posts_back(db: Database) -> None:
    posts.save(db, [seen(NOW)])
    missing_posts.drop(db, Network.BLUESKY, ["1", "never seen"], at=NOW + HOUR)
    assert missing_posts.dropped_of_day(db, DAY) == [(Network.BLUESKY, "1")]
    assert missing_posts.dropped_of_day(db, DAY + timedelta(days=1)) == []
    posts.save(db, [seen(NOW + 2 * HOUR, likes=7)])
    assert (held(db), missing_posts.dropped_of_day(db, DAY)) == ([7], [])


def test_a_replay_of_the_stream_brings_no_dropped_post_back(db: Database) -> None:
    posts.save(db, [seen(NOW)])
    missing_posts.drop(db, Network.BLUESKY, ["1"], at=NOW + HOUR)
    posts.save_heard(db, [seen(NOW - HOUR, likes=0)])
    posts.save(db, [seen(NOW + HOUR)])
    assert (held(db), missing_posts.dropped_of_day(db, DAY)) == ([], [(Network.BLUESKY, "1")])


def test_dropped_posts_are_forgotten_in_the_end(db: Database) -> None:
    posts.save(db, [seen(NOW)])
    missing_posts.drop(db, Network.BLUESKY, ["1"], at=NOW)
    missing_posts.forget_dropped(db, before=NOW + HOUR)
    assert missing_posts.dropped_of_day(db, DAY) == []


def test_a_first_absence_that_a_wrong_clock_dated_ahead_counts_from_now(db: Database) -> None:
    posts.save(db, [seen(NOW)])
    miss(db, NOW + timedelta(days=400))
    assert (miss(db, NOW + HOUR), miss(db, NOW + 2 * HOUR)) == ([], [])
    assert miss(db, NOW + 4 * HOUR) == ["1"]


def test_an_edited_post_counts_for_what_it_links_now(db: Database) -> None:
    posts.save(db, [seen(NOW, 5, "2103.00001", PAPER)])
    posts.save(db, [seen(NOW + HOUR, 6, PAPER, "2103.00002")])
    assert [found.arxiv_ids for found in posts.of_paper(db, PAPER)] == [("2103.00002", PAPER)]
    posts.save(db, [seen(NOW, 5, "2103.00001")])
    assert posts.of_paper(db, "2103.00001") == []


def test_what_is_heard_of_an_edit_leaves_the_counts_alone(db: Database) -> None:
    posts.save(db, [seen(NOW, 5)])
    posts.save_heard(db, [seen(NOW + HOUR, 0, "2103.00002")])
    assert held(db) == []
    [found] = posts.of_paper(db, "2103.00002")
    assert (found.likes, found.counted_at) == (5, NOW)
    posts.save_heard(db, [seen(NOW - HOUR, 0, PAPER)])
    assert held(db) == []


def test_a_post_that_is_only_heard_of_is_no_post_with_zero_likes(db: Database) -> None:
    posts.save_heard(db, [seen(NOW, likes=0)])
    assert held(db) == []
    assert (posts.of_day(db, DAY), posts.best_of(db, [PAPER], 3)) == ([], {PAPER: []})
    assert [found.post_id for found in posts.known_of_day(db, DAY)] == ["1"]
    posts.save_heard(db, [seen(NOW + HOUR, likes=0)])
    assert held(db) == []
    posts.save(db, [seen(NOW + 2 * HOUR, likes=0)])
    assert held(db) == [0]
    assert posts.known_of_day(db, DAY) == posts.of_day(db, DAY)


def test_whether_an_account_is_a_bot_follows_what_it_says_now(db: Database) -> None:
    def is_bot() -> bool:
        return posts.of_paper(db, PAPER)[0].is_bot

    bot = post("1", network=Network.BLUESKY, is_bot=True)
    posts.save(db, [bot])
    assert is_bot()
    posts.save_heard(db, [seen(NOW + HOUR)])
    assert is_bot()
    posts.save(db, [seen(NOW + HOUR)])
    assert not is_bot()


# What came of asking, each some minutes after the one before: counts, left out of an answer that
# had others, no such answer.
answers = st.lists(
    st.tuples(st.integers(1, 400), st.sampled_from(["shown", "missing", "nothing"])), max_size=12
)


@settings(max_examples=80)
@given(answers)
def test_whatever_the_answers_a_post_is_there_unless_it_was_missing_twice(
    sequence: list[tuple[int, str]],
) -> None:
    with memory.archive() as db:
        posts.save(db, [seen(NOW, likes=0)])
        at, likes, first_missing, is_there = NOW, 0, None, True
        for minutes, answer in sequence:
            at += timedelta(minutes=minutes)
            if answer == "shown":
                likes, first_missing, is_there = likes + 1, None, True
                posts.save(db, [seen(at, likes)])
            elif answer == "missing":
                miss(db, at)
                if first_missing is not None and at - first_missing >= 3 * HOUR:
                    is_there = False
                first_missing = first_missing or at
            assert held(db) == ([likes] if is_there else [])
