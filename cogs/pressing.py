"""A discord.ui.DynamicItem for an action of a button: works on any message, after any restart."""

import re
from collections.abc import Awaitable, Callable
from typing import Any, Self, TypeVar, cast

import discord
from discord import ui

from bot import cards
from bot.app.explaining import explain
from bot.cards.custom_ids import OTHER_TEMPLATE, TEMPLATES, Action, decode
from cogs.answering import Interaction, is_private

A = TypeVar("A", bound=Action)
Button = ui.DynamicItem[ui.Button[Any]]


def button_for(kind: type[A], handler: Callable[[Interaction, A], Awaitable[None]]) -> type[Button]:
    """Buttons that say ``kind`` are answered by ``handler``, whose errors are explained."""

    # A TypeVar bound to a union is no key of its own to mypy.
    template = TEMPLATES[cast("type[Action]", kind)]

    class Pressed(_Pressed, template=template):
        async def answer(self, interaction: Interaction) -> None:
            action = decode(self.custom_id)
            if isinstance(action, kind):
                await handler(interaction, action)
            else:
                await _decline(interaction)

    Pressed.__name__ = Pressed.__qualname__ = f"{kind.__name__}Button"
    return Pressed


class _Pressed(ui.DynamicItem[ui.Button[Any]], template=OTHER_TEMPLATE):
    """Of a version or kind that is not known (any more)."""

    @classmethod
    async def from_custom_id(
        cls,
        interaction: discord.Interaction[Any],
        item: ui.Item[Any],
        match: re.Match[str],
        /,
    ) -> Self:
        if not isinstance(item, ui.Button):
            raise TypeError(f"{match[0]!r} is not on a button")
        return cls(item)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        try:
            interaction.client.mind_manners(interaction)
            await self.answer(interaction)
        except Exception as error:  # the edge of a button, as the tree's is that of a command
            await explain(interaction, error)

    async def answer(self, interaction: Interaction) -> None:
        await _decline(interaction)


UnknownButton: type[Button] = _Pressed


def beside(interaction: Interaction) -> list[Action]:
    """What the buttons of the private message say on which one was pressed.

    Empty for a public message, which stays as it is.
    """
    if interaction.message is None or not is_private(interaction):
        return []
    view = ui.LayoutView.from_message(interaction.message, timeout=None)
    said = (decode(getattr(item, "custom_id", "")) for item in view.walk_children())
    return [action for action in said if action is not None]


async def _decline(interaction: Interaction) -> None:
    await interaction.response.send_message(view=cards.declined(), ephemeral=True)
