"""One paper in a message: its card, its abstract, and how its score came about."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot import messages
from bot.arxiv import ids
from bot.cards import paper_lines
from bot.cards.actions import Abstract, PaperCard, Share, Why
from bot.cards.build import (
    MAX_TEXT,
    Card,
    Inside,
    button,
    card,
    line,
    one_line,
    paragraph,
    row,
    text,
    to_page,
)
from bot.messages.common import counted, number, points, rate
from bot.models import Announcement, Paper, ScorePart
from bot.queries import PaperView
from bot.ranking.scoring import NetworkPart, PostPart
from bot.text import escape_to, length
from bot.text.truncate import calm

_BEGINNING = 700  # of an abstract, on a paper's card
_MAX_POSTS = 8  # of a network, among the reasons of a score
_MAX_BOTS = 5  # named below them


def abstract(paper: Paper) -> Card:
    """The whole abstract, or as much of it as a message holds and a link to the rest."""
    head = paragraph(paper_lines.title(paper, 300), paper_lines.authors(paper.authors, 80))
    words = _abstract(paper, MAX_TEXT - length(head))
    return Card(
        card(
            text(head),
            text(words),
            *row(
                button(messages.cards.WHY, Why(paper.arxiv_id)),
                to_page(messages.cards.PDF, ids.pdf_url(paper.arxiv_id)),
                to_page("arXiv page", ids.abs_url(paper.arxiv_id)),
            ),
        )
    )


def _abstract(paper: Paper, room: int) -> str:
    whole = _paragraphs(paper.abstract)
    if not whole:
        return "arXiv gave no abstract for this paper."
    words = escape_to(whole, room)
    if words == escape_to(whole, 4 * MAX_TEXT):
        return words
    more = f"[The rest is on its arXiv page.]({ids.abs_url(paper.arxiv_id)})"
    return f"{escape_to(whole, room - length(more) - 2)}\n\n{more}"


def _paragraphs(abstract: str) -> str:
    """With one blank line between paragraphs and no line broken within one."""
    blocks = (" ".join(block.split()) for block in calm(abstract).split("\n\n"))
    return "\n\n".join(filter(None, blocks))


def paper(view: PaperView, *, shareable: bool = True) -> Card:
    """What is known of one paper at a glance, with the beginning of its abstract."""
    known = view.ranked.paper
    share = button(messages.cards.SHARE, Share(PaperCard(known.arxiv_id))) if shareable else None
    whole = escape_to(_paragraphs(known.abstract), MAX_TEXT)
    beginning = escape_to(_paragraphs(known.abstract), _BEGINNING)
    parts = [
        paper_lines.paper(replace(view.ranked, rank=0), 2000, posts=3),
        beginning,
        paragraph(*(f"-# {remark}" for remark in _small_print(view) if remark)),
    ]
    return Card(
        card(
            *(text(part) for part in parts if part),
            *row(
                button(messages.cards.ABSTRACT, Abstract(known.arxiv_id))
                if whole != beginning
                else None,
                button(messages.cards.WHY, Why(known.arxiv_id)),
                to_page(messages.cards.PDF, ids.pdf_url(known.arxiv_id)),
                share,
            ),
            rank=view.ranked.rank,
        )
    )


def _small_print(view: PaperView) -> Iterator[str]:
    ranked, known = view.ranked, view.ranked.paper
    news = [(day, kind) for day, kind in view.listed if kind.is_announcement][:3]
    remarks = [
        f"{'cross-listed' if kind is Announcement.CROSS else 'listed'} {messages.common.day(day)}"
        for day, kind in news
    ]
    if ranked.rank:
        remarks.append(f"number {number(ranked.rank)} that day")
    remarks.append(messages.cards.era(view.era) or "")
    yield messages.common.sentence(remarks)
    yield one_line(known.comment or "", 300)
    yield one_line(known.journal_ref or "", 200)


# --- why ----------------------------------------------------------------------------------------


def why(view: PaperView, *, shareable: bool = True) -> Card:
    """The score as a sum: of the networks, and within each of its posts. Both add up."""
    known, parts = view.ranked.paper, view.why.networks
    title = paper_lines.title(known, 200)
    if not parts:
        nobody = "Nobody has posted about this paper on the networks that were asked."
        return Card(card(text(paragraph(title, nobody, _bots(view)))))
    last = _total(view)
    room = (MAX_TEXT - length(title) - length(last)) // len(parts)
    items: list[Inside] = [text(title)]
    for part in parts:
        items += [line(), text(_network(part, room))]
    share = button(messages.cards.SHARE, Share(Why(known.arxiv_id))) if shareable else None
    return Card(card(*items, line(), text(last), *row(share), rank=view.ranked.rank))


def _total(view: PaperView) -> str:
    parts = [part.part.points for part in view.why.networks]
    ranked = view.ranked
    place = ""
    if ranked.rank and ranked.day:
        place = f"number {number(ranked.rank)} of {messages.common.day(ranked.day)}"
    split = any(post.share < 1 for part in view.why.networks for post in part.posts)
    people = view.why.people
    talking = "" if people is None else messages.cards.people(people)
    small = messages.common.sentence([talking, place, messages.cards.era(view.era) or ""])
    return paragraph(
        messages.cards.total(parts, view.why.score),
        f"-# {small}" if small else None,
        _bots(view),
        "-# A post that links several papers gives each its share." if split else None,
    )


def _bots(view: PaperView) -> str | None:
    bots = view.why.bots
    if not bots:
        return None
    names = [paper_lines.who(post, 40) for post in bots[:_MAX_BOTS]]
    counts = any(post.post.is_bot for part in view.why.networks for post in part.posts)
    return f"-# {messages.cards.bots(len(bots), names, counted_too=counts)}"


def _network_sum(part: ScorePart, *, split: bool) -> str:
    """``**X**: 2,739 retweets + 330 likes = **3,069**``; with ``× 2`` where the rate is 2.

    ``split``: some of the posts share their points with other papers, so there is no product.
    """
    counts = messages.networks.amounts(part.network, part.reposts, part.likes)
    total = " + ".join(f"{number(count)} {word}" for count, word in counts)
    if split:
        total += f" × {rate(part.rate)}, shared out"
    elif part.rate != 1:
        total = f"({total})" if len(counts) > 1 else total
        total += f" × {rate(part.rate)}"
    product = round(part.rate * (part.reposts + part.likes), 6)
    equals = "=" if split or product == part.points else "≈"
    name = messages.networks.NAMES[part.network]
    return f"**{name}**: {total} {equals} **{points(part.points)}**"


def _network(network: NetworkPart, room: int) -> str:
    """The network's sum, its best posts, and what the others bring together."""
    head = _network_sum(network.part, split=any(post.share < 1 for post in network.posts))
    for count in range(min(_MAX_POSTS, len(network.posts)), -1, -1):
        text = paragraph(head, *map(_post, network.posts[:count]), _others(network.posts[count:]))
        if length(text) <= room:
            break
    return text


def _post(part: PostPart) -> str:
    who, post = paper_lines.who(part.post, 60), part.post
    counts = messages.networks.post_counts(post.network, post.reposts, post.likes)
    papers = round(1 / part.share)
    among = f" (shared by {papers} papers)" if papers > 1 else ""
    return f"-# **{points(part.points)}** from {who}: {counts}{among}"


def _others(parts: Sequence[PostPart]) -> str | None:
    if not parts:
        return None
    together = sum(round(post.points * 100) for post in parts) / 100
    return f"-# **{points(together)}** from {counted(len(parts), 'more post')}"
