"""What members follow, and their own digests: stored, and shown as cards.

Raises InputError where something is not possible. Everything is the member's own: nothing is
stored about anybody who has not asked for it, and ``erase`` leaves nothing behind.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import chain
from typing import Any

from sqlite_utils import Database

from bot import cards, queries
from bot import messages as texts
from bot.app.form_drafts import Fields, FormDrafts
from bot.app.in_flight import InFlightRequest, InFlightRequests
from bot.cards import Card
from bot.cards.follow_digest import FOLLOWS_PER_PAGE
from bot.container import Services
from bot.delivery.follow_digest import between
from bot.delivery.preview import next_run
from bot.errors import InputError
from bot.messages.problems import render
from bot.models import Delivery, Follow, Layout, RankedPaper, Rule, Unharvested
from bot.problems import Problem
from bot.search import Query, parse
from bot.store import delivery_reports, follows, rules
from cogs.shared.rule_changes import change_rule, resume_rule

MAX_FOLLOWS = 50
MAX_PAPERS = 10  # of a day
REHEARSED = timedelta(days=30)
AT, ZONE = time(9), "UTC"  # until the member says otherwise
_MIN_FREQUENT = 200  # in REHEARSED: more than ten a day


@dataclass(frozen=True, slots=True)
class Followed:
    """What a new follow would have brought lately."""

    follow: Follow
    rule: Rule
    papers: tuple[RankedPaper, ...]
    matches: int
    more: bool
    unharvested: Unharvested | None = None  # of the categories that are followed


async def follow(
    services: Services,
    member_id: int,
    query: str,
    request: InFlightRequest,
    *,
    channel_id: int,
    at: time | None = None,
    zone: str | None = None,
) -> Followed:
    """Store it, with the member's own digest if there is none yet. Raises QueryError, and
    InputError when the ``request`` was cancelled.

    ``channel_id`` is the direct message's; ``at`` and ``zone`` change when the digest comes.
    """
    now = services.clock.now()
    asked = _followable(query, now.date())
    wanted = Follow(member_id=member_id, query=query, created_at=now)
    stored, rule = await services.archive.write(_follow, wanted, request, channel_id, at, zone)
    first = now.date() - REHEARSED
    result = await queries.search(
        services.archive, services.config.settings, between(asked, first, now.date()), top=5
    )
    papers = tuple(hit.ranked for hit in result.papers)
    patterns = chain.from_iterable(asked.categories)
    unharvested = queries.unharvested(services.config.settings, patterns)
    return Followed(stored, rule, papers, result.matches, result.more, unharvested)


def _followable(query: str, today: date) -> Query:
    if not query:
        raise InputError(texts.commands.FOLLOW_WHAT)
    asked = parse(query, today)
    if asked.arxiv_ids:
        raise InputError(
            "A single paper is news only once. Follow its authors, words or categories instead."
        )
    if not (asked.terms or asked.categories):
        raise InputError(texts.commands.FOLLOW_WHAT)
    return asked


def _follow(
    db: Database,
    wanted: Follow,
    request: InFlightRequest,
    channel_id: int,
    at: time | None,
    zone: str | None,
) -> tuple[Follow, Rule]:
    request.require()
    if len(follows.of_member(db, wanted.member_id)) >= MAX_FOLLOWS:
        raise InputError(
            f"You follow {MAX_FOLLOWS} things, and that is as many as I keep. Stop one first."
        )
    rule = follows.digest_of(db, wanted.member_id)
    if rule is None:
        rule = replace(_first_digest(wanted, channel_id), **_hour(at, zone))
        rule = replace(rule, rule_id=rules.save(db, rule))
    else:
        rule = rules.change(db, rule, channel_id=channel_id, **_hour(at, zone)) or rule
    return follows.add(db, wanted), rule


def _first_digest(wanted: Follow, channel_id: int) -> Rule:
    return Rule(
        guild_id=0,
        channel_id=channel_id,
        categories=(),
        at=AT,
        zone=ZONE,
        top=MAX_PAPERS,
        layout=Layout.COMPACT,
        quiet_lines=False,
        created_by=wanted.member_id,
        created_at=wanted.created_at,
    )


def _hour(at: time | None, zone: str | None) -> dict[str, Any]:
    """As changes of a rule; nothing of what is not named."""
    return ({"at": at} if at else {}) | ({"zone": zone} if zone else {})


def example(new: Followed) -> list[Card]:
    """A first message, of one paper: so the member sees how they come, and that they do."""
    examples = tuple((ranked, ()) for ranked in new.papers[:1])
    days = [ranked.day for ranked, _ in examples if ranked.day]
    if not examples or not days:
        return [
            cards.notice(
                f"This is where papers for {new.follow.query} will come. Lately there was none."
            )
        ]
    return cards.letter(
        [cards.Group(new.follow, examples)], start=days[0], end=days[0], example=True
    )


async def followed_card(services: Services, new: Followed, note: str) -> Card:
    settings, now = services.config.settings, services.clock.now()
    return cards.followed(
        new.follow,
        new.rule,
        await next_run(services.archive, settings, new.rule, now),
        new.papers,
        matches=new.matches,
        more=new.more,
        a_lot=new.matches >= _MIN_FREQUENT or new.more,
        unharvested=new.unharvested,
        note=note,
    )


async def suspend(services: Services, rule: Rule, reason: Problem | None) -> Rule:
    """The member's direct messages are closed for ``reason``; with None they are open again."""
    return await change_rule(services, rule, suspended=reason)


async def own_digest(services: Services, member_id: int) -> Rule:
    """Raises InputError for a member who follows nothing."""
    rule = await services.archive.read(follows.digest_of, member_id)
    if rule is None:
        raise InputError(texts.commands.FOLLOWS_NOTHING)
    return rule


async def follow_list(services: Services, member_id: int, page: int = 1) -> Card:
    """A page of what the member follows."""
    own = await services.archive.read(follows.of_member, member_id)
    rule = await services.archive.read(follows.digest_of, member_id)
    settings, now = services.config.settings, services.clock.now()
    at = await next_run(services.archive, settings, rule, now) if rule else None
    failures = await services.archive.read(
        delivery_reports.failures, [rule.rule_id] if rule else []
    )
    failure = failures.get(rule.rule_id) if rule else None
    return cards.follow_list(own, rule, at, failure=failure, page=page)


async def set_going(services: Services, member_id: int, *, paused: bool) -> Card:
    """Pause or resume everything. What suspended it is tried again."""
    rule = await own_digest(services, member_id)
    if paused:
        await change_rule(services, rule, paused=True)
    elif rule.paused:
        await resume_rule(services, rule, paused=False, suspended=None)
    else:
        await change_rule(services, rule, suspended=None)
    return await follow_list(services, member_id)


async def set_hour(services: Services, member_id: int, at: time | None, zone: str | None) -> Card:
    rule = await own_digest(services, member_id)
    await change_rule(services, rule, **_hour(at, zone))
    return await follow_list(services, member_id)


async def find(services: Services, member_id: int, follow_id: int) -> Follow:
    """The member's own follow. Raises InputError for anybody else's."""
    follow_ = await services.archive.read(follows.get, member_id, follow_id)
    if follow_ is None:
        raise InputError(texts.commands.not_followed(follow_id))
    return follow_


async def pause(services: Services, found: Follow, *, paused: bool) -> Card:
    """Pause or resume one; gives the page of the list on which it stands."""
    await _set(services, follows.pause, found, paused=paused)
    return await follow_list(services, found.member_id, await _page_of(services, found))


async def stop(services: Services, found: Follow, *, stopped: bool = True) -> Card:
    """Follow it no longer, or again."""
    await _set(services, follows.stop, found, stopped=stopped)
    if stopped:
        return cards.follow_stopped(found)
    return await follow_list(services, found.member_id, await _page_of(services, found))


async def _set(
    services: Services, write: Callable[..., bool], found: Follow, **value: bool
) -> None:
    if not await services.archive.write(write, found.member_id, found.follow_id, **value):
        raise InputError(texts.commands.not_followed(found.follow_id))


async def _page_of(services: Services, found: Follow) -> int:
    known = await services.archive.read(follows.of_member, found.member_id)
    before = sum(1 for other in known if other.follow_id < found.follow_id)
    return before // FOLLOWS_PER_PAGE + 1


# --- privacy ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Stored:
    """All that is stored about a member.

    ``stopped`` and deleted ones of ``set_up`` wait to be taken back. ``messages`` are those of the
    member's own digest, and ``papers`` what was on them, each with its slot. ``typed`` is kept in
    memory only: what the member typed into forms of digests that were refused.
    """

    follows: Sequence[Follow]
    stopped: Sequence[Follow]
    rule: Rule | None
    set_up: Sequence[Rule]
    messages: Sequence[Delivery]
    papers: Sequence[tuple[datetime, str]]
    typed: Mapping[int, Fields]


async def stored_about(services: Services, drafts: FormDrafts, member_id: int) -> Stored:
    return await services.archive.read(_stored, member_id, drafts.of(member_id))


def _stored(db: Database, member_id: int, typed: Mapping[int, Fields]) -> Stored:
    made = rules.made_by(db, member_id)
    return Stored(
        follows=follows.of_member(db, member_id),
        stopped=follows.stopped_of(db, member_id),
        rule=follows.digest_of(db, member_id),
        set_up=[rule for rule in made if not rule.is_personal],
        messages=follows.messages_of(db, member_id),
        papers=follows.papers_of(db, member_id),
        typed=typed,
    )


async def erase(
    services: Services, in_flight: InFlightRequests, drafts: FormDrafts, member_id: int
) -> Mapping[str, int]:
    """At once and for good; returns how many rows of what.

    What the member asked for just before, and is not done yet, is not stored afterwards.
    """
    drafts.forget(member_id)
    in_flight.cancel(member_id)
    return await services.archive.write(follows.erase, member_id)


def as_document(kept: Stored, member_id: int, now: datetime) -> dict[str, Any]:
    """For the member to keep: JSON's own types."""
    rule = kept.rule
    return {
        "member": str(member_id),
        "exported_at": now.isoformat(),
        "follows": [_follow_document(row) for row in kept.follows],
        "followed_before": [_follow_document(row) for row in kept.stopped],
        "digest": rule
        and {
            "digest": rule.rule_id,
            "channel": str(rule.channel_id),
            "hour": f"{rule.at:%H:%M}",
            "zone": rule.zone,
            "paused": rule.paused,
            "suspended": render(rule.suspended) if rule.suspended else "",
            "suspended_code": rule.suspended and rule.suspended.code,
            "since": rule.created_at and rule.created_at.isoformat(),
        },
        "digests_you_set_up": [
            {
                "server": str(row.guild_id),
                "channel": str(row.channel_id),
                "digest": row.rule_id,
                "deleted": row.deleted,
            }
            for row in kept.set_up
        ],
        "messages": [_message_document(row, kept.papers) for row in kept.messages],
        "typed_into_forms": [
            {"digest": rule_id, **fields} for rule_id, fields in kept.typed.items()
        ],
    }


def _message_document(message: Delivery, papers: Sequence[tuple[datetime, str]]) -> dict[str, Any]:
    """All papers of a slot are named at the first of its messages."""
    reason = message.last_error or message.reason
    return {
        "at": message.slot_at.isoformat(),
        "state": message.state,
        "reason": render(reason) if reason else "",
        "code": reason and reason.code,
        "sent": message.sealed_at and message.sealed_at.isoformat(),
        "message": message.message_id and str(message.message_id),
        "papers": [one for at, one in papers if at == message.slot_at and not message.part],
        "components": json.loads(message.payload) if message.payload else [],
    }


def _follow_document(follow: Follow) -> dict[str, Any]:
    return {
        "query": follow.query,
        "since": follow.created_at.isoformat(),
        "paused": follow.paused,
    }
