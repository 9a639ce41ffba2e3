"""The same questions to a straightforward schema: tables with primary keys and no index beside.

A score is added up when it is asked for, a search looks through every text. SQLite may make an
index for the length of a query, as it does by itself.
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from sqlite_utils import Database

from bot.arxiv import taxonomy
from bot.store.codecs import dump

_SCHEMA = """
    CREATE TABLE papers (arxiv_id TEXT PRIMARY KEY, title TEXT, authors TEXT, categories TEXT,
        abstract TEXT);
    CREATE TABLE listings (day TEXT, arxiv_id TEXT, PRIMARY KEY (day, arxiv_id));
    CREATE TABLE posts (network TEXT, post_id TEXT, arxiv_id TEXT, url TEXT, author TEXT,
        posted_at INTEGER, reposts INTEGER, likes INTEGER,
        PRIMARY KEY (arxiv_id, network, post_id));
    CREATE VIEW rated AS SELECT arxiv_id, (reposts + likes) * CASE network
        WHEN 'x' THEN 1 WHEN 'hackernews' THEN 2.5 WHEN 'huggingface' THEN 5 ELSE 2 END AS points
        FROM posts;
"""


def copy(db: Database, path: Path) -> Database:
    """A file beside ours with the same papers and posts."""
    plain = Database(path)
    plain.conn.executescript(_SCHEMA)
    plain.conn.execute("ATTACH ? AS ours", [_file(db)])
    for statement in (
        "INSERT INTO papers SELECT arxiv_id, title, authors, categories, abstract FROM ours.papers",
        "INSERT INTO listings SELECT day, arxiv_id FROM ours.listings",
        """INSERT INTO posts SELECT network, post_id, arxiv_id, url, author, posted_at, reposts,
           likes FROM ours.posts JOIN ours.post_papers ON post = posts.id""",
    ):
        plain.conn.execute(statement)
    plain.conn.commit()
    plain.conn.execute("DETACH ours")
    return plain


def _file(db: Database) -> str:
    return str(db.conn.execute("PRAGMA database_list").fetchone()[2])


def hot(db: Database, start: date, end: date, pattern: str | None) -> None:
    wanted = [category.id for category in taxonomy.expand(pattern)] if pattern else []
    db.conn.execute(
        """SELECT arxiv_id, title, sum(points) AS score
            FROM listings JOIN papers USING (arxiv_id) JOIN rated USING (arxiv_id)
            WHERE day BETWEEN ? AND ? AND (? = '[]' OR EXISTS (
                SELECT 1 FROM json_each(categories) AS has JOIN json_each(?) AS wanted
                ON has.value = wanted.value))
            GROUP BY arxiv_id HAVING score >= 50 ORDER BY score DESC LIMIT 10""",
        [start.isoformat(), end.isoformat(), dump(wanted), dump(wanted)],
    ).fetchall()


def search(db: Database, words: Sequence[str]) -> None:
    db.conn.execute(
        """SELECT arxiv_id, title, abstract,
                (SELECT sum(points) FROM rated WHERE rated.arxiv_id = papers.arxiv_id) AS score
            FROM papers WHERE NOT EXISTS (
                SELECT 1 FROM json_each(?)
                WHERE title || abstract || authors NOT LIKE '%' || value || '%')
            ORDER BY score DESC LIMIT 10""",
        [dump(list(words))],
    ).fetchall()


def counted(db: Database, days: Sequence[date]) -> None:
    """How many papers of each day reach the bar."""
    for day in days:
        db.conn.execute(
            """SELECT count(*) FROM (
                    SELECT arxiv_id FROM listings JOIN rated USING (arxiv_id) WHERE day = ?
                    GROUP BY arxiv_id HAVING sum(points) >= 50)""",
            [day.isoformat()],
        ).fetchone()
