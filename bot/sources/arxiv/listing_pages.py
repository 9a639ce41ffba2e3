"""arXiv's listing pages, read: /list/X/new and /catchup/X/DATE. Pure.

Both have the same three sections (new, cross-lists, replacements) of ``<dt>``, ``<dd>`` pairs; only
the heading differs, and it alone says which day a page shows. It has been without its date before
(arXiv/arxiv-browse#729): then nothing is guessed. Facts from arXiv's own templates
(arXiv/arxiv-browse: browse/templates/list, catchup.html).

Texts on pages went through arXiv's tex2utf: accents are Unicode, formulas are still TeX.
"""

import re
import time
from collections.abc import Collection, Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import date

from lxml import etree, html

from bot import text
from bot.arxiv import ids, taxonomy
from bot.errors import InputError, Malformed
from bot.models import ET_AL, Announcement, LearntFrom, Listed, Paper
from bot.problems import Code, Problem
from bot.sources import text_limits
from bot.sources.decoding import Skipped

_NEW_HEADING = re.compile(r"Showing new listings for (?P<day>\w+, \d{1,2} \w+ \d{4})$")
_CATCHUP_HEADING = re.compile(r"Catchup results for .{,200} on (?P<day>\w+, \d{1,2} \w+ \d{4})$")
_MAX_HEADING = 1000
# Opening and closing ones. A page of 2,000 entries, the most that arXiv puts on one, has about
# 100,000. The parser itself goes no deeper than 256 elements.
_MAX_TAGS = 1_000_000
_HEADINGS = ("%A, %d %B %Y", "%a, %d %b %Y")
_TOTAL = re.compile(rb"Total of (\d{1,9}) entries")
_SECTION = re.compile(
    r"(?P<kind>New|Cross|Replacement) submissions? "
    r"\((?:continued, )?showing (?:first |last )?(?P<shown>\d{1,9}) of (?P<all>\d{1,9}) entries\)"
)
_NOTHING = re.compile(rb"No (?:further )?updates")
_SUBJECT = re.compile(r"\(([^()\s]+)\)\s*(?:;|$)")
_VERSION = re.compile(r"v(\d{1,4})$")
# arXiv shows no more names of a paper, and says nothing of those that it leaves out
# (arXiv/arxiv-browse 26f634f: browse/controllers/abs_page.py).
_MAX_NAMES = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a listing. ``total`` counts the entries of all its pages, None if it is not said.

    ``entries`` are those that stand on this page, ``problems`` name the ones among them that were
    left out, with the field at fault.
    """

    day: date
    listed: tuple[Listed, ...]
    entries: int
    total: int | None
    problems: tuple[str, ...] = ()


def parse_new(body: bytes, categories: Collection[str]) -> Page:
    """Read /list/X/new, where X stands for ``categories``. Raises Malformed."""
    return _parse(body, categories, _NEW_HEADING, LearntFrom.LISTING)


def parse_catchup(body: bytes, categories: Collection[str]) -> Page:
    """Read /catchup/X/DATE, where X stands for ``categories``. Raises Malformed."""
    return _parse(body, categories, _CATCHUP_HEADING, LearntFrom.CATCHUP)


def _parse(
    body: bytes, categories: Collection[str], heading: re.Pattern[str], learnt: LearntFrom
) -> Page:
    if body.count(b"<") > _MAX_TAGS:
        raise Malformed(Problem(Code.PAGE_TOO_LARGE, limit=_MAX_TAGS))
    try:
        tree = html.document_fromstring(body, parser=html.HTMLParser(encoding="utf-8"))
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise Malformed(Problem(Code.PAGE_EMPTY)) from error
    day = _day(tree, heading)
    listed: list[Listed] = []
    problems: list[str] = []
    entries = 0
    for entries, (kind, term, description) in enumerate(_entries(tree), 1):
        try:
            paper = _paper(term, description)
            announcement = _announcement(kind, paper, categories)
        except ValueError as error:
            problems.append(str(Skipped(_name(term, entries), str(error))))
        else:
            listed.append(
                Listed(paper=paper, day=day, announcement=announcement, learnt_from=learnt)
            )
    return Page(
        day=day,
        listed=tuple(listed),
        entries=entries,
        total=_total(body, tree),
        problems=tuple(problems),
    )


def _day(tree: html.HtmlElement, pattern: re.Pattern[str]) -> date:
    """The day of the heading. Raises Malformed rather than to guess."""
    headings = [_squeezed(found) for found in tree.iter("h1", "h3")]
    for heading in headings:
        match = pattern.search(heading)
        day = _date(match["day"]) if match else None
        if day is not None:
            return day
    near = next((each for each in headings if "listings" in each or "Catchup" in each), "")
    raise Malformed(Problem(Code.PAGE_WITHOUT_DAY, heading=near))


def _date(spelt: str) -> date | None:
    """A date whose weekday agrees with it."""
    for form in _HEADINGS:
        try:
            day = date(*time.strptime(spelt, form)[:3])
        except ValueError:
            continue
        return day if f"{day:%A}".startswith(spelt.partition(",")[0]) else None
    return None


def _entries(
    tree: html.HtmlElement,
) -> Iterator[tuple[str, html.HtmlElement, html.HtmlElement]]:
    """(section, dt, dd) in the order of the page."""
    kind = ""
    term: html.HtmlElement | None = None
    for element in tree.iter("h3", "dt", "dd"):
        if element.tag == "h3":
            match = _SECTION.search(_squeezed(element))
            kind = match["kind"] if match else ""
        elif element.tag == "dt":
            term = element
        elif term is not None:
            yield kind, term, element
            term = None


def _total(body: bytes, tree: html.HtmlElement) -> int | None:
    """What the page says of the whole listing, else what its sections add up to."""
    before_entries = body.partition(b"<dt")[0]
    match = _TOTAL.search(before_entries)
    if match:
        return int(match[1])
    sections = [_SECTION.search(_squeezed(heading)) for heading in tree.iter("h3")]
    sizes = [int(section["all"]) for section in sections if section]
    if sizes:
        return sum(sizes)
    return 0 if _NOTHING.search(before_entries) else None


def _paper(term: html.HtmlElement, description: html.HtmlElement) -> Paper:
    """Raises ValueError naming the field."""
    arxiv_id = _identifier(term)
    raw_title = text_limits.within(arxiv_id, "title", _field(description, "list-title"))
    raw_authors = text_limits.within(arxiv_id, "authors", _field(description, "list-authors"))
    authors = text.split_authors(raw_authors)
    if _names(description) == _MAX_NAMES:
        authors = (*authors, ET_AL)
    abstract = _abstract(description)
    categories = taxonomy.canonical(_SUBJECT.findall(_field(description, "list-subjects")))
    if not raw_title:
        raise ValueError("title: missing")
    if not categories:
        raise ValueError("subjects: none that arXiv has")
    if abstract is None:
        raise ValueError("abstract: missing")
    raw_abstract = text_limits.within(arxiv_id, "abstract", abstract)
    return Paper(
        arxiv_id=arxiv_id,
        version=_version(term),
        title=text.title(raw_title),
        authors=authors,
        categories=categories,
        abstract=text.plain(raw_abstract),
        comment=text_limits.line(arxiv_id, "comments", _field(description, "list-comments")),
        journal_ref=text_limits.line(
            arxiv_id, "journal-ref", _field(description, "list-journal-ref")
        ),
        raw_title=raw_title,
        raw_authors=raw_authors,
        raw_abstract=raw_abstract,
    )


def _identifier(term: html.HtmlElement) -> str:
    for link in term.iter("a"):
        address = link.get("href", "")
        if "/abs/" in address:
            try:
                return ids.normalise(address.partition("/abs/")[2])
            except InputError as error:
                raise ValueError(f"id: {error}") from error
    raise ValueError("id: no link to the abstract")


def _version(term: html.HtmlElement) -> int:
    """From the link to the HTML form, which most papers have; 1 where nothing says more."""
    for link in term.iter("a"):
        address = link.get("href", "")
        if "/html/" in address and (match := _VERSION.search(address)):
            return int(match[1])
    return 1


def _announcement(kind: str, paper: Paper, categories: Collection[str]) -> Announcement:
    """Raises ValueError below a heading that names no section."""
    match kind:
        case "New":
            return Announcement.NEW
        case "Cross":
            return Announcement.CROSS
        case "Replacement":
            mine = paper.primary in categories
            return Announcement.REPLACE if mine else Announcement.REPLACE_CROSS
    raise ValueError("section: it stands below no readable heading")


def _field(description: html.HtmlElement, name: str) -> str:
    """The text of a ``div`` without its label, on one line; empty when there is no such field."""
    for found in description.iter("div"):
        if name in found.get("class", "").split():
            return " ".join(_shown(found).split())
    return ""


def _names(description: html.HtmlElement) -> int:
    """How many names stand there: each is a link to its search."""
    return sum(
        len(list(found.iter("a")))
        for found in description.iter("div")
        if "list-authors" in found.get("class", "").split()
    )


def _abstract(description: html.HtmlElement) -> str | None:
    for found in description.iter("p"):
        if "mathjax" in found.get("class", "").split():
            return "\n".join(" ".join(line.split()) for line in _shown(found).strip().split("\n"))
    return None


def _shown(element: html.HtmlElement) -> str:
    """The text as its author wrote it: no labels, line breaks for ``<br>``, and addresses where
    arXiv shows "this https URL".
    """
    copy = deepcopy(element)
    for part in list(copy.iter("span", "br", "a")):
        if part.tag == "br":
            part.tail = "\n" + (part.tail or "")
        elif part.tag == "a" and re.fullmatch(r"this \w+ URL", part.text or ""):
            part.text = part.get("href", "")
        elif "descriptor" in part.get("class", "").split():
            part.text = ""
    return str(copy.text_content())


def _squeezed(element: html.HtmlElement) -> str:
    return " ".join(str(element.text_content())[:_MAX_HEADING].split())


def _name(term: html.HtmlElement, place: int) -> str:
    try:
        return _identifier(term)
    except ValueError:
        return f"entry {place}"
