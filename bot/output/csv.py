"""Rankings -> rows of a table."""

import csv
import io
import re
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

# What makes a formula of a cell (OWASP, "CSV Injection"), in Japanese spreadsheets also when wide.
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]")


def csv_text(rankings: Iterable[Ranking]) -> str:
    """RFC 4180, with a header. Authors are separated by "; ", categories by spaces.

    An id stands behind ``arXiv:``, without which most readers take 2009.07110 for a number and
    lose its last zero. A text that a spreadsheet would compute stands behind an apostrophe. A
    network's cell is empty where a paper has no count of it, which is not the same as zero.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADER)
    writer.writerows(_row(ranking, entry) for ranking in rankings for entry in ranking.papers)
    return out.getvalue()


def _row(ranking: Ranking, entry: RankedPaper) -> tuple[str, ...]:
    paper = entry.paper
    counts = {(part.network, "reposts"): part.reposts for part in entry.parts}
    counts |= {(part.network, "likes"): part.likes for part in entry.parts}
    return (
        str(entry.day or ranking.start),
        ranking.era,
        str(entry.rank),
        f"arXiv:{paper.arxiv_id}",
        _text(paper.title if ranking.era is Era.HOTPAPERS else paper.raw_title),
        "; ".join(map(_text, paper.authors)),
        " ".join(paper.categories),
        f"{entry.score:.2f}".rstrip("0").rstrip("."),
        *(str(counts.get(column, "")) for column in _COUNTS),
        ranking.counted_at.isoformat().replace("+00:00", "Z") if ranking.counted_at else "",
        ids.abs_url(paper.arxiv_id),
    )


def _text(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) else text
