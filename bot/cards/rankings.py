"""Many papers in a message: the digest of a channel, the answers to ``/hot`` and ``/search``."""

from collections.abc import Sequence
from typing import Any

from discord import ui

from bot import messages
from bot.arxiv import ids
from bot.cards import paging, paper_lines
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
from bot.cards.custom_ids import (
    Abstract,
    AsPosted,
    EditionRef,
    HotPage,
    HotQuery,
    SearchPage,
    ShareHot,
    ShareSearch,
    Why,
)
from bot.cards.header import header
from bot.messages.common import moment
from bot.models import Layout, Paper, Period, RankedPaper, Ranking, Unharvested
from bot.text import length

# So many papers fit into a message whatever they are: 5 of MIN_ROOM leave 800 units for the
# head and the foot, and with three buttons each they are 33 components of 40 at most.
PER_MESSAGE = 5
_LONGEST = 1200  # units of one paper, where there is room
_POSTS = {Layout.COMPACT: 1, Layout.FULL: 3}


def digest(
    ranking: Ranking, *, layout: Layout, edition: EditionRef | None = None
) -> tuple[Card, ...]:
    """The messages of a digest, in order: the head on the first, a button for more on the last.

    With ``edition`` it is a copy of a digest that was posted, and says so.
    """
    note = f"as posted {moment(edition.slot_at)}" if edition else ""
    head = header(ranking, note=note)
    if not ranking.papers:
        return (Card(text(paragraph(head, messages.cards.nothing_here(ranking.bar)))),)
    groups = _groups(ranking.papers, length(head), layout, dated=_is_span(ranking))
    cards = []
    for number, group in enumerate(groups):
        top = [text(head)] if number == 0 else []
        last = row(_more(ranking)) if number == len(groups) - 1 else []
        cards.append(Card(*top, *_boxes(group, layout), *last))
    return tuple(cards)


_Shown = tuple[RankedPaper, str]


def _groups(
    papers: Sequence[RankedPaper], head: int, layout: Layout, *, dated: bool
) -> list[list[_Shown]]:
    """The papers with their texts, as many to a message as fit; ``head`` units are taken first."""
    groups: list[list[_Shown]] = []
    room = 0
    for ranked in papers:
        shown = paper_lines.paper(ranked, _LONGEST, posts=_POSTS[layout], dated=dated)
        if not groups or length(shown) > room or len(groups[-1]) == PER_MESSAGE:
            groups.append([])
            room = MAX_TEXT - (head if len(groups) == 1 else 0)
        groups[-1].append((ranked, shown))
        room -= length(shown)
    return groups


def _boxes(group: Sequence[_Shown], layout: Layout) -> list[ui.Container[Any]]:
    """Full: a box for each paper. Compact: one for all, with lines between them."""
    if layout is Layout.FULL:
        return [
            card(text(shown), *_buttons(ranked.paper, pdf=True), rank=ranked.rank)
            for ranked, shown in group
        ]
    items: list[Inside] = []
    for ranked, shown in group:
        items += [line(), text(shown), *_buttons(ranked.paper)]
    return [card(*items[1:], rank=group[0][0].rank)]


def _buttons(paper: Paper, *, pdf: bool = False) -> list[ui.ActionRow[Any]]:
    return row(
        button(messages.cards.ABSTRACT, Abstract(paper.arxiv_id)),
        button(messages.cards.WHY, Why(paper.arxiv_id)),
        to_page(messages.cards.PDF, ids.pdf_url(paper.arxiv_id)) if pdf else None,
    )


def _is_span(ranking: Ranking) -> bool:
    return ranking.start != ranking.end


def _more(ranking: Ranking) -> ui.Button[Any] | None:
    """Leads from a digest to the whole ranking that it was taken from."""
    merged = ranking.period is Period.DAY and _is_span(ranking)
    if merged or ranking.above_bar <= len(ranking.papers):
        return None
    query = HotQuery(ranking.end, ranking.period, ranking.categories)
    return button(messages.cards.MORE, HotPage(query))


def hot(
    ranking: Ranking,
    *,
    query: HotQuery,
    page: int = 1,
    per_page: int = PER_MESSAGE,
    shared: bool = False,
    shareable: bool = True,
    posted: EditionRef | None = None,
) -> Card:
    """One page (from 1; the last one if there are fewer) of the answer to ``/hot``.

    ``shared`` is for everyone: instead of the page buttons it has one that answers privately.
    ``shareable`` is a private one that the reader can post for everyone. ``posted`` is a digest
    about the same listing in this channel, for the button that shows it.
    """
    head = header(ranking)
    if not ranking.papers:
        return Card(text(paragraph(head, *_nothing(ranking))))
    here = paging.at(page, len(ranking.papers), min(per_page, PER_MESSAGE))
    chosen = here.part(ranking.papers)
    room = (MAX_TEXT - length(head) - paging.MOST) // len(chosen)
    dated = _is_span(ranking)
    return Card(
        text(head),
        *_boxes(
            [(ranked, paper_lines.paper(ranked, room, posts=1, dated=dated)) for ranked in chosen],
            Layout.COMPACT,
        ),
        *paging.foot(
            here,
            lambda number: HotPage(query, number),
            share=ShareHot(query, here.page) if shareable else None,
            shared=shared,
            posted=AsPosted(posted) if posted else None,
        ),
    )


def _nothing(ranking: Ranking) -> list[str]:
    """Why there is no paper."""
    below_bar = [messages.cards.nothing_here(ranking.bar)] if ranking.listed else []
    foreign = [_not_harvested(ranking.unharvested)] if ranking.unharvested else []
    return [*below_bar, *foreign]


def _not_harvested(found: Unharvested) -> str:
    return one_line(messages.input_errors.not_harvested_here(found), _LONGEST)


def search_results(
    results: Sequence[tuple[Paper, str]],
    *,
    query: str,
    page: int = 1,
    per_page: int = PER_MESSAGE,
    shared: bool = False,
    shareable: bool = True,
    matches: int | None = None,
    unharvested: Unharvested | None = None,
    meant: str | None = None,
) -> Card:
    """One page of what a search found: the best ``results``, papers, each with a snippet.

    ``matches`` is how many there are in all, where that is more; ``unharvested`` is of what was
    asked for, and told where nothing was found; so is ``meant``, the search that papers answer.
    """
    asked = f"Search: {one_line(query, 200)}"
    if not results:
        why = _not_harvested(unharvested) if unharvested else None
        hint = f"Did you mean **{one_line(meant, 200)}**?" if meant else None
        return Card(text(paragraph(f"## {asked}", "No paper in the archive says that.", hint, why)))
    head = paragraph(f"## {asked}", messages.cards.found(len(results), matches))
    here = paging.at(page, len(results), min(per_page, PER_MESSAGE))
    chosen = here.part(results)
    room = (MAX_TEXT - length(head) - paging.MOST) // len(chosen)
    items: list[Inside] = []
    for paper, snippet in chosen:
        items += [line(), text(paper_lines.hit(paper, snippet, room)), *_buttons(paper)]
    return Card(
        text(head),
        card(*items[1:]),
        *paging.foot(
            here,
            lambda number: SearchPage(query, number),
            share=ShareSearch(query, here.page) if shareable else None,
            shared=shared,
        ),
    )
