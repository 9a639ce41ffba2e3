"""What arXiv's Atom feed says. Pure. ``arxiv_feed`` asks for it, and judges it.

Atom rather than RSS: feedparser's sanitiser damages abstracts with ``<`` in RSS descriptions.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from email.utils import parsedate_to_datetime
from io import BytesIO
from typing import Any
from xml.sax import SAXException

import feedparser

from bot import text
from bot.arxiv import calendar, ids, taxonomy
from bot.errors import InputError, Malformed, Refused
from bot.models import Announcement, LearntFrom, Listed, Paper
from bot.problems import Code, Problem
from bot.sources import text_limits
from bot.sources.decoding import Skipped

MAX_ENTRIES = 10_000
"""In an answer. arXiv cuts its feeds and pages at 2,000."""

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
    found = parse_xml(body)
    broken = isinstance(found.get("bozo_exception"), SAXException)
    if broken and (whole := _until_last_entry(body)):
        found = parse_xml(whole)
    require_feed(found, body)
    if len(found["entries"]) > MAX_ENTRIES:
        entries = len(found["entries"])
        raise Malformed(Problem(Code.TOO_MANY_ENTRIES, entries=entries, limit=MAX_ENTRIES))
    listed, problems = [], []
    for place, entry in enumerate(found["entries"], 1):
        try:
            listed.append(_listed(entry))
        except ValueError as error:
            name = entry.get("id") or f"entry {place}"
            problems.append(str(Skipped(name, str(error))))
    return Feed(
        updated=_new_york_date(found["feed"].get("updated")),
        listed=tuple(listed),
        problems=tuple(problems),
        broken=broken,
        days=frozenset(item.day for item in listed),
    )


def parse_xml(body: bytes) -> Mapping[str, Any]:
    """What feedparser finds in a feed of arXiv's, without touching its texts.

    Bytes as such would be tried as the name of a file first. HTML is none of arXiv's here, and
    reading it would take more than linear time.
    """
    found: Mapping[str, Any] = feedparser.parse(
        BytesIO(body), resolve_relative_uris=False, sanitize_html=False
    )
    return found


def _until_last_entry(body: bytes) -> bytes | None:
    """The document closed after its last whole entry, if it has one."""
    for entry_end, rest in _ENDS:
        at = body.rfind(entry_end)
        if at >= 0:
            return body[: at + len(entry_end)] + rest
    return None


def require_feed(found: Mapping[str, Any], body: bytes) -> None:
    """Raises Malformed where ``body`` is no feed, and Refused where it is one of arXiv's errors.

    rss.arxiv.org says it in the head, the API in an entry without an arXiv id.
    """
    if not found.get("version"):
        raise Malformed(Problem(Code.NO_FEED, technical=_beginning(body)))
    if str(found["feed"].get("title", "")).startswith("Feed error"):
        why = text_limits.said(found["feed"].get("subtitle", ""))
        raise Refused(Problem(Code.ARXIV_REFUSED, text=why))
    for entry in found["entries"][:1]:
        if "/api/errors" in entry.get("id", ""):
            why = text_limits.said(entry.get("summary", ""))
            raise Refused(Problem(Code.ARXIV_REFUSED, text=why))


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
    raw_title = text_limits.within(arxiv_id, "title", _field(entry, "title"))
    raw_authors = text_limits.within(arxiv_id, "authors", _field(entry, "author"))
    _, found, abstract = _field(entry, "summary").partition(_ABSTRACT)
    if not found:
        raise ValueError("summary: no abstract in it")
    raw_abstract = text_limits.within(arxiv_id, "abstract", abstract.strip())
    return Listed(
        paper=Paper(
            arxiv_id=arxiv_id,
            version=version,
            title=text.title(raw_title),
            authors=text.split_authors(raw_authors),
            categories=categories,
            abstract=text.plain(raw_abstract),
            journal_ref=text_limits.line(
                arxiv_id, "journal-ref", entry.get("arxiv_journal_reference")
            ),
            doi=text_limits.line(arxiv_id, "doi", entry.get("arxiv_doi")),
            license_url=text_limits.line(arxiv_id, "license", entry.get("rights")),
            raw_title=raw_title,
            raw_authors=raw_authors,
            raw_abstract=raw_abstract,
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
