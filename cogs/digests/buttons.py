"""What the buttons under a digest's description do.

Whoever presses one is checked again: the message may be older than their permission.
"""

from bot.cards import Card
from bot.cards.actions import RuleAction, RulesPage, RuleVerb
from bot.models import Rule
from cogs.digests import service
from cogs.digests.modal import open_again, open_form
from cogs.shared.dispatch import button_for, sibling_actions
from cogs.shared.permissions import problems_of, require_manager
from cogs.shared.responses import Interaction, defer_private, edit_reply, services, think_in_place
from cogs.shared.rule_changes import change_rule, resume_rule


async def test_cards(interaction: Interaction, rule: Rule) -> list[Card]:
    problems = problems_of(interaction, rule)
    if problems:
        note = f"**It would not arrive.** {problems[0]}"
    else:
        note = "I have every permission that it needs there."
    return await service.preview_cards(services(interaction), rule, note)


# --- buttons ------------------------------------------------------------------------------------


async def show_rules(interaction: Interaction, pressed: RulesPage) -> None:
    require_manager(interaction)
    await think_in_place(interaction)
    guild = interaction.guild_id or 0
    await edit_reply(
        interaction, await service.rule_list(services(interaction), guild, pressed.page)
    )


async def act(interaction: Interaction, pressed: RuleAction) -> None:
    require_manager(interaction)
    match pressed.verb:
        case RuleVerb.EDIT:
            # A form is itself the acknowledgement, so nothing can be promised before it.
            await open_form(interaction, await _live(interaction, pressed.rule_id))
        case RuleVerb.RETYPE:
            await open_again(interaction, await _live(interaction, pressed.rule_id))
        case RuleVerb.PAUSE | RuleVerb.RESUME:
            await _pause(interaction, pressed.rule_id, paused=pressed.verb is RuleVerb.PAUSE)
        case RuleVerb.TEST:
            await defer_private(interaction)
            rule = await _live(interaction, pressed.rule_id)
            await edit_reply(interaction, *await test_cards(interaction, rule))
        case RuleVerb.DELETE:
            await _delete(interaction, pressed.rule_id)
        case RuleVerb.RESTORE:
            await _restore(interaction, pressed.rule_id)


BUTTONS = (button_for(RulesPage, show_rules), button_for(RuleAction, act))


async def _pause(interaction: Interaction, rule_id: int, *, paused: bool) -> None:
    await think_in_place(interaction)
    rule = await _live(interaction, rule_id)
    settle = change_rule if paused else resume_rule
    rule = await settle(services(interaction), rule, paused=paused)
    await _show_again(interaction, rule)


async def _delete(interaction: Interaction, rule_id: int) -> None:
    """A list stays, without the rule; a rule's own card becomes the note that it is gone."""
    await think_in_place(interaction)
    rule = await _live(interaction, rule_id)
    page = await service.page_of(services(interaction), rule)
    gone = await service.delete(services(interaction), rule)
    if _is_list(interaction, rule):
        left = await service.rule_list(services(interaction), rule.guild_id, page)
        await edit_reply(interaction, left, gone)
    else:
        await edit_reply(interaction, gone)


async def _restore(interaction: Interaction, rule_id: int) -> None:
    await think_in_place(interaction)
    rule = await service.find(services(interaction), interaction.guild_id or 0, rule_id)
    rule = await resume_rule(services(interaction), rule, deleted=False)
    await _show_again(interaction, rule)


async def _show_again(interaction: Interaction, rule: Rule) -> None:
    """The rule as it is now, in the list if it was in one."""
    if _is_list(interaction, rule):
        page = await service.page_of(services(interaction), rule)
        card = await service.rule_list(services(interaction), rule.guild_id, page)
    else:
        problems = problems_of(interaction, rule)
        card = await service.rule_card(services(interaction), rule, problems)
    await edit_reply(interaction, card)


def _is_list(interaction: Interaction, rule: Rule) -> bool:
    """Whether the message whose button was pressed shows other rules too, and can be changed."""
    return any(
        isinstance(sibling, RulesPage)
        or (isinstance(sibling, RuleAction) and sibling.rule_id != rule.rule_id)
        for sibling in sibling_actions(interaction)
    )


async def _live(interaction: Interaction, rule_id: int) -> Rule:
    return await service.find_live(services(interaction), interaction.guild_id or 0, rule_id)
