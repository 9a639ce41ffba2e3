"""The form that edits a digest. It is read by what its custom id says, so a restart between
opening and sending it loses nothing; the library alone would forget it."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from discord import ui

from bot.app.error_handler import report_to_member
from bot.cards.actions import RuleAction, RuleForm, RuleVerb
from bot.cards.custom_ids import decode, encode, is_ours
from bot.errors import InputError
from bot.models import Rule
from bot.text import clean_typed
from cogs.digests import service
from cogs.digests.form_fields import LABELS, RuleFields, changes, fields_of
from cogs.shared.dispatch import decline, sibling_actions
from cogs.shared.permissions import problems_of, require_manager
from cogs.shared.responses import Interaction, defer_private, edit_reply, services, think_in_place
from cogs.shared.rule_changes import change_rule

_OPEN_SECONDS = 3600.0  # after which the library forgets the form; nothing else depends on it
_MAX_LENGTH = 4000  # as Discord allows


async def open_form(interaction: Interaction, rule: Rule) -> None:
    """Answer with the form, its fields filled with what the rule says now."""
    await _open(interaction, rule, fields_of(rule))


async def open_again(interaction: Interaction, rule: Rule) -> None:
    """Answer with the form as the member sent it. Raises InputError where that is forgotten."""
    typed = interaction.client.drafts.find(interaction.user.id, rule.rule_id)
    if typed is None:
        raise InputError(
            "I do not have any more what you typed. Press Edit again; the form shows "
            "the digest as it is."
        )
    await _open(interaction, rule, RuleFields(**typed))


async def _open(interaction: Interaction, rule: Rule, fields: RuleFields) -> None:
    form = ui.Modal(
        title=f"Edit digest {rule.rule_id}",
        custom_id=encode(RuleForm(rule.rule_id)) or "",
        timeout=_OPEN_SECONDS,
    )
    for name, value in fields._asdict().items():
        field: ui.TextInput[Any] = ui.TextInput(
            custom_id=name,
            default=value,
            required=name in ("when", "size"),
            max_length=_MAX_LENGTH,
        )
        form.add_item(ui.Label(text=LABELS[name], component=field))
    await interaction.response.send_modal(form)


async def answer(interaction: Interaction) -> None:
    """Store what a form says and show the digest; does nothing for any other form.

    Discord opens no form in answer to one: what is refused is kept, and a button leads back to it.
    """
    data: Mapping[str, Any] = dict(interaction.data or {})
    custom_id = str(data.get("custom_id", ""))
    if not is_ours(custom_id):
        return
    form, drafts = decode(custom_id), interaction.client.drafts
    if not isinstance(form, RuleForm):
        await decline(interaction)
        return
    number = form.rule_id
    try:
        require_manager(interaction)
        values = dict(_values(data.get("components", ())))
        typed = RuleFields(**{name: values.get(name, "") for name in RuleFields._fields})
        drafts.keep(interaction.user.id, number, typed._asdict())
        interaction.client.check_member_rate(interaction)
        await _store(interaction, number, typed)
    except Exception as error:  # the edge of a form, as the tree's is that of a command
        kept = drafts.find(interaction.user.id, number)
        await report_to_member(
            interaction, error, back=RuleAction(number, RuleVerb.RETYPE) if kept else None
        )


async def _store(interaction: Interaction, number: int, typed: RuleFields) -> None:
    """The answer to a form that was opened from a refusal takes the refusal's place."""
    again = RuleAction(number, RuleVerb.RETYPE) in sibling_actions(interaction)
    await (think_in_place if again else defer_private)(interaction)
    before = await _live(interaction, number)
    changed = await asyncio.to_thread(changes, typed)  # a city's name may load tables of names
    rule = await change_rule(services(interaction), before, **changed)
    interaction.client.drafts.drop(interaction.user.id, number)
    problems = problems_of(interaction, rule)
    await edit_reply(
        interaction,
        await service.rule_card(services(interaction), rule, problems, rehearsed=True),
    )


async def _live(interaction: Interaction, number: int) -> Rule:
    """A digest that is gone has no form to go back to."""
    try:
        return await service.find_live(services(interaction), interaction.guild_id or 0, number)
    except InputError:
        interaction.client.drafts.drop(interaction.user.id, number)
        raise


def _values(components: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """(custom id, text) of every field of a form that was sent."""
    for component in components:
        if "custom_id" in component:
            yield str(component["custom_id"]), clean_typed(str(component.get("value") or ""))
        elif inside := component.get("component"):
            yield from _values([inside])
        else:
            yield from _values(component.get("components", ()))
