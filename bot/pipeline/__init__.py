"""The daily job: harvest, collect, rank, close the day. Each step may be repeated at any time.

Every step is idempotent and stores what it learnt before the next begins, so the job can be
killed anywhere and started again. No source can sink it: what went wrong with one is that
source's outcome, kept with the day and shown on the digest.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.arxiv import calendar
from bot.clock import Clock
from bot.config import Settings, logs
from bot.models import Day, DayState, Era, Network, Outcome
from bot.pipeline import author_lookup, collect, day_close, due, harvest, rank
from bot.pipeline.due import Step
from bot.sources import PaperSource, PostSource
from bot.sources.disabled import Off
from bot.store import Archive, days

__all__ = ["Daily", "Report"]


logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What one run of the daily job came to.

    ``requests`` is how often arXiv was asked for this day so far, in all runs. A day without a
    listing is closed, has no papers, and is not in the archive.
    """

    day: Day
    harvest: tuple[Outcome, ...]
    collect: tuple[Outcome, ...]
    above_bar: int
    requests: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Daily:
    """The job with what it works on. ``doors`` are arXiv's, the one to ask first comes first."""

    archive: Archive
    doors: Sequence[PaperSource]
    networks: Sequence[PostSource]
    settings: Settings
    clock: Clock
    lookup: author_lookup.Lookup | None = None  # names the shown posts of X; None where X is off

    @property
    def off(self) -> frozenset[Network]:
        """The networks that are never asked."""
        return frozenset(each.network for each in self.networks if isinstance(each, Off))

    async def harvest(self, day: date) -> tuple[Outcome, ...]:
        """Ask arXiv for the papers of ``day``; what came is stored, whole or not."""
        return await harvest.run(self.archive, self.doors, self.settings, self.clock, day)

    async def collect(self, day: date) -> tuple[Outcome, ...]:
        """Ask every network for posts that link the papers of ``day``, and score them.

        On a date that never has a listing nobody is asked.
        """
        if calendar.never_listed(day):
            return await self.harvest(day)
        outcomes = await collect.run(self.archive, self.networks, self.settings, self.clock, day)
        await self.rank(day)
        return outcomes

    async def rank(self, day: date) -> None:
        """Score what is there. Only then the day counts as counted, as of when it was collected."""
        await rank.refresh(self.archive, self.settings, day)
        if self.lookup and await author_lookup.run(
            self.archive, self.settings, self.clock, self.lookup, day
        ):
            await rank.refresh(self.archive, self.settings, day)
        now = self.clock.now()
        asked = await self.archive.read(days.last_asked, day, now)
        counted = asked.get((day, "collect"), now)
        await self.archive.write(days.mark_counted, day, at=counted)

    async def run(self, day: date) -> Report:
        """Harvest, collect, rank, and close the day when its time has come."""
        outcomes = await self.harvest(day)
        known = await self.archive.read(days.get, day)
        if known is None or calendar.never_listed(day):
            return _without_listing(day, outcomes)
        if known.listed or (known.harvested_at and known.state is DayState.OPEN):
            await self.collect(day)
        await day_close.close_if_due(self.archive, self.settings, self.clock, day)
        return await self.report(day)

    async def tick(self) -> None:
        """Do whatever is due now, oldest day first, and what became due by it: a day that was just
        harvested is counted at once. What is due follows from the archive.
        """
        await self._forget_the_future()
        done: set[due.Task] = set()
        while tasks := [task for task in await self._due() if task not in done]:
            for task in tasks:
                await self._do(task)
            done.update(tasks)

    async def _forget_the_future(self) -> None:
        """A clock that was ahead must not leave days behind that count as over before they come."""
        newest = calendar.latest_mailed(self.clock.now(), self.settings.arxiv.deferred)
        found = await self.archive.read(days.newest, 1, era=Era.HOTPAPERS)
        if found and found[0].day > newest:
            forgotten = await self.archive.write(days.forget_after, newest)
            logs.event(logger, logging.WARNING, "daily.set_back", to=newest, forgotten=forgotten)

    async def _due(self) -> list[due.Task]:
        now = self.clock.now()
        start = due.horizon(now)
        known = await self.archive.read(days.between, start, now.date() + timedelta(days=1))
        asked = await self.archive.read(days.last_asked, start, now)
        return due.due(known, asked, self.settings, now)

    async def _do(self, task: due.Task) -> None:
        match task.step:
            case Step.HARVEST:
                await self.harvest(task.day)
                return
            case Step.COLLECT:
                await self.collect(task.day)
            case Step.RANK:
                await self.rank(task.day)
        await day_close.close_if_due(self.archive, self.settings, self.clock, task.day)

    async def report(self, day: date) -> Report:
        """What is known of ``day`` now. It must be in the archive."""
        found = await self.archive.read(days.get, day)
        if found is None:
            raise LookupError(f"{day} is not in the archive")
        return Report(
            day=found,
            harvest=await self.archive.read(days.outcomes, day, "harvest"),
            collect=await self.archive.read(days.outcomes, day, "collect"),
            above_bar=await rank.above_bar(self.archive, self.settings, day),
            requests=await self.archive.read(days.requests, day, "harvest"),
        )


def _without_listing(day: date, outcomes: tuple[Outcome, ...]) -> Report:
    """There is nothing to collect, and nothing to wait for."""
    return Report(
        day=Day(day=day, state=DayState.CLOSED, era=Era.HOTPAPERS, listed=0),
        harvest=outcomes,
        collect=(),
        above_bar=0,
        requests=sum(outcome.requests for outcome in outcomes),
    )
