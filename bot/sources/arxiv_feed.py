"""arXiv's Atom feed, one request per category: the papers announced today in New York.

The feed alone states how each paper was announced (new, cross-list, replacement). It turns over
at 00:00 New York time, keeps no past days, and is empty on days without a listing. A request for
a whole archive can overflow its cap, which drops *new* papers first, so categories are asked one
by one (arXiv/arxiv-feed: feed/database.py; info.arxiv.org/help/rss.html).

Atom rather than RSS: feedparser's sanitiser damages abstracts with ``<`` in RSS descriptions.
"""

import asyncio
import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from email.utils import parsedate_to_datetime
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit
from xml.sax import SAXException

import feedparser

from bot import log, text
from bot.arxiv import calendar, ids, taxonomy
from bot.clock import Clock
from bot.errors import InputError, Malformed, Refused
from bot.http import Http, Response
from bot.models import Announcement, LearntFrom, Listed, Paper, Status
from bot.sources import Harvested
from bot.sources.doors import Answer, Asking, Question, no_listing, spelt

logger = logging.getLogger(__name__)

CAP = 2000
MAX_BYTES = 64 * 2**20
_ACCEPT = {"Accept": "application/atom+xml"}
# An unknown category comes as 400 with a feed that says so.
_STATUSES = (200, 400)
_ID_PREFIX = "oai:arXiv.org:"
_ABSTRACT = "Abstract:"
_ENDS = ((b"</entry>", b"</feed>"), (b"</item>", b"</channel></rss>"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """What a feed says. ``days`` are those of all its entries, ``updated`` when it was built.

    ``broken`` tells that the document ended too early or is not well formed. ``problems`` names
    each entry that was left out, with the field at fault. Days are New York dates.
    """

    updated: date | None
    listed: tuple[Listed, ...]
    problems: tuple[str, ...] = ()
    broken: bool = False
    days: frozenset[date] = frozenset()

    @property
    def size(self) -> int:
        return len(self.listed) + len(self.problems)


def parse_feed(body: bytes) -> Feed:
    """Read a feed. Of a broken one, the entries that came whole.

    Raises Malformed for what is not a feed (an HTML page, "Rate exceeded."), and Refused for
    arXiv's two error feeds, one of which has an entry that looks like a paper.
    """
    found = _parse(body)
    broken = isinstance(found.get("bozo_exception"), SAXException)
    if broken and (whole := _until_last_entry(body)):
        found = _parse(whole)
    if not found.get("version"):
        raise Malformed(f"arXiv sent no feed but {_beginning(body)}")
    _raise_if_error(found)
    listed, problems = [], []
    for place, entry in enumerate(found["entries"], 1):
        try:
            listed.append(_listed(entry))
        except ValueError as error:
            problems.append(f"{entry.get('id') or f'entry {place}'}: {error}")
    return Feed(
        updated=_new_york_date(found["feed"].get("updated")),
        listed=tuple(listed),
        problems=tuple(problems),
        broken=broken,
        days=frozenset(item.day for item in listed),
    )


def _parse(body: bytes) -> Mapping[str, Any]:
    """Bytes as such would be tried as the name of a file first."""
    found: Mapping[str, Any] = feedparser.parse(BytesIO(body))
    return found


def _until_last_entry(body: bytes) -> bytes | None:
    """The document closed after its last whole entry, if it has one."""
    for entry_end, rest in _ENDS:
        at = body.rfind(entry_end)
        if at >= 0:
            return body[: at + len(entry_end)] + rest
    return None


def _raise_if_error(found: Mapping[str, Any]) -> None:
    """rss.arxiv.org says it in the head, the API in an entry without an arXiv id."""
    if str(found["feed"].get("title", "")).startswith("Feed error"):
        raise Refused(f"arXiv refused: {found['feed'].get('subtitle', 'no reason given')}")
    for entry in found["entries"][:1]:
        if "/api/errors" in entry.get("id", ""):
            raise Refused(f"arXiv refused: {entry.get('summary', 'no reason given')}")


def _beginning(body: bytes) -> str:
    shown = " ".join(body[:200].decode("utf-8", "replace").split())
    return f"{shown[:60]!r}" if shown else "an empty body"


def _listed(entry: Mapping[str, Any]) -> Listed:
    """Raises ValueError naming the field."""
    arxiv_id, version = _identifier(entry)
    categories = taxonomy.canonical(tag.get("term") or "" for tag in entry.get("tags", ()))
    if not categories:
        raise ValueError("category: none that arXiv has")
    day = _new_york_date(entry.get("published"))
    if day is None:
        raise ValueError("published: no readable date")
    raw_title, raw_authors = _field(entry, "title"), _field(entry, "author")
    _, found, raw_abstract = _field(entry, "summary").partition(_ABSTRACT)
    if not found:
        raise ValueError("summary: no abstract in it")
    return Listed(
        paper=Paper(
            arxiv_id=arxiv_id,
            version=version,
            title=text.plain(raw_title),
            authors=text.split_authors(raw_authors),
            categories=categories,
            abstract=text.plain(raw_abstract),
            journal_ref=entry.get("arxiv_journal_reference"),
            doi=entry.get("arxiv_doi"),
            license_url=entry.get("rights"),
            raw_title=raw_title,
            raw_authors=raw_authors,
            raw_abstract=raw_abstract.strip(),
        ),
        day=day,
        announcement=_announcement(entry),
        learnt_from=LearntFrom.FEED,
    )


def _identifier(entry: Mapping[str, Any]) -> tuple[str, int]:
    try:
        found = ids.split_version(_field(entry, "id").removeprefix(_ID_PREFIX))
    except InputError as error:
        raise ValueError(f"id: {error}") from error
    return found.id, found.version or 1


def _announcement(entry: Mapping[str, Any]) -> Announcement:
    try:
        return Announcement(_field(entry, "arxiv_announce_type"))
    except ValueError as error:
        raise ValueError(f"arxiv:announce_type: {error}") from error


def _field(entry: Mapping[str, Any], name: str) -> str:
    value = entry.get(name)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{name}: missing")
    return value.strip()


def _new_york_date(value: object) -> date | None:
    """Of an Atom date (RFC 3339) or an RSS date (RFC 822)."""
    if not isinstance(value, str):
        return None
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        try:
            at = parsedate_to_datetime(value)
        except ValueError:
            return None
    if at.tzinfo is None:
        return None
    try:
        return at.astimezone(calendar.NEW_YORK).date()
    except OverflowError:  # the first or last day that there is, moved to another zone
        return None


class ArxivFeed:
    """The door to ask first: a PaperSource for the day that stands in the feeds now.

    A feed whose entries carry the wanted day is accepted whatever day it is today. When the
    wanted day is not the newest, the first category's feed decides whether the others are asked.
    """

    name = "feed"

    def __init__(
        self, http: Http, clock: Clock, url: str, *, gate: str, deferred: Collection[date] = ()
    ) -> None:
        self._http = http
        self._clock = clock
        self._url = url.rstrip("/")
        self._gate = gate
        self._deferred = frozenset(deferred)
        # What each feed showed when it had nothing for us: with it, "not modified" says enough.
        self._useless: dict[str, Feed] = {}

    async def harvest(self, day: date, categories: Sequence[str]) -> Harvested:
        newest = calendar.latest_in_feed(self._clock.now(), self._deferred)
        asking = Asking(
            http=self._http,
            clock=self._clock,
            ask=lambda question: self._ask(day, question.subject),
            probe=day != newest,
        )
        return await asking.all(day, [Question(name, (name,)) for name in categories])

    async def _ask(self, day: date, category: str) -> Answer:
        feed = await self._feed(day, category)
        found = tuple(item for item in feed.listed if item.day == day)
        status, reason = judge(feed, found, day, self._deferred)
        shown = feed.days or {feed.updated}
        return Answer(
            status=status, listed=found, reason=reason, other_day=not found and day not in shown
        )

    async def _feed(self, day: date, category: str) -> Feed:
        """What the feed says; a feed that has not changed since it was of no use is not read."""
        answer = await self._get(category, conditional=True)
        if answer.status == 304:
            known = self._useless.get(category)
            if known is not None and day not in known.days:
                return known
            answer = await self._get(category, conditional=False)
        feed = await asyncio.to_thread(parse_feed, answer.body)
        for problem in feed.problems:
            log.event(
                logger, logging.WARNING, "feed.entry_skipped", category=category, problem=problem
            )
        if day not in feed.days and not feed.broken:
            self._useless[category] = replace(feed, listed=())
            await self._http.remember(answer)
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


def judge(
    feed: Feed, found: Sequence[Listed], day: date, deferred: Collection[date]
) -> tuple[Status, str]:
    """Whether a feed is the whole answer for ``day``, and why not. Pure."""
    if not found:
        return _judge_nothing(feed, day, deferred)
    if feed.broken:
        return Status.INCOMPLETE, f"the feed broke off after {len(found):,} papers"
    if feed.size >= CAP:
        return Status.INCOMPLETE, f"the feed was cut at {CAP:,} entries, which drops new papers"
    if feed.problems:
        return Status.INCOMPLETE, _skipped(feed.problems)
    return Status.OK, ""


def _judge_nothing(feed: Feed, day: date, deferred: Collection[date]) -> tuple[Status, str]:
    if feed.days:
        reason = no_listing(day, deferred)
        shown = f"still shows {spelt(feed.days)}"
        return (Status.EMPTY, reason) if reason else (Status.FAILED, shown)
    if feed.broken:
        return Status.FAILED, "the feed broke off before its first paper"
    if feed.problems:
        return Status.FAILED, _skipped(feed.problems)
    if reason := no_listing(day, deferred):
        return Status.EMPTY, reason
    if feed.updated is None:
        return Status.FAILED, "is empty and does not say its day"
    if feed.updated != day:
        return Status.FAILED, f"is empty and of {spelt([feed.updated])}"
    return Status.EMPTY, "nothing was announced"


def _skipped(problems: Sequence[str]) -> str:
    if len(problems) == 1:
        return f"1 entry could not be read ({problems[0]})"
    return f"{len(problems):,} entries could not be read (the first: {problems[0]})"
