"""A stored digest is changed: what was asked for and nothing else, on the row as it is then.

Between reading a digest and writing it Discord is asked and others press buttons, so neither what
was read is written again nor what is gone made anew. Raises InputError for a digest that its owner
does not have any more.
"""

from dataclasses import replace

from sqlite_utils import Database

from bot import messages
from bot.container import Services
from bot.delivery.planner import Planner
from bot.delivery.slots import is_suspended_for_zone
from bot.errors import InputError
from bot.models import Rule
from bot.store import rules


async def change_rule(services: Services, rule: Rule, **changes: object) -> Rule:
    """``changes`` by the names of a Rule's fields; gives the rule as it is then.

    What kept it from posting in a channel says nothing of another, nor a zone that is gone of the
    one that took its place.
    """
    return await services.archive.write(_change, rule, changes)


def _change(db: Database, rule: Rule, changes: dict[str, object]) -> Rule:
    before = rules.get(db, rule.rule_id)
    if before is None or (before.deleted and "deleted" not in changes):
        raise _gone(rule)
    if changes != {"deleted": True}:
        require_readable(before)
    if changes.get("channel_id", before.channel_id) != before.channel_id or (
        changes.get("zone", before.zone) != before.zone and is_suspended_for_zone(before)
    ):
        changes = changes | {"suspended": None}
    changed = rules.change(db, rule, **changes)
    if changed is None:
        raise _gone(rule)
    return changed


def require_readable(rule: Rule) -> None:
    """Raises InputError for a rule of which only a part is known."""
    if rule.unreadable:
        raise InputError(rule.unreadable)


def _gone(rule: Rule) -> InputError:
    if rule.is_personal:
        return InputError(messages.commands.FOLLOWS_NOTHING)
    return InputError(messages.input_errors.not_a_digest(str(rule.rule_id)))


async def resume_rule(services: Services, rule: Rule, **changes: object) -> Rule:
    """As ``change``, of one that was paused or deleted: it begins again with its next slot.

    What fell due meanwhile ends as paused, also where the bot was away and has not looked yet:
    two weeks of silence that somebody wanted must not be posted when they are over.
    """
    asleep = replace(rule, paused=True, deleted=False)
    planner = Planner(services.archive, services.config.settings, services.clock)
    await planner.plan([asleep], services.clock.now())
    return await change_rule(services, rule, **changes)
