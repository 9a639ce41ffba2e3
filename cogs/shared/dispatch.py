"""What a button says -> who answers it, on any message and after any restart.

Not by the library's DynamicItems: for each press they build a view of the whole message again,
which takes longer than everything else, and a digest's readers press by the thousand.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from discord import ui

from bot import cards
from bot.app.error_handler import report_to_member
from bot.cards.actions import Action
from bot.cards.custom_ids import decode, is_ours
from cogs.shared.responses import Interaction, is_private

A = TypeVar("A", bound=Action)


@dataclass(frozen=True, slots=True)
class Button:
    """Buttons that say ``kind`` are answered by ``answer``."""

    kind: type[Action]
    answer: Callable[[Interaction, Action], Awaitable[None]]


def button_for(kind: type[A], handler: Callable[[Interaction, A], Awaitable[None]]) -> Button:
    async def answer(interaction: Interaction, action: Action) -> None:
        if isinstance(action, kind):  # which it is, as buttons are looked up by their kind
            await handler(interaction, action)

    # A TypeVar bound to a union is no member of it to mypy.
    return Button(cast("type[Action]", kind), answer)


async def dispatch_button(interaction: Interaction, buttons: Mapping[type[Action], Button]) -> None:
    """Answer the button that was pressed, unless it is another bot's. Errors are explained."""
    data: Mapping[str, Any] = dict(interaction.data or {})
    custom_id = str(data.get("custom_id", ""))
    if not is_ours(custom_id):
        return
    try:
        interaction.client.check_member_rate(interaction)
        action = decode(custom_id)
        if action is None or type(action) not in buttons:
            await decline(interaction)
        else:
            await buttons[type(action)].answer(interaction, action)
    except Exception as error:  # the edge of a button, as the tree's is that of a command
        await report_to_member(interaction, error)


def sibling_actions(interaction: Interaction) -> list[Action]:
    """What the buttons of the private message say on which one was pressed.

    Empty for a public message, which stays as it is.
    """
    if interaction.message is None or not is_private(interaction):
        return []
    view = ui.LayoutView.from_message(interaction.message, timeout=None)
    actions = (decode(getattr(item, "custom_id", "")) for item in view.walk_children())
    return [action for action in actions if action is not None]


async def decline(interaction: Interaction) -> None:
    """Of a version or kind that is not known (any more)."""
    await interaction.response.send_message(view=cards.declined(), ephemeral=True)
