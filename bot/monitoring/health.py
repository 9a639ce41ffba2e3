"""How the program is doing, from its archive: what status, metrics and doctor have in common."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from heapq import heapify, heappop, heappush
from pathlib import Path
from typing import Any

from sqlite_utils import Database

import bot
from bot.arxiv import taxonomy
from bot.clock import Clock
from bot.config import Config, Settings
from bot.delivery.content import listings_of
from bot.delivery.preview import next_run
from bot.delivery.slots import Listings, next_due, why_never
from bot.messages import networks
from bot.messages.problems import render, words_or_nothing
from bot.models import DayState, DeliveryState, Era, Network, Outcome, Rule, Status
from bot.store import Archive, api_usage, days, delivery_reports, rules, upkeep
from bot.store import health as stored
from bot.store.days import Stage
from bot.store.health import Answer
from bot.store.upkeep import Result, Task

ARXIV = "arxiv"


@dataclass(frozen=True, slots=True)
class Quota:
    """What was used on this UTC day of what may be used. ``unit`` is what is counted."""

    used: int
    limit: int
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceHealth:
    """``source`` is a Network value, or ``arxiv:cs`` for a harvested category.

    ``last`` is its newest outcome and ``day`` the listing day that it was asked for; both are
    None before the first time. ``lag`` counts from the last answer in full. ``failing_since`` is
    the first of the failures that its newest outcomes are.
    """

    source: str
    last: Outcome | None = None
    day: date | None = None
    succeeded_at: datetime | None = None
    lag: timedelta | None = None
    failing_since: datetime | None = None
    quota: Quota | None = None

    @property
    def category(self) -> str:
        """arXiv's category; empty for a network."""
        return self.source.partition(":")[2]


@dataclass(frozen=True, slots=True)
class NextSlot:
    """When a channel's digest is due next."""

    rule_id: int
    guild_id: int
    channel_id: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """``archive_bytes`` counts the file with its journal. ``slots`` are the soonest first.
    ``suspended`` are digests, some of them because the archive cannot read them.
    ``upkeep`` is what became of the bot's own work on the archive, where it was tried.
    """

    version: str
    at: datetime
    archive: Path
    archive_bytes: int
    newest_closed: date | None
    open_days: tuple[date, ...]
    sources: tuple[SourceHealth, ...]
    slots: tuple[NextSlot, ...]
    deliveries: Mapping[DeliveryState, int]
    rules: Mapping[str, int]
    suspended: tuple[Rule, ...] = ()
    upkeep: Mapping[Task, Result] = field(default_factory=dict)

    @property
    def unreadable(self) -> tuple[Rule, ...]:
        """Digests that are suspended because the archive cannot read them."""
        return tuple(rule for rule in self.suspended if rule.unreadable)


async def health(
    archive: Archive,
    config: Config,
    clock: Clock,
    *,
    slots: int = 10,
    guild_id: int | None = None,
) -> Health:
    """The next ``slots`` are those of one server when ``guild_id`` is given; with 0 nobody's are
    looked for, which takes a while with thousands of digests."""
    now = clock.now()
    found = await archive.read(_read, config.settings, now)
    asked = [rule for rule in found.rules if guild_id is None or rule.guild_id == guild_id]
    return Health(
        version=bot.__version__,
        at=now,
        archive=archive.path,
        archive_bytes=archive_bytes(archive.path),
        newest_closed=found.newest_closed,
        open_days=found.open_days,
        sources=sources(config.settings, found.answers, found.reads, now),
        slots=await _slots(archive, config.settings, asked, now, slots) if slots else (),
        deliveries=found.deliveries,
        rules={
            "active": sum(1 for rule in asked if not rule.paused and not rule.suspended),
            "paused": sum(1 for rule in asked if rule.paused),
            "parked": sum(1 for rule in asked if rule.suspended and not rule.paused),
        },
        suspended=tuple(rule for rule in asked if rule.suspended),
        upkeep=found.upkeep,
    )


@dataclass(frozen=True, slots=True)
class _Stored:
    answers: list[Answer]
    rules: list[Rule]
    deliveries: dict[DeliveryState, int]
    newest_closed: date | None
    open_days: tuple[date, ...]
    reads: int
    upkeep: dict[Task, Result]


def _read(db: Database, settings: Settings, now: datetime) -> _Stored:
    closed = days.newest(db, 1, state=DayState.CLOSED)
    return _Stored(
        answers=stored.answers(db),
        rules=rules.of_servers(db),
        deliveries=delivery_reports.tally(db),
        newest_closed=closed[0].day if closed else None,
        open_days=tuple(day.day for day in days.still_open(db) if day.era is Era.HOTPAPERS),
        reads=api_usage.read_today(db, Network.X, now=now) if settings.sources.x.enabled else 0,
        upkeep={
            task: result
            for task, result in upkeep.results(db).items()
            if task is not Task.BACKUP or settings.backup.every != "never"
        },
    )


def sources(
    settings: Settings, answers: Sequence[Answer], x_reads: int, now: datetime
) -> tuple[SourceHealth, ...]:
    """Every source that the settings name, asked or not. Pure.

    arXiv's categories come first; answers of sources that are configured no more are left out.
    """
    by_name = {source_name(answer.stage, answer.outcome.source): answer for answer in answers}
    names = [f"{ARXIV}:{feed}" for feed in taxonomy.feeds(settings.arxiv.categories)]
    quotas = {
        Network.X.value: Quota(x_reads, settings.sources.x.posts_per_day, networks.POSTS_READ)
    }
    return tuple(
        _source(name, by_name.get(name), quotas.get(name), now) for name in [*names, *Network]
    )


def source_name(stage: Stage, source: str) -> str:
    """As in ``SourceHealth``, of an outcome's source."""
    return f"{ARXIV}:{source}" if stage == "harvest" else source


def _source(name: str, answer: Answer | None, quota: Quota | None, now: datetime) -> SourceHealth:
    if answer is None:
        return SourceHealth(source=str(name), quota=quota)
    at = answer.succeeded_at
    return SourceHealth(
        source=str(name),
        last=answer.outcome,
        day=answer.day,
        succeeded_at=at,
        lag=None if at is None else max(now - at, timedelta(0)),
        failing_since=answer.failing_since,
        quota=quota,
    )


_WORST_LAST = tuple(
    status.value
    for status in (Status.OFF, Status.EMPTY, Status.OK, Status.INCOMPLETE, Status.FAILED)
)


def states(found: Sequence[SourceHealth], off: Collection[str]) -> dict[str, str]:
    """arXiv as a whole and each network -> its last status, in one word or three. Pure.

    ``off`` are the networks that are switched off or have no key, asked before or not.
    """
    said: dict[str, list[str]] = {}
    for source in found:
        name, _, _ = source.source.partition(":")
        said.setdefault(name, []).extend([source.last.status.value] if source.last else [])
    return {
        name: Status.OFF.value
        if name in off
        else max(them, key=_WORST_LAST.index)
        if them
        else networks.NOT_ASKED
        for name, them in said.items()
    }


async def _slots(
    archive: Archive, settings: Settings, asked: Sequence[Rule], now: datetime, most: int
) -> tuple[NextSlot, ...]:
    """Of thousands of rules only those in front are compared with what they have had."""
    dues = await asyncio.to_thread(_dues, asked, listings_of(settings), now)
    found: list[NextSlot] = []
    while dues and len(found) < most:
        at, _, is_seen, rule = heappop(dues)
        if is_seen:
            found.append(NextSlot(rule.rule_id, rule.guild_id, rule.channel_id, at))
        elif seen_at := await next_run(archive, settings, rule, now):
            heappush(dues, (seen_at, rule.rule_id, True, rule))
    return tuple(found)


def _dues(
    asked: Sequence[Rule], listings: Listings, now: datetime
) -> list[tuple[datetime, int, bool, Rule]]:
    """A heap. False: whether anything is seen of that slot has not been looked up."""
    going = [rule for rule in asked if not (rule.paused or rule.suspended or why_never(rule))]
    dues = [(next_due(rule, now, listings).slot.at, rule.rule_id, False, rule) for rule in going]
    heapify(dues)
    return dues


def archive_bytes(path: Path) -> int:
    """The file and its write-ahead log."""
    files = (path, path.with_name(path.name + "-wal"))
    return sum(file.stat().st_size for file in files if file.exists())


# So many of arXiv's categories are not named one by one.
_MAX_CATEGORIES = 6


@dataclass(frozen=True, slots=True)
class SourceLine:
    """``success`` and ``reason`` may be empty."""

    who: str
    is_arxiv: bool
    status: str
    success: str
    reason: str


def source_lines(
    found: Sequence[SourceHealth], success: Callable[[datetime], str]
) -> list[SourceLine]:
    """One for each network, and for all categories of arXiv that say the same.

    ``success`` tells when the last one was, as its reader likes times.
    """
    groups: dict[tuple[bool, str, str, str], list[str]] = {}
    for source in found:
        category = source.category
        told = "" if source.succeeded_at is None else success(source.succeeded_at)
        reason = words_or_nothing(source.last.reason) if source.last else ""
        key = bool(category), _state(source), told, reason
        groups.setdefault(key, []).append(category or networks.NAMES[source.source])
    return [
        SourceLine(_named(names, is_arxiv), is_arxiv, *said)
        for (is_arxiv, *said), names in groups.items()
    ]


def _named(names: list[str], is_arxiv: bool) -> str:
    if not is_arxiv:
        return ", ".join(names)
    return networks.arxiv(names, _MAX_CATEGORIES)


def _state(source: SourceHealth) -> str:
    state = networks.asked(source.last.status, source.day) if source.last else networks.NOT_ASKED
    if source.quota is None:
        return state
    quota = source.quota
    return networks.with_quota(state, quota.used, quota.limit, quota.unit)


def document(found: Health) -> dict[str, Any]:
    """The shape of ``status --json``."""
    return {
        "version": found.version,
        "at": found.at,
        "archive": {"path": str(found.archive), "bytes": found.archive_bytes},
        "days": {"newest_closed": found.newest_closed, "open": list(found.open_days)},
        "sources": [_source_document(source) for source in found.sources],
        "next_slots": [
            {
                "rule": slot.rule_id,
                "guild": str(slot.guild_id),
                "channel": str(slot.channel_id),
                "at": slot.at,
            }
            for slot in found.slots
        ],
        "rules": dict(found.rules),
        "unreadable_rules": [
            {
                "rule": rule.rule_id,
                "guild": str(rule.guild_id),
                "reason": render(rule.unreadable),
                "code": rule.unreadable.code,
            }
            for rule in found.unreadable
            if rule.unreadable
        ],
        "deliveries": {state.value: count for state, count in sorted(found.deliveries.items())},
        "upkeep": {
            task.value: {
                "tried_at": result.tried_at,
                "succeeded_at": result.succeeded_at,
                "reason": words_or_nothing(result.problem),
                "code": result.code or None,
            }
            for task, result in found.upkeep.items()
        },
    }


def _source_document(source: SourceHealth) -> dict[str, Any]:
    last, quota = source.last, source.quota
    return {
        "source": source.source,
        "status": last and last.status.value,
        "reason": words_or_nothing(last.reason) if last else "",
        "code": last.reason.code if last and last.reason else None,
        "day": source.day,
        "asked_at": last and last.at,
        "succeeded_at": source.succeeded_at,
        "lag_seconds": None if source.lag is None else round(source.lag.total_seconds()),
        "requests": last.requests if last else 0,
        "items": last.items if last else 0,
        "quota": None
        if quota is None
        else {"used": quota.used, "limit": quota.limit, "unit": quota.unit},
    }
