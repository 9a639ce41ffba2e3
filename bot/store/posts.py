"""Posts that link papers, and the history of their counts."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlite_utils import Database

from bot.errors import UnreadableRow
from bot.models import Network, Post
from bot.store import missing_posts, usual_addresses
from bot.store.codecs import dump, seconds
from bot.store.columns import Columns, readable
from bot.store.packed import unpack_all_beside

_COLUMNS = """
    network, post_id, url, author, author_id, author_name, posted_at, text, reposts, likes,
    replies, counted_at, is_bot
"""
_NETWORKS = frozenset(Network)
_ADDRESSES = ("url", "author_id")  # stored beside what they usually are

_SELECT = f"""
    SELECT {_COLUMNS},
        (SELECT group_concat(arxiv_id, ' ') FROM post_papers AS linked WHERE linked.post = posts.id)
    FROM posts
"""

_OF_DAY = """
    id IN (SELECT post FROM post_papers JOIN listings USING (arxiv_id)
           WHERE day = ? AND announcement IN ('new', 'cross'))
"""

_SAVE = """
    INSERT INTO posts (id, network, post_id, url, author, author_id, author_name, posted_at, text,
        reposts, likes, replies, counted_at, is_bot)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (network, post_id) DO UPDATE SET
        url = iif(excluded.author = '', coalesce(posts.url, ''), excluded.url),
        author = iif(excluded.author = '', coalesce(posts.author, ''), excluded.author),
        author_id = iif(excluded.author_id = '', coalesce(posts.author_id, ''), excluded.author_id),
        author_name = iif(
            excluded.author_name = '', coalesce(posts.author_name, ''), excluded.author_name),
        is_bot = iif(excluded.author = '', posts.is_bot, excluded.is_bot),
        is_counted = 1,
        missing_since = iif(
            excluded.counted_at >= posts.missing_since, NULL, posts.missing_since),
        text = coalesce(excluded.text, posts.text),
        reposts = excluded.reposts, likes = excluded.likes, replies = excluded.replies,
        counted_at = excluded.counted_at
    WHERE excluded.counted_at >= posts.counted_at
"""

_SNAPSHOT = """
    INSERT INTO counts (post, taken_at, reposts, likes, replies)
    VALUES (:post, :taken_at, :reposts, :likes, :replies)
"""
# A row only where a number differs from the newest one.
_NEXT_SNAPSHOT = """
    INSERT OR IGNORE INTO counts (post, taken_at, reposts, likes, replies)
    SELECT :post, :taken_at, :reposts, :likes, :replies WHERE NOT EXISTS (
        SELECT 1 FROM (SELECT reposts, likes, replies FROM counts WHERE post = :post
                       ORDER BY taken_at DESC LIMIT 1)
        WHERE (reposts, likes, replies) = (:reposts, :likes, :replies))
"""


def save(db: Database, posts: Iterable[Post]) -> None:
    """Store posts and a snapshot of their counts.

    Counts older than the stored ones change nothing; newer ones bring the links of their time, in
    place of those before. A post whose newer edit is known is not stored again; a newer edit
    removes the older post and its counts from the current view. A post that was dropped comes back
    only when it was seen later than that.
    """
    waiting: dict[Network, dict[str, Post]] = {}
    for post in posts:
        batch = waiting.setdefault(post.network, {})
        if post.post_id in batch:
            _save(db, post.network, batch)
            batch.clear()
        batch[post.post_id] = post
    for network, batch in waiting.items():
        _save(db, network, batch)


def save_heard(db: Database, posts: Collection[Post]) -> None:
    """Store posts of which is known what they link and when they said so, but not their counts.

    One that is new is to be asked for (``known_of_day``) and is nowhere shown until it has counts.
    A post that is there keeps its counts, and takes over the links of a newer edit.
    """
    for network in {post.network for post in posts}:
        batch = {post.post_id: post for post in posts if post.network is network}
        before = _rows(db, network, batch)
        new = batch.keys() - before.keys()
        save(db, [post for post_id, post in batch.items() if post_id in new])
        db.conn.executemany(
            "UPDATE posts SET is_counted = 0 WHERE network = ? AND post_id = ?",
            [(network, post_id) for post_id in new],
        )
        edited = [
            (row.key, batch[post_id])
            for post_id, row in before.items()
            if seconds(batch[post_id].counted_at) > row.counted_at
        ]
        db.conn.executemany(
            "UPDATE posts SET text = ? WHERE id = ?", [(post.text, key) for key, post in edited]
        )
        _relink(db, edited)


def of_day(db: Database, day: date) -> list[Post]:
    """Every post that links a paper listed as news on ``day``, with its newest counts.

    In the order in which they were found.
    """
    rows = db.conn.execute(
        f"{_SELECT} WHERE {_OF_DAY} AND is_counted ORDER BY id", [day.isoformat()]
    )
    return readable(rows, _post)


def known_of_day(db: Database, day: date) -> list[Post]:
    """As ``of_day``, with those that were only heard of and have no counts yet."""
    rows = db.conn.execute(f"{_SELECT} WHERE {_OF_DAY} ORDER BY id", [day.isoformat()])
    return readable(rows, _post)


def of_paper(db: Database, arxiv_id: str) -> list[Post]:
    """Every post that links the paper, most reposts and likes first."""
    rows = db.conn.execute(
        f"""{_SELECT} WHERE id IN (SELECT post FROM post_papers WHERE arxiv_id = ?) AND is_counted
            ORDER BY reposts + likes DESC, network, post_id""",
        [arxiv_id],
    )
    return readable(rows, _post)


def best_of(db: Database, arxiv_ids: Collection[str], limit: int) -> dict[str, list[Post]]:
    """For each of several papers the posts with most reposts and likes, at most ``limit``."""
    return {
        arxiv_id: readable(
            db.conn.execute(
                f"""{_SELECT} JOIN post_papers ON post_papers.post = posts.id
                    WHERE arxiv_id = ? AND is_counted
                    ORDER BY interest DESC, network, post_id LIMIT ?""",
                [arxiv_id, limit],
            ),
            _post,
        )
        for arxiv_id in arxiv_ids
    }


def history(db: Database, network: Network, post_id: str) -> list[tuple[datetime, int, int]]:
    """Snapshots of a post's (time, reposts, likes), oldest first; one where a number changed."""
    rows = db.conn.execute(
        """SELECT post, taken_at, counts.reposts, counts.likes FROM counts
           JOIN posts ON posts.id = counts.post
           WHERE network = ? AND post_id = ? ORDER BY taken_at""",
        [network, post_id],
    )
    return [(at, reposts, likes) for _, at, reposts, likes in readable(rows, _COUNTED)]


def expire_texts(db: Database, *, posted_before: datetime) -> int:
    """Forget the texts of old posts; ids and counts stay. Returns how many were forgotten."""
    return db.conn.execute(
        "UPDATE posts SET text = NULL WHERE text IS NOT NULL AND posted_at < ?",
        [seconds(posted_before)],
    ).rowcount


def _save(db: Database, network: Network, batch: Mapping[str, Post]) -> None:
    """Some posts of one network in a few statements, whatever their number."""
    batch = missing_posts.without_dropped(db, network, batch)
    kept, replaced = _newest_edits(batch, _replaced(db, network, batch))
    before = _rows(db, network, kept)
    new = [post for post_id, post in kept.items() if post_id not in before]
    counted = [
        (before[post_id], post)
        for post_id, post in kept.items()
        if post_id in before and seconds(post.counted_at) >= before[post_id].counted_at
    ]
    _insert(db, new)
    _update(db, counted)
    db.conn.executemany(
        "INSERT OR REPLACE INTO replaced_posts (network, post_id, newest_id) VALUES (?, ?, ?)",
        [(network, older, newest) for older, newest in replaced.items()],
    )
    missing_posts.delete(db, network, replaced)


def _insert(db: Database, posts: Sequence[Post]) -> None:
    """Posts that are not there. No other connection writes meanwhile, so the ids are free."""
    first = db.conn.execute("SELECT coalesce(max(id), 0) + 1 FROM posts").fetchone()[0]
    keyed = list(enumerate(posts, first))
    db.conn.executemany(_SAVE, (_values(post, key) for key, post in keyed))
    db.conn.executemany(_SNAPSHOT, (_counts(post, key) for key, post in keyed))
    _link(db, keyed)


def _update(db: Database, counted: Sequence[tuple["_Row", Post]]) -> None:
    """Posts that are there, with counts that are not older."""
    db.conn.executemany(_SAVE, (_values(post, None) for _, post in counted))
    db.conn.executemany(_NEXT_SNAPSHOT, (_counts(post, row.key) for row, post in counted))
    db.conn.executemany(
        "UPDATE post_papers SET interest = ? WHERE post = ?",
        [(post.interest, row.key) for row, post in counted if post.interest != row.interest],
    )
    _relink(db, [(row.key, post) for row, post in counted])


def _relink(db: Database, keyed: Sequence[tuple[int, Post]]) -> None:
    """An edited post counts for what it links now."""
    db.conn.executemany(
        """DELETE FROM post_papers
           WHERE post = ? AND arxiv_id NOT IN (SELECT value FROM json_each(?))""",
        [(key, dump(post.arxiv_ids)) for key, post in keyed],
    )
    _link(db, keyed)


def _link(db: Database, keyed: Iterable[tuple[int, Post]]) -> None:
    db.conn.executemany(
        "INSERT OR IGNORE INTO post_papers (arxiv_id, interest, post) VALUES (?, ?, ?)",
        [(arxiv_id, post.interest, key) for key, post in keyed for arxiv_id in post.arxiv_ids],
    )


def _newest_edits(
    batch: Mapping[str, Post], replaced: Collection[str]
) -> tuple[dict[str, Post], dict[str, str]]:
    """The posts to store, and of earlier edits the id of the one that replaces them."""
    kept: dict[str, Post] = {}
    older: dict[str, str] = {}
    for post_id, post in batch.items():
        if post_id in replaced or post_id in older:
            continue
        kept[post_id] = post
        for earlier in post.supersedes:
            older[earlier] = post_id
            kept.pop(earlier, None)
    return kept, older


def _replaced(db: Database, network: Network, post_ids: Iterable[str]) -> set[str]:
    rows = db.conn.execute(
        """SELECT post_id FROM replaced_posts
           WHERE network = ? AND post_id IN (SELECT value FROM json_each(?))""",
        [network, dump(list(post_ids))],
    )
    return {row[0] for row in rows}


class _Row(NamedTuple):
    """What the table holds of a post."""

    key: int
    counted_at: int
    interest: int


def _rows(db: Database, network: Network, post_ids: Iterable[str]) -> dict[str, _Row]:
    rows = db.conn.execute(
        """SELECT post_id, id, iif(typeof(counted_at) = 'integer', counted_at, 0),
               iif(typeof(reposts + likes) = 'integer', reposts + likes, -1) FROM posts
           WHERE network = ? AND post_id IN (SELECT value FROM json_each(?))""",
        [network, dump(list(post_ids))],
    )
    return {post_id: _Row(*row) for post_id, *row in rows}


def _values(post: Post, key: int | None) -> tuple[object, ...]:
    url, author_id = _pack_addresses(
        post.network, post.post_id, post.url, post.author, post.author_id
    )
    return (
        key,
        post.network,
        post.post_id,
        url,
        post.author,
        author_id,
        post.author_name,
        seconds(post.posted_at),
        post.text,
        post.reposts,
        post.likes,
        post.replies,
        seconds(post.counted_at),
        post.is_bot,
    )


def _pack_addresses(
    network: Network, post_id: str, url: str, author: str, author_id: str
) -> tuple[str | bytes, str | bytes]:
    """URL and author's id. An empty one is never packed: ``_SAVE`` looks for those."""
    usual_url, usual_id = _usual(network, post_id, author)
    return (
        b"" if url and url == usual_url else url,
        b"" if author_id and author_id == usual_id else author_id,
    )


def _usual(network: Network, post_id: str, author: str) -> tuple[str, str]:
    return (
        usual_addresses.url(network, post_id, author),
        usual_addresses.author_id(network, post_id),
    )


def pack_stored(db: Database) -> None:
    """Store every post's addresses as they are stored today. What cannot be read stays as it is."""
    last = 0
    while rows := db.conn.execute(
        """SELECT id, network, post_id, url, author, author_id FROM posts WHERE id > ?
           ORDER BY id LIMIT 5000""",
        [last],
    ).fetchall():
        # Nothing is made of a row but what is changed: there are ten million.
        db.conn.executemany(
            "UPDATE posts SET url = ?, author_id = ? WHERE id = ?",
            [
                (*_pack_addresses(Network(texts[0]), *texts[1:]), key)
                for key, *texts in rows
                if texts[0] in _NETWORKS and all(type(text) is str for text in texts)
            ],
        )
        last = rows[-1][0]


def address_faults(row: Mapping[str, Any]) -> list[str]:
    """What is wrong with the addresses in a row whose columns by name can each be read."""
    usual = _usual(Network(row["network"]), row["post_id"], row["author"])
    try:
        unpack_all_beside(_ADDRESSES, [row[name] for name in _ADDRESSES], usual)
    except ValueError as error:
        return [str(error)]
    return []


def _counts(post: Post, key: int) -> dict[str, int]:
    return {
        "post": key,
        "taken_at": seconds(post.counted_at),
        "reposts": post.reposts,
        "likes": post.likes,
        "replies": post.replies,
    }


_COUNTED = Columns("counts", "post", "taken_at", "reposts", "likes", keys=2)
_POST = Columns(
    "posts", "network", "post_id", "url", "author", "author_id", "author_name", "posted_at",
    "text", "reposts", "likes", "replies", "counted_at", "is_bot", keys=2,
)  # fmt: skip


def _post(row: Any) -> Post:
    found = _POST(row)
    usual = _usual(found[0], found[1], found[3])
    try:
        url, author_id = unpack_all_beside(_ADDRESSES, (found[2], found[4]), usual)
    except ValueError as error:
        raise UnreadableRow("posts", _POST.key(row), str(error)) from error
    linked = row[13] if isinstance(row[13], str) else ""
    return Post(
        network=found[0],
        post_id=found[1],
        url=url,
        author=found[3],
        author_id=author_id,
        author_name=found[5],
        posted_at=found[6],
        text=found[7],
        reposts=found[8],
        likes=found[9],
        replies=found[10],
        counted_at=found[11],
        is_bot=found[12],
        arxiv_ids=tuple(sorted(linked.split())),
    )
