"""OAI-PMH: arXiv's own records by the day of their last change. For old days, repairs and years.

It does not say when a paper was announced. A record's datestamp moves with every change, so what
was announced on a day stands in the list from that day on, wherever; its submission time and
arXiv's calendar tell the day (facts: info.arxiv.org/help/oa/index.html).

Tokens die at the next UTC midnight. ``until`` must not lie in the future, and is left out when
everything to the present is wanted.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from typing import TypeVar
from urllib.parse import urlsplit

from bot.arxiv import calendar, ids, taxonomy
from bot.clock import Clock
from bot.errors import Malformed, Unreachable
from bot.http import Http
from bot.models import Announcement, LearntFrom, Listed, Status
from bot.problems import Code, Problem
from bot.sources import Harvested
from bot.sources.arxiv.endpoints import MAX_SECONDS, Answer, Endpoint, Question, unavailable
from bot.sources.arxiv.oai_xml import OaiError, Page, Reader
from bot.sources.arxiv.record import Record
from bot.sources.decoding import tell_skipped

logger = logging.getLogger(__name__)

T = TypeVar("T")
Read = Callable[[AsyncIterator[bytes]], Awaitable[T]]

EARLIEST = date(2005, 9, 16)
"""The first datestamp that arXiv accepts."""

# Answers took 0.6 to 51 s within minutes on one day of 2026, some more than 90 s.
_SILENCE = 180.0
_TRIES = 3
# Of a page, first byte to last. The gate is held meanwhile, and every other door of arXiv's waits.
_IN_ALL = 300.0
# 2,000 records of about 3 kB.
_MAX_BYTES = 32 * 2**20
# A single day is not worth more pages of 2,000 records; a backfill is the tool for that.
_MAX_PAGES = 150
# A fresh day's papers are in the changes of its first days; better doors will date them.
_FRESH = timedelta(days=3)
# From so many categories of an archive on, the archive is asked for and sieved here.
_MIN_CATEGORIES_OF_ARCHIVE = 4


@dataclass(frozen=True, slots=True)
class Window:
    """What to list: records changed from ``start`` to ``until`` (None: to the present), in one of
    arXiv's sets (None: in all of them).
    """

    start: date
    until: date | None = None
    subset: str | None = None


class ArxivOai:
    """Pages of records, and a PaperSource for days that no better door reaches.

    ``backoff`` (seconds) is the pause before a broken answer is asked for again; it doubles.
    ``seconds_per_page`` bounds one answer, and the time in which it is asked for again.
    """

    name = "oai"

    def __init__(
        self,
        http: Http,
        clock: Clock,
        url: str,
        *,
        gate: str,
        deferred: Collection[date] = (),
        backoff: float = 2.0,
        seconds_per_page: float = _IN_ALL,
    ) -> None:
        self._http = http
        self._clock = clock
        self._url = url.rstrip("/")
        self._gate = gate
        self._deferred = frozenset(deferred)
        self._backoff = backoff
        self._seconds = seconds_per_page

    async def page(self, window: Window, token: str = "") -> Page:
        """The first page of a window, or the one that ``token`` asks for. Raises as ``answer``."""
        return await self.answer(window, token, _page)

    async def record(self, arxiv_id: str) -> Record | None:
        """The record of one paper; None when arXiv has none of that id, or deleted it.

        Raises SourceError: Malformed for a record that cannot be read, which says nothing of
        whether arXiv has the paper.
        """
        params = {
            "verb": "GetRecord",
            "identifier": f"oai:arXiv.org:{arxiv_id}",
            "metadataPrefix": "arXivRaw",
        }
        try:
            page = await self._ask_once(params, _page)
        except OaiError as error:
            if error.code != "idDoesNotExist":
                raise
            return None
        record = next((it for it in page.records if it.arxiv_id == arxiv_id), None)
        if record is None:
            technical = "; ".join(page.problems)
            raise Malformed(Problem(Code.OAI_RECORD_UNREADABLE, technical=technical))
        return None if record.deleted else record

    async def answer(self, window: Window, token: str, read: Read[T]) -> T:
        """What ``read`` makes of a page; asked for again when that is Malformed.

        Raises OaiError (``badResumptionToken`` for a token that has died), other SourceErrors.
        """
        began = time.monotonic()
        for place in range(1, _TRIES + 1):
            try:
                return await self._ask_once(_params(window, token), read)
            except (Malformed, Unreachable):
                if place == _TRIES or time.monotonic() - began >= self._seconds:
                    raise
            await asyncio.sleep(self._backoff * 2**place)
        raise AssertionError("the last try returns or raises")

    async def _ask_once(self, params: dict[str, str], read: Read[T]) -> T:
        async with self._http.stream(
            f"{self._url}/oai",
            params=params,
            headers={"Accept": "text/xml"},
            gate=self._gate,
            door=f"{urlsplit(self._url).netloc}/oai",
            max_bytes=_MAX_BYTES,
            seconds_of_silence=_SILENCE,
            seconds_in_all=self._seconds,
        ) as chunks:
            return await read(chunks)

    async def harvest(self, day: date, categories: Sequence[str]) -> Harvested:
        today = self._clock.now().astimezone(UTC).date()
        if day > today:
            why = Problem(Code.RECORDS_END, day=today)
            return unavailable(day, categories, self._clock, why)
        asking = Endpoint(
            http=self._http,
            clock=self._clock,
            ask=lambda question: self._ask(day, today, question.categories),
            probe=False,
        )
        return await asking.all(day, [Question("records", tuple(categories))])

    async def _ask(self, day: date, today: date, categories: Sequence[str]) -> Answer:
        old = day < today - calendar.CATCHUP_REACH
        until = None if old or day + _FRESH >= today else day + _FRESH
        found: dict[str, Record] = {}
        pages, cut, began = 0, False, time.monotonic()
        for subset in sets(categories):
            token = ""
            window = Window(max(day, EARLIEST), until, subset)
            while not cut:
                page = await self.page(window, token)
                found |= await asyncio.to_thread(self._near, page.records, day, categories)
                pages, token = pages + 1, page.token
                if not token:
                    break
                cut = pages >= _MAX_PAGES or time.monotonic() - began > MAX_SECONDS
        listed = await asyncio.to_thread(
            _of_day, list(found.values()), day, categories, self._deferred
        )
        return _judge(listed, old=old, cut=cut)

    def _near(
        self, records: Sequence[Record], day: date, categories: Collection[str]
    ) -> dict[str, Record]:
        return {r.arxiv_id: r for r in records if self._is_near(r, day, categories)}

    def _is_near(self, record: Record, day: date, categories: Collection[str]) -> bool:
        """Whether a record's paper was announced on ``day`` by its submission time, or has an id of
        that month: then it may have been held back until ``day``, or tell where others belong.
        """
        if record.deleted or record.submitted_at is None:
            return False
        if not any(category in categories for category in record.categories):
            return False
        estimate = calendar.listing_day(record.submitted_at, self._deferred)
        return estimate == day or ids.month(record.arxiv_id) == freeze_month(day)


async def _page(chunks: AsyncIterator[bytes]) -> Page:
    """Keeps no more of it than the records."""
    reader = Reader()
    async for chunk in chunks:
        await asyncio.to_thread(reader.feed, chunk)
    page = reader.close()
    tell_problems(page.problems)
    return page


def tell_problems(problems: Sequence[str]) -> None:
    """One warning for each record that was left out."""
    tell_skipped(logger, "oai.record_skipped", problems)


def _params(window: Window, token: str) -> dict[str, str]:
    if token:
        return {"verb": "ListRecords", "resumptionToken": token}
    params = {"verb": "ListRecords", "metadataPrefix": "arXivRaw", "from": str(window.start)}
    if window.until is not None:
        params["until"] = str(window.until)
    if window.subset is not None:
        params["set"] = window.subset
    return params


def _judge(listed: tuple[Listed, ...], *, old: bool, cut: bool) -> Answer:
    """Computed days are the whole answer only where arXiv says nothing better."""
    if cut:
        why = Problem(Code.RECORDS_READ_IN_PART)
        return Answer(status=Status.INCOMPLETE, listed=listed, reason=why)
    if not old:
        status = Status.INCOMPLETE if listed else Status.FAILED
        code = Code.DATED_BY_SUBMISSION_FOR_NOW if listed else Code.NO_RECORDS_YET
        return Answer(status=status, listed=listed, reason=Problem(code))
    if listed:
        return Answer(status=Status.OK, listed=listed, reason=Problem(Code.DATED_BY_SUBMISSION))
    return Answer(status=Status.EMPTY, reason=Problem(Code.NOTHING_DATED_BY_SUBMISSION))


def _of_day(
    records: Sequence[Record], day: date, categories: Collection[str], deferred: Collection[date]
) -> tuple[Listed, ...]:
    """The first announcements of ``day`` among records of its month."""
    estimates = {
        record.arxiv_id: calendar.listing_day(record.submitted_at, deferred)
        for record in records
        if record.submitted_at is not None
    }
    days = calendar.correct_by_neighbours(list(estimates.items()), deferred=deferred)
    return tuple(
        Listed(
            paper=record.paper(),
            day=day,
            announcement=(
                Announcement.NEW if record.categories[0] in categories else Announcement.CROSS
            ),
            learnt_from=(
                LearntFrom.COMPUTED if estimates[record.arxiv_id] == day else LearntFrom.CORRECTED
            ),
        )
        for record in records
        if days.get(record.arxiv_id) == day
    )


def freeze_month(day: date) -> tuple[int, int]:
    """Year and month of the ids of listing day ``day``: those of its freeze, in New York."""
    frozen = calendar.freeze(day).astimezone(calendar.NEW_YORK)
    return frozen.year, frozen.month


def sets(categories: Sequence[str]) -> list[str | None]:
    """arXiv's sets that hold ``categories``: ``cs:cs:CV``, ``physics:hep-th``, or ``cs`` for a
    whole archive. ``[None]``, everything, when they are in most archives.
    """
    by_archive: dict[str, list[taxonomy.Category]] = {}
    for category in map(taxonomy.resolve, categories):
        by_archive.setdefault(category.archive, []).append(category)
    if len(by_archive) > _MIN_CATEGORIES_OF_ARCHIVE * 2:
        return [None]
    return [name for found in by_archive.values() for name in _sets_of(found)]


def _sets_of(found: Sequence[taxonomy.Category]) -> Iterator[str]:
    """The sets of one archive's categories."""
    group, archive = found[0].group, found[0].archive
    whole = archive if group == archive else f"{group}:{archive}"
    if len(found) >= _MIN_CATEGORIES_OF_ARCHIVE:
        yield whole
        return
    for category in found:
        _, dot, subject = category.id.partition(".")
        yield f"{group}:{archive}:{subject}" if dot else whole
