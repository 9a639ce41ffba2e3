"""Posts that are stored many at a time."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from bot.models import Network, Post
from bot.store import posts
from tests.factories import NOW, post
from tests.store import memory

IDS = ("1", "2", "3", "4")

sightings = st.lists(
    st.builds(
        lambda network, post_id, papers, older, hours, reposts, author: post(
            post_id,
            *papers,
            network=network,
            supersedes=tuple(older - {post_id}),
            counted_at=NOW + timedelta(hours=hours),
            reposts=reposts,
            author=author,
        ),
        st.sampled_from([Network.X, Network.MASTODON]),
        st.sampled_from(IDS),
        st.lists(st.sampled_from(["2103.00001", "2103.00002"]), min_size=1, unique=True),
        st.frozensets(st.sampled_from(IDS), max_size=2),
        st.integers(0, 2),
        st.integers(0, 2),
        st.sampled_from(["", "someone"]),
    ),
    max_size=8,
)


def everything(db: Database) -> list[list[Any]]:
    """All that is known, without the ids that the archive gives."""
    return [
        sorted(map(tuple, db.conn.execute(query).fetchall()), key=repr)
        for query in (
            """SELECT network, post_id, url, author, reposts, likes, counted_at FROM posts""",
            """SELECT network, post_id, taken_at, counts.reposts, counts.likes FROM counts
               JOIN posts ON posts.id = counts.post""",
            """SELECT network, post_id, arxiv_id, interest FROM post_papers
               JOIN posts ON posts.id = post_papers.post""",
            "SELECT network, post_id FROM replaced_posts",
        )
    ]


@pytest.fixture(scope="module")
def db() -> Iterator[Database]:
    with memory.archive() as database:
        database.conn.execute("PRAGMA foreign_keys = ON")
        yield database


def stored(db: Database, *batches: list[Post]) -> list[list[Any]]:
    for table in ("posts", "replaced_posts", "dropped_posts"):
        db.table(table).delete_where()
    for batch in batches:
        posts.save(db, batch)
    return everything(db)


@settings(max_examples=60)
@given(sightings, st.integers(0, 8))
def test_many_at_once_are_stored_as_they_would_be_one_by_one(
    db: Database, found: list[Post], cut: int
) -> None:
    one_by_one = stored(db, *([each] for each in found))
    assert stored(db, found) == one_by_one
    assert stored(db, found[:cut], found[cut:]) == one_by_one
