"""Posts that their network no longer shows: when one is dropped, and what brings it back.

An answer that leaves a post out does not say why: an index may be away, an account suspended for
a day. So one rule holds for every network: a post that was missing keeps its counts until it was
missing again, hours later (``is_gone``). Sources report as missing only what was left out of an
answer that had others. What a network says outright (deleted, links no paper any more) is dropped
at once. A dropped post is remembered by its id, so that it can be asked for again.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta

from sqlite_utils import Database

from bot.models import Network, Post
from bot.store.codecs import dump, instant, seconds
from bot.store.columns import Columns, readable

MISSING_APART = timedelta(hours=3)
# As far back as Jetstream replays, many times over: then nothing tells of the post any more.
REMEMBERED = timedelta(days=30)


def is_gone(missing_since: datetime | None, at: datetime) -> bool:
    """Whether a post that is missing ``at`` this time is to be dropped.

    ``missing_since`` is when it was first missing since it was last seen; None for never.
    """
    return missing_since is not None and at - missing_since >= MISSING_APART


def note_missing(
    db: Database, network: Network, post_ids: Collection[str], *, at: datetime
) -> list[str]:
    """Note that an answer with others left these posts out; returns those that are dropped now."""
    rows = db.conn.execute(
        """SELECT post_id, iif(typeof(missing_since) = 'integer' AND missing_since BETWEEN 0 AND ?,
               missing_since, NULL) FROM posts
           WHERE network = ? AND post_id IN (SELECT value FROM json_each(?))""",
        [seconds(at), network, dump(list(post_ids))],
    )
    since = {post_id: None if noted is None else instant(noted) for post_id, noted in rows}
    gone = [post_id for post_id, noted in since.items() if is_gone(noted, at)]
    drop(db, network, gone, at=at)
    db.conn.executemany(
        "UPDATE posts SET missing_since = ? WHERE network = ? AND post_id = ?",
        [(seconds(at), network, post_id) for post_id, noted in since.items() if noted is None],
    )
    return gone


def drop(db: Database, network: Network, post_ids: Iterable[str], *, at: datetime) -> None:
    """Remove posts with all that is known of them but their ids. Most ids may be unknown."""
    post_ids = list(post_ids)
    db.conn.execute(
        """INSERT OR REPLACE INTO dropped_posts (network, post_id, dropped_at, arxiv_ids)
           SELECT network, post_id, ?,
               (SELECT json_group_array(arxiv_id) FROM post_papers WHERE post = posts.id)
           FROM posts WHERE network = ? AND post_id IN (SELECT value FROM json_each(?))""",
        [seconds(at), network, dump(post_ids)],
    )
    delete(db, network, post_ids)


def delete(db: Database, network: Network, post_ids: Iterable[str]) -> None:
    db.conn.executemany(
        "DELETE FROM posts WHERE network = ? AND post_id = ?",
        [(network, post_id) for post_id in post_ids],
    )


def dropped_of_day(db: Database, day: date) -> list[tuple[Network, str]]:
    """Network and id of the dropped posts that linked a paper listed as news on ``day``."""
    rows = db.conn.execute(
        """SELECT network, post_id FROM dropped_posts
           WHERE EXISTS (SELECT 1 FROM json_each(iif(json_valid(arxiv_ids), arxiv_ids, '[]'))
                         JOIN listings ON listings.arxiv_id = value
                         WHERE day = ? AND announcement IN ('new', 'cross'))
           ORDER BY network, post_id""",
        [day.isoformat()],
    )
    return [(network, post_id) for network, post_id in readable(rows, _DROPPED)]


def without_dropped(db: Database, network: Network, posts: Mapping[str, Post]) -> dict[str, Post]:
    """``posts`` without those that were dropped after they were seen like this; the others of the
    dropped ones are back, and forgotten as such."""
    rows = db.conn.execute(
        """SELECT post_id, iif(typeof(dropped_at) = 'integer', dropped_at, 0) FROM dropped_posts
           WHERE network = ? AND post_id IN (SELECT value FROM json_each(?))""",
        [network, dump(list(posts))],
    )
    is_back = {post_id: seconds(posts[post_id].counted_at) > at for post_id, at in rows}
    db.conn.executemany(
        "DELETE FROM dropped_posts WHERE network = ? AND post_id = ?",
        [(network, post_id) for post_id, back in is_back.items() if back],
    )
    return {post_id: post for post_id, post in posts.items() if is_back.get(post_id, True)}


def forget_dropped(db: Database, *, before: datetime) -> None:
    db.conn.execute("DELETE FROM dropped_posts WHERE dropped_at < ?", [seconds(before)])


_DROPPED = Columns("dropped_posts", "network", "post_id", keys=2)
