"""What admins do with digests: a rule -> the archive and the card that shows it.

Raises InputError where something is not possible; ``explaining`` says it. Who may do it is the
commands' business.
"""

from collections.abc import Sequence
from dataclasses import replace

from sqlite_utils import Database

from bot import cards, messages, queries
from bot.app.in_flight import InFlightRequest
from bot.cards import Card
from bot.cards.rules import PER_PAGE
from bot.config import Settings
from bot.container import Services
from bot.delivery.content import Content
from bot.delivery.preview import next_run, preview, rehearse, suggest_bar, why_not
from bot.errors import InputError
from bot.messages.common import span
from bot.messages.problems import render
from bot.models import Period, Rule
from bot.store import delivery_reports, papers, rules
from cogs.papers.answers import copies
from cogs.shared.rule_changes import change_rule, require_readable
from cogs.shared.views import reasons, remark

MAX_RULES = 25


async def add(services: Services, rule: Rule, request: InFlightRequest) -> Rule:
    """Store a new rule; it begins now, so its first slot is the next one."""
    made = replace(rule, created_at=services.clock.now())
    return replace(made, rule_id=await services.archive.write(_add, made, request))


def _add(db: Database, rule: Rule, request: InFlightRequest) -> int:
    """A command that was sent twice must not make a channel get everything twice."""
    request.require()  # the rule says who made it
    there = rules.of_guild(db, rule.guild_id)
    if same := next((one for one in there if _asked(one) == _asked(rule)), None):
        raise InputError(
            f"Digest {same.rule_id} posts just that there already. /digest list shows it."
        )
    if len(there) >= MAX_RULES:
        raise InputError(
            f"This server has {MAX_RULES} digests, and that is as many as one server can have. "
            "Delete one first."
        )
    return rules.save(db, rule)


def _asked(rule: Rule) -> Rule:
    """Without what nobody asks for: who made it and when, and how it fares."""
    return replace(rule, rule_id=0, created_by=0, created_at=None, paused=False, suspended=None)


async def delete(services: Services, rule: Rule) -> Card:
    """Mark a rule as deleted; it can be taken back."""
    return cards.rule_deleted(await change_rule(services, rule, deleted=True))


def require_sense(rule: Rule, *, in_thread: bool) -> None:
    """Raises InputError for what cannot be, whatever the permissions are."""
    if rule.thread and in_thread:
        raise InputError(
            "A thread cannot hold threads. Choose a channel, or leave thread: out to "
            "post right there."
        )


async def find(services: Services, guild_id: int, rule_id: int | None) -> Rule:
    """A server's own digest, deleted ones too; its only one when none is named."""
    if rule_id is None:
        return _only(await services.archive.read(rules.of_guild, guild_id))
    rule = await services.archive.read(rules.get, rule_id)
    if rule is None or rule.guild_id != guild_id:
        raise InputError(messages.input_errors.not_a_digest(str(rule_id)))
    return rule


async def find_live(services: Services, guild_id: int, rule_id: int | None) -> Rule:
    """As ``find``, but not one that is deleted."""
    rule = await find(services, guild_id, rule_id)
    if rule.deleted:
        raise InputError(messages.input_errors.not_a_digest(str(rule.rule_id)))
    return rule


def _only(own: Sequence[Rule]) -> Rule:
    if len(own) == 1:
        return own[0]
    raise InputError(messages.input_errors.WHICH_DIGEST if own else messages.input_errors.NO_DIGEST)


async def rule_card(
    services: Services, rule: Rule, problems: Sequence[str] = (), *, rehearsed: bool = False
) -> Card:
    """The rule with its next run; ``rehearsed`` with what it would have posted."""
    settings = services.config.settings
    return cards.rule_card(
        rule,
        await next_run(services.archive, settings, rule, services.clock.now()),
        await rehearse(services.archive, settings, rule) if rehearsed else None,
        [*problems, *_not_harvested(rule, settings)] if rehearsed else problems,
        await suggest_bar(services.archive, settings, rule) if rehearsed else None,
    )


def _not_harvested(rule: Rule, settings: Settings) -> list[str]:
    """Without this, a channel that asks for what nobody harvests is told of nothing for ever."""
    unharvested = queries.unharvested(settings, rule.categories)
    return [render(unharvested.problem)] if unharvested else []


async def rule_list(services: Services, guild_id: int, page: int = 1) -> Card:
    """A page of a server's rules."""
    own = await services.archive.read(rules.of_guild, guild_id)
    now, settings = services.clock.now(), services.config.settings
    runs = [await next_run(services.archive, settings, rule, now) for rule in own]
    failures = await services.archive.read(
        delivery_reports.failures, [rule.rule_id for rule in own]
    )
    return cards.rule_list(list(zip(own, runs, strict=True)), failures=failures, page=page)


async def page_of(services: Services, rule: Rule) -> int:
    """The page of ``rule_list`` on which a rule stands."""
    own = await services.archive.read(rules.of_guild, rule.guild_id)
    before = sum(1 for other in own if other.rule_id < rule.rule_id)
    return before // PER_PAGE + 1


async def preview_cards(services: Services, rule: Rule, note: str = "") -> list[Card]:
    """The digest that ``preview`` tells, after a remark on what it is."""
    require_readable(rule)
    previewed = await preview(services.archive, services.config.settings, rule)
    if previewed is None:
        return [
            remark(
                "No listing day is complete in the archive yet, so there is nothing to preview. "
                "The first digest comes after the first one is."
            )
        ]
    days, content = previewed
    listings = "listing" if days[0] == days[-1] else "listings"
    about = f"on the {listings} of {span(days[0], days[-1], Period.DAY)}"
    head = f"Digest {rule.rule_id} for <#{rule.channel_id}>, {about}. Only you see it."
    return [remark(f"{head} {note}".strip()), *_as_cards(content)]


def _as_cards(content: Content) -> list[Card]:
    reason = render(content.reason) if content.reason else ""
    return copies(content.bodies) or [
        cards.notice(f"Nothing would be posted, as this channel wants no quiet lines: {reason}.")
    ]


async def why(services: Services, guild_id: int, channel_id: int | None, arxiv_id: str) -> Card:
    """For each digest of a channel (or of the server): does it have the paper, and why not."""
    own = await services.archive.read(rules.of_guild, guild_id)
    asked = [rule for rule in own if channel_id in (None, rule.channel_id)]
    if not asked:
        raise InputError(
            messages.input_errors.NO_DIGEST_IN_CHANNEL if own else messages.input_errors.NO_DIGEST
        )
    settings, now = services.config.settings, services.clock.now()
    known = await services.archive.read(papers.get, arxiv_id)
    return reasons(
        [await why_not(services.archive, settings, rule, arxiv_id, now) for rule in asked],
        known.title if known else arxiv_id,
    )
