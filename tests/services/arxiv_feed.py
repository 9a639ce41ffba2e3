"""The Atom feed of rss.arxiv.org, byte for byte in its shape (a capture of 2025-08-20)."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from xml.sax.saxutils import escape

from tests.services.arxiv_world import KINDS, NEW_YORK, Announced

_ROOT = (
    "<?xml version='1.0' encoding='UTF-8'?>\n"
    '<feed xmlns:arxiv="http://arxiv.org/schemas/atom" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns="http://www.w3.org/2005/Atom" xml:lang="en-us">\n'
)


def capped(rows: Sequence[Announced], cap: int) -> list[Announced]:
    """What a feed keeps: replacements before news, high ids before low ones; shown news first."""
    worst_first = sorted(rows, key=lambda row: row.paper.id, reverse=True)
    worst_first.sort(key=lambda row: -KINDS.index(row.kind))
    return worst_first[:cap][::-1]


def feed(query: str, day: date, rows: Sequence[Announced]) -> str:
    """Built seconds after midnight in New York and cached from then on."""
    midnight = datetime.combine(day, time(), NEW_YORK)
    built = datetime.combine(day, time(0, 0, 19), NEW_YORK).astimezone(UTC).isoformat()
    entries = "".join(_entry(row, built, midnight.isoformat()) for row in rows)
    return _head(query, f"{query} updates on arXiv.org", built) + (
        f"  <subtitle>{query} updates on the arXiv.org e-print archive.</subtitle>\n"
        f"{entries}</feed>\n"
    )


def error_feed(query: str, message: str, now: datetime) -> str:
    """Comes with HTTP 400: a feed without entries whose subtitle says what is wrong."""
    title = f"Feed error for query: http://rss.arxiv.org/atom/{query}"
    subtitle = f"  <subtitle>{escape(message)}</subtitle>\n</feed>\n"
    return _head(query, title, now.isoformat()) + subtitle


def _head(query: str, title: str, updated: str) -> str:
    address = f"http://rss.arxiv.org/atom/{escape(query)}"
    return (
        f"{_ROOT}  <id>{address}</id>\n  <title>{escape(title)}</title>\n"
        f"  <updated>{updated}</updated>\n"
        f'  <link href="{address}" rel="self" type="application/atom+xml"/>\n'
    )


def _entry(row: Announced, built: str, midnight: str) -> str:
    paper, full_id = row.paper, f"{row.paper.id}v{row.version}"
    summary = f"arXiv:{full_id} Announce Type: {row.kind} \nAbstract: {paper.abstract}"
    lines = [
        f"<id>oai:arXiv.org:{full_id}</id>",
        f"<title>{escape(paper.title)}</title>",
        f"<updated>{built}</updated>",
        f'<link href="https://arxiv.org/abs/{paper.id}" rel="alternate" type="text/html"/>',
        f"<summary>{escape(summary)}</summary>",
        *(f'<category term="{category}"/>' for category in paper.categories),
        f"<published>{midnight}</published>",
        f"<arxiv:announce_type>{row.kind}</arxiv:announce_type>",
        f"<dc:rights>{escape(paper.license)}</dc:rights>",
    ]
    if paper.journal_ref:
        lines.append(
            f"<arxiv:journal_reference>{escape(paper.journal_ref)}</arxiv:journal_reference>"
        )
    if paper.doi:
        lines.append(f"<arxiv:DOI>{escape(paper.doi)}</arxiv:DOI>")
    lines.append(f"<dc:creator>{escape(', '.join(paper.authors))}</dc:creator>")
    return "  <entry>\n" + "".join(f"    {line}\n" for line in lines) + "  </entry>\n"
