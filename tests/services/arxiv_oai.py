"""arXiv's OAI-PMH of 2025 and later: verbs ListRecords and GetRecord, formats arXiv and arXivRaw.

From arXiv's documents and the code of arXiv/oaipmh (facts read, nothing copied): pages of 2,000
records in the order of their datestamps; a resumption token dies at the next UTC midnight; errors
come with HTTP 200.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from html import escape
from urllib.parse import parse_qsl, quote, unquote, urlencode

from tests.services.arxiv_world import PHYSICS, Paper

EARLIEST = date(2005, 9, 16)
_LIST = {"verb", "metadataPrefix", "from", "until", "set"}
_XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'


class OaiError(Exception):
    def __init__(self, code: str, description: str) -> None:
        super().__init__(description)
        self.code = code


class Repository:
    """``papers`` are in the order of their datestamps. ``sizes`` tells how long a list is."""

    def __init__(self, papers: Sequence[Paper], page_size: int, sizes: bool) -> None:
        self._papers, self._page_size, self._sizes = papers, page_size, sizes

    def answer(self, query: Mapping[str, str], now: datetime) -> str:
        try:
            inner = self._answer(query, now)
            asked = "".join(f' {name}="{escape(value)}"' for name, value in query.items())
        except OaiError as problem:
            inner = f"<error code='{problem.code}'>{escape(str(problem))}</error>\n"
            asked = ""
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/" {_XSI}>\n'
            f"<responseDate>{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}</responseDate>\n"
            f"<request{asked}>http://oaipmh.arxiv.org/oai</request>\n{inner}</OAI-PMH>\n"
        )

    def _answer(self, query: Mapping[str, str], now: datetime) -> str:
        match query.get("verb"):
            case "ListRecords":
                return self._list(query, now)
            case "GetRecord":
                return self._get(query)
        raise OaiError("badVerb", "Value of the verb argument is not a legal OAI-PMH verb.")

    def _list(self, query: Mapping[str, str], now: datetime) -> str:
        at, today = 0, now.astimezone(UTC).date()
        if "resumptionToken" in query:
            if set(query) != {"verb", "resumptionToken"}:
                raise OaiError("badArgument", "No other parameters with resumptionToken.")
            resumed = True
            query, at = _unpacked(query["resumptionToken"], today)
        else:
            resumed = False
        if not set(query) <= _LIST or "metadataPrefix" not in query:
            raise OaiError("badArgument", "The request includes illegal or lacks some arguments.")
        write = _format(query["metadataPrefix"])
        start, end = _dates(query, today)
        at = at or bisect_left(self._papers, start, key=_stamp)
        page, following = self._page(at, end, query.get("set"))
        if not page and not resumed:
            raise OaiError("noRecordsMatch", "The combination of arguments gives an empty list.")
        token = ""
        if following is not None:
            token = self._token(query, following, today)
        elif resumed:
            token = "<resumptionToken/>\n"
        records = "".join(map(write, page))
        return f"<ListRecords>\n{records}{token}</ListRecords>\n"

    def _page(self, at: int, end: date, wanted: str | None) -> tuple[list[Paper], int | None]:
        """The papers, and where the next page begins if there is one."""
        page: list[Paper] = []
        for n in range(at, len(self._papers)):
            paper = self._papers[n]
            if paper.datestamp > end:
                break
            if wanted is None or any(_inside(spec, wanted) for spec in _sets(paper)):
                if len(page) == self._page_size:
                    return page, n
                page.append(paper)
        return page, None

    def _token(self, query: Mapping[str, str], at: int, today: date) -> str:
        dies = today + timedelta(days=1)
        value = quote(urlencode({**query, "skip": at, "dies": dies}))
        sizes = ""
        if self._sizes:
            start, end = _dates(query, today)
            count = bisect_right(self._papers, end, key=_stamp)
            sizes = f' completeListSize="{count - bisect_left(self._papers, start, key=_stamp)}"'
        return (
            f"<resumptionToken expires='{dies}T00:00:00Z'{sizes}>{escape(value)}"
            "</resumptionToken>\n"
        )

    def _get(self, query: Mapping[str, str]) -> str:
        if set(query) != {"verb", "identifier", "metadataPrefix"}:
            raise OaiError("badArgument", "GetRecord needs identifier and metadataPrefix only.")
        write, wanted = _format(query["metadataPrefix"]), query["identifier"]
        for paper in self._papers:
            if f"oai:arXiv.org:{paper.id}" == wanted:
                return f"<GetRecord>\n{write(paper)}</GetRecord>\n"
        raise OaiError("idDoesNotExist", f"'{wanted}' is unknown or illegal in this repository.")


def _stamp(paper: Paper) -> date:
    return paper.datestamp


def _unpacked(token: str, today: date) -> tuple[dict[str, str], int]:
    query = dict(parse_qsl(unquote(token)))
    try:
        at, dies = int(query.pop("skip")), date.fromisoformat(query.pop("dies"))
    except (KeyError, ValueError) as problem:
        raise OaiError("badResumptionToken", "The token is invalid.") from problem
    if today >= dies:
        raise OaiError("badResumptionToken", "The token is invalid or expired.")
    return query, at


def _dates(query: Mapping[str, str], today: date) -> tuple[date, date]:
    try:
        start = date.fromisoformat(query["from"]) if "from" in query else EARLIEST
        end = date.fromisoformat(query["until"]) if "until" in query else today
    except ValueError as problem:
        raise OaiError("badArgument", "Dates must be YYYY-MM-DD.") from problem
    if start < EARLIEST or end > today or ("until" in query and start > end):
        raise OaiError("badArgument", "Dates must be in order, from 2005-09-16 until today.")
    return start, end


def _inside(spec: str, wanted: str) -> bool:
    """A shorter set takes all below it."""
    return spec == wanted or spec.startswith(f"{wanted}:")


def _sets(paper: Paper) -> list[str]:
    """``cs:cs:AI``; an archive without subclasses is ``physics:hep-th``."""
    specs = []
    for category in paper.categories:
        archive, dot, _ = category.partition(".")
        group = "physics" if archive in PHYSICS else archive
        name = category.partition(".")[2]
        specs.append(f"{group}:{archive}:{name}" if dot else f"{group}:{archive}")
    return specs


def _format(prefix: str) -> Callable[[Paper], str]:
    bodies = {"arXiv": _split, "arXivRaw": _raw}
    if prefix not in bodies:
        raise OaiError("cannotDisseminateFormat", f"Did not recognize the format {prefix}.")
    return lambda paper: _record(paper, bodies[prefix])


def _record(paper: Paper, body: Callable[[Paper], str]) -> str:
    status = " status='deleted'" if paper.deleted else ""
    sets = "".join(f"<setSpec>{spec}</setSpec>\n" for spec in _sets(paper))
    metadata = "" if paper.deleted else f"<metadata>\n{body(paper)}</metadata>\n"
    return (
        f"<record>\n<header{status}>\n<identifier>oai:arXiv.org:{paper.id}</identifier>\n"
        f"<datestamp>{paper.datestamp}</datestamp>\n{sets}</header>\n{metadata}</record>\n"
    )


def _raw(paper: Paper) -> str:
    versions = "".join(
        f'<version version="v{number}">\n<date>{at:%a, %d %b %Y %H:%M:%S GMT}</date>\n'
        "<size>101kb</size>\n</version>\n"
        for number, at in paper.versions
    )
    return (
        f'<arXivRaw xmlns="http://arxiv.org/OAI/arXivRaw/" {_XSI}>\n<id>{paper.id}</id>\n'
        f"<submitter>{escape(paper.authors[0])}</submitter>\n{versions}"
        f"<title>{escape(paper.title)}</title>\n"
        f"<authors>{escape(', '.join(paper.authors))}</authors>\n{_rest(paper)}</arXivRaw>\n"
    )


def _split(paper: Paper) -> str:
    """Authors in parts, no versions; ``created`` is the current version's date (a known bug)."""
    authors = "".join(
        f"<author><keyname>{escape(last)}</keyname>"
        + (f"<forenames>{escape(first)}</forenames>" if first else "")
        + "</author>"
        for first, _, last in (name.rpartition(" ") for name in paper.authors)
    )
    return (
        f'<arXiv xmlns="http://arxiv.org/OAI/arXiv/" {_XSI}>\n<id>{paper.id}</id>'
        f"<created>{paper.versions[-1][1].date()}</created><authors>{authors}</authors>"
        f"<title>{escape(paper.title)}</title>\n{_rest(paper)}</arXiv>\n"
    )


def _rest(paper: Paper) -> str:
    parts = {
        "categories": " ".join(paper.categories),
        "comments": paper.comments,
        "journal-ref": paper.journal_ref,
        "doi": paper.doi,
        "license": paper.license,
        "abstract": paper.abstract,
    }
    return "".join(f"<{name}>{escape(text)}</{name}>\n" for name, text in parts.items() if text)
