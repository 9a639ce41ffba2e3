"""arXiv's API /api/query, for ``id_list`` only: shapes of answers recorded in April 2026."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from urllib.parse import urlencode
from xml.sax.saxutils import escape

from tests.services.arxiv_world import Paper

_ID = re.compile(r"(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v([1-9]\d*))?")
_ROOT = (
    "<?xml version='1.0' encoding='UTF-8'?>\n"
    '<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" '
    'xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns="http://www.w3.org/2005/Atom">\n'
)


def answer(query: Mapping[str, str], papers: Iterable[Paper], now: datetime) -> tuple[int, str]:
    """Status and body. Unknown ids and versions are missing without a word."""
    ids = [text.strip() for text in query.get("id_list", "").split(",") if text.strip()]
    for text in ids:
        if not _ID.fullmatch(text):
            return 400, _error(f"incorrect id format for {text}", now)
    start, size = query.get("start", "0"), query.get("max_results", "10")
    for name, number in (("start", start), ("max_results", size)):
        if not number.isdigit():
            return 400, _error(f"{name} must be an integer", now)
    known = {paper.id: paper for paper in papers if not paper.deleted}
    entries = [entry for text in ids if (entry := _entry(text, known))]
    shown = entries[int(start) : int(start) + int(size)]
    asked = urlencode({"search_query": "", "start": start, "max_results": size}, safe=",/")
    asked += f"&id_list={query.get('id_list', '')}"
    return 200, (
        f"{_ROOT}  <id>https://arxiv.org/api/qFNnN3Zc8bA02fouemuGZq2J4Tg</id>\n"
        f"  <title>arXiv Query: {escape(asked)}</title>\n"
        f"  <updated>{_time(now)}</updated>\n"
        f'  <link href="https://arxiv.org/api/query?{escape(asked)}"'
        ' type="application/atom+xml"/>\n'
        f"{_sizes(int(size), len(entries), int(start))}{''.join(shown)}</feed>\n"
    )


def _sizes(page: int, total: int, start: int) -> str:
    return (
        f"  <opensearch:itemsPerPage>{page}</opensearch:itemsPerPage>\n"
        f"  <opensearch:totalResults>{total}</opensearch:totalResults>\n"
        f"  <opensearch:startIndex>{start}</opensearch:startIndex>\n"
    )


def _error(message: str, now: datetime) -> str:
    """One entry that looks like a paper to whoever does not read its title."""
    address = f"https://arxiv.org/api/errors#{message.replace(' ', '_')}"
    return (
        f"{_ROOT}  <id>https://arxiv.org/</id>\n  <title>arXiv Search Results</title>\n"
        f"  <updated>{_time(now)}</updated>\n{_sizes(1, 1, 0)}  <entry>\n"
        f"    <id>{escape(address)}</id>\n    <title>Error</title>\n"
        f"    <updated>{_time(now)}</updated>\n"
        f'    <link href="{escape(address)}" rel="alternate" type="text/html"/>\n'
        f"    <summary>{escape(message)}</summary>\n"
        "    <author>\n      <name>arXiv api core</name>\n    </author>\n  </entry>\n</feed>\n"
    )


def _entry(text: str, known: Mapping[str, Paper]) -> str:
    match = _ID.fullmatch(text)
    paper = known.get(match[1]) if match else None
    if match is None or paper is None:
        return ""
    versions = dict(paper.versions)
    number = int(match[2]) if match[2] else max(versions)
    if number not in versions:
        return ""
    full_id = f"{paper.id}v{number}"
    scheme = 'scheme="http://arxiv.org/schemas/atom"'
    lines = [
        f"<id>http://arxiv.org/abs/{full_id}</id>",
        f"<title>{escape(paper.title)}</title>",
        f"<updated>{_time(versions[number])}</updated>",
        f'<link href="https://arxiv.org/abs/{full_id}" rel="alternate" type="text/html"/>',
        f'<link href="https://arxiv.org/pdf/{full_id}" rel="related" type="application/pdf"'
        ' title="pdf"/>',
        f"<summary>{escape(paper.abstract)}</summary>",
        *(f'<category term="{category}" {scheme}/>' for category in paper.categories),
        f"<published>{_time(paper.submitted)}</published>",
        *([f"<arxiv:comment>{escape(paper.comments)}</arxiv:comment>"] if paper.comments else []),
        f'<arxiv:primary_category term="{paper.primary}"/>',
        *(f"<author>\n      <name>{escape(name)}</name>\n    </author>" for name in paper.authors),
    ]
    return "  <entry>\n" + "".join(f"    {line}\n" for line in lines) + "  </entry>\n"


def _time(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
