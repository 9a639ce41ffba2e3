"""One message to the admin channel for each problem, and one when it is over.

What was told is kept in the archive, so that a restart tells nothing twice.
"""

import hashlib
import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

import msgspec

from bot import cards, text
from bot.config import logs
from bot.container import Services
from bot.messages import networks
from bot.messages.common import utc
from bot.messages.problems import render
from bot.models import Rule
from bot.monitoring import host_checks
from bot.monitoring.checks import Check, State
from bot.monitoring.health import ARXIV, Health, SourceHealth, health
from bot.store import meta
from bot.store.upkeep import Task

logger = logging.getLogger(__name__)

TOLD = "alerts.told"
# A source that fails for less long may only have hiccups; arXiv is asked every 20 minutes.
PATIENCE = timedelta(minutes=45)
# When more of arXiv's categories fail, that is arXiv's problem and not theirs.
MAX_CATEGORIES = 3
# More lines than that say no more.
MAX_LINES = 12
MAX_LINE_LENGTH = 250
_OF_SOURCE = "source:"


class Channels(Protocol):
    """Where messages go (``bot.delivery.Postbox``)."""

    async def send(self, channel_id: int, body: Mapping[str, object]) -> int: ...

    def is_ready(self) -> bool: ...


class ReportedProblems(msgspec.Struct, frozen=True):
    """What the channel knows. ``number`` counts the messages that made it so."""

    number: int = 0
    problems: dict[str, str] = {}


class Alerts:
    """``tick`` looks, and tells what is new. ``open`` are the problems that were told."""

    def __init__(
        self,
        services: Services,
        channels: Channels,
        place: Callable[[Rule], str],
        clock: Callable[[], Check],
    ) -> None:
        """``place`` names a digest's channel and server; empty when neither is there any more.
        ``clock`` compares the machine's clock with Discord's.
        """
        self._services = services
        self._place = place
        self._clock = clock
        self._channels = channels
        self._channel_id = services.config.settings.discord.admin_channel
        self.open: Mapping[str, str] = {}
        self._noted: Mapping[str, str] | None = None

    async def tick(self) -> None:
        """Say nothing before Discord can hear it; then it is still true, or needs no saying."""
        archive, clock = self._services.archive, self._services.clock
        if self._channel_id and not self._channels.is_ready():
            return
        told = _read(await archive.read(meta.get, TOLD))
        noted = told.problems if self._noted is None else self._noted
        self.open = self._noted = found = await self._look()
        _note(noted, found)  # once, also while the channel cannot be told
        if found.keys() == told.problems.keys():
            return
        newer = ReportedProblems(told.number + 1, found)
        if self._channel_id:
            await self._channels.send(self._channel_id, message(told, newer))
        await archive.write(meta.put, TOLD, msgspec.json.encode(newer).decode(), now=clock.now())

    async def _look(self) -> dict[str, str]:
        services = self._services
        return problems(
            await health(services.archive, services.config, services.clock, slots=0),
            self._place,
            host={
                "disk": host_checks.disk(services.config.archive.parent),
                "clock": self._clock(),
            },
            now=services.clock.now(),
        )


def problems(
    found: Health,
    place: Callable[[Rule], str],
    *,
    host: Mapping[str, Check],
    now: datetime,
) -> dict[str, str]:
    """A sentence for each thing that is wrong now, by a key that stays the same. Pure."""
    wrong = {}
    failing = [
        source
        for source in found.sources
        if source.failing_since is not None and now - source.failing_since >= PATIENCE
    ]
    categories = [source for source in failing if source.category]
    if len(categories) > MAX_CATEGORIES:
        wrong[f"{_OF_SOURCE}{ARXIV}"] = _arxiv(categories)
        failing = [source for source in failing if not source.category]
    for source in failing:
        wrong[f"{_OF_SOURCE}{source.source}"] = _source(source, source.failing_since or now)
    for rule in found.suspended:
        if rule.suspended and not rule.paused:
            where = f" in {channel}" if (channel := place(rule)) else ""
            reason = render(rule.suspended)
            wrong[f"digest:{rule.rule_id}"] = f"Digest {rule.rule_id}{where} waits: {reason}"
    for task, result in found.upkeep.items():
        if result.problem is not None:
            wrong[f"upkeep:{task}"] = _UPKEEP[task].format(reason=render(result.problem))
    failed = {key: check for key, check in host.items() if check.state is State.PROBLEM}
    return wrong | {key: check.message for key, check in failed.items()}


_UPKEEP = {
    Task.BACKUP: "The scheduled backup failed: {reason}",
    Task.CHECK: "{reason} 'hotpapers archive check' says more.",
}


def _arxiv(categories: Sequence[SourceHealth]) -> str:
    """With the reason that most of them have, and the time since when the first does."""
    since = min(source.failing_since for source in categories if source.failing_since)
    reasons = Counter(
        source.last.reason.shown for source in categories if source.last and source.last.reason
    )
    why = "".join(f": {render(reason)}" for reason, _ in reasons.most_common(1))
    return f"arXiv fails for {len(categories)} categories since {utc(since)}{why}"


def _source(source: SourceHealth, since: datetime) -> str:
    name = f"arXiv {source.category}" if source.category else networks.NAMES[source.source]
    reason = source.last.reason if source.last else None
    why = f": {render(reason)}" if reason else ""
    return f"{name} fails since {utc(since)}{why}"


def message(told: ReportedProblems, newer: ReportedProblems) -> dict[str, object]:
    """What is new and what is over, as the body of one message that pings nobody. Pure.

    Sent again after a crash it has the same nonce, so Discord takes it once; with another problem
    it has another, or Discord would take it for the same.
    """
    before, now = told.problems, newer.problems
    began, over = (
        [key for key in now if key not in before],
        [key for key in before if key not in now],
    )
    lines = [f"Problem: {now[key]}" for key in began]
    lines += [f"Over: {before[key]}" for key in over]
    if len(lines) > MAX_LINES:
        rest = len(lines) - MAX_LINES + 1
        lines = [*lines[: MAX_LINES - 1], f"… and {rest} more; hotpapers doctor has them all."]
    return cards.payload(
        cards.notice("\n".join(text.cut(line, MAX_LINE_LENGTH) for line in lines)),
        nonce=_nonce(newer.number, began, over),
        marker=cards.MAX_MARKER - newer.number,
    )


def _nonce(number: int, began: Sequence[str], over: Sequence[str]) -> str:
    """At most 25 characters, as Discord asks."""
    key = f"{number}:{sorted(began)}:{sorted(over)}"
    return "hp-alert-" + hashlib.blake2b(key.encode(), digest_size=8).hexdigest()


def _note(before: Mapping[str, str], now: Mapping[str, str]) -> None:
    for key in now.keys() - before.keys():
        logs.event(logger, logging.WARNING, "problem.began", problem=key, says=now[key])
    for key in before.keys() - now.keys():
        logs.event(logger, logging.INFO, "problem.over", problem=key)


def _read(kept: str | None) -> ReportedProblems:
    try:
        return msgspec.json.decode(kept or "{}", type=ReportedProblems)
    except msgspec.DecodeError:
        return ReportedProblems()
