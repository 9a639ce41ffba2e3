"""The job itself: read and store, correct, open and close the days."""

import asyncio
import dataclasses
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
from msgspec.structs import replace
from sqlite_utils import Database

from bot.arxiv import calendar, ids, taxonomy
from bot.clock import Clock
from bot.config import Settings
from bot.models import Announcement, LearntFrom, Listed, Outcome, Paper, Status
from bot.pipeline.backfill import reader
from bot.pipeline.backfill.checkpoint import Checkpoint, Part, Progress, Sieved, Span, span, windows
from bot.pipeline.backfill.executor import RunOffThread, in_thread
from bot.pipeline.backfill.reader import Records
from bot.pipeline.day_close import PATIENCE, closes_at
from bot.problems import Code, Problem
from bot.sources.arxiv.oai import sets
from bot.sources.arxiv.record import Record
from bot.store import Archive, days, listing_dates, meta, papers
from bot.store.listing_dates import Dated

# The share of the whole that is reading; the rest is correcting.
_READING = 0.97

Report = Callable[[Progress], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What a backfill came to. ``left_out`` counts records that could not be read."""

    first: date
    last: date
    days: int
    records: int
    papers: int
    corrected: int
    left_out: int


@dataclass(slots=True)
class _Margins:
    """What the first pass keeps in memory for the second.

    A kill loses it: then held papers of the first days stay out until the backfill is done again.
    """

    early: list[Record] = field(default_factory=list)
    behind: list[tuple[str, date]] = field(default_factory=list)

    def add(self, found: Sieved) -> None:
        self.early += found.early
        self.behind += found.behind


class _Teller:
    """Tells how far it is; what is not said stays as it was."""

    def __init__(self, report: Report, place: Checkpoint) -> None:
        self._report = report
        self._last = Progress(
            done=0.0, records=place.records, papers=place.papers, doing="asking arXiv"
        )

    def say(self, doing: str, done: float | None = None, place: Checkpoint | None = None) -> None:
        last = self._last
        self._last = Progress(
            done=last.done if done is None else max(done, last.done),
            records=place.records if place else last.records,
            papers=place.papers if place else last.papers,
            doing=doing,
        )
        self._report(self._last)


@dataclass(frozen=True, slots=True, kw_only=True)
class Backfill:
    """``elsewhere`` records are read: in a thread, or in processes for years of them."""

    archive: Archive
    settings: Settings
    clock: Clock
    elsewhere: RunOffThread = in_thread

    async def from_oai(self, source: Records, start: date, end: date, report: Report) -> Summary:
        """The listing days from ``start`` to ``end``, from OAI-PMH.

        Raises InputError when there are none, SourceError when arXiv stays away.
        """
        wanted = self._span(start, end)
        key = self._key("oai", wanted)
        place = await self._place(key)
        asked = windows(wanted.first, place.begun, sets(sorted(wanted.categories)))
        teller = _Teller(report, place)
        read = reader.reader(wanted, self.elsewhere)
        parts = reader.from_oai(source, read, asked, place, self.clock, teller.say)
        return await self._run(key, wanted, place, parts, teller)

    async def from_snapshot(self, path: Path, start: date, end: date, report: Report) -> Summary:
        """The same from a file. Raises InputError also when it is no snapshot of arXiv's."""
        wanted = self._span(start, end)
        key = self._key(await asyncio.to_thread(_name, path), wanted)
        place = await self._place(key)
        parts = reader.from_snapshot(path, wanted, place, self.elsewhere)
        return await self._run(key, wanted, place, parts, _Teller(report, place))

    def _span(self, start: date, end: date) -> Span:
        arxiv = self.settings.arxiv
        today = calendar.latest_mailed(self.clock.now(), arxiv.deferred)
        categories = [c.id for name in arxiv.categories for c in taxonomy.expand(name)]
        return span(start, end, categories, arxiv.deferred, today)

    def _key(self, source: str, wanted: Span) -> str:
        """Under which the place is kept: with other settings it begins anew."""
        categories = " ".join(sorted(self.settings.arxiv.categories))
        return f"backfill {source} {wanted.first} {wanted.last} {categories}"

    async def _place(self, key: str) -> Checkpoint:
        kept = await self.archive.read(meta.get, key)
        if kept:
            return msgspec.json.decode(kept, type=Checkpoint)
        return Checkpoint(begun=self.clock.now().astimezone(UTC).date())

    async def _run(
        self,
        key: str,
        wanted: Span,
        place: Checkpoint,
        parts: AsyncGenerator[Part, None],
        teller: _Teller,
    ) -> Summary:
        margins = _Margins()
        place = await self._read(key, wanted, place, parts, margins, teller)
        corrected = await self._correct(wanted, margins, place, teller)
        now = self.clock.now()
        count = await self.archive.write(_settle, wanted, self.settings, now)
        await self.archive.write(meta.put, key, "", now=now)
        teller.say("done", 1.0, place)
        return Summary(
            first=wanted.first,
            last=wanted.last,
            days=count,
            records=place.records,
            papers=place.papers,
            corrected=corrected,
            left_out=place.left_out,
        )

    async def _read(
        self,
        key: str,
        wanted: Span,
        place: Checkpoint,
        parts: AsyncGenerator[Part, None],
        margins: _Margins,
        teller: _Teller,
    ) -> Checkpoint:
        """The first pass. While a part is stored, the next one waits and a third is read."""
        start: asyncio.Future[Checkpoint] = asyncio.get_running_loop().create_future()
        start.set_result(place)
        before: asyncio.Future[Checkpoint] = start
        try:
            async with aclosing(parts):
                async for part in parts:
                    margins.add(part.found)
                    storing = asyncio.create_task(self._store(key, wanted, part, before))
                    done, before = before, storing
                    teller.say("reading", part.done * _READING, await done)
            return await before
        finally:
            await asyncio.gather(before, return_exceptions=True)

    async def _store(
        self, key: str, wanted: Span, part: Part, before: asyncio.Future[Checkpoint]
    ) -> Checkpoint:
        listed = [
            _listed(paper, day, LearntFrom.COMPUTED, wanted) for paper, day in part.found.papers
        ]
        place = replace(part.after, papers=(await before).papers)
        return await self.archive.write(_keep, key, listed, place, self.clock.now())

    async def _correct(
        self, wanted: Span, margins: _Margins, place: Checkpoint, teller: _Teller
    ) -> int:
        """The second pass: how many papers got another day."""
        early = {record.arxiv_id: record for record in margins.early}
        months = list(wanted.months)
        corrected = 0
        for number, month in enumerate(months):
            found = await self.archive.read(listing_dates.of_month, *month)
            days_of = await asyncio.to_thread(_corrected, found, margins, month, wanted.deferred)
            moved = [(paper, days_of[paper.arxiv_id]) for paper in found if _moves(paper, days_of)]
            held = [
                record
                for arxiv_id, record in early.items()
                if wanted.first <= days_of.get(arxiv_id, date.min) <= wanted.last
            ]
            listed = [
                _listed(paper, days_of[paper.arxiv_id], LearntFrom.CORRECTED, wanted)
                for paper in await self.elsewhere(_readable, held)
            ]
            now = self.clock.now()
            corrected += await self.archive.write(_move, moved, listed, now)
            done = _READING + (1 - _READING) * (number + 1) / len(months)
            teller.say("correcting days", done, place)
        return corrected


def _listed(paper: Paper, day: date, learnt: LearntFrom, wanted: Span) -> Listed:
    """As the feeds of the wanted categories announce it."""
    kind = Announcement.NEW if paper.primary in wanted.categories else Announcement.CROSS
    return Listed(paper=paper, day=day, announcement=kind, learnt_from=learnt)


def _readable(records: Sequence[Record]) -> list[Paper]:
    return [record.paper() for record in records]


def _name(path: Path) -> str:
    """What tells one snapshot from another: a new one is read from its beginning."""
    return f"{path.name} {path.stat().st_size if path.exists() else 0}"


def _keep(
    db: Database, key: str, listed: Sequence[Listed], place: Checkpoint, now: datetime
) -> Checkpoint:
    """A part and the place behind it. A paper that is listed already stays where it is."""
    known = listing_dates.announced(db, [item.paper.arxiv_id for item in listed])
    kept = [
        dataclasses.replace(item, day=known[item.paper.arxiv_id].day)
        if item.paper.arxiv_id in known
        else item
        for item in listed
    ]
    fresh = papers.save(db, kept, now=now)
    place = replace(place, papers=place.papers + fresh)
    meta.put(db, key, msgspec.json.encode(place).decode(), now=now)
    return place


def _corrected(
    found: Sequence[Dated],
    margins: _Margins,
    month: tuple[int, int],
    deferred: frozenset[date],
) -> dict[str, date]:
    """The days of a month's ids, by submission times, printed days and neighbours."""
    estimates = {
        record.arxiv_id: calendar.listing_day(record.submitted_at, deferred)
        for record in margins.early
        if record.submitted_at is not None and ids.month(record.arxiv_id) == month
    }
    estimates |= {name: day for name, day in margins.behind if ids.month(name) == month}
    estimates |= {
        paper.arxiv_id: calendar.listing_day(paper.submitted_at, deferred) for paper in found
    }
    printed = {
        paper.arxiv_id: paper.listed.day
        for paper in found
        if paper.listed is not None and paper.listed.is_printed_as_new
    }
    return calendar.correct_by_neighbours(list(estimates.items()), printed, deferred)


def _moves(paper: Dated, days_of: Mapping[str, date]) -> bool:
    """Whether its day was computed, and another one is right."""
    listed = paper.listed
    return (
        listed is not None
        and listed.learnt_from.is_computed
        and days_of[paper.arxiv_id] != listed.day
    )


def _move(
    db: Database, moved: Sequence[tuple[Dated, date]], held: Sequence[Listed], now: datetime
) -> int:
    """List these papers on other days; how many listings that changed or made."""
    known = papers.many(db, [paper.arxiv_id for paper, _ in moved])
    listed = list(held)
    for paper, day in moved:
        before = paper.listed
        if before is None:
            continue
        papers.unlist(db, before.day, [paper.arxiv_id], before.learnt_from)
        listed.append(
            Listed(
                paper=known[paper.arxiv_id],
                day=day,
                announcement=before.announcement,
                learnt_from=LearntFrom.CORRECTED,
            )
        )
    return papers.save(db, listed, now=now)


def _settle(db: Database, wanted: Span, settings: Settings, now: datetime) -> int:
    """Open the days that have papers now; close those that nothing will mend any more."""
    found = listing_dates.news_by_day(db, wanted.first, wanted.last)
    for day, count in found:
        days.open_day(db, day)
        if now < closes_at(day, settings) + PATIENCE:
            continue
        known = days.get(db, day)
        if known is not None and known.harvested_at is None:
            days.mark_harvested(db, day, now=now)
            dated = Problem(Code.DATED_BY_SUBMISSION)
            outcome = Outcome(source="arXiv", status=Status.OK, at=now, reason=dated, items=count)
            days.add_outcomes(db, day, "harvest", [outcome])
        days.close(db, day, now=now, late=False)
    return len(found)
