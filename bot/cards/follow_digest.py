"""Direct messages about what a member follows, and the list of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from discord import ui

from bot import messages
from bot.cards import paging, paper_lines
from bot.cards.actions import Abstract, FollowAction, FollowsPage, FollowVerb, Why
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
)
from bot.cards.rules import not_delivered
from bot.messages.common import continued, counted, listed, number, soon, zone
from bot.messages.problems import render
from bot.models import Failure, Follow, Period, RankedPaper, Rule, Unharvested
from bot.text import length

# 5 papers, each alone in its group, are 1 + 5 * 8 components less the rows that they share: 37.
PER_MESSAGE = 5
FOLLOWS_PER_PAGE = 6
# 62 units for the reason, 54 for others and MIN_ROOM for the paper are five times in 4000.
_REASON = 40
_OTHER = 24
_ENDS = 200  # of a message: its head and foot
_NAMED = 5  # papers that an answer names
_SELDOM = 600


@dataclass(frozen=True, slots=True)
class Group:
    """Papers for one reason, best first; each with the other queries that it answers."""

    follow: Follow
    papers: tuple[tuple[RankedPaper, tuple[str, ...]], ...]


def letter(
    groups: Sequence[Group], *, start: date, end: date, left_out: int = 0, example: bool = False
) -> list[Card]:
    """The messages of a day, in order. ``left_out`` papers match as well and are not in them;
    an ``example`` says that it is one."""
    flat = [(group.follow, *entry) for group in groups for entry in group.papers]
    head = f"{counted(len(flat), 'paper')} for you · {messages.common.span(start, end, Period.DAY)}"
    pages = [flat[at : at + PER_MESSAGE] for at in range(0, len(flat), PER_MESSAGE)]
    more = (
        f"{counted(left_out, 'more paper matches', 'more papers match')} what you follow."
        if left_out
        else None
    )
    small = "An example of how your papers will come." if example else more
    foot = paragraph(
        small and f"-# {small}", "-# `/following list` changes what you get, and when."
    )
    cards = []
    for place, page in enumerate(pages):
        places = continued(page[0][1].rank, page[-1][1].rank)
        top = [text(f"-# For you · {places}" if place else f"## {head}")]
        bottom = [text(foot)] if place == len(pages) - 1 else []
        cards.append(Card(*top, *_boxes(page), *bottom))
    return cards


_Entry = tuple[Follow, RankedPaper, tuple[str, ...]]


def _boxes(page: Sequence[_Entry]) -> list[ui.Container[Any]]:
    """A box for each reason. Its last paper has the button that ends it."""
    room = (MAX_TEXT - _ENDS) // len(page)
    boxes: list[list[Inside]] = []
    for place, (follow, ranked, others) in enumerate(page):
        if place == 0 or page[place - 1][0] != follow:
            boxes.append([text(f"-# {messages.subscriptions.because(_shown(follow.query))}")])
        else:
            boxes[-1].append(line())
        is_last = place == len(page) - 1 or page[place + 1][0] != follow
        boxes[-1] += _paper(follow, ranked, others, room, stop=is_last)
    return [card(*items) for items in boxes]


def _paper(
    follow: Follow, ranked: RankedPaper, others: Sequence[str], room: int, *, stop: bool
) -> list[Inside]:
    small = (
        f"-# Also because of {listed([_shown(query, _OTHER) for query in others], most=1)}"
        if others
        else ""
    )
    taken = length(small) + length(messages.subscriptions.because(_shown(follow.query))) + 4
    lines = paper_lines.paper(ranked, max(room - taken, paper_lines.MIN_ROOM), posts=1)
    ending = FollowAction(follow.follow_id, FollowVerb.STOP)
    return [
        text(paragraph(lines, small)),
        *row(
            button(messages.cards.ABSTRACT, Abstract(ranked.paper.arxiv_id)),
            button(messages.cards.WHY, Why(ranked.paper.arxiv_id)),
            button(messages.subscriptions.STOP, ending) if stop else None,
        ),
    ]


def follow_list(
    follows: Sequence[Follow],
    rule: Rule | None,
    next_at: datetime | None = None,
    *,
    failure: Failure | None = None,
    page: int = 1,
) -> Card:
    """What a member follows, and when the messages come; or that they do not, and why."""
    if not follows:
        return Card(text("You follow nothing yet. Begin with `/follow`."))
    here = paging.at(page, len(follows), FOLLOWS_PER_PAGE)
    items: list[Inside] = []
    for follow in here.part(follows):
        items += [line(), text(_line(follow)), *_choices(follow)]
    return Card(
        text(
            paragraph(
                f"## You follow {counted(len(follows), 'thing')}",
                _when(rule, next_at),
                not_delivered(failure),
            )
        ),
        card(*items[1:]),
        *paging.foot(here, FollowsPage),
    )


def followed(
    follow: Follow, rule: Rule, next_at: datetime | None, papers: Sequence[RankedPaper],
    *, matches: int, more: bool, a_lot: bool, unharvested: Unharvested | None = None,
    note: str = "",
) -> Card:  # fmt: skip
    """The answer to a new follow: what it would have sent, and when the first message comes.

    ``unharvested`` is of the categories that are followed; ``note`` is one more sentence, itself
    safe to show.
    """
    named = [f"- {paper_lines.inline_title(ranked.paper, 120)}" for ranked in papers[:_NAMED]]
    if matches:
        below = ", such as:" if more or len(named) < matches else ":"
        sent = (
            f"In the last 30 days **{'More than ' if more else ''}{number(matches)}** "
            f"{'paper' if matches == 1 else 'papers'} matched{below}"
        )
    else:
        sent = "In the last 30 days no paper matched."
    if unharvested:
        seldom = one_line(render(unharvested.problem), _SELDOM)
    else:
        seldom = "" if matches else "It may be rare, or misspelt."
    return Card(
        card(
            text(
                paragraph(
                    f"### Following {_shown(follow.query, 150)}",
                    _when(rule, next_at),
                )
            ),
            text(
                paragraph(
                    sent,
                    *named,
                    "That is a lot: you get the ten of a day that people talk about most."
                    if a_lot
                    else None,
                    seldom,
                )
            ),
            *([text(note)] if note else []),
            *_choices(follow),
        )
    )


def follow_stopped(follow: Follow) -> Card:
    """It is followed no longer, and how to have it back."""
    undo = button(messages.cards.UNDO, FollowAction(follow.follow_id, FollowVerb.RESTORE))
    return Card(text(f"No longer followed: {_shown(follow.query, 150)}"), *row(undo))


def _line(follow: Follow) -> str:
    paused = " · paused" if follow.paused else ""
    return f"**{_shown(follow.query, 150)}**{paused}"


def _choices(follow: Follow) -> list[ui.ActionRow[Any]]:
    going = (
        (messages.cards.RESUME, FollowVerb.RESUME)
        if follow.paused
        else (messages.cards.PAUSE, FollowVerb.PAUSE)
    )
    return row(
        button(going[0], FollowAction(follow.follow_id, going[1])),
        button(messages.subscriptions.STOP, FollowAction(follow.follow_id, FollowVerb.STOP)),
    )


def _when(rule: Rule | None, next_at: datetime | None) -> str | None:
    if rule is None:
        return None
    if rule.suspended:
        return (
            f"Suspended: {one_line(render(rule.suspended), 150)} When that is mended, "
            "`/following resume` goes on."
        )
    if rule.paused:
        return "All of it is paused. `/following resume` goes on."
    at = f"{rule.at:%H:%M} {one_line(zone(rule.zone), 40)}"
    then = f"; the next one can come {soon(next_at)}" if next_at else ""
    return f"One message on days with papers, at {at}{then}."


def _shown(query: str, limit: int = _REASON) -> str:
    return one_line(query, limit)
