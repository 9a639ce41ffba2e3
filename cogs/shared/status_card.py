"""``/status``: how the bot is doing, for admins of a server and for its owner."""

from collections.abc import Callable
from datetime import datetime

from rich.filesize import decimal

from bot.cards import Card
from bot.cards.build import card, line, one_line, paragraph, text
from bot.container import Services
from bot.messages import commands
from bot.messages.common import counted, moment
from bot.messages.problems import render
from bot.monitoring.checks import Check, State
from bot.monitoring.health import Health, NextSlot, SourceLine, health, source_lines

SLOTS = 10
_MAX_ARXIV = 6
_REASON = 120
_MAX_UNREADABLE = 5


async def status(
    services: Services, guild_id: int | None, server_name: Callable[[int], str], clock: Check
) -> Card:
    """Of the digests, those of one server, or all of them; everything else is the same for both.

    ``server_name`` is asked for the names of servers when there are several; ``clock`` compares the
    machine's with Discord's.
    """
    found = await health(
        services.archive, services.config, services.clock, slots=SLOTS, guild_id=guild_id
    )
    slots = [_slot(each, server_name if guild_id is None else None) for each in found.slots]
    clock_line = [f"⚠️ {clock.message}"] if clock.state is State.PROBLEM else []
    return Card(
        text(paragraph("## How I am doing", f"-# hotpapers {found.version} · {moment(found.at)}")),
        card(
            text(paragraph("**Sources**", *_sources(found))),
            line(),
            text(
                paragraph(
                    "**Next digests**",
                    *(slots or ["None: no digest is set up, or all are paused."]),
                )
            ),
            line(),
            text(paragraph(*clock_line, *_counts(found))),
        ),
    )


def _sources(found: Health) -> list[str]:
    """Every network, and as many of arXiv's categories that differ as there is room for."""
    lines = source_lines(found.sources, _success)
    arxiv = [line for line in lines if line.is_arxiv]
    rest = len(arxiv) - _MAX_ARXIV
    return [
        *map(_line, arxiv[:_MAX_ARXIV]),
        *([f"- {counted(rest, 'more group')} of categories"] if rest > 0 else ()),
        *(_line(line) for line in lines if not line.is_arxiv),
    ]


def _line(line: SourceLine) -> str:
    said = (line.status, line.success, one_line(line.reason, _REASON))
    return f"- {line.who}: {' · '.join(filter(None, said))}"


def _success(at: datetime) -> str:
    """To ten minutes, so that what was harvested in one go is one line."""
    return f"last success {moment(at.replace(minute=at.minute // 10 * 10, second=0), 'R')}"


def _slot(slot: NextSlot, server_name: Callable[[int], str] | None) -> str:
    where = one_line(server_name(slot.guild_id), 40) if server_name else ""
    return commands.status_slot(slot.rule_id, slot.channel_id, slot.at, where)


def _counts(found: Health) -> list[str]:
    return [
        commands.status_days(found.newest_closed, found.open_days),
        commands.status_digests(found.rules),
        *(
            f"Digest {rule.rule_id} is suspended: {one_line(render(rule.unreadable), _REASON)}"
            for rule in found.unreadable[:_MAX_UNREADABLE]
            if rule.unreadable
        ),
        commands.status_messages(found.deliveries),
        f"Archive: {decimal(found.archive_bytes)}",
    ]
