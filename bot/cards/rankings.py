"""Many papers in a message: the digest of a channel, the answers to ``/hot`` and ``/search``."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from discord import ui

from bot import messages
from bot.arxiv import ids
from bot.cards import paging, paper_lines
from bot.cards.actions import Abstract, AsPosted, EditionRef, HotPage, SearchPage, Share, Why
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
from bot.cards.header import header
from bot.messages.common import continued, listed, moment
from bot.messages.problems import render
from bot.models import Era, Layout, Paper, Period, RankedPaper, Ranking, RankingQuery, Unharvested
from bot.text import length

# So many papers fit into a message whatever they are: 5 of MIN_ROOM leave 800 units for the
# head and the foot, and with three buttons each they are 33 components of 40 at most.
PER_MESSAGE = 5
_MAX_PAPER = 1200  # units of one paper, where there is room
_CONTINUED = 200  # units for whose papers these are, on all messages but the first
_POSTS = {Layout.COMPACT: 1, Layout.FULL: 3}


def digest(
    ranking: Ranking, *, layout: Layout, edition: EditionRef | None = None
) -> tuple[Card, ...]:
    """The messages of a digest, in order: the head on the first, whose they are on the others,
    a button for more on the last.

    With ``edition`` it is a copy of a digest that was posted, and says so.
    """
    note = f"as posted {moment(edition.slot_at)}" if edition else ""
    head = header(ranking, note=note)
    if not ranking.papers:
        return (Card(text(paragraph(head, messages.cards.nothing_here(ranking.bar)))),)
    groups = _groups(ranking.papers, length(head), layout, dated=_is_span(ranking))
    whose = listed([one_line(category, 24) for category in ranking.categories], most=3)
    cards = []
    for number, group in enumerate(groups):
        places = continued(group[0][0].rank, group[-1][0].rank)
        small = f"-# {whose or 'Every category'} · {places}"
        top = [text(small if number else head)]
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
        lines = paper_lines.paper(ranked, _MAX_PAPER, posts=_POSTS[layout], dated=dated)
        if not groups or length(lines) > room or len(groups[-1]) == PER_MESSAGE:
            groups.append([])
            room = MAX_TEXT - (head if len(groups) == 1 else _CONTINUED)
        groups[-1].append((ranked, lines))
        room -= length(lines)
    return groups


def _boxes(group: Sequence[_Shown], layout: Layout) -> list[ui.Container[Any]]:
    """Full: a box for each paper. Compact: one for all, with lines between them."""
    if layout is Layout.FULL:
        return [
            card(text(lines), *_buttons(ranked.paper, pdf=True), rank=ranked.rank)
            for ranked, lines in group
        ]
    items: list[Inside] = []
    for ranked, lines in group:
        items += [line(), text(lines), *_buttons(ranked.paper)]
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
    query = RankingQuery(ranking.end, ranking.period, ranking.categories)
    return button(messages.cards.MORE, HotPage(query))


def hot(
    ranking: Ranking,
    *,
    query: RankingQuery,
    shared: bool = False,
    shareable: bool = True,
    posted: EditionRef | None = None,
) -> Card:
    """The page of the answer to ``/hot`` that ``query`` asks for (the last one if there are fewer).

    ``ranking`` has the papers of this page where ``query`` says how many a page has, else all.
    ``shared`` is for everyone: instead of the page buttons it has one that answers privately.
    ``shareable`` is a private one that the reader can post for everyone. ``posted`` is a digest
    about the same listing in this channel, for the button that shows it.
    """
    head = header(ranking)
    if not ranking.papers:
        anyway = button("Show them anyway", HotPage(replace(query, min_score=0.0)))
        has_more = ranking.listed and ranking.bar and ranking.era is Era.HOTPAPERS
        return Card(text(paragraph(head, *_nothing(ranking))), *row(anyway if has_more else None))
    if query.per_page is None:
        here = paging.at(query.page, len(ranking.papers), PER_MESSAGE)
        papers = here.part(ranking.papers)
    else:
        _, asked = replace(query, per_page=None).place(ranking.above_bar)
        here, papers = paging.at(query.page, asked, query.per_page), ranking.papers
    room = (MAX_TEXT - length(head) - paging.MAX_FOOT) // len(papers)
    dated = _is_span(ranking)
    return Card(
        text(head),
        *_boxes(
            [(ranked, paper_lines.paper(ranked, room, posts=1, dated=dated)) for ranked in papers],
            Layout.COMPACT,
        ),
        *paging.foot(
            here,
            lambda number: HotPage(query, number),
            share=Share(HotPage(query, here.page)) if shareable else None,
            shared=shared,
            posted=AsPosted(posted) if posted else None,
        ),
    )


def _nothing(ranking: Ranking) -> list[str]:
    """Why there is no paper."""
    below_bar = [messages.cards.nothing_here(ranking.bar)] if ranking.listed else []
    foreign = [_not_harvested(ranking.unharvested)] if ranking.unharvested else []
    return [*below_bar, *foreign]


def _not_harvested(unharvested: Unharvested) -> str:
    return one_line(render(unharvested.problem), _MAX_PAPER)


def search_results(
    results: Sequence[tuple[Paper, str]],
    *,
    query: str,
    page: int = 1,
    answers: int | None = None,
    shared: bool = False,
    shareable: bool = True,
    matches: int | None = None,
    unharvested: Unharvested | None = None,
    meant: str | None = None,
    remarks: Mapping[str, str] | None = None,
) -> Card:
    """One page of what a search found: ``results`` are papers, each with a snippet.

    They are those of the page where ``answers`` says how many there are, else all. ``matches`` is
    how many match, where that is more; ``unharvested`` is of what was asked for, and told where
    nothing was found; so is ``meant``, the search that papers answer. ``remarks`` are
    small print of ours, by the ids of papers.
    """
    asked = f"Search: {one_line(query, 200)}"
    if not results:
        why = _not_harvested(unharvested) if unharvested else None
        hint = f"Did you mean **{one_line(meant, 200)}**?" if meant else None
        return Card(text(paragraph(f"## {asked}", "No paper in the archive says that.", hint, why)))
    count = len(results) if answers is None else answers
    here = paging.at(page, count, PER_MESSAGE)
    papers = here.part(results) if answers is None else results
    head = paragraph(f"## {asked}", messages.cards.found(count, matches))
    room = (MAX_TEXT - length(head) - paging.MAX_FOOT) // len(papers)
    items: list[Inside] = []
    for paper, snippet in papers:
        small = (remarks or {}).get(paper.arxiv_id, "")
        items += [line(), text(paper_lines.hit(paper, snippet, room, small)), *_buttons(paper)]
    return Card(
        text(head),
        card(*items[1:]),
        *paging.foot(
            here,
            lambda number: SearchPage(query, number),
            share=Share(SearchPage(query, here.page)) if shareable else None,
            shared=shared,
        ),
    )
