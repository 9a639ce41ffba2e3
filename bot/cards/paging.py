"""The foot of an answer that has pages."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from discord import ui

from bot import messages
from bot.cards.actions import Action
from bot.cards.build import button, row, text
from bot.messages.common import number

MAX_FOOT = 100  # UTF-16 units

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Here:
    """A page, from 1, of so many."""

    page: int
    pages: int
    per_page: int

    def part(self, everything: Sequence[T]) -> Sequence[T]:
        return everything[(self.page - 1) * self.per_page : self.page * self.per_page]


def at(page: int, items: int, per_page: int) -> Here:
    """That page, or the nearest there is: what a button was made for may have become less."""
    pages = max(1, -(-items // per_page))
    return Here(min(max(page, 1), pages), pages, per_page)


def foot(
    here: Here,
    turn: Callable[[int], Action],
    *,
    share: Action | None = None,
    shared: bool = False,
    posted: Action | None = None,
) -> list[ui.TextDisplay[Any] | ui.ActionRow[Any]]:
    """The page's number and its buttons; ``turn`` gives the action that shows a page.

    For everyone there is only one for more, which answers privately. Where a custom id cannot
    hold the question there are none, and a word about it.
    """
    following = button(messages.cards.MORE if shared else messages.cards.NEXT, turn(here.page + 1))
    fits = following is not None
    page = f"Page {number(here.page)} of {number(here.pages)}"
    if here.pages > 1 and not fits:
        page = f"{page}: too long a question for page buttons: ask for less to see more"
    small = [text(f"-# {page}")] if here.pages > 1 else []
    if shared:
        return [*small, *row(following if here.page < here.pages else None)]
    turning = [
        button("Previous", turn(here.page - 1), disabled=here.page == 1),
        button(messages.cards.NEXT, turn(here.page + 1), disabled=here.page == here.pages),
    ]
    return [
        *small,
        *row(
            *(turning if here.pages > 1 else ()),
            button(messages.cards.SHARE, share) if share else None,
            button("As posted that day", posted) if posted else None,
        ),
    ]
