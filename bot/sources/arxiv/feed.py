"""arXiv's Atom feed, one request per category: the papers announced today in New York.

The feed alone states how each paper was announced (new, cross-list, replacement). It turns over
at 00:00 New York time, keeps no past days, and is empty on days without a listing. A request for
a whole archive can overflow its cap, which drops *new* papers first, so categories are asked one
by one (arXiv/arxiv-feed: feed/database.py; info.arxiv.org/help/rss.html).
"""

import logging
from collections.abc import Collection, Sequence
from datetime import date
from urllib.parse import urlsplit

import msgspec

from bot.arxiv import calendar
from bot.clock import Clock
from bot.http import Http, Response
from bot.models import Listed, Status
from bot.problems import Code, Problem
from bot.sources import Harvested
from bot.sources.arxiv.atom import Feed, parse_feed
from bot.sources.arxiv.endpoints import Answer, Endpoint, Question, no_listing, unreadable
from bot.sources.decoding import tell_skipped

logger = logging.getLogger(__name__)

CAP = 2000
MAX_BYTES = 16 * 2**20  # of about 5 MB at most
_ACCEPT = {"Accept": "application/atom+xml"}
# An unknown category comes as 400 with a feed that says so.
_STATUSES = (200, 400)


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """What a feed showed that was read in full and had nothing for the day that was wanted.

    Remembered with the feed's validators: with it, "not modified" says enough.
    """

    updated: date | None
    days: frozenset[date]

    def feed(self) -> Feed:
        return Feed(updated=self.updated, listed=(), days=self.days)


class ArxivFeed:
    """The door to ask first: a PaperSource for the day that stands in the feeds now.

    A feed whose entries carry the wanted day is accepted whatever day it is today. When the
    wanted day is not the newest, the first category's feed decides whether the others are asked.
    ``cap`` is how many entries arXiv puts into a feed.
    """

    name = "feed"

    def __init__(
        self,
        http: Http,
        clock: Clock,
        url: str,
        *,
        gate: str,
        deferred: Collection[date] = (),
        cap: int = CAP,
    ) -> None:
        self._http = http
        self._clock = clock
        self._url = url.rstrip("/")
        self._gate = gate
        self._deferred = frozenset(deferred)
        self._cap = cap

    async def harvest(self, day: date, categories: Sequence[str]) -> Harvested:
        newest = calendar.latest_in_feed(self._clock.now(), self._deferred)
        asking = Endpoint(
            http=self._http,
            clock=self._clock,
            ask=lambda question: self._ask(day, question.subject),
            probe=day != newest,
        )
        return await asking.all(day, [Question(name, (name,)) for name in categories])

    async def _ask(self, day: date, category: str) -> Answer:
        feed = await self._feed(day, category)
        found = tuple(item for item in feed.listed if item.day == day)
        status, reason = judge(feed, found, day, self._deferred, self._cap)
        shown = feed.days or {feed.updated}
        return Answer(
            status=status, listed=found, reason=reason, other_day=not found and day not in shown
        )

    async def _feed(self, day: date, category: str) -> Feed:
        """What the feed says; a feed that has not changed since it was of no use is not read."""
        answer = await self._get(category, conditional=True)
        if answer.status == 304:
            shown = _shown(answer.note)
            if shown is not None and day not in shown.days:
                return shown.feed()
            answer = await self._get(category, conditional=False)
        feed = await answer.parsed(parse_feed)
        tell_skipped(logger, "feed.entry_skipped", feed.problems, category=category)
        if day not in feed.days and not feed.broken and not feed.problems:
            shown = Shown(updated=feed.updated, days=feed.days)
            await self._http.remember(answer, msgspec.json.encode(shown).decode())
        return feed

    async def _get(self, category: str, *, conditional: bool) -> Response:
        return await self._http.get(
            f"{self._url}/atom/{category}",
            headers=_ACCEPT,
            gate=self._gate,
            door=f"{urlsplit(self._url).netloc}/atom",
            max_bytes=MAX_BYTES,
            accept=_STATUSES,
            conditional=conditional,
        )


def _shown(note: str) -> Shown | None:
    try:
        return msgspec.json.decode(note, type=Shown)
    except msgspec.DecodeError:
        return None


def judge(
    feed: Feed, found: Sequence[Listed], day: date, deferred: Collection[date], cap: int = CAP
) -> tuple[Status, Problem | None]:
    """Whether a feed is the whole answer for ``day``, and why not. Pure."""
    if not found:
        return _judge_nothing(feed, day, deferred)
    if feed.broken:
        return Status.INCOMPLETE, Problem(Code.FEED_TRUNCATED, papers=len(found))
    if feed.size >= cap:
        return Status.INCOMPLETE, Problem(Code.FEED_CUT, entries=cap)
    if feed.problems:
        return Status.INCOMPLETE, unreadable(feed.problems)
    return Status.OK, None


def _judge_nothing(
    feed: Feed, day: date, deferred: Collection[date]
) -> tuple[Status, Problem | None]:
    if feed.days:
        reason = no_listing(day, deferred)
        shown = Problem(Code.STILL_SHOWS, days=sorted(feed.days))
        return (Status.EMPTY, reason) if reason else (Status.FAILED, shown)
    if feed.broken:
        return Status.FAILED, Problem(Code.FEED_TRUNCATED_AT_ONCE)
    if feed.problems:
        return Status.FAILED, unreadable(feed.problems)
    if reason := no_listing(day, deferred):
        return Status.EMPTY, reason
    if feed.updated is None:
        return Status.FAILED, Problem(Code.FEED_WITHOUT_DAY)
    if feed.updated != day:
        return Status.FAILED, Problem(Code.FEED_EMPTY_OF_OTHER_DAY, day=feed.updated)
    return Status.EMPTY, Problem(Code.NOTHING_ANNOUNCED)
