"""An archive as this version writes it, as SQL text: what a release leaves for later ones to open.

    python -m tests.store.releasing

writes ``tests/store/released/VERSION.sql``. Files of other releases stay as they are.
"""

import asyncio
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from sqlite_utils import Database

import bot
from bot import blog
from bot.models import Follow, Network, TargetKind
from bot.ranking.scoring import rank
from bot.store import (
    Archive,
    api_usage,
    blogs,
    days,
    follows,
    ledger,
    meta,
    papers,
    posted_digests,
    posts,
    rules,
    standings,
)
from tests.blog_posts import blog_post
from tests.factories import DAY, NOW, listed, post, rule

FOLDER = Path(__file__).parent / "released"
BLOG_DAY = date(2020, 9, 17)
BLOG_TEXT = blog_post(
    BLOG_DAY,
    [("2009.07118", "An Invented Study", 300, 120), ("hep-th/9901001", "An Old One", 30, 40)],
)
DIGEST = '[{"type":10,"content":"An invented digest"}]'
MEMBER = 77


def fill(db: Database) -> None:
    """Something in every family of tables. Later schemas must answer the same about it, so what is
    here stays; a new table's rows may be added."""
    _own_day(db)
    blogs.save(db, blog.parse(BLOG_TEXT, "post.md"), now=NOW)
    kept = rules.save(db, rule(categories=("cs.CL", "cond-mat.*")))
    (row,) = ledger.plan(
        db, kind=TargetKind.CHANNEL, target_id=2, rule_id=kept, slot_at=NOW, payloads=[DIGEST],
        listing_day=DAY, now=NOW,
    )  # fmt: skip
    ledger.reserve(db, row.delivery_id, 2, now=NOW)
    ledger.mark_sent(db, row.delivery_id, 500, now=NOW)
    posted_digests.note_days(db, kept, NOW, [DAY])
    follows.add(db, Follow(member_id=MEMBER, query="author:muster", created_at=NOW))
    meta.put(db, "key", "value", now=NOW)
    api_usage.note(db, "x", ["1", "2"], now=NOW)


def _own_day(db: Database) -> None:
    days.open_day(db, DAY)
    first = listed("2103.00001", title="Erdős Graphs", categories=("cs.CL", "stat.ML"))
    second = listed("2103.00002", title="A Quiet Study")
    again = replace(first, day=DAY + timedelta(1))
    papers.save(db, [first, second, listed("2103.00003"), again], now=NOW)
    found = [
        post("1", "2103.00001", likes=90, reposts=10, text="Read this"),
        post("2", "2103.00002", "2103.00001", likes=60, network=Network.BLUESKY, author="bo"),
    ]
    posts.save(db, found)
    posts.save(db, [post("1", "2103.00001", likes=95, reposts=10, counted_at=NOW + timedelta(1))])
    ranked = rank(
        [first.paper, second.paper],
        posts.of_day(db, DAY),
        {Network.X: 1.0, Network.BLUESKY: 2.0},
    )
    standings.save(db, DAY, ranked)
    days.close(db, DAY, now=NOW, late=False)


def dump(path: Path) -> str:
    """The whole file as SQL, the full-text index as it is (Python's ``iterdump`` cannot)."""
    with closing(sqlite3.connect(path)) as connection:
        return "\n".join(["PRAGMA foreign_keys = OFF;", "BEGIN;", *_lines(connection), "COMMIT;"])


def _lines(connection: sqlite3.Connection) -> Iterator[str]:
    rows = connection.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid"
    ).fetchall()
    for kind, name, sql in rows:
        if name == "sqlite_sequence":  # SQLite's own, made with the first table that needs it
            continue
        if sql.startswith("CREATE VIRTUAL TABLE"):
            yield "PRAGMA writable_schema = ON;"
            yield (
                f"INSERT INTO sqlite_master VALUES ('table', '{name}', '{name}', 0, "  # noqa: S608 - a file's own schema
                f"'{sql.replace(chr(39), chr(39) * 2)}');"
            )
            continue
        yield f"{sql};"
        if kind == "table":
            yield from _rows(connection, name)
    yield "PRAGMA writable_schema = OFF;"
    if any(name == "sqlite_sequence" for _, name, _ in rows):
        yield "DELETE FROM sqlite_sequence;"
        yield from _rows(connection, "sqlite_sequence")


def _rows(connection: sqlite3.Connection, table: str) -> Iterator[str]:
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info('{table}')")]
    quoted = " || ', ' || ".join(f'quote("{column}")' for column in columns)
    for (values,) in connection.execute(f"SELECT {quoted} FROM '{table}'"):  # noqa: S608 - as above
        yield f"INSERT INTO '{table}' VALUES ({values});"  # noqa: S608 - as above


def load(sql: str, path: Path) -> None:
    """Make the file that was dumped."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript(sql)


async def _make(path: Path) -> None:
    async with await Archive.open(path) as archive:
        await archive.write(fill)


def main() -> None:
    target = FOLDER / f"{bot.__version__}.sql"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.db"
        asyncio.run(_make(path))
        target.write_text(dump(path) + "\n", encoding="utf-8")
    sys.stdout.write(f"{target.name}: {target.stat().st_size:,} bytes\n")


if __name__ == "__main__":
    main()
