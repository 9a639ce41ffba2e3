"""The questions that people ask an archive of years, each against a straightforward schema.

HOTPAPERS_BENCH_YEARS says of how many years the archive is: 1 unless it is given, which takes about
three minutes. 10 are a million papers and more than nine million posts, 5 GB, and take half an
hour: ``HOTPAPERS_BENCH_YEARS=10 python -m benchmarks.queries``. Times are of CPU, so that they say
the same on a machine that has other work.
"""

import os
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random

from sqlite_utils import Database

from benchmarks import plain, years
from benchmarks.row import Row
from benchmarks.years import Invention, Made
from bot.arxiv import taxonomy
from bot.cards import PER_MESSAGE
from bot.config import Settings
from bot.models import Announcement, LearntFrom, Listed, Network, Paper, Period, Post, RankingQuery
from bot.queries.papers import search_papers
from bot.queries.periods import period_bounds
from bot.queries.rankings import counts_of, ranking_of
from bot.ranking.scoring import rank, rates
from bot.search import parse
from bot.store import days, migrations, papers, posts, standings

YEARS = float(os.environ.get("HOTPAPERS_BENCH_YEARS", "1"))
GOAL_MS = 25.0
GOAL_DAY = 3.0  # seconds of CPU for a mailing day; parsing is measured elsewhere
GOAL_MB = 600.0  # a year's file, so that ten years fit a small machine's disk
RUNS, PLAIN_RUNS = 100, 1
MAX_FOUND = 50  # papers that /search shows at most, page by page
SETTINGS = Settings()


@dataclass(frozen=True, slots=True)
class Question:
    """One kind of question: drawn anew for each run, asked of ours and of the plain schema."""

    name: str
    ours: Callable[[], Callable[[Database], object]]
    plain: Callable[[], Callable[[Database], object]]
    runs: int = RUNS


def measure() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        return list(_measured(Path(folder)))


def _measured(folder: Path) -> Iterator[Row]:
    path = folder / "ours.db"
    with closing(_connect(path)) as connection:
        db = Database(connection)
        connection.execute("PRAGMA synchronous = OFF")
        migrations.bring_up_to_date(db)
        made = years.build(db, YEARS, SETTINGS)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        beside = plain.copy(db, folder / "plain.db")
    with closing(_connect(path)) as connection, closing(beside.conn):
        db = Database(connection)
        for question in _questions(made):
            yield from _asked(question, db, beside)
        yield _written(db, made)
    sizes = [file.stat().st_size / YEARS / 1e6 for file in (path, folder / "plain.db")]
    yield _row("file size a year", sizes[0], "MB", sizes[1], GOAL_MB)


def _connect(path: Path) -> sqlite3.Connection:
    """As the archive's readers are set."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    return connection


def _asked(question: Question, db: Database, beside: Database) -> Iterator[Row]:
    ours = sorted(_milliseconds(question.ours(), db) for _ in range(question.runs))
    theirs = sorted(_milliseconds(question.plain(), beside) for _ in range(PLAIN_RUNS))
    for name, at in (("p50", 0.5), ("p99", 0.99)):
        found = ours[min(int(len(ours) * at), len(ours) - 1)]
        baseline = theirs[len(theirs) // 2]
        yield _row(f"{question.name}, {name}", found, "ms of CPU", baseline, GOAL_MS)


def _row(name: str, figure: float, unit: str, baseline: float, goal: float) -> Row:
    return Row(f"archive: {name}", figure, unit, baseline, goal, met=figure <= goal)


def _milliseconds(ask: Callable[[Database], object], db: Database) -> float:
    start = time.process_time()
    ask(db)
    return (time.process_time() - start) * 1000


# --- what is asked ------------------------------------------------------------------------------


def _questions(made: Made) -> Iterable[Question]:
    draw = Random(1)
    for period in (Period.DAY, Period.WEEK, Period.MONTH, Period.YEAR, Period.ALL):
        for pattern in (None, "cs.CL", "cs.*"):
            yield Question(
                f"/hot {period}{f' in {pattern}' if pattern else ''}",
                partial(_hot, draw, made, period, pattern),
                partial(_plain_hot, draw, made, period, pattern),
                runs=RUNS if period is not Period.ALL else RUNS // 5,
            )
    for count in (1, 2, 3, 4):
        name = f"/search of {count} term{'s' * (count > 1)}"
        yield Question(name, partial(_search, draw, made, count, ""),
                       partial(_plain_search, draw, made, count))  # fmt: skip
    within = f" cat:cs.CL after:{made.days[-1] - timedelta(60)}"
    yield Question("/search in a category since a day", partial(_search, draw, made, 1, within),
                   partial(_plain_search, draw, made, 1))  # fmt: skip
    yield Question("autocomplete of days", partial(_complete, draw, made),
                   partial(_plain_complete, draw, made))  # fmt: skip
    yield Question("autocomplete of categories", partial(_categories, draw),
                   partial(_categories, draw))  # fmt: skip


def _hot(
    draw: Random, made: Made, period: Period, pattern: str | None
) -> Callable[[Database], object]:
    query = RankingQuery(
        draw.choice(made.days), period, (pattern,) if pattern else (), per_page=PER_MESSAGE
    )
    return partial(ranking_of, settings=SETTINGS, query=query)


def _plain_hot(
    draw: Random, made: Made, period: Period, pattern: str | None
) -> Callable[[Database], object]:
    start, end = period_bounds(draw.choice(made.days), period)
    return partial(plain.hot, start=start, end=end, pattern=pattern)


def _words(draw: Random, made: Made, count: int) -> list[str]:
    """Words of one title, as somebody types who looks for a paper."""
    words = draw.choice(made.titles).split()
    return draw.sample(words, min(count, len(words)))


def _search(draw: Random, made: Made, count: int, more: str) -> Callable[[Database], object]:
    query = parse(" ".join(_words(draw, made, count)) + more, made.days[-1])
    return partial(
        search_papers,
        settings=SETTINGS,
        query=query,
        top=MAX_FOUND,
        page=1,
        per_page=PER_MESSAGE,
    )


def _plain_search(draw: Random, made: Made, count: int) -> Callable[[Database], object]:
    return partial(plain.search, words=_words(draw, made, count))


def _complete(draw: Random, made: Made) -> Callable[[Database], object]:
    return partial(counts_of, wanted=draw.sample(made.days, 25), min_score=SETTINGS.ranking.bar)


def _plain_complete(draw: Random, made: Made) -> Callable[[Database], object]:
    return partial(plain.counted, days=draw.sample(made.days, 25))


def _categories(draw: Random) -> Callable[[Database], object]:
    typed = draw.choice(("c", "cs", "cs.c", "comp", "quant", "learning", "hep", "astro-ph.h"))
    return lambda _: taxonomy.search(typed)


# --- a day is written ---------------------------------------------------------------------------


def _written(db: Database, made: Made) -> Row:
    """Store and rank one mailing day of 1,500 papers and 20,000 posts, against plain inserts."""
    day = made.days[-1] + timedelta(days=3)
    listed, found = _drawn(day)
    now = datetime(2026, 11, 2, 6, tzinfo=UTC)
    start = time.process_time()
    with db.atomic():
        days.open_day(db, day)
        papers.save(db, listed, now=now)
    with db.atomic():
        posts.save(db, found)
    ranked = rank([item.paper for item in listed], posts.of_day(db, day), rates(SETTINGS.sources))
    with db.atomic():
        standings.save(db, day, ranked)
    seconds = time.process_time() - start
    name = "a day of 1,500 papers and 20,000 posts stored and ranked"
    return _row(name, seconds, "s of CPU", _plainly(listed, found), GOAL_DAY)


def _drawn(day: date) -> tuple[list[Listed], list[Post]]:
    draw = Invention(7)
    listed = [
        Listed(
            paper=Paper(
                arxiv_id=f"{day:%y%m}.{90_000 + n:05}",
                title=draw.text(10),
                authors=tuple(draw.authors()),
                categories=tuple(draw.categories()),
                abstract=draw.text(160),
            ),
            day=day,
            announcement=Announcement.NEW,
            learnt_from=LearntFrom.FEED,
        )
        for n in range(1_500)
    ]
    at = datetime(2026, 11, 2, 5, tzinfo=UTC)
    found = [
        Post(
            network=draw.random.choice([*Network]),
            post_id=f"new{n}",
            url=f"https://posts.example/{n}",
            author=f"user{n % 5_000}",
            author_id=f"user{n % 5_000}",
            posted_at=at,
            counted_at=at,
            reposts=draw.likes(),
            likes=draw.likes(),
            arxiv_ids=(draw.random.choice(listed).paper.arxiv_id,),
        )
        for n in range(20_000)
    ]
    return listed, found


def _plainly(listed: Sequence[Listed], found: Sequence[Post]) -> float:
    """The same rows in tables without indexes, in memory."""
    with closing(sqlite3.connect(":memory:")) as db:
        start = time.process_time()
        db.execute("CREATE TABLE papers (id, title, authors, categories, abstract)")
        db.execute("CREATE TABLE posts (network, id, paper, url, author, reposts, likes)")
        db.executemany(
            "INSERT INTO papers VALUES (?, ?, ?, ?, ?)",
            [
                (p.arxiv_id, p.title, "; ".join(p.authors), " ".join(p.categories), p.abstract)
                for p in (item.paper for item in listed)
            ],
        )
        db.executemany(
            "INSERT INTO posts VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (p.network, p.post_id, p.arxiv_ids[0], p.url, p.author, p.reposts, p.likes)
                for p in found
            ],
        )
        return time.process_time() - start


if __name__ == "__main__":
    for row in measure():
        print(row)
