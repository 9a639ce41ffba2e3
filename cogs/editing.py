"""The form that edits a digest. It is read by what its custom id says, so a restart between
opening and sending it loses nothing; the library alone would forget it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from discord import ui

from bot import phrases
from bot.app import digesting
from bot.app.explaining import explain
from bot.app.forms import RuleFields, changed, fields_of
from bot.models import Rule
from cogs.admins import problems_of, require_manager
from cogs.answering import Interaction, services, show, think

_FORM = "hp1:edit:"
_OPEN_SECONDS = 3600.0  # after which the library forgets the form; nothing else depends on it
_LONGEST = 4000  # as Discord allows


async def open_form(interaction: Interaction, rule: Rule) -> None:
    """Answer with the form, its fields filled with what the rule says now."""
    form = ui.Modal(
        title=phrases.commands.edit_title(rule.rule_id),
        custom_id=f"{_FORM}{rule.rule_id}",
        timeout=_OPEN_SECONDS,
    )
    for name, value in fields_of(rule)._asdict().items():
        field: ui.TextInput[Any] = ui.TextInput(
            custom_id=name,
            default=value,
            required=name in ("when", "size"),
            max_length=_LONGEST,
        )
        form.add_item(ui.Label(text=phrases.commands.FIELDS[name], component=field))
    await interaction.response.send_modal(form)


async def answer(interaction: Interaction) -> None:
    """Store what a form says and show the digest; does nothing for any other form."""
    data: Mapping[str, Any] = dict(interaction.data or {})
    custom_id = str(data.get("custom_id", ""))
    if not custom_id.startswith(_FORM):
        return
    try:
        interaction.client.mind_manners(interaction)
        await _store(interaction, custom_id.removeprefix(_FORM), dict(_values(data["components"])))
    except Exception as error:  # the edge of a form, as the tree's is that of a command
        await explain(interaction, error)


async def _store(interaction: Interaction, number: str, values: Mapping[str, str]) -> None:
    require_manager(interaction)
    await think(interaction)
    rule = await digesting.find_live(services(interaction), interaction.guild_id or 0, int(number))
    now = fields_of(rule)
    typed = RuleFields(**{name: values.get(name, "") for name in now._fields})
    rule = await digesting.change(services(interaction), changed(rule, typed))
    problems = problems_of(interaction, rule)
    await show(
        interaction,
        await digesting.rule_card(services(interaction), rule, problems, rehearsed=True),
    )


def _values(components: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """(custom id, text) of every field of a form that was sent."""
    for component in components:
        if "custom_id" in component:
            yield str(component["custom_id"]), str(component.get("value") or "")
        elif inside := component.get("component"):
            yield from _values([inside])
        else:
            yield from _values(component.get("components", ()))
