"""arXiv's Atom feed, one request per category: the papers announced today in New York.

The feed alone states how each paper was announced (new, cross-list, replacement). It turns over
at 00:00 New York time, keeps no past days, and is empty on days without a listing. A request for
a whole archive can overflow its cap, which drops *new* papers first, so categories are asked one
by one (arXiv/arxiv-feed: feed/database.py; info.arxiv.org/help/rss.html).

Atom rather than RSS: feedparser's sanitiser damages abstracts with ``<`` in RSS descriptions.
"""

import asyncio
import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from xml.sax import SAXException

import feedparser

from bot import log, text
from bot.arxiv import calendar, ids, taxonomy
from bot.clock import Clock
from bot.errors import InputError, Malformed, Refused, SourceError
from bot.http import Http
from bot.models import Announcement, LearntFrom, Listed, Outcome, Paper, Status
from bot.sources import Harvested

logger = logging.getLogger(__name__)

CAP = 2000
MAX_BYTES = 64 * 2**20
_ACCEPT = {"Accept": "application/atom+xml"}
_ID_PREFIX = "oai:arXiv.org:"
_ABSTRACT = "Abstract:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """What a feed says. ``broken`` tells that the document ended too early or is not well formed.

    ``problems`` names each entry that was left out, with the field at fault.
    """

    updated: date | None
    listed: tuple[Listed, ...]
    problems: tuple[str, ...] = ()
    broken: bool = False

    @property
    def size(self) -> int:
        return len(self.listed) + len(self.problems)


def parse_feed(body: bytes) -> Feed:
    """Read a feed. Days are New York dates.

    Raises Malformed for what is not a feed (an HTML page, "Rate exceeded."), and Refused for
    arXiv's error feed, whose one entry looks like a paper.
    """
    found = feedparser.parse(body)
    if not found.version:
        raise Malformed(f"arXiv sent no feed but {_beginning(body)}")
    entries = list(found.entries)
    if len(entries) == 1 and "/api/errors" in entries[0].get("id", ""):
        raise Refused(f"arXiv refused: {entries[0].get('summary', 'no reason given')}")
    broken = isinstance(found.get("bozo_exception"), SAXException)
    if broken:
        entries = entries[:-1]  # the one that was cut may look whole and lack its last authors
    listed, problems = [], []
    for place, entry in enumerate(entries, 1):
        try:
            listed.append(_listed(entry))
        except ValueError as error:
            problems.append(f"{entry.get('id') or f'entry {place}'}: {error}")
    return Feed(
        updated=_new_york_date(found.feed.get("updated")),
        listed=tuple(listed),
        problems=tuple(problems),
        broken=broken,
    )


def _beginning(body: bytes) -> str:
    shown = " ".join(body[:200].decode("utf-8", "replace").split())
    return f"{shown[:60]!r}" if shown else "an empty body"


def _listed(entry: Mapping[str, Any]) -> Listed:
    """Raises ValueError naming the field."""
    arxiv_id, version = _identifier(entry)
    categories = taxonomy.canonical(tag["term"] for tag in entry.get("tags", ()))
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
    try:
        at = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return None if at.tzinfo is None else at.astimezone(calendar.NEW_YORK).date()


class ArxivFeed:
    """The door to ask first: a PaperSource for the day that stands in the feeds now."""

    name = "feed"

    def __init__(
        self, http: Http, clock: Clock, url: str, *, gate: str, deferred: Collection[date] = ()
    ) -> None:
        self._http = http
        self._clock = clock
        self._url = url.rstrip("/")
        self._gate = gate
        self._deferred = frozenset(deferred)

    async def harvest(self, day: date, categories: Sequence[str]) -> Harvested:
        """Ask category by category. When the first shows another day, the others will too: only
        for the newest listing, whose feeds may turn over one by one, are all of them asked.
        """
        listed: list[Listed] = []
        outcomes: list[Outcome] = []
        newest = calendar.latest_in_feed(self._clock.now(), self._deferred)
        for place, category in enumerate(categories):
            found, outcome = await self._one(day, category)
            listed += found
            outcomes.append(outcome)
            if place == 0 and not found and outcome.status is Status.FAILED and day != newest:
                outcomes += [
                    self._outcome(other, Status.FAILED, f"not asked: {category} {outcome.reason}")
                    for other in categories[1:]
                ]
                break
        return Harvested(day=day, listed=tuple(listed), outcomes=tuple(outcomes))

    async def _one(self, day: date, category: str) -> tuple[tuple[Listed, ...], Outcome]:
        with self._http.counting() as count:
            try:
                answer = await self._http.get(
                    f"{self._url}/atom/{category}",
                    headers=_ACCEPT, gate=self._gate, max_bytes=MAX_BYTES,
                )  # fmt: skip
                feed = await asyncio.to_thread(parse_feed, answer.body)
            except SourceError as error:
                return (), self._outcome(category, Status.FAILED, str(error), count.requests)
        for problem in feed.problems:
            log.event(
                logger, logging.WARNING, "feed.entry_skipped", category=category, problem=problem
            )
        found = tuple(item for item in feed.listed if item.day == day)
        status, reason = judge(feed, found, day, self._deferred)
        return found, self._outcome(category, status, reason, count.requests, len(found))

    def _outcome(
        self, category: str, status: Status, reason: str, requests: int = 0, items: int = 0
    ) -> Outcome:
        return Outcome(
            source=category,
            status=status,
            reason=reason,
            at=self._clock.now(),
            requests=requests,
            items=items,
        )


def judge(
    feed: Feed, found: Sequence[Listed], day: date, deferred: Collection[date]
) -> tuple[Status, str]:
    """Whether a feed is the whole answer for ``day``, and why not. Pure."""
    if not found:
        return _judge_nothing(feed, day, deferred)
    if feed.broken:
        return Status.INCOMPLETE, f"the feed broke off after {len(found)} papers"
    if feed.size >= CAP:
        return Status.INCOMPLETE, f"the feed was cut at {CAP:,} entries, which drops new papers"
    if feed.problems:
        return Status.INCOMPLETE, f"{_entries(len(feed.problems))} could not be read"
    return Status.OK, ""


def _judge_nothing(feed: Feed, day: date, deferred: Collection[date]) -> tuple[Status, str]:
    if feed.broken or feed.problems:
        return Status.FAILED, "the feed could not be read"
    shown = sorted({item.day for item in feed.listed})
    if shown:
        return Status.FAILED, f"still shows {_days(shown)}"
    reason = calendar.why_none(day, deferred)
    if reason:
        return Status.EMPTY, f"no listing: {reason}"
    if feed.updated is not None and feed.updated != day:
        return Status.FAILED, f"is empty and of {feed.updated}"
    return Status.EMPTY, "nothing was announced"


def _entries(count: int) -> str:
    return "1 entry" if count == 1 else f"{count:,} entries"


def _days(shown: Iterable[date]) -> str:
    return ", ".join(f"{day:%A} {day.day} {day:%B %Y}" for day in shown)
