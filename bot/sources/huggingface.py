"""Hugging Face daily papers: a paper submitted there is a post, its upvotes are likes.

No key; 500 calls in 5 minutes for an address (docs/hub/rate-limits). A list is dated, keeps growing
until its own day has ended, and papers join it up to two weeks after arXiv listed them. So every
list from the day before the listing (arXiv shows a paper the evening before) to the window's end is
read again each time, and what a list does not show is not gone: known papers that no list shows are
asked for one by one.

Shape trap: ``upvotes`` and ``submittedOnDailyAt`` stand in the nested ``paper``, ``numComments``
beside it; either level is read. A missing count is unknown, not 0: the known one stands.
"""

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import msgspec

from bot.arxiv import ids
from bot.clock import Clock
from bot.config import HuggingFaceSection
from bot.errors import Refused, SourceError, Throttled, Unreachable
from bot.http import Http
from bot.models import Network, Post
from bot.problems import Code, Problem
from bot.sources import Collected, Wanted
from bot.sources.collector import Gathering, not_finished
from bot.sources.decoding import Count, Instant, Skipped, Text, each, utc, whole

PER_PAGE = 100
MAX_PAGES = 10  # of one day's list
MAX_DAYS = 16
MAX_LOOKUPS = 50
SERVICE = "Hugging Face"


class _Submitter(msgspec.Struct):
    id: str | None = msgspec.field(name="_id", default=None)
    name: str | None = None
    user: str | None = None
    fullname: str | None = None


class _Paper(msgspec.Struct):
    """The nested ``paper`` of a list's row, and the whole answer of ``/api/papers/{id}``."""

    id: Text
    title: Text | None = None
    upvotes: Count | None = None
    comments: Count | None = msgspec.field(name="numComments", default=None)
    submitted_at: Instant | None = msgspec.field(name="submittedOnDailyAt", default=None)
    published_at: Instant | None = msgspec.field(name="publishedAt", default=None)
    submitter: _Submitter | None = msgspec.field(name="submittedOnDailyBy", default=None)


class _Row(msgspec.Struct):
    paper: _Paper
    upvotes: Count | None = None
    comments: Count | None = msgspec.field(name="numComments", default=None)
    submitted_at: Instant | None = msgspec.field(name="submittedOnDailyAt", default=None)
    published_at: Instant | None = msgspec.field(name="publishedAt", default=None)
    submitter: _Submitter | None = msgspec.field(name="submittedBy", default=None)


@dataclass(frozen=True, slots=True)
class Daily:
    """One page of a day's list. ``rows`` counts all, also those that were left out and those of
    what is no arXiv paper."""

    posts: tuple[Post, ...]
    rows: int
    skipped: tuple[Skipped, ...]


def parse_daily(body: bytes, counted_at: datetime) -> Daily:
    """An answer of ``/api/daily_papers``. Raises Malformed."""
    raws = whole(body, list[msgspec.Raw], SERVICE)
    # A row has no name of its own, only its paper has.
    rows, skipped = each(raws, _Row, "title")
    posts = []
    for row in rows:
        made = _post(row, counted_at)
        if isinstance(made, Skipped):
            skipped.append(made)
        elif made is not None:
            posts.append(made)
    return Daily(tuple(posts), len(raws), tuple(skipped))


@dataclass(frozen=True, slots=True)
class Recount:
    """``replies`` is None where the answer does not say."""

    likes: int
    replies: int | None


def parse_paper(body: bytes) -> Recount | Skipped:
    """An answer of ``/api/papers/{id}``. Raises Malformed."""
    paper = whole(body, _Paper, SERVICE)
    if paper.upvotes is None:
        return Skipped(paper.id, "upvotes is missing")
    return Recount(paper.upvotes, paper.comments)


def _post(row: _Row, counted_at: datetime) -> Post | Skipped | None:
    """None for what is no arXiv paper."""
    paper = row.paper
    upvotes = _first(paper.upvotes, row.upvotes)
    posted_at = paper.submitted_at or row.submitted_at or row.published_at or paper.published_at
    found = ids.find(f"arxiv:{paper.id}")
    if not found:
        return None
    if upvotes is None:
        return Skipped(paper.id, "upvotes is missing")
    if posted_at is None:
        return Skipped(paper.id, "submittedOnDailyAt and publishedAt are missing")
    by = row.submitter or paper.submitter or _Submitter()
    author = by.name or by.user or ""
    return Post(
        network=Network.HUGGINGFACE,
        post_id=found[0],
        url=f"https://huggingface.co/papers/{found[0]}",
        author=author,
        author_id=by.id or author,
        author_name=by.fullname or "",
        posted_at=utc(posted_at),
        counted_at=counted_at,
        reposts=0,
        likes=upvotes,
        replies=_first(row.comments, paper.comments) or 0,
        arxiv_ids=(found[0],),
        text=row.paper.title,
    )


def _first(*counts: int | None) -> int | None:
    return next((count for count in counts if count is not None), None)


class HuggingFace:
    """A PostSource. ``seconds`` bounds a collection; what came until then is kept."""

    network = Network.HUGGINGFACE

    def __init__(
        self, http: Http, clock: Clock, settings: HuggingFaceSection, *, seconds: float = 270.0
    ) -> None:
        self._http = http
        self._clock = clock
        self._url = settings.url.rstrip("/")
        self._seconds = seconds

    async def collect(self, wanted: Wanted) -> Collected:
        found = Gathering(self.network)
        known = [post for post in wanted.known if post.network is self.network]
        with self._http.counting() as count:
            try:
                async with asyncio.timeout(self._seconds):
                    for day in _dates(wanted):
                        await self._day(day, found)
                    missing = (post for post in known if post.post_id not in found.posts)
                    await self._recount(missing, found)
            except TimeoutError:
                found.fail(not_finished(SERVICE, self._seconds))
            except SourceError as error:
                found.fail(error)
        return found.collected(self._clock.now(), count.requests)

    async def _day(self, day: date, found: Gathering) -> None:
        """Adds what the list of ``day`` shows. Raises only when it is of no use to go on."""
        try:
            for page in range(MAX_PAGES):
                daily = await self._page(day, page)
                new = {post.post_id for post in daily.posts} - found.posts.keys()
                found.skip(daily.skipped)
                found.add(daily.posts)
                if daily.rows < PER_PAGE or not new:
                    return
            found.problems.append(Problem(Code.DAY_LIST_TOO_LONG, day=day, pages=MAX_PAGES))
        except SourceError as error:
            if _is_down(error):
                raise
            if not self._has_not_begun(day, error):
                found.fail(error)

    async def _page(self, day: date, page: int) -> Daily:
        answer = await self._http.get(
            f"{self._url}/api/daily_papers",
            params={"date": day.isoformat(), "limit": str(PER_PAGE), "p": str(page)},
            gate="huggingface",
        )
        return await answer.parsed(parse_daily, self._clock.now())

    def _has_not_begun(self, day: date, error: SourceError) -> bool:
        """The newest date is refused until it has begun on the service's own clock."""
        today = self._clock.now().date()
        return isinstance(error, Refused) and error.status == 400 and day >= today

    async def _recount(self, known: Iterable[Post], found: Gathering) -> None:
        for number, post in enumerate(known):
            if number == MAX_LOOKUPS:
                found.problems.append(Problem(Code.OLDER_PAPERS_NOT_COUNTED, limit=MAX_LOOKUPS))
                return
            await self._lookup(post, found)

    async def _lookup(self, post: Post, found: Gathering) -> None:
        """404 is no reason to forget a paper: its page may come back, and its counts were true."""
        try:
            answer = await self._http.get(
                f"{self._url}/api/papers/{post.post_id}", gate="huggingface"
            )
            counts = await answer.parsed(parse_paper)
        except SourceError as error:
            if _is_down(error):
                raise
            found.problems.append(error.problem)
            return
        if isinstance(counts, Skipped):
            found.skip([counts])
            return
        replies = post.replies if counts.replies is None else counts.replies
        now = self._clock.now()
        found.add([replace(post, likes=counts.likes, replies=replies, counted_at=now)])


def _is_down(error: SourceError) -> bool:
    """Whether the next request would only fail in the same way."""
    silent = isinstance(error, Unreachable) and error.status is None
    return silent or isinstance(error, Throttled)


def _dates(wanted: Wanted) -> Iterator[date]:
    """The lists of the window, oldest first. A list's date is a UTC date."""
    first = min(wanted.day - timedelta(days=1), wanted.since.date())
    last = min(wanted.until.date(), first + timedelta(days=MAX_DAYS - 1))
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        yield date.fromordinal(ordinal)
