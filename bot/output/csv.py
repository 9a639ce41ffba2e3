"""Rankings -> rows of a table."""

import csv
import io
from collections.abc import Iterable

from bot.arxiv import ids
from bot.models import Era, Network, RankedPaper, Ranking

# Networks with one kind of interest have no column of reposts.
_ONE_KIND = (Network.HACKERNEWS, Network.HUGGINGFACE)
_COUNTS = tuple(
    (network, kind)
    for network in Network
    for kind in ("reposts", "likes")
    if kind == "likes" or network not in _ONE_KIND
)
HEADER = (
    "date", "era", "rank", "arxiv_id", "title", "authors", "categories", "score",
    *(f"{network}_{kind}" for network, kind in _COUNTS), "counted_at", "url",
)  # fmt: skip


def csv_text(rankings: Iterable[Ranking]) -> str:
    """RFC 4180, with a header. Authors are separated by "; ", categories by spaces.

    A network's cell is empty where a paper has no count of it, which is not the same as zero.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADER)
    writer.writerows(csv_rows(rankings))
    return out.getvalue()


def csv_rows(rankings: Iterable[Ranking]) -> Iterable[tuple[str, ...]]:
    for found in rankings:
        for entry in found.papers:
            yield _row(found, entry)


def _row(found: Ranking, entry: RankedPaper) -> tuple[str, ...]:
    paper = entry.paper
    counts = {(part.network, "reposts"): part.reposts for part in entry.parts}
    counts |= {(part.network, "likes"): part.likes for part in entry.parts}
    return (
        str(entry.day or found.start),
        found.era,
        str(entry.rank),
        paper.arxiv_id,
        paper.title if found.era is Era.HOTPAPERS else paper.raw_title,
        "; ".join(paper.authors),
        " ".join(paper.categories),
        f"{entry.score:.2f}".rstrip("0").rstrip("."),
        *(str(counts.get(column, "")) for column in _COUNTS),
        found.counted_at.isoformat().replace("+00:00", "Z") if found.counted_at else "",
        ids.abs_url(paper.arxiv_id),
    )
