"""The lines of one paper, as long as they may be and as short as they must be."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot import messages
from bot.arxiv import ids
from bot.cards.build import one_line, paragraph
from bot.messages.common import points
from bot.messages.networks import NAMES
from bot.models import Paper, Post, PostReference, RankedPaper
from bot.text import length
from bot.text.links import linked, web_address

# arXiv makes web pages of papers since this month (see ids.html_url).
_HTML_SINCE = (2023, 12)
_CATEGORIES = 6


@dataclass(frozen=True, slots=True)
class Detail:
    """How much of a paper is shown: lengths in UTF-16 units, 0 leaves it out."""

    title: int = 300
    name: int = 80
    posts: int = 1
    post_name: int = 60
    categories: int = _CATEGORIES


# What a paper loses, step by step, where there is too little room for it.
_LESS = (
    Detail(posts=0),
    Detail(title=160, name=40, posts=0),
    Detail(title=80, name=24, posts=0, categories=2),
    Detail(title=60, name=0, posts=0, categories=1),
)
# However long titles, names and counts are, a paper can be said in so much (see the tests).
MIN_ROOM = 640
_SNIPPET = 300


def paper(ranked: RankedPaper, room: int, *, posts: int, dated: bool = False) -> str:
    """The paper in at most ``room`` units, which are at least MIN_ROOM.

    One post stands on the line of the score, each of more on its own. ``dated`` tells the day.
    """
    own_lines = posts > 1
    for detail in (*(Detail(posts=n) for n in range(posts, 0, -1)), *_LESS):
        text = _paper(ranked, detail, own_lines=own_lines, dated=dated)
        if length(text) <= room:
            break
    return text


def _paper(ranked: RankedPaper, detail: Detail, *, own_lines: bool, dated: bool) -> str:
    posts = [post(one_post, detail.post_name) for one_post in ranked.posts[: detail.posts]]
    day = messages.common.short_day(ranked.day) if dated and ranked.day else ""
    people = messages.cards.people(ranked.people) if ranked.people else ""
    small = [f"score {points(ranked.score)}", day, people, *([] if own_lines else posts)]
    return paragraph(
        title(ranked.paper, detail.title, rank=ranked.rank),
        authors(ranked.paper.authors, detail.name),
        counts(ranked),
        links(ranked.paper, detail.categories),
        f"-# {messages.common.sentence(small)}",
        *(f"-# {one_post}" for one_post in posts if own_lines),
    )


def hit(paper: Paper, snippet: str, room: int, small: str = "") -> str:
    """A paper that a search found, with the words around what was sought, in ``room`` units.
    ``small`` is a remark of ours in small print."""
    for detail in (Detail(), *_LESS):
        known = paragraph(
            title(paper, detail.title),
            authors(paper.authors, detail.name),
            links(paper, detail.categories),
            small and f"-# {small}",
        )
        left = room - length(known) - len("\n> ")
        if left >= _SNIPPET // 2:
            break
    quote = one_line(snippet, min(left, _SNIPPET))
    return paragraph(known, f"> {quote}" if quote else None)


def title(paper: Paper, limit: int, *, rank: int = 0) -> str:
    """A heading that links to the abstract page, with the place in a ranking unless it is 0."""
    place = f"{rank}. " if rank else ""
    return f"### {place}{inline_title(paper, limit)}"


def inline_title(paper: Paper, limit: int) -> str:
    """The title as a link, beside one where Discord makes none of it; the id when it is empty."""
    address = ids.abs_url(paper.arxiv_id)
    if link := linked(paper.title, address, limit):
        return link
    return f"{one_line(paper.title, limit)} [{paper.arxiv_id}]({address})".strip()


def authors(names: Sequence[str], limit: int) -> str:
    """The first three, each at most ``limit`` units long, and how many more, if that is known."""
    if not limit:
        return ""
    first = [one_line(name, limit) for name in names[:3]]
    return messages.common.authors([*first, *names[3:]])


def links(paper: Paper, limit: int = _CATEGORIES) -> str:
    """Small print: categories, the primary one in bold, and the paper's own pages."""
    primary, *others = [one_line(category, 24) for category in paper.categories] or [""]
    more = [f"{(len(others) - limit + 1)} more"] if len(others) >= limit else []
    parts = [f"**{primary}**" if primary else "", *others[: limit - 1], *more, *_pages(paper)]
    return f"-# {' · '.join(filter(None, parts))}"


def _pages(paper: Paper) -> list[str]:
    arxiv_id = paper.arxiv_id
    pages = [
        f"[abs]({ids.abs_url(arxiv_id)})",
        f"[pdf]({ids.pdf_url(arxiv_id)})",
    ]
    if ids.is_canonical(arxiv_id) and ids.month(arxiv_id) >= _HTML_SINCE:
        pages.append(f"[HTML]({ids.html_url(arxiv_id)})")
    return pages


def counts(ranked: RankedPaper) -> str:
    """Each network's own counts in its own words, never added up over networks."""
    return " · ".join(map(messages.networks.counts, ranked.parts)) or "No posts counted"


def post(found: PostReference, limit: int) -> str:
    """Who posted, where, and its counts if they are known; the name links to the post. Never any
    text of it."""
    author = f"{who(found, limit)} on {NAMES[found.network]}"
    if not isinstance(found, Post):
        return author
    counted = messages.networks.post_counts(found.network, found.reposts, found.likes)
    return f"{author}: {counted}"


def who(found: PostReference, limit: int) -> str:
    """The name as a link to the post, or beside one where Discord makes no link of the name."""
    name = one_line(found.author, limit)
    address = web_address(found.url)
    if address is None:
        return name or messages.cards.POST
    if link := linked(found.author, address, limit):
        return link
    return f"{name} [{messages.cards.POST}]({address})".strip()
