"""Days and slots without papers. A channel's slot that has nothing says so in one line."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from discord import ui

from bot import messages
from bot.cards import paper_lines
from bot.cards.actions import HotPage
from bot.cards.build import Card, button, one_line, paragraph, row, text
from bot.cards.header import header, missing_line
from bot.messages.common import soon
from bot.messages.problems import render
from bot.models import Outcome, Period, RankedPaper, Ranking, RankingQuery
from bot.problems import Code, Problem

_REASON = 300


def no_listing(
    day: date,
    reason: Problem,
    previous: date | None,
    next: date | None,
    *,
    query: RankingQuery | None = None,
) -> Card:
    """Why there is no listing of ``day``, with its neighbours as buttons.

    They ask the same as ``query`` did.
    """
    weekend = reason.code is Code.WEEKEND
    why = "it lists nothing at weekends" if weekend else one_line(render(reason), _REASON)
    return _with_neighbours(
        messages.cards.no_listing(day, why),
        lambda count: "The nearest listing:" if count == 1 else "The nearest listings:",
        (previous, next),
        query or RankingQuery(day),
    )


def not_harvested(
    day: date,
    previous: date | None = None,
    next: date | None = None,
    *,
    query: RankingQuery | None = None,
) -> Card:
    """The day had a listing that is not in the archive; the nearest days that are, as buttons."""
    sentence = messages.cards.not_harvested(day)
    if previous is None and next is None:
        return Card(
            text(f"{sentence} The archive is still empty: the first day is being harvested.")
        )
    return _with_neighbours(
        sentence, messages.cards.in_the_archive, (previous, next), query or RankingQuery(day)
    )


def not_counted(
    query: RankingQuery,
    *,
    ranking: Ranking | None = None,
    announced: bool = True,
    closes_at: datetime | None,
    complete: date | None,
    nearest: date | None = None,
) -> Card:
    """Nothing of what was asked for is counted yet: when it closes (None: it should be closed
    already), and buttons to the newest ``complete`` day and the ``nearest``.

    ``ranking`` None: it is not even in the archive.
    """
    if ranking is not None:
        head = header(ranking)
    elif announced:
        head = messages.cards.not_harvested(query.day)
    else:
        why = render(Problem(Code.NOT_ANNOUNCED_YET))
        head = messages.cards.no_listing(query.day, why)
    if closes_at is None:
        closing = "Its counts are late: it closes as soon as they are there."
    else:
        closing = f"It closes {soon(closes_at)}, and its papers are counted until then."
    newest = f"The newest complete day is {messages.common.day(complete)}." if complete else None
    days = sorted({day for day in (complete, nearest) if day})
    buttons = [_leading_to(day, _label(day, query), query) for day in days]
    return Card(text(paragraph(head, closing, newest)), *row(*buttons))


def not_held(
    start: date, end: date, nearest: tuple[date | None, date | None], query: RankingQuery
) -> Card:
    """Nothing of the period of ``query`` is in the archive; the nearest days that are, as buttons
    that ask for the same kind of period."""
    sentence = messages.cards.not_held(start, end, query.period, query.era)
    return _with_neighbours(sentence, messages.cards.in_the_archive, nearest, query)


def which_day(question: str, days: Sequence[date], query: RankingQuery) -> Card:
    """A day that may be one of several, each as a button that asks the same as ``query`` did."""
    buttons = [_leading_to(day, messages.common.short_date(day), query) for day in days[:5]]
    return Card(text(one_line(question, _REASON) or "…"), *row(*buttons))


def _with_neighbours(
    sentence: str,
    before: Callable[[int], str],
    days: tuple[date | None, date | None],
    query: RankingQuery,
) -> Card:
    buttons = [_leading_to(day, _label(day, query), query) for day in days if day]
    return Card(text(f"{sentence} {before(len(buttons))}" if buttons else sentence), *row(*buttons))


def _label(day: date, query: RankingQuery) -> str:
    """With the year where it is not the one that was asked about."""
    same_year = day.year == query.day.year
    return messages.common.short_day(day) if same_year else messages.common.plain_day(day)


def _leading_to(day: date, label: str, query: RankingQuery) -> ui.Button[Any] | None:
    """The day alone always fits into a custom id, however long the question was."""
    asked = HotPage(replace(query, day=day))
    return button(label, asked) or button(label, HotPage(RankingQuery(day)))


def quiet_nothing_above(
    start: date,
    end: date,
    *,
    considered: int,
    bar: float,
    nearest: RankedPaper | None,
    missing: Sequence[Outcome] = (),
) -> Card:
    """A slot whose listings had nothing above the bar: how many were looked at, what came near,
    and what of the listings is ``missing``."""
    best = None
    if nearest:
        best = messages.cards.nearest(paper_lines.inline_title(nearest.paper, 160), nearest.score)
    span = messages.common.span(start, end, Period.DAY)
    sentence = messages.cards.nothing_above_bar(span, considered, bar, best, missing_line(missing))
    return Card(text(sentence))


def quiet_no_listing(reason: str, next_run: datetime | None) -> Card:
    """A slot on a day without a listing: why, and when the next digest comes."""
    then = f" Next digest {soon(next_run)}." if next_run else ""
    return Card(text(f"No arXiv listing today ({one_line(reason, _REASON)}).{then}"))


def quiet_down(what: str, reason: str, next_at: datetime | None) -> Card:
    """A slot that cannot be filled because of ``what``, and that the slot after it makes good."""
    why = one_line(reason.rstrip("."), _REASON)
    because = f" ({why})" if why else ""
    then = f"with the next one, {soon(next_at)}" if next_at else "as soon as it is there"
    return Card(
        text(f"No digest yet: I wait for {one_line(what, 80)}{because} and post it {then}.")
    )
