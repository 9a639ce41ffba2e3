"""``/status``: how the bot is doing, for admins of a server and for its owner."""

from collections.abc import Callable
from datetime import datetime

from bot.cards import Card
from bot.cards.build import card, line, one_line, paragraph, text
from bot.container import Services
from bot.messages import commands
from bot.monitoring.health import Health, NextSlot, SourceLine, health, source_lines

SLOTS = 10
_MAX_ARXIV = 6
_REASON = 120
_MAX_UNREADABLE = 5


async def status(
    services: Services, guild_id: int | None, server_name: Callable[[int], str]
) -> Card:
    """Of the digests, those of one server, or all of them; everything else is the same for both.

    ``server_name`` is asked for the names of servers when there are several.
    """
    found = await health(
        services.archive, services.config, services.clock, slots=SLOTS, guild_id=guild_id
    )
    slots = [_slot(each, server_name if guild_id is None else None) for each in found.slots]
    return Card(
        text(paragraph(f"## {commands.STATUS_TITLE}", commands.status_of(found.version, found.at))),
        card(
            text(paragraph(f"**{commands.STATUS_SOURCES}**", *_sources(found))),
            line(),
            text(paragraph(f"**{commands.STATUS_NEXT}**", *(slots or [commands.STATUS_NO_SLOT]))),
            line(),
            text(paragraph(*_counts(found))),
        ),
    )


def _sources(found: Health) -> list[str]:
    """Every network, and as many of arXiv's categories that differ as there is room for."""
    lines = source_lines(found.sources, _success)
    arxiv = [line for line in lines if line.is_arxiv]
    rest = len(arxiv) - _MAX_ARXIV
    return [
        *map(_line, arxiv[:_MAX_ARXIV]),
        *([commands.more_sources(rest)] if rest > 0 else ()),
        *(_line(line) for line in lines if not line.is_arxiv),
    ]


def _line(line: SourceLine) -> str:
    said = (line.status, line.success, one_line(line.reason, _REASON))
    return commands.source_line(line.who, said)


def _success(at: datetime) -> str:
    """To ten minutes, so that what was harvested in one go is one line."""
    return commands.last_success(at.replace(minute=at.minute // 10 * 10, second=0))


def _slot(slot: NextSlot, server_name: Callable[[int], str] | None) -> str:
    where = one_line(server_name(slot.guild_id), 40) if server_name else ""
    return commands.status_slot(slot.rule_id, slot.channel_id, slot.at, where)


def _counts(found: Health) -> list[str]:
    return [
        commands.status_days(found.newest_closed, found.open_days),
        commands.status_digests(found.rules),
        *(
            commands.status_unreadable(rule.rule_id, one_line(rule.unreadable, _REASON))
            for rule in found.unreadable[:_MAX_UNREADABLE]
        ),
        commands.status_messages(found.deliveries),
        commands.status_archive(found.archive_bytes),
    ]
