"""An archive of years, invented: as many papers, posts and words as arXiv and the networks have.

100,000 papers and 1,000,000 posts a year. Categories, words, posts per paper and counts per post
follow the long-tailed distributions of the real ones; names and texts are made of random letters.
Written with plain SQL, because saving ten million posts one by one takes an hour.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from random import Random

from sqlite_utils import Database

from bot.arxiv import calendar, taxonomy
from bot.config import Settings
from bot.models import Network
from bot.ranking.scoring import rates
from bot.store import (
    category_patterns,
    full_text_index,
    listing_totals,
    ranking_totals,
    usual_addresses,
)
from bot.store.codecs import dump, seconds
from bot.store.packed import pack

LAST = date(2026, 10, 30)
PAPERS_A_YEAR = 100_000
AS_SHOWN = b""  # how the archive stores what follows from what stands beside it
LISTED_AGAIN = 0.05  # of the papers, as cross-lists on a later day
_LETTERS = "etaoinshrdlucmfwypvbgkjqxz"
_NETWORKS = (Network.X, Network.BLUESKY, Network.MASTODON, Network.HACKERNEWS, Network.HUGGINGFACE)
_SHARES = (0.7, 0.2, 0.05, 0.03, 0.02)


_POST = """
    INSERT INTO posts (id, network, post_id, url, author, author_id, author_name, posted_at, text,
        reposts, likes, replies, counted_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""


@dataclass(slots=True)
class Made:
    """What is in the archive. ``titles`` is a sample, for searches that find something."""

    days: list[date]
    papers: int = 0
    posts: int = 0
    above_bar: int = 0
    titles: list[str] = field(default_factory=list)


class Invention:
    """Draws papers and posts, always the same."""

    def __init__(self, seed: int = 2026) -> None:
        self.random = Random(seed)
        draw = self.random
        self.words = ["".join(draw.choices(_LETTERS, k=draw.randint(2, 9))) for _ in range(60_000)]
        self._word_weights = list(accumulate(1 / (rank + 8) for rank in range(len(self.words))))
        names = ["".join(draw.choices(_LETTERS, k=draw.randint(4, 8))) for _ in range(30_000)]
        self._names = [name.title() for name in names]
        self._name_weights = list(accumulate(1 / (rank + 40) for rank in range(len(names))))
        categories = [category.id for category in taxonomy.all_categories()]
        draw.shuffle(categories)
        self._categories = ["cs.LG", "cs.CV", "cs.CL", *categories]
        self._category_weights = list(
            accumulate(1 / (rank + 3) for rank in range(len(self._categories)))
        )

    def text(self, count: int) -> str:
        return " ".join(self.random.choices(self.words, cum_weights=self._word_weights, k=count))

    def authors(self) -> list[str]:
        found = self.random.choices(
            self._names, cum_weights=self._name_weights, k=2 * self.random.randint(1, 8)
        )
        return [f"{a} {b}" for a, b in zip(found[::2], found[1::2], strict=True)]

    def categories(self) -> list[str]:
        count = self.random.choice((1, 1, 2, 2, 3, 4))
        drawn = self.random.choices(self._categories, cum_weights=self._category_weights, k=count)
        return list(dict.fromkeys(drawn))

    def posts(self) -> int:
        """Ten on average, two or three in the middle, none for a quarter of the papers."""
        return min(int(self.random.lognormvariate(1.0, 1.6)), 3_000)

    def likes(self) -> int:
        return int(self.random.lognormvariate(-0.4, 1.5))


def build(db: Database, years: float, settings: Settings) -> Made:
    """Fill an empty archive with the ``years`` before ``LAST``."""
    start = LAST - timedelta(days=round(365.25 * years) - 1)
    made = Made(days=list(calendar.listing_days(start, LAST)))
    invention = Invention()
    writer = _Writer(db, invention, settings, made)
    per_day = max(1, round(PAPERS_A_YEAR * years / len(made.days)))
    for day in made.days:
        with db.atomic():
            writer.day(day, per_day)
    with db.atomic():
        listing_totals.rebuild(db)
        db.conn.execute(
            """UPDATE standings SET again = 1 WHERE again = 0 AND EXISTS (
                   SELECT 1 FROM standings AS other
                   WHERE other.arxiv_id = standings.arxiv_id AND other.day <> standings.day)"""
        )
        ranking_totals.rebuild(db)
        db.conn.execute("INSERT INTO papers_fts (papers_fts) VALUES ('optimize')")
        db.conn.execute("ANALYZE")
    return made


@dataclass(frozen=True, slots=True)
class _Again:
    """A cross-list that is due on a later day."""

    arxiv_id: str
    day: date
    subjects: str


class _Writer:
    def __init__(self, db: Database, invention: Invention, settings: Settings, made: Made) -> None:
        self._db = db
        self._invent = invention
        self._made = made
        self._bar = settings.ranking.bar
        self._rates = rates(settings.sources)
        self._again: list[_Again] = []

    def day(self, day: date, count: int) -> None:
        at = datetime.combine(day, time(6), UTC)
        self._db.conn.execute(
            """INSERT INTO days (day, state, era, harvested_at, counted_at, closed_at)
               VALUES (?, 'closed', 'hotpapers', ?, ?, ?)""",
            [day.isoformat(), *[seconds(at)] * 3],
        )
        self._db.conn.executemany(
            """INSERT INTO outcomes (day, stage, source, status, at, requests, items)
               VALUES (?, 'collect', ?, 'ok', ?, 10, 1000)""",
            [(day.isoformat(), network, seconds(at)) for network in _NETWORKS],
        )
        self._subjects: dict[object, str] = {}
        rows = list(self._papers(day, count))
        self._store_papers(day, rows)
        scores = self._store_posts(day, at, [row[1] for row in rows])
        self._index(rows, scores)

    def _papers(self, day: date, count: int) -> Iterator[tuple[object, ...]]:
        draw = self._invent
        for n in range(count):
            key = self._made.papers = self._made.papers + 1
            title = draw.text(draw.random.randint(5, 14)).capitalize()
            if draw.random.random() < 0.02:
                self._made.titles.append(title)
            arxiv_id = f"{day:%y%m}.{day.day * 1000 + n:05}"
            categories = draw.categories()
            self._subjects[arxiv_id] = category_patterns.column(categories)
            abstract = draw.text(draw.random.randint(90, 220))
            authors = draw.authors()
            yield (
                key, arxiv_id, 1, title, dump(authors), dump(categories), pack(abstract),
                seconds(datetime.combine(day, time(), UTC)), AS_SHOWN, AS_SHOWN, AS_SHOWN, key,
                day.isoformat(),
            )  # fmt: skip
            if draw.random.random() < LISTED_AGAIN:
                later = day + timedelta(days=draw.random.randint(1, 4))
                self._again.append(_Again(arxiv_id, later, category_patterns.column(categories)))

    def _store_papers(self, day: date, rows: Sequence[tuple[object, ...]]) -> None:
        conn = self._db.conn
        conn.executemany(
            """INSERT INTO papers (id, arxiv_id, version, title, authors, categories, abstract,
                   submitted_at, raw_title, raw_authors, raw_abstract, first_seen, first_day)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            rows,
        )
        self._due = due = [again for again in self._again if again.day <= day]
        self._again = [again for again in self._again if again.day > day]
        news = [(day.isoformat(), row[1], "new", self._subjects[row[1]]) for row in rows]
        news += [(day.isoformat(), again.arxiv_id, "cross", again.subjects) for again in due]
        conn.executemany(
            """INSERT INTO listings (day, arxiv_id, announcement, learnt_from, subjects)
               VALUES (?, ?, ?, 'feed', ?)""",
            news,
        )

    def _store_posts(
        self, day: date, at: datetime, arxiv_ids: Sequence[object]
    ) -> dict[object, float]:
        posts, links, counts, standings = [], [], [], []
        draw, scores = self._invent, {}
        for arxiv_id in arxiv_ids:
            sums: dict[Network, list[int]] = {}
            for network in draw.random.choices(_NETWORKS, _SHARES, k=draw.posts()):
                key = self._made.posts = self._made.posts + 1
                likes = draw.likes()
                reposts = likes // 4
                author = f"user{int(draw.random.paretovariate(0.6)) % 1_000_000}"
                is_usual = bool(usual_addresses.url(network, str(key), author))
                url = AS_SHOWN if is_usual else f"https://{network}.example/{author}/{key}"
                posted = seconds(at) - draw.random.randint(0, 80_000)
                posts.append((key, network, str(key), url, author, author, "", posted, None,
                              reposts, likes, 0, seconds(at)))  # fmt: skip
                links.append((arxiv_id, reposts + likes, key))
                counts.append((key, seconds(at), reposts, likes, 0))
                part = sums.setdefault(network, [0, 0, 0])
                part[0], part[1], part[2] = part[0] + reposts, part[1] + likes, part[2] + 1
            if sums:
                scores[arxiv_id] = sum(self._rates[n] * (r + k) for n, (r, k, _) in sums.items())
                standings.append(self._standing(day, arxiv_id, scores[arxiv_id], sums))
        conn = self._db.conn
        conn.executemany(_POST, posts)
        conn.executemany("INSERT INTO post_papers VALUES (?, ?, ?)", links)
        conn.executemany("INSERT INTO counts VALUES (?, ?, ?, ?, ?)", counts)
        conn.executemany(
            """INSERT INTO standings
                   (day, arxiv_id, score, exact, people, parts, age, again, subjects)
               VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?)""",
            standings,
        )
        conn.executemany(
            """INSERT INTO standings
                   (day, arxiv_id, score, exact, people, parts, age, again, subjects)
               SELECT ?, arxiv_id, score, exact, people, parts, age, 1, subjects
               FROM standings WHERE arxiv_id = ? ORDER BY day LIMIT 1""",
            [(day.isoformat(), again.arxiv_id) for again in self._due],
        )
        self._made.above_bar += sum(score >= self._bar for score in scores.values())
        return scores

    def _standing(
        self, day: date, arxiv_id: object, score: float, sums: dict[Network, list[int]]
    ) -> tuple[object, ...]:
        parts = [
            {"network": n, "reposts": r, "likes": k, "rate": self._rates[n],
             "points": self._rates[n] * (r + k), "posts": posts, "people": posts}
            for n, (r, k, posts) in sums.items()
        ]  # fmt: skip
        people = sum(s[2] for s in sums.values())
        age = int(str(arxiv_id).replace(".", ""))
        columns = self._subjects[arxiv_id]
        return day.isoformat(), arxiv_id, score, score, people, dump(parts), age, columns

    def _index(self, rows: Sequence[tuple[object, ...]], scores: dict[object, float]) -> None:
        attention = {row[0]: int(scores.get(row[1], 0)) for row in rows}
        self._db.conn.executemany(
            "UPDATE papers SET attention = ? WHERE id = ?",
            [(value, key) for key, value in attention.items() if value],
        )
        full_text_index.update(
            self._db, {}, full_text_index.indexed(self._db, [str(row[1]) for row in rows])
        )
