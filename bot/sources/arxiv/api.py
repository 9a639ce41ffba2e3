"""arXiv's API: the metadata of papers by their ids, a hundred a request.

It answers a malformed id with a feed whose one entry looks like a paper, an unknown id with
nothing at all, and knows nothing of announcements (info.arxiv.org/help/api/user-manual.html).
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from xml.sax import SAXException

from bot import text
from bot.arxiv import ids, taxonomy
from bot.errors import InputError, Malformed
from bot.http import Http
from bot.models import Paper
from bot.problems import Code, Problem
from bot.sources import text_limits
from bot.sources.arxiv.atom import parse_xml, require_feed
from bot.sources.decoding import Skipped, tell_skipped

logger = logging.getLogger(__name__)

MAX_IDS = 100
"""In one request, as arXiv's manual recommends for lists of ids."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """``problems`` names each entry that was left out, with the field at fault."""

    papers: tuple[Paper, ...]
    problems: tuple[str, ...] = ()


def parse_answer(body: bytes) -> Answer:
    """Raises Refused for arXiv's error entry, Malformed for what is no feed or was cut off."""
    found = parse_xml(body)
    require_feed(found, body)
    if isinstance(found.get("bozo_exception"), SAXException):
        raise Malformed(Problem(Code.NO_FEED))
    entries = found["entries"]
    papers, problems = [], []
    for entry in entries:
        try:
            papers.append(_paper(entry))
        except ValueError as error:
            name = entry.get("id", "an entry without an id")
            problems.append(str(Skipped(name, str(error))))
    if not entries and found["feed"].get("opensearch_totalresults", "0").strip("0 \n"):
        raise Malformed(Problem(Code.PAPERS_LEFT_OUT))
    return Answer(papers=tuple(papers), problems=tuple(problems))


def _paper(entry: Mapping[str, Any]) -> Paper:
    """Raises ValueError naming the field."""
    try:
        identifier = ids.split_version(entry.get("id", ""))
    except InputError as error:
        raise ValueError(f"id: {error}") from error
    categories = taxonomy.canonical(_terms(entry))
    raw_title = text_limits.within(identifier.id, "title", entry.get("title", ""))
    raw_abstract = text_limits.within(identifier.id, "abstract", entry.get("summary", "").strip())
    if not categories:
        raise ValueError("category: none that arXiv has")
    if not raw_title.strip():
        raise ValueError("title: missing")
    names = [author.get("name", "") for author in entry.get("authors", ())]
    all_authors = ", ".join(names)
    raw_authors = text_limits.within(identifier.id, "authors", all_authors)
    if raw_authors != all_authors:
        names = raw_authors.split(", ")
    return Paper(
        arxiv_id=identifier.id,
        version=identifier.version or 1,
        title=text.title(raw_title),
        authors=tuple(filter(None, map(text.name, names))),
        categories=categories,
        abstract=text.plain(raw_abstract),
        submitted_at=_time(entry.get("published", "")),
        comment=text_limits.line(identifier.id, "comments", entry.get("arxiv_comment")),
        journal_ref=text_limits.line(identifier.id, "journal-ref", entry.get("arxiv_journal_ref")),
        doi=text_limits.line(identifier.id, "doi", entry.get("arxiv_doi")),
        raw_title=raw_title,
        raw_authors=raw_authors,
        raw_abstract=raw_abstract,
    )


def _terms(entry: Mapping[str, Any]) -> Iterator[str]:
    """The primary category first, then all, which are in no order."""
    primary = entry.get("arxiv_primary_category") or {}
    yield primary.get("term") or ""
    for tag in entry.get("tags", ()):
        yield tag.get("term") or ""


def _time(spelt: str) -> datetime:
    try:
        at = datetime.fromisoformat(spelt)
    except ValueError as error:
        raise ValueError(f"published: {error}") from error
    if at.tzinfo is None:
        raise ValueError(f"published: {spelt!r} has no zone")
    return at


class ArxivApi:
    def __init__(self, http: Http, url: str, *, gate: str) -> None:
        self._http = http
        self._url = url.rstrip("/")
        self._gate = gate

    async def papers(self, arxiv_ids: Sequence[str]) -> tuple[Paper, ...]:
        """The papers with these canonical ids, ``MAX_IDS`` at most, those that arXiv knows.

        Raises SourceError.
        """
        answer = await self._http.get(
            f"{self._url}/api/query",
            params={"id_list": ",".join(arxiv_ids), "max_results": str(len(arxiv_ids))},
            headers={"Accept": "application/atom+xml"},
            gate=self._gate,
            door=f"{urlsplit(self._url).netloc}/api",
            accept=(200, 400),
        )
        parsed = await answer.parsed(parse_answer)
        tell_skipped(logger, "api.entry_skipped", parsed.problems)
        return parsed.papers
