"""What the admins are told, in the channel of ``[discord] admin_channel``, each thing once.

Notices go through the ledger like digests: planned together with what is remembered as told, so
that neither a crash nor a restart loses or repeats one.
"""

import json
from datetime import datetime, timedelta

from sqlite_utils import Database

from bot import cards
from bot.delivery.content import components
from bot.store import ledger, meta, rules
from bot.words import counted

_TOLD = "delivery.told_parked"
ALIVE = "delivery.alive"
# Shorter absences are nobody's business: a restart, an update.
WORTH_TELLING = timedelta(hours=1)
_MOST_LINES = 15


def tell_parked(db: Database, channel_id: int, now: datetime) -> int:
    """Tell which rules were parked since the last time; returns how many.

    Rules that have resumed are forgotten, so that they are told again when they park again.
    """
    told = set(json.loads(meta.get(db, _TOLD) or "[]"))
    parked = {rule.rule_id: rule for rule in rules.undeleted(db) if rule.parked}
    fresh = [rule for rule_id, rule in parked.items() if rule_id not in told]
    if told != set(parked):
        meta.put(db, _TOLD, json.dumps(sorted(parked)), now=now)
    if fresh and channel_id:
        lines = [
            f"Digest {rule.rule_id} (server {rule.guild_id}, channel {rule.channel_id}): "
            f"{rule.parked}"
            for rule in fresh[:_MOST_LINES]
        ]
        if len(fresh) > len(lines):
            lines.append(f"and {len(fresh) - len(lines)} more.")
        head = f"{counted(len(fresh), 'digest')} cannot be posted. They resume by themselves."
        _plan(db, channel_id, [head, *lines], now)
    return len(fresh)


def alive_at(db: Database) -> datetime | None:
    """When the program last looked after its deliveries."""
    found = meta.get(db, ALIVE)
    return None if found is None else datetime.fromisoformat(found)


def mark_alive(db: Database, channel_id: int, now: datetime, since: datetime | None) -> str:
    """Remember ``now``; after an absence since ``since`` tell what was recovered, and return it."""
    meta.put(db, ALIVE, now.isoformat(), now=now)
    if since is None:
        return ""
    said = _recovered(db, since, now)
    if channel_id:
        _plan(db, channel_id, [said], now)
    return said


def _recovered(db: Database, since: datetime, now: datetime) -> str:
    found = ledger.caught_up(db, since, now)
    away = f"I was away from {_moment(since)} to {_moment(now)}."
    if not found:
        return f"{away} No digest was due meanwhile, or they still wait for their listings."
    posted = found.pop("", 0)
    endings = [f"{count} {reason}" for reason, count in sorted(found.items())]
    if posted:
        endings.insert(0, f"{posted} to be posted now")
    total = posted + sum(found.values())
    return f"{away} {counted(total, 'digest')} had been due: {'; '.join(endings)}."


def _plan(db: Database, channel_id: int, lines: list[str], now: datetime) -> None:
    ledger.notice(db, channel_id, components(cards.notice("\n".join(lines))), now=now)


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
