"""arXiv's listing pages as doors: today's listing as a second witness, and missed days.

/list/X/new changes at about 20:00 New York time, four hours before the feeds, and keeps one day.
/catchup/X/DATE has every announcement of the last 90 days, exactly as it was made. Both hold 2,000
entries a page. arXiv's robots.txt asks for fifteen seconds between pages: hence ``spacing``, and
hence a whole archive that is wanted is asked for as one. Such a page leaves out what was
cross-listed within its archive, which is no news to somebody who has all of it.
"""

import logging
from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlsplit

from bot.arxiv import calendar, taxonomy
from bot.clock import Clock
from bot.errors import Malformed, SourceError
from bot.http import Http
from bot.models import Listed, Status
from bot.problems import Code, Problem
from bot.sources import Harvested
from bot.sources.arxiv.endpoints import (
    Answer,
    Endpoint,
    Question,
    no_listing,
    unavailable,
    unreadable,
)
from bot.sources.arxiv.listing_pages import Page, parse_catchup, parse_new
from bot.sources.decoding import tell_skipped

logger = logging.getLogger(__name__)

MAX_BYTES = 16 * 2**20  # of about 8 MB at most
# All of arXiv makes about two pages a day.
MAX_PAGES = 8


@dataclass(slots=True)
class _Got:
    """What the pages of one subject gave so far."""

    listed: dict[str, Listed] = field(default_factory=dict)
    problems: dict[str, None] = field(default_factory=dict)
    total: int | None = None

    @property
    def size(self) -> int:
        return len(self.listed) + len(self.problems)

    def add(self, page: Page) -> bool:
        """Whether there was anything on it that other pages did not have."""
        before = self.size
        self.listed |= {item.paper.arxiv_id: item for item in page.listed}
        self.problems |= dict.fromkeys(page.problems)
        if page.total is not None:
            self.total = max(page.total, self.total or 0)
        return self.size > before

    def answer(self, nothing: Problem) -> Answer:
        """``nothing`` is the reason when the pages rightly had no entries."""
        if self.total is None and not self.size:
            raise Malformed(Problem(Code.PAGE_WITHOUT_ENTRIES))
        if self.total is not None and self.size < self.total:
            why = Problem(Code.PAGES_INCOMPLETE, entries=self.size, total=self.total)
            return self.cut(why)
        if self.problems:
            return self.cut(unreadable(tuple(self.problems)))
        if self.listed:
            return Answer(status=Status.OK, listed=tuple(self.listed.values()))
        return Answer(status=Status.EMPTY, reason=nothing)

    def cut(self, reason: Problem, *, other_day: bool = False) -> Answer:
        status = Status.INCOMPLETE if self.listed else Status.FAILED
        listed = tuple(self.listed.values())
        return Answer(status=status, listed=listed, reason=reason, other_day=other_day)


class _Pages(ABC):
    """Asks subject by subject, page by page."""

    name: str

    def __init__(
        self,
        http: Http,
        clock: Clock,
        url: str,
        *,
        gate: str,
        spacing: float,
        deferred: Collection[date] = (),
    ) -> None:
        self._http = http
        self._clock = clock
        self._url = url.rstrip("/")
        self._gate = gate
        self._spacing = spacing
        self._deferred = frozenset(deferred)

    async def harvest(self, day: date, categories: Sequence[str]) -> Harvested:
        if why := self._out_of_reach(day):
            return unavailable(day, categories, self._clock, why)
        asking = Endpoint(
            http=self._http,
            clock=self._clock,
            ask=lambda question: self._ask(day, question),
            probe=True,
        )
        return await asking.all(day, questions(categories))

    async def _ask(self, day: date, question: Question) -> Answer:
        """All pages of one subject. What came before a page failed is kept."""
        got = _Got()
        for number in range(1, MAX_PAGES + 1):
            try:
                page = await self._page(day, question, number, got.size)
            except SourceError as error:
                if not got.listed:
                    raise
                return got.cut(Problem(Code.OF_PAGE, page=number, problem=error.problem))
            if page.day != day:
                reason = Problem(Code.STILL_SHOWS, days=[page.day])
                return got.cut(reason, other_day=True)
            if not got.add(page) or (got.total is not None and got.size >= got.total):
                break
        return got.answer(no_listing(day, self._deferred) or Problem(Code.NOTHING_ANNOUNCED))

    async def _page(self, day: date, question: Question, number: int, seen: int) -> Page:
        path, params = self._address(day, question.subject, number, seen)
        answer = await self._http.get(
            self._url + path,
            params=params,
            headers={"Accept": "text/html"},
            gate=self._gate,
            door=f"{urlsplit(self._url).netloc}/list",
            spacing=self._spacing,
            max_bytes=MAX_BYTES,
        )
        page = await answer.parsed(self._parse, question.categories)
        tell_skipped(logger, "listing.entry_skipped", page.problems, subject=question.subject)
        return page

    @abstractmethod
    def _out_of_reach(self, day: date) -> Problem | None:
        """Why these pages cannot have ``day``."""

    @abstractmethod
    def _address(
        self, day: date, subject: str, number: int, seen: int
    ) -> tuple[str, dict[str, str]]:
        """Path and parameters of page ``number``, after ``seen`` entries."""

    @abstractmethod
    def _parse(self, body: bytes, categories: Collection[str]) -> Page: ...


class ListingNew(_Pages):
    """A PaperSource for the newest announcement."""

    name = "listing"

    def _out_of_reach(self, day: date) -> Problem | None:
        newest = calendar.latest_mailed(self._clock.now(), self._deferred)
        return None if day == newest else Problem(Code.NEW_LISTING_OF_OTHER_DAY, day=newest)

    def _address(
        self, day: date, subject: str, number: int, seen: int
    ) -> tuple[str, dict[str, str]]:
        params = {"skip": str(seen), "show": "2000"} if seen else {}
        return f"/list/{subject}/new", params

    def _parse(self, body: bytes, categories: Collection[str]) -> Page:
        return parse_new(body, categories)


class Catchup(_Pages):
    """A PaperSource for any announcement of the last 90 days."""

    name = "catchup"

    def _out_of_reach(self, day: date) -> Problem | None:
        today = self._clock.now().astimezone(calendar.NEW_YORK).date()
        if day > today:
            return Problem(Code.PAGES_END, day=today)
        first = today - calendar.CATCHUP_REACH
        return Problem(Code.PAGES_BEGIN, day=first) if day < first else None

    def _address(
        self, day: date, subject: str, number: int, seen: int
    ) -> tuple[str, dict[str, str]]:
        return f"/catchup/{subject}/{day}", {"abs": "True", "page": str(number)}

    def _parse(self, body: bytes, categories: Collection[str]) -> Page:
        return parse_catchup(body, categories)


def questions(categories: Sequence[str]) -> list[Question]:
    """One for each archive that is wanted as a whole, one for each category besides."""
    wanted = dict.fromkeys(categories)
    found: list[Question] = []
    for archive in dict.fromkeys(category.partition(".")[0] for category in categories):
        whole = [c.id for c in taxonomy.expand(archive) if c.active]
        if len(whole) > 1 and wanted.keys() >= set(whole):
            found.append(Question(archive, tuple(whole)))
    covered = {category for question in found for category in question.categories}
    singles = [Question(category, (category,)) for category in wanted if category not in covered]
    return [*found, *singles]
