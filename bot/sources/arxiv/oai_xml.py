"""OAI-PMH answers of arXiv, read while they arrive. Pure.

Formats ``arXivRaw`` (all versions with their times) and ``arXiv`` (split authors; no versions, and
since 2025 its ``created`` is not the time of version 1, so no time is taken from it). Facts from
arXiv's help page (info.arxiv.org/help/oa/index.html) and the protocol's specification
(openarchives.org/OAI/openarchivesprotocol.html).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from xml.etree.ElementTree import Element, ParseError, XMLPullParser

from bot.arxiv import ids, taxonomy
from bot.errors import InputError, Malformed, Refused
from bot.problems import Code, Problem
from bot.sources import text_limits
from bot.sources.arxiv.record import Record, version_number, version_time
from bot.sources.decoding import Skipped

_OAI = "{http://www.openarchives.org/OAI/2.0/}"
_ID_PREFIX = "oai:arXiv.org:"
_NOTHING = "noRecordsMatch"
_SLICE = 2**16
# A record of a large collaboration has some 100 kB, a page 2,000 records of about 30 elements. Both
# bound what is held in memory, the first of them the depth too: an element that is not closed is
# not counted.
_LARGEST_RECORD = 2**20
_MAX_ELEMENTS = 500_000
# The last two: it names an encoding that the parser does not know, or cannot read.
_UNREADABLE = (ParseError, LookupError, ValueError)
_RECORD, _TOKEN, _ERROR = _PARTS = [
    f"{_OAI}{name}" for name in ("record", "resumptionToken", "error")
]


class OaiError(Refused):
    """The repository refused a request. ``code`` is the protocol's (badResumptionToken, ...)."""

    def __init__(self, code: str, said: str) -> None:
        super().__init__(Problem(Code.OAI_REFUSED, error=code, text=said))
        self.code = code
        self._said = said

    def __reduce__(self) -> tuple[type["OaiError"], tuple[str, str]]:
        """It comes out of another process."""
        return OaiError, (self.code, self._said)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One answer. ``token`` asks for the next one; empty after the last.

    ``size`` is how long the whole list is, which arXiv does not promise to tell. ``problems`` name
    the records that were left out, with the field at fault.
    """

    records: tuple[Record, ...]
    token: str = ""
    size: int | None = None
    problems: tuple[str, ...] = ()


def parse_records(chunks: bytes | Iterable[bytes]) -> Page:
    """A whole answer. Raises Malformed, and OaiError for every error but "no records match"."""
    reader = Reader()
    for chunk in [chunks] if isinstance(chunks, bytes) else chunks:
        reader.feed(chunk)
    return reader.close()


def _slices(body: bytes) -> Iterator[bytes]:
    """As they would come from the wire: the records of all of it at once fill the memory."""
    return (body[start : start + _SLICE] for start in range(0, len(body), _SLICE))


class Reader:
    """Takes an answer chunk by chunk and keeps no more of it than the records.

    The chunks may come in different threads, which lxml's pull parser does not survive. The
    standard library's stands on expat, which refuses entities that grow out of proportion.
    """

    def __init__(self) -> None:
        self._parser: XMLPullParser[Element] = XMLPullParser(["end"])
        self._ended = self._ended_before = ""
        self._has_no_records = False
        self._since_part = 0
        self._elements = 0
        self._records: list[Record] = []
        self._problems: list[str] = []
        self._token = ""
        self._size: int | None = None

    def feed(self, chunk: bytes) -> None:
        """Raises Malformed, and OaiError."""
        try:
            for part in _slices(chunk):
                self._parser.feed(part)
                self._since_part += len(part)
                self._read_events()
                if self._since_part > _LARGEST_RECORD:
                    raise Malformed(Problem(Code.OAI_RECORD_TOO_LARGE, limit=_LARGEST_RECORD))
                if self._elements > _MAX_ELEMENTS:
                    raise Malformed(Problem(Code.OAI_PAGE_TOO_LARGE, limit=_MAX_ELEMENTS))
        except _UNREADABLE as error:
            raise self._broken(error) from error

    def close(self) -> Page:
        """The end of the answer. Raises Malformed when it came too early, and Refused where it has
        neither records nor an error: another verb's answer, such as Identify."""
        try:
            self._parser.close()
            self._read_events()
        except _UNREADABLE as error:
            raise self._broken(error) from error
        if self._ended != f"{_OAI}OAI-PMH":
            technical = f"an XML document <{self._ended}>"
            raise Malformed(Problem(Code.NO_OAI, technical=technical))
        if not (self._records or self._problems or self._has_no_records):
            name = _without_namespace(self._ended_before)
            raise Refused(Problem(Code.OAI_WITHOUT_RECORDS, element=name))
        return Page(
            records=tuple(self._records),
            token=self._token,
            size=self._size,
            problems=tuple(self._problems),
        )

    def _read_events(self) -> None:
        for event in self._parser.read_events():
            self._elements += 1
            element = event[-1]
            if isinstance(element, Element):  # "end" events have no other
                self._ended_before, self._ended = self._ended, element.tag
                if self._ended in _PARTS:
                    self._since_part = 0
                    self._take(element)

    def _take(self, element: Element) -> None:
        if element.tag == _RECORD:
            self._read(element)
        elif element.tag == _TOKEN:
            self._token = (element.text or "").strip()
            size = element.get("completeListSize", "")
            self._size = int(size) if size.isdecimal() and len(size) < 10 else None
        elif element.tag == _ERROR:
            code = element.get("code", "")
            self._has_no_records = code == _NOTHING
            if not self._has_no_records:
                raise OaiError(code, text_limits.said(element.text or ""))

    def _read(self, element: Element) -> None:
        try:
            self._records.append(_record(element))
        except ValueError as error:
            name = element.findtext(f"{_OAI}header/{_OAI}identifier") or "a record without a name"
            name = name.strip().removeprefix(_ID_PREFIX)
            self._problems.append(str(Skipped(name, str(error))))
        element.clear()

    def _broken(self, error: Exception) -> Malformed:
        if self._records:
            return Malformed(Problem(Code.OAI_BROKEN_OFF, records=len(self._records)))
        technical = error.msg if isinstance(error, ParseError) else str(error)
        return Malformed(Problem(Code.NO_OAI, technical=technical))


def _record(element: Element) -> Record:
    """Raises ValueError naming the field."""
    parts = {_local(part): part for part in element}
    header = {_local(part): part.text or "" for part in parts.get("header", ())}
    arxiv_id = _identifier(header.get("identifier", ""))
    changed = _day(header.get("datestamp", ""))
    if "header" in parts and parts["header"].get("status") == "deleted":
        return Record(arxiv_id=arxiv_id, changed=changed, deleted=True)
    body = next(iter(parts.get("metadata", ())), None)
    if body is None:
        raise ValueError("metadata: missing")
    fields = {_local(part): part for part in body}
    times = dict(_versions(body))
    categories = taxonomy.canonical(_text(fields, "categories").split())
    if not categories:
        raise ValueError("categories: none that arXiv has")
    title = text_limits.within(arxiv_id, "title", _text(fields, "title"))
    if not title.strip():
        raise ValueError("title: missing")
    return Record(
        arxiv_id=arxiv_id,
        changed=changed,
        categories=categories,
        submitted_at=times[min(times)] if times else None,
        version=max(times, default=1),
        title=title,
        authors=text_limits.within(arxiv_id, "authors", _authors(fields)),
        abstract=text_limits.within(arxiv_id, "abstract", _text(fields, "abstract")),
        comment=text_limits.line(arxiv_id, "comments", _text(fields, "comments")),
        journal_ref=text_limits.line(arxiv_id, "journal-ref", _text(fields, "journal-ref")),
        doi=text_limits.line(arxiv_id, "doi", _text(fields, "doi")),
        license_url=text_limits.line(arxiv_id, "license", _text(fields, "license")),
    )


def _local(element: Element) -> str:
    return _without_namespace(element.tag)


@lru_cache(maxsize=256)
def _without_namespace(tag: str) -> str:
    return tag.rpartition("}")[2]


def _identifier(spelt: str) -> str:
    try:
        return ids.normalise(spelt.strip().removeprefix(_ID_PREFIX))
    except InputError as error:
        raise ValueError(f"identifier: {error}") from error


def _day(spelt: str) -> date:
    try:
        return date.fromisoformat(spelt.strip()[:10])
    except ValueError as error:
        raise ValueError(f"datestamp: {error}") from error


def _text(fields: Mapping[str, Element], name: str) -> str:
    found = fields.get(name)
    return "" if found is None else (found.text or "").strip()


def _versions(body: Element) -> Iterator[tuple[int, datetime]]:
    """Number and time of each version that arXivRaw names."""
    for part in body:
        if _local(part) != "version":
            continue
        spelt = next((inner.text or "" for inner in part if _local(inner) == "date"), "")
        try:
            yield version_number(part.get("version", "")), version_time(spelt)
        except ValueError as error:
            raise ValueError(f"version: {error}") from error


def _authors(fields: Mapping[str, Element]) -> str:
    """One string in author order, joined as the feed joins them."""
    found = fields.get("authors")
    if found is None:
        return ""
    names = []
    for author in found:
        parts = {_local(part): (part.text or "").strip() for part in author}
        named = (parts.get(name, "") for name in ("forenames", "keyname", "suffix"))
        names.append(" ".join(filter(None, named)))
    return ", ".join(names) or (found.text or "").strip()
