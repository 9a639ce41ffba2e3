"""A backfill: records parsed and stored, against a plain parse of the same bytes.

The answers are OAI-PMH pages in arXiv's shape, handed over in memory: what a network adds is not
measured. Their texts have the share of formulas and macros that arXiv's have (13.8 % of abstracts
hold a formula, 15.7 % a backslash; median of about 1,100 characters).
"""

import asyncio
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

from benchmarks.row import Row
from bot.clock import ManualClock
from bot.config import Settings
from bot.pipeline.backfill import Backfill, in_process
from bot.pipeline.backfill.checkpoint import Sieved, span
from bot.pipeline.backfill.reader import Page, parse_page
from bot.sources.arxiv.oai import Read, Window
from bot.store import Archive
from tests.services.arxiv_oai import Repository
from tests.services.arxiv_world import Paper, submitted_for

GOAL = 5000.0
PAGES, SIZE = 15, 2000
FIRST = date(2026, 1, 5)
LAST = FIRST + timedelta(days=35)
CHUNK = 2**16
NOW = datetime(2026, 11, 18, 17, tzinfo=UTC)
LETTERS = "etaoinshrdlucmfwypvbgkjqxz"


class InMemory:
    """Every page is the answer to the question before it. All records are in the first window."""

    def __init__(self, pages: Sequence[bytes]) -> None:
        self._pages = pages
        self._window: Window | None = None

    async def answer(self, window: Window, token: str, read: Read[Page]) -> Page:
        self._window = self._window or window
        if window != self._window:
            return Page(found=Sieved([], [], []), records=0, problems=(), changed=None, token="")
        number = int(token or 0)
        page = await read(_chunks(self._pages[number]))
        following = str(number + 1) if number + 1 < len(self._pages) else ""
        return replace(page, token=following)


async def _chunks(body: bytes) -> AsyncIterator[bytes]:
    """As they would come from the wire."""
    for start in range(0, len(body), CHUNK):
        yield body[start : start + CHUNK]


def measure() -> list[Row]:
    pages = list(_pages())
    plain = _plain(pages)
    stored = asyncio.run(_stored(pages))
    name = "backfill: records parsed and stored, against a plain parse"
    return [Row(name, stored, "records/s", baseline=plain, goal=GOAL, met=stored >= GOAL)]


def _plain(pages: Sequence[bytes]) -> float:
    start = time.perf_counter()
    for page in pages:
        ElementTree.fromstring(page)  # noqa: S314 - our own bytes
    return PAGES * SIZE / (time.perf_counter() - start)


async def _stored(pages: Sequence[bytes]) -> float:
    clock = ManualClock(NOW)
    with tempfile.TemporaryDirectory() as folder, in_process() as elsewhere:
        # A backfill of years does not notice the start of a process.
        await elsewhere(parse_page, b"".join(pages[:1]), span(FIRST, LAST, ["cs.LG"], [], LAST))
        async with await Archive.open(Path(folder) / "archive.db") as archive:
            backfill = Backfill(
                archive=archive, settings=Settings(), clock=clock, elsewhere=elsewhere
            )
            start = time.perf_counter()
            summary = await backfill.from_oai(InMemory(pages), FIRST, LAST, lambda _: None)
            seconds = time.perf_counter() - start
    if summary.papers != PAGES * SIZE:
        raise RuntimeError(f"{summary.papers:,} of {PAGES * SIZE:,} papers were stored")
    return summary.records / seconds


def _pages() -> Iterator[bytes]:
    random = Random(2026)
    vocabulary = ["".join(random.choices(LETTERS, k=random.randint(2, 9))) for _ in range(30_000)]
    # Zipf's law, as words of any language follow it.
    weights = [1 / rank for rank in range(1, len(vocabulary) + 1)]
    words = random.choices(vocabulary, weights, k=400_000)
    for number in range(PAGES):
        papers = [_paper(random, words, number * SIZE + n) for n in range(SIZE)]
        query = {"verb": "ListRecords", "metadataPrefix": "arXivRaw"}
        yield Repository(papers, SIZE, False).answer(query, NOW).encode()


def _paper(random: Random, words: Sequence[str], n: int) -> Paper:
    day = FIRST + timedelta(days=7 * (n // 6000) + n % 6000 // 1200)
    abstract = random.choices(words, k=random.randint(120, 230))
    if random.random() < 0.138:
        abstract[10:10] = ["of", "$O(n^{2} \\log n)$", "and", "$\\alpha$"]
    elif random.random() < 0.02:
        abstract[10:10] = ["by", "\\emph{far}", "and", "12\\%"]
    return Paper(
        id=f"2601.{n + 1:05d}",
        title=" ".join(random.choices(words, k=10)).capitalize(),
        categories=random.choice([("cs.LG", "stat.ML"), ("cs.CV",), ("cs.CL", "cs.AI", "cs.LG")]),
        submitted=submitted_for(day, n % 1200),
        listed=day,
        authors=tuple(
            " ".join(random.choices(words, k=2)).title() for _ in range(random.randint(1, 8))
        ),
        abstract=" ".join(abstract).capitalize() + ".",
    )


if __name__ == "__main__":
    for row in measure():
        print(row)
