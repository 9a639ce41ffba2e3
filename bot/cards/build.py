"""The small parts that all views are made of, and the figures of Discord's limits."""

from functools import lru_cache
from typing import Any

import discord
from discord import ui

from bot.cards.actions import Action
from bot.cards.custom_ids import encode
from bot.text import escape_to
from bot.text.truncate import calm

# Discord's component reference, and for the text discord-api-docs#8562: over all text displays.
MAX_TEXT = 4000

Inside = ui.TextDisplay[Any] | ui.ActionRow[Any] | ui.Separator[Any] | ui.Section[Any]
Top = Inside | ui.Container[Any]

# For the places 1 to 3 of a ranking, and for all others.
_ACCENTS = (0xD83A56, 0xF0643F, 0xFF9D42)
_QUIET_ACCENT = 0x97979F


class Card(ui.LayoutView):
    """A finished message. discord.py keeps no state of it, as its buttons carry their own.

    The library stores a view that is sent, unless it is finished; and a view made outside an event
    loop cannot be stopped. So it says so itself.
    """

    def __init__(self, *items: Top) -> None:
        super().__init__(timeout=None)
        for item in items:
            self.add_item(item)

    def is_finished(self) -> bool:
        return True


def accent(rank: int) -> int:
    return _ACCENTS[rank - 1] if 1 <= rank <= len(_ACCENTS) else _QUIET_ACCENT


def text(content: str) -> ui.TextDisplay[Any]:
    return ui.TextDisplay(content)


# Titles and names are the same in the digests of many channels.
@lru_cache(maxsize=2048)
def one_line(words: str, limit: int) -> str:
    """A stranger's words on one line, harmless, in at most ``limit`` units."""
    return escape_to(" ".join(calm(words).split()), limit)


def paragraph(*lines: str | None) -> str:
    """The lines that say something, one below the other; None and "" do not."""
    return "\n".join(line for line in lines if line)


def button(
    label: str,
    action: Action,
    *,
    disabled: bool = False,
    style: discord.ButtonStyle = discord.ButtonStyle.secondary,
) -> ui.Button[Any] | None:
    """A button that does ``action``; None if a custom id cannot hold it."""
    custom_id = encode(action)
    if custom_id is None:
        return None
    return ui.Button(label=label, style=style, custom_id=custom_id, disabled=disabled)


def to_page(label: str, address: str) -> ui.Button[Any]:
    """A button that opens a web page."""
    return ui.Button(label=label, url=address)


def row(*buttons: ui.Button[Any] | None) -> list[ui.ActionRow[Any]]:
    """One row of those buttons that exist; none at all if there are none."""
    present = [one for one in buttons if one is not None]
    return [ui.ActionRow(*present)] if present else []


def line() -> ui.Separator[Any]:
    return ui.Separator()


def card(*items: Inside, rank: int = 0) -> ui.Container[Any]:
    """Items in a box, with the colour of ``rank`` at its side."""
    return ui.Container(*items, accent_colour=accent(rank))
