"""arXiv -> archive for one listing day, through the healthiest door that answers.

A day is whole when every category answered in full; until then it stays open and is asked for
again, only for what is missing. A listing day on which every category is empty is looked at by a
second door, and once more hours later: then arXiv had an unannounced holiday, and its empty feed
is trusted over the calendar.
"""

import logging
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlite_utils import Database

from bot.arxiv import calendar, taxonomy
from bot.clock import Clock
from bot.config import Settings, logs
from bot.errors import HotpapersError, own_fault
from bot.models import LearntFrom, Listed, Outcome, Paper, Status
from bot.pipeline.harvest_result import ANSWERED, HarvestResult
from bot.problems import Code, Problem, several
from bot.sources import Harvested, PaperSource
from bot.sources.arxiv.endpoints import no_listing
from bot.store import Archive, days, listing_dates, meta, papers
from bot.store.codecs import instant, seconds

logger = logging.getLogger(__name__)

# A day that is empty everywhere is believed to be so after this time from feed and first look.
SECOND_LOOK = timedelta(hours=3)
# So long after its feed turned, nothing can be late any more.
SETTLED = timedelta(hours=24)
# How many categories of a second door speak for an empty day.
_WITNESSES = 2
_PAGES = (LearntFrom.LISTING, LearntFrom.CATCHUP)


async def run(
    archive: Archive, doors: Sequence[PaperSource], settings: Settings, clock: Clock, day: date
) -> tuple[Outcome, ...]:
    """Ask door after door for the categories that still have no whole answer.

    What a door gave is stored at once, so nothing is lost to a later failure. A day that can have
    no listing, or has none yet, has one outcome, of "arXiv", and is not put into the archive.
    """
    job = _Harvest(archive, doors, settings, clock, day)
    outcomes = job.without_asking() or await job.run()
    logs.event(
        logger, logging.INFO, "harvest.done", day=day,
        requests=sum(outcome.requests for outcome in outcomes),
        whole=all(outcome.status in ANSWERED for outcome in outcomes),
    )  # fmt: skip
    return outcomes


class _Harvest:
    def __init__(
        self,
        archive: Archive,
        doors: Sequence[PaperSource],
        settings: Settings,
        clock: Clock,
        day: date,
    ) -> None:
        self._archive = archive
        self._doors = doors
        self._clock = clock
        self._day = day
        self._wanted = taxonomy.feeds(settings.arxiv.categories)
        self._deferred: Collection[date] = settings.arxiv.deferred
        self._empty_key = f"harvest.empty {day}"

    def without_asking(self) -> tuple[Outcome, ...]:
        """The one outcome of a day that arXiv need not be asked for; none for any other."""
        if calendar.never_listed(self._day):
            return (self._arxiv(Status.EMPTY, no_listing(self._day, self._deferred)),)
        begins = calendar.mailing_start(self._day)
        if self._clock.now() < begins:
            reason = Problem(Code.LISTING_EXPECTED, at=begins)
            return (self._arxiv(Status.FAILED, reason),)
        return ()

    async def run(self) -> tuple[Outcome, ...]:
        holiday = no_listing(self._day, self._deferred)
        if holiday:
            glance = await self._glance()
            if not glance.listed:
                return (self._arxiv(Status.EMPTY, holiday, glance),)
        await self._archive.write(days.open_day, self._day)
        if await self._is_between_looks():
            glance = await self._glance()
            await self._archive.write(days.add_outcomes, self._day, "harvest", glance.outcomes)
            if not glance.listed:
                return await self._archive.read(days.outcomes, self._day, "harvest")
        told = HarvestResult(self._wanted, await self._kept())
        for door in self._doors:
            missing = told.missing()
            if not missing:
                break
            await self._ask(door, missing, told)
            if told.nothing() and not holiday:
                await self._call_witnesses(door, told)
        return await self._finish(told)

    async def _glance(self) -> Harvested:
        """One category of the first door, on a day that is thought to have none: the feed knows
        better than the calendar.
        """
        if not self._doors:
            return Harvested(day=self._day, listed=(), outcomes=())
        return await self._answer(self._doors[0], self._wanted[:1])

    async def _listed(self) -> int:
        known = await self._archive.read(days.get, self._day)
        return known.listed if known else 0

    async def _kept(self) -> dict[str, Outcome]:
        """Whole answers of earlier runs. While nothing has come at all, none of them is."""
        if not await self._listed():
            return {}
        outcomes = await self._archive.read(days.outcomes, self._day, "harvest")
        return {o.source: o for o in outcomes if o.status in ANSWERED and o.source in self._wanted}

    async def _ask(
        self, door: PaperSource, categories: Sequence[str], told: HarvestResult
    ) -> Harvested:
        answer = await self._answer(door, categories)
        fresh = await self._archive.write(_store, self._day, answer.listed, self._clock.now())
        reasons = (o.reason for o in answer.outcomes if o.status not in ANSWERED and o.reason)
        logs.event(
            logger, logging.INFO, "harvest.door", day=self._day, door=door.name,
            categories=len(categories), papers=len(answer.listed), new=len(fresh),
            reason=several(reasons, 3),
        )  # fmt: skip
        lacking = [item.paper for item in answer.listed if item.paper.arxiv_id in fresh]
        told.add(
            door.name,
            [
                _with_lacking(outcome, lacking) if told.is_incomplete(outcome.source) else outcome
                for outcome in answer.outcomes
            ],
        )
        return answer

    async def _answer(self, door: PaperSource, categories: Sequence[str]) -> Harvested:
        """A door's own fault is its answer: an edge, so that the next door is asked."""
        try:
            return await door.harvest(self._day, categories)
        except HotpapersError as error:
            reason = error.problem
        except Exception as error:
            logs.event(logger, logging.ERROR, "harvest.crashed", error=error, door=door.name)
            reason = own_fault(error)
        outcomes = tuple(
            Outcome(source=name, status=Status.FAILED, reason=reason, at=self._clock.now())
            for name in categories
        )
        return Harvested(day=self._day, listed=(), outcomes=outcomes)

    async def _call_witnesses(self, door: PaperSource, told: HarvestResult) -> None:
        """Every category is empty: ask the pages about a few of them, whatever the feed said."""
        for other in self._doors:
            if other is door or other.name not in ("listing", "catchup"):
                continue
            answer = await self._ask(other, self._wanted[:_WITNESSES], told)
            if answer.listed:
                told.doubt(door.name, Problem(Code.EMPTY_BUT_DOUBTED, endpoint=other.name))
            if answer.listed or answer.whole:
                return

    async def _is_between_looks(self) -> bool:
        """Whether the day was empty at first look, and it is too early for the second."""
        first = await self._first_empty()
        early = first is not None and self._clock.now() < self._believed_from(first)
        return early and not await self._listed()

    async def _first_empty(self) -> datetime | None:
        kept = await self._archive.read(meta.get, self._empty_key)
        return instant(int(kept)) if kept else None

    def _believed_from(self, first: datetime) -> datetime:
        turned = calendar.feed_start(self._day)
        return min(max(first, turned) + SECOND_LOOK, turned + SETTLED)

    async def _finish(self, told: HarvestResult) -> tuple[Outcome, ...]:
        now = self._clock.now()
        if not told.nothing() or await self._listed():
            await self._archive.write(_settle, self._day, told.asked(), told.whole(), now)
            return told.all()
        first = await self._first_empty() or now
        if now < self._believed_from(first):
            await self._archive.write(_note_empty, self._day, told.asked(), self._empty_key, first)
            return told.all()
        nothing = Problem(Code.NOTHING_ANNOUNCED_FOR, day=self._day)
        outcomes = tuple(replace(outcome, reason=nothing) for outcome in told.all())
        await self._archive.write(_close_empty, self._day, outcomes, now)
        return outcomes

    def _arxiv(
        self, status: Status, reason: Problem | None, harvested: Harvested | None = None
    ) -> Outcome:
        requests = sum(outcome.requests for outcome in harvested.outcomes) if harvested else 0
        at = self._clock.now()
        return Outcome(source="arXiv", status=status, reason=reason, at=at, requests=requests)


def _store(db: Database, day: date, listed: Sequence[Listed], now: datetime) -> frozenset[str]:
    """Returns the ids that the day did not have.

    A page's half-converted text does not replace the same version's own, and a computed day does
    not stand beside a printed one.
    """
    arxiv_ids = [item.paper.arxiv_id for item in listed]
    before = {item.paper.arxiv_id for item in papers.of_day(db, day)}
    known, places = papers.many(db, arxiv_ids), listing_dates.announced(db, arxiv_ids)
    kept = []
    for item in listed:
        paper, place = known.get(item.paper.arxiv_id), places.get(item.paper.arxiv_id)
        if item.learnt_from.is_computed and place is not None and place.day != day:
            continue
        if item.learnt_from in _PAGES and paper and paper.version >= item.paper.version:
            item = replace(item, paper=paper)
        kept.append(item)
    papers.save(db, kept, now=now)
    return frozenset(arxiv_ids) - before


def _with_lacking(outcome: Outcome, lacking: Sequence[Paper]) -> Outcome:
    """The second witness of an incomplete answer: how many papers the first one lacked."""
    count = sum(outcome.source in paper.categories for paper in lacking)
    if not count:
        return outcome
    return replace(outcome, reason=Problem(Code.MORE_PAPERS, papers=count, problem=outcome.reason))


def _settle(
    db: Database, day: date, outcomes: Sequence[Outcome], whole: bool, now: datetime
) -> None:
    days.add_outcomes(db, day, "harvest", outcomes)
    if whole:
        days.mark_harvested(db, day, now=now)


def _note_empty(
    db: Database, day: date, outcomes: Sequence[Outcome], key: str, first: datetime
) -> None:
    days.add_outcomes(db, day, "harvest", outcomes)
    meta.put(db, key, str(seconds(first)), now=first)


def _close_empty(db: Database, day: date, outcomes: Sequence[Outcome], now: datetime) -> None:
    """A day without a listing is over at once: there is nothing to count."""
    days.add_outcomes(db, day, "harvest", outcomes)
    days.mark_harvested(db, day, now=now)
    days.close(db, day, now=now, late=False)
