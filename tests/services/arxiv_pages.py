"""arxiv.org's pages /list/X/new and /catchup/X/DATE, in the shape of arXiv/arxiv-browse.

Also its oddities: ``href ="/abs/…"`` with a space, section headings that say how much of a section
a page shows, and a paging line only when there is something to page through.
"""

from collections.abc import Sequence
from datetime import date
from html import escape
from typing import Literal
from urllib.parse import quote_plus

from tests.services.arxiv_world import Announced

Section = Literal["new", "cross", "replace"]
SECTIONS: tuple[Section, ...] = ("new", "cross", "replace")
SHOWS = (25, 50, 100, 250, 500, 1000, 2000)
_TITLES = {
    "new": "New submissions",
    "cross": "Cross submissions",
    "replace": "Replacement submissions",
}
_NAMES = {
    "cs": "Computer Science",
    "cs.AI": "Artificial Intelligence",
    "cs.CL": "Computation and Language",
    "cs.CV": "Computer Vision and Pattern Recognition",
    "cs.DC": "Distributed, Parallel, and Cluster Computing",
    "cs.LG": "Machine Learning",
    "math.CO": "Combinatorics",
    "stat.ML": "Machine Learning",
}


def section_of(row: Announced) -> Section:
    """Both kinds of replacement stand in one section."""
    return row.kind if row.kind in ("new", "cross") else "replace"


def new_page(
    query: str, day: date, rows: Sequence[Announced], skip: int, show: int, dated: bool
) -> str:
    """``dated=False`` leaves the date out of the heading, as happened on 2024-09-20."""
    when = f" for {day:%A}, {day.day} {day:%B} {day.year}" if dated else ""
    paging = ""
    if rows:
        pages = range(0, len(rows), show)
        links = "".join(_range(query, start, show, len(rows), skip) for start in pages)
        ranges = f" :{links}" if len(rows) > show else ""
        paging = (
            f"<div class='paging'>Total of {len(rows)} entries{ranges}\n</div>\n"
            f"<div class='morefewer'>Showing up to {show} entries per page:"
            ' <span style="color: #454545">all</span></div>\n'
        )
    body = _sections(rows, skip, show, True) if rows else "<p>No updates today.</p>\n"
    return _shell(
        f"<h1>{_name(query)}</h1>\n<ul></ul>\n"
        f'<p>See <a href="/list/{query}/recent">recent</a> articles</p>\n'
        f"<h3>Showing new listings{when}</h3>\n{paging}{body}{paging}"
    )


def catchup_page(
    query: str,
    day: date,
    rows: Sequence[Announced],
    *,
    page: int,
    size: int,
    abstracts: bool,
    next_day: date | None,
    dated: bool,
) -> str:
    """``next_day`` is the announcement day after this one, if there is one yet."""
    when = f"{day:%a, %d %b %Y}"
    onward = (
        f'<a href="/catchup/{query}/{next_day}?abs={abstracts}&amp;page=1">'
        "Continue to the next day</a>"
        if next_day
        else ""
    )
    count = -(-len(rows) // size)
    links = "".join(
        f"<span>{n}</span>\n"
        if n == page
        else f"<a href=/catchup/{query}/{day}?abs={abstracts}&amp;page={n}>{n}</a>\n"
        for n in range(1, count + 1)
    )
    pages = f"View page:\n{links}" if count > 1 else ""
    total = f"Total of {len(rows)} entries for {when}\n{pages}"
    body = _sections(rows, (page - 1) * size, size, abstracts) or (
        f"<br><div><p>No updates for {when}. There was either no announcement for this day, or no"
        " updates within the requested subject.</p></div><br>\n"
    )
    heading = f"Catchup results for {_name(query)}" + (f" on {when}" if dated else "")
    return _shell(
        f"<h1>{heading}</h1>\n<ul></ul>\n<div>{onward}<br><br>{total}</div>\n"
        f"{body}<div></div>{total}\n{onward}"
    )


def _range(query: str, start: int, show: int, total: int, skip: int) -> str:
    text = f"{start + 1}-{min(total, start + show)}"
    if start == skip:
        return f"\n<span>{text}</span>"
    return f"\n<a href=/list/{query}/new?skip={start}&amp;show={show}>{text}</a>"


def _sections(rows: Sequence[Announced], skip: int, show: int, abstracts: bool) -> str:
    """The part of the day that stands on this page, under headings that say which part it is."""
    html, before = "", 0
    for section in SECTIONS:
        mine = [row for row in rows if section_of(row) == section]
        first, last = max(skip - before, 0), min(skip + show - before, len(mine))
        if first < last:
            part = "first " if last < len(mine) else "last " if first else ""
            showing = f"{'continued, ' if first else ''}showing {part}{last - first}"
            items = "".join(_entry(before + n + 1, mine[n], abstracts) for n in range(first, last))
            title = f"{_TITLES[section]} ({showing} of {len(mine)} entries)"
            html += f"<dl id='articles'>\n<h3>{title}</h3>\n{items}</dl>\n"
        before += len(mine)
    return html


def _entry(number: int, row: Announced, abstracts: bool) -> str:
    paper, section = row.paper, section_of(row)
    note = {"new": "", "cross": f"(cross-list from {paper.primary})", "replace": "(replaced)"}
    comments = (
        "<div class='list-comments mathjax'><span class='descriptor'>Comments:</span>\n"
        f"          {escape(paper.comments)}\n        </div>\n"
        if paper.comments
        else ""
    )
    abstract = f"<p class='mathjax'>\n          {escape(paper.abstract)}\n        </p>\n"
    full_html = f"https://arxiv.org/html/{paper.id}v{row.version}"
    return f"""
    <dt>
      <a name='item{number}'>[{number}]</a>
      <a href ="/abs/{paper.id}" title="Abstract" id="{paper.id}">
        arXiv:{paper.id}
      </a>
      {note[section]}
        [<a href="/pdf/{paper.id}" title="Download PDF" id="pdf-{paper.id}">pdf</a>, \
<a href="{full_html}" title="View HTML" id="html-{paper.id}">html</a>]
    </dt>
    <dd>
      <div class='meta'>
        <div class='list-title mathjax'><span class='descriptor'>Title:</span>
          {escape(paper.title)}
        </div>
        <div class='list-authors'>{_authors(paper.authors)}</div>
        {comments}
        <div class='list-subjects'><span class='descriptor'>Subjects:</span>
          {_subjects(paper.categories)}
        </div>
        {abstract if abstracts else ""}
      </div>
    </dd>
"""


def _authors(names: Sequence[str]) -> str:
    """A hundred of them when that leaves out more than one, and no word of the others."""
    names = names[:100] if len(names) > 101 else names
    return ", ".join(
        '<a href="https://arxiv.org/search/cs?searchtype=author&amp;query='
        f'{quote_plus(name)}" rel="nofollow">{escape(name)}</a>'
        for name in names
    )


def _subjects(categories: Sequence[str]) -> str:
    first, *others = (f"{_name(category)} ({category})" for category in categories)
    return "; ".join([f'<span class="primary-subject">{first}</span>', *others])


def _name(category: str) -> str:
    return _NAMES.get(category, f"Subject {category}")


def _shell(inner: str) -> str:
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8"><title>arXiv</title></head>'
        f"\n<body>\n<div id='content-inner'>\n<div id='dlpage'>\n{inner}\n</div>\n</div>\n</body>"
        "</html>\n"
    )
