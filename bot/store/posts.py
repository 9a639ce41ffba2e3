"""Posts that link papers, and the history of their counts."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any

from sqlite_utils import Database

from bot.models import Network, Post
from bot.store.values import dump, instant, seconds

_SELECT = """
    SELECT network, post_id, url, author, author_id, author_name, posted_at, text, reposts, likes,
        replies, counted_at,
        (SELECT group_concat(arxiv_id, ' ') FROM post_papers AS linked WHERE linked.post = posts.id)
    FROM posts
"""

_SAVE = """
    INSERT INTO posts (network, post_id, url, author, author_id, author_name, posted_at, text,
        reposts, likes, replies, counted_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (network, post_id) DO UPDATE SET
        url = iif(excluded.author = '', posts.url, excluded.url),
        author = iif(excluded.author = '', posts.author, excluded.author),
        author_id = iif(excluded.author_id = '', posts.author_id, excluded.author_id),
        author_name = iif(excluded.author_name = '', posts.author_name, excluded.author_name),
        text = coalesce(excluded.text, posts.text),
        reposts = excluded.reposts, likes = excluded.likes, replies = excluded.replies,
        counted_at = excluded.counted_at
    WHERE excluded.counted_at >= posts.counted_at
    RETURNING id
"""


def save(db: Database, posts: Iterable[Post]) -> None:
    """Store posts and a snapshot of their counts.

    Counts older than the stored ones change nothing. A post whose newer edit is known is not
    stored again; a newer edit removes the older post and its counts from the current view.
    """
    for post in posts:
        if not _is_replaced(db, post):
            _save(db, post)
            for older in post.supersedes:
                _replace(db, post, older)


def of_day(db: Database, day: date) -> list[Post]:
    """Every post that links a paper listed as news on ``day``, with its newest counts."""
    rows = db.conn.execute(
        f"""{_SELECT} WHERE id IN (
                SELECT post FROM post_papers JOIN listings USING (arxiv_id)
                WHERE day = ? AND announcement IN ('new', 'cross'))
            ORDER BY network, post_id""",
        [day.isoformat()],
    )
    return [_post(row) for row in rows]


def of_paper(db: Database, arxiv_id: str) -> list[Post]:
    """Every post that links the paper, most reposts and likes first."""
    rows = db.conn.execute(
        f"""{_SELECT} WHERE id IN (SELECT post FROM post_papers WHERE arxiv_id = ?)
            ORDER BY reposts + likes DESC, network, post_id""",
        [arxiv_id],
    )
    return [_post(row) for row in rows]


def of_papers(db: Database, arxiv_ids: Collection[str]) -> dict[str, list[Post]]:
    """``of_paper`` for several papers at once; a paper without posts has an empty list."""
    found: dict[str, list[Post]] = {arxiv_id: [] for arxiv_id in arxiv_ids}
    rows = db.conn.execute(
        f"""{_SELECT} WHERE id IN (SELECT post FROM post_papers
                WHERE arxiv_id IN (SELECT value FROM json_each(?)))
            ORDER BY reposts + likes DESC, network, post_id""",
        [dump(sorted(arxiv_ids))],
    )
    for row in rows:
        post = _post(row)
        for arxiv_id in post.arxiv_ids:
            if arxiv_id in found:
                found[arxiv_id].append(post)
    return found


def best_of(db: Database, arxiv_ids: Collection[str], limit: int) -> dict[str, list[Post]]:
    """For each of several papers the posts with most reposts and likes, at most ``limit``."""
    return {
        arxiv_id: [
            _post(row)
            for row in db.conn.execute(
                f"""{_SELECT} JOIN post_papers ON post_papers.post = posts.id WHERE arxiv_id = ?
                    ORDER BY interest DESC, network, post_id LIMIT ?""",
                [arxiv_id, limit],
            )
        ]
        for arxiv_id in arxiv_ids
    }


def history(db: Database, network: Network, post_id: str) -> list[tuple[datetime, int, int]]:
    """Snapshots of a post's (time, reposts, likes), oldest first; one where a number changed."""
    rows = db.conn.execute(
        """SELECT taken_at, counts.reposts, counts.likes FROM counts
           JOIN posts ON posts.id = counts.post
           WHERE network = ? AND post_id = ? ORDER BY taken_at""",
        [network, post_id],
    )
    return [(instant(row[0]), row[1], row[2]) for row in rows]


def drop(db: Database, network: Network, post_ids: Iterable[str]) -> int:
    """Remove posts that their network no longer has, with all that is known of them."""
    return sum(
        db.conn.execute(
            "DELETE FROM posts WHERE network = ? AND post_id = ?", [network, post_id]
        ).rowcount
        for post_id in post_ids
    )


def expire_texts(db: Database, *, posted_before: datetime) -> int:
    """Forget the texts of old posts; ids and counts stay. Returns how many were forgotten."""
    return db.conn.execute(
        "UPDATE posts SET text = NULL WHERE text IS NOT NULL AND posted_at < ?",
        [seconds(posted_before)],
    ).rowcount


def _is_replaced(db: Database, post: Post) -> bool:
    return (
        db.conn.execute(
            "SELECT 1 FROM replaced_posts WHERE network = ? AND post_id = ?",
            [post.network, post.post_id],
        ).fetchone()
        is not None
    )


def _save(db: Database, post: Post) -> None:
    cursor = db.conn.execute(
        _SAVE,
        [
            post.network,
            post.post_id,
            post.url,
            post.author,
            post.author_id,
            post.author_name,
            seconds(post.posted_at),
            post.text,
            post.reposts,
            post.likes,
            post.replies,
            seconds(post.counted_at),
        ],
    )
    row = cursor.fetchone()
    cursor.close()
    if row is not None:
        _snapshot(db, row[0], post)
        db.conn.execute(
            "UPDATE post_papers SET interest = ?1 WHERE post = ?2 AND interest <> ?1",
            [post.interest, row[0]],
        )
        db.conn.executemany(
            "INSERT OR IGNORE INTO post_papers (arxiv_id, interest, post) VALUES (?, ?, ?)",
            [(arxiv_id, post.interest, row[0]) for arxiv_id in post.arxiv_ids],
        )


def _snapshot(db: Database, key: int, post: Post) -> None:
    db.conn.execute(
        """INSERT OR IGNORE INTO counts (post, taken_at, reposts, likes, replies)
           SELECT ?1, ?2, ?3, ?4, ?5 WHERE NOT EXISTS (
               SELECT 1 FROM (SELECT reposts, likes, replies FROM counts WHERE post = ?1
                              ORDER BY taken_at DESC LIMIT 1)
               WHERE (reposts, likes, replies) = (?3, ?4, ?5))""",
        [key, seconds(post.counted_at), post.reposts, post.likes, post.replies],
    )


def _replace(db: Database, newest: Post, older_id: str) -> None:
    db.conn.execute(
        "INSERT OR REPLACE INTO replaced_posts (network, post_id, newest_id) VALUES (?, ?, ?)",
        [newest.network, older_id, newest.post_id],
    )
    drop(db, newest.network, [older_id])


def _post(row: Any) -> Post:
    return Post(
        network=Network(row[0]),
        post_id=row[1],
        url=row[2],
        author=row[3],
        author_id=row[4],
        author_name=row[5],
        posted_at=instant(row[6]),
        text=row[7],
        reposts=row[8],
        likes=row[9],
        replies=row[10],
        counted_at=instant(row[11]),
        arxiv_ids=tuple(sorted((row[12] or "").split())),
    )
