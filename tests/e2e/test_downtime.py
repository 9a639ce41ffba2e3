"""A bot that was away for 30 days ends with the archive of one that never was.

The real daily job and the real doors, against a loopback arXiv on an injected clock; only the
networks are hand-written, and always say the same.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from bot.arxiv import calendar
from bot.clock import ManualClock
from bot.config import ArxivSection, Settings
from bot.http import Http, RateLimiter
from bot.models import DayState, Network, Outcome, Post, Status
from bot.pipeline import Daily
from bot.sources import Collected, Wanted
from bot.sources.arxiv.feed import ArxivFeed
from bot.sources.arxiv.listing import Catchup, ListingNew
from bot.store import days
from tests.delivery.fake import InOneThread
from tests.factories import post
from tests.services.arxiv_world import World, invent
from tests.services.arxivd import ArxivD

FIRST, LAST = date(2026, 9, 28), date(2026, 11, 13)
GONE, BACK = datetime(2026, 10, 2, 12, tzinfo=UTC), datetime(2026, 11, 1, 12, tzinfo=UTC)
START, END = datetime(2026, 9, 28, 12, tzinfo=UTC), datetime(2026, 11, 15, 12, tzinfo=UTC)
SETTINGS = Settings(arxiv=ArxivSection(categories=("cs.AI", "cs.CL")))
EVERY = timedelta(hours=6)


@dataclass
class Net:
    """Three people post about every paper of the day."""

    clock: ManualClock
    network: Network = Network.X

    async def collect(self, wanted: Wanted) -> Collected:
        return Collected(
            network=self.network,
            posts=tuple(
                self._post(arxiv_id, n) for arxiv_id in sorted(wanted.arxiv_ids) for n in range(3)
            ),
            outcome=Outcome(source=self.network, status=Status.OK, at=self.clock.now()),
        )

    def _post(self, arxiv_id: str, n: int) -> Post:
        return post(
            f"{arxiv_id.replace('.', '')}{n}",
            arxiv_id,
            likes=int(arxiv_id[-2:]) + n,
            author_id=str(n),
            posted_at=START,
            counted_at=self.clock.now(),
        )


@asynccontextmanager
async def job(path: Path, clock: ManualClock, arxiv: ArxivD) -> AsyncIterator[Daily]:
    async with (
        await InOneThread.open(path) as archive,
        Http(
            contact="test@example.org", version="0", clock=clock, seconds_per_try=5, tries=2,
            backoff=0, gates={"arxiv": RateLimiter(0.0)},
        ) as http,
    ):  # fmt: skip
        yield Daily(
            archive=archive,
            doors=[
                ArxivFeed(http, clock, arxiv.url, gate="arxiv"),
                ListingNew(http, clock, arxiv.url, gate="arxiv", spacing=0.0),
                Catchup(http, clock, arxiv.url, gate="arxiv", spacing=0.0),
            ],
            networks=[Net(clock)],
            settings=SETTINGS,
            clock=clock,
        )


async def live(path: Path, away: Sequence[tuple[datetime, datetime]]) -> dict[str, list[Any]]:
    """The archive after the weeks, with the program away at times."""
    clock = ManualClock(START)
    papers = [paper for day in calendar.listing_days(FIRST, LAST) for paper in invent(6, day)]
    async with ArxivD(World(papers), clock) as arxiv, job(path, clock, arxiv) as daily:
        while clock.now() < END:
            if not any(gone <= clock.now() < back for gone, back in away):
                await daily.tick()
            clock.advance(EVERY)
        return await daily.archive.read(contents)


def contents(db: Database) -> dict[str, list[Any]]:
    """What does not depend on when the program looked."""
    wanted = {
        "papers": "arxiv_id, version, title, authors, categories, abstract, first_day",
        "listings": "day, arxiv_id, announcement",
        "days": "day, state, era",
        "standings": "day, arxiv_id, score, exact, people, parts",
        "posts": "network, post_id, reposts, likes",
    }
    return {
        table: list(db.table(table).rows_where(select=columns, order_by="1, 2"))
        for table, columns in wanted.items()
    }


async def late_days(path: Path) -> list[date]:
    async with await InOneThread.open(path) as archive:
        found = await archive.read(days.between, FIRST, LAST)
    assert all(day.state is DayState.CLOSED for day in found)
    return [day.day for day in found if day.late]


@pytest.mark.rehearsal
async def test_thirty_days_away_leave_no_trace_but_the_late_marks(tmp_path: Path) -> None:
    always = await live(tmp_path / "always.db", [])
    away = await live(tmp_path / "away.db", [(GONE, BACK)])
    for table, rows in always.items():
        assert rows, table
        assert away[table] == rows, table
        assert rows
    missed = [
        day
        for day in calendar.listing_days(FIRST, LAST)
        if GONE < calendar.mailing_start(day) + timedelta(hours=30) < BACK - timedelta(hours=12)
    ]
    assert await late_days(tmp_path / "always.db") == []
    assert await late_days(tmp_path / "away.db") == missed


async def test_a_clock_that_was_a_year_ahead_leaves_nothing_out(tmp_path: Path) -> None:
    clock, last = ManualClock(START), date(2026, 10, 5)
    wanted = list(calendar.listing_days(FIRST, last))
    world = World([paper for day in wanted for paper in invent(6, day)])
    async with ArxivD(world, clock) as arxiv, job(tmp_path / "a.db", clock, arxiv) as daily:
        await daily.tick()
        clock.move_to(START + timedelta(days=365))
        for _ in range(3):
            await daily.tick()
            clock.advance(EVERY)
        clock.move_to(START + EVERY)
        while clock.now() < datetime(2026, 10, 7, tzinfo=UTC):
            await daily.tick()
            clock.advance(EVERY)
        found = await daily.archive.read(days.between, FIRST, date(2027, 12, 31))
        assert [day.day for day in found if day.listed] == wanted
        assert all(day.state is DayState.CLOSED for day in found if day.day <= last)
        assert found[-1].day <= date(2026, 10, 7)
