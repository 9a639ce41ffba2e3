"""``/status``: how the bot is doing, for admins of a server and for its owner."""

from collections.abc import Callable, Iterable
from datetime import datetime

from rich.filesize import decimal

from bot.cards import Card
from bot.cards.build import card, line, one_line, paragraph, text
from bot.container import Services
from bot.messages.common import counted, moment, short_date, soon
from bot.messages.problems import render
from bot.models import DeliveryState
from bot.monitoring.checks import Check, State
from bot.monitoring.health import Health, NextSlot, SourceLine, health, source_lines

SLOTS = 10
_MAX_ARXIV = 6
_REASON = 120
_MAX_UNREADABLE = 5
_GOING = {"active": "active", "paused": "paused", "parked": "suspended"}
_MESSAGES = {
    DeliveryState.PLANNED: "planned",
    DeliveryState.RESERVED: "being sent",
    DeliveryState.SENT: "sent",
    DeliveryState.UNKNOWN: "in doubt",
    DeliveryState.DONE: "ended without a post",
    DeliveryState.FAILED: "given up",
}


async def status(
    services: Services, guild_id: int | None, server_name: Callable[[int], str], clock: Check
) -> Card:
    """Of the digests, those of one server, or all of them; everything else is the same for both.

    ``server_name`` is asked for the names of servers when there are several; ``clock`` compares the
    machine's with Discord's.
    """
    state = await health(
        services.archive, services.config, services.clock, slots=SLOTS, guild_id=guild_id
    )
    slots = [_slot(slot, server_name if guild_id is None else None) for slot in state.slots]
    clock_line = [f"⚠️ {clock.message}"] if clock.state is State.PROBLEM else []
    return Card(
        text(paragraph("## How I am doing", f"-# hotpapers {state.version} · {moment(state.at)}")),
        card(
            text(paragraph("**Sources**", *_sources(state))),
            line(),
            text(
                paragraph(
                    "**Next digests**",
                    *(slots or ["None: no digest is set up, or all are paused."]),
                )
            ),
            line(),
            text(paragraph(*clock_line, *_counts(state))),
        ),
    )


def _sources(state: Health) -> list[str]:
    """Every network, and as many of arXiv's categories that differ as there is room for."""
    lines = source_lines(state.sources, _success)
    arxiv = [line for line in lines if line.is_arxiv]
    rest = len(arxiv) - _MAX_ARXIV
    return [
        *map(_line, arxiv[:_MAX_ARXIV]),
        *([f"- {counted(rest, 'more group')} of categories"] if rest > 0 else ()),
        *(_line(line) for line in lines if not line.is_arxiv),
    ]


def _line(line: SourceLine) -> str:
    parts = (line.status, line.success, one_line(line.reason, _REASON))
    return f"- {line.who}: {' · '.join(filter(None, parts))}"


def _success(at: datetime) -> str:
    """To ten minutes, so that what was harvested in one go is one line."""
    return f"last success {moment(at.replace(minute=at.minute // 10 * 10, second=0), 'R')}"


def _slot(slot: NextSlot, server_name: Callable[[int], str] | None) -> str:
    where = one_line(server_name(slot.guild_id), 40) if server_name else ""
    server = f" of {where}" if where else ""
    return f"- {soon(slot.at)}: digest {slot.rule_id} in <#{slot.channel_id}>{server}"


def _counts(report: Health) -> list[str]:
    closed = short_date(report.newest_closed) if report.newest_closed else "none"
    still_open = _or_none(map(short_date, report.open_days))
    deliveries = (
        f"{report.deliveries[state]:,} {name}"
        for state, name in _MESSAGES.items()
        if state in report.deliveries
    )
    return [
        f"Newest complete day: {closed}; still counted: {still_open}",
        f"Digests: {_or_none(f'{count:,} {_GOING[name]}' for name, count in report.rules.items())}",
        *(
            f"Digest {rule.rule_id} is suspended: {one_line(render(rule.unreadable), _REASON)}"
            for rule in report.unreadable[:_MAX_UNREADABLE]
            if rule.unreadable
        ),
        f"Messages: {_or_none(deliveries)}",
        f"Archive: {decimal(report.archive_bytes)}",
    ]


def _or_none(words: Iterable[str]) -> str:
    return ", ".join(words) or "none"
