"""What begins again after it was paused."""

from dataclasses import replace

from bot.app.services import Services
from bot.delivery.planning import Planner
from bot.models import Rule
from bot.store import rules


async def wake(services: Services, rule: Rule) -> Rule:
    """A rule that was paused or deleted begins again with its next slot.

    What fell due meanwhile ends as paused, also where the bot was away and has not looked yet:
    two weeks of silence that somebody wanted must not be posted when they are over.
    """
    asleep = replace(rule, paused=True, deleted=False)
    planner = Planner(services.archive, services.config.settings, services.clock)
    await planner.plan([asleep], services.clock.now())
    awake = replace(rule, deleted=False)
    await services.archive.write(rules.save, awake)
    return awake
