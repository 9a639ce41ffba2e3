"""What the admins are told of an absence, in the channel of ``[discord] admin_channel``, once.

A notice goes through the ledger like a digest: planned together with the mark that the program is
alive, so that neither a crash nor a restart loses or repeats it.
"""

from datetime import datetime, timedelta

from sqlite_utils import Database

from bot import cards
from bot.delivery.content import components
from bot.messages.common import counted, utc
from bot.messages.problems import render
from bot.store import delivery_reports, ledger, meta

ALIVE = "delivery.alive"
# Without a tick for so long the program, or the machine, was not there.
ASLEEP = timedelta(minutes=10)
# Shorter absences are nobody's business: a restart, an update.
WORTH_TELLING = timedelta(hours=1)


def alive_at(db: Database) -> datetime | None:
    """When the program last looked after its deliveries."""
    return meta.put_at(db, ALIVE)


def mark_alive(db: Database, channel_id: int, now: datetime, since: datetime | None) -> str:
    """Remember ``now``; after an absence since ``since`` tell what was recovered, and return it."""
    meta.put(db, ALIVE, now.isoformat(), now=now)
    if since is None:
        return ""
    said = _recovered(db, since, now)
    if channel_id:
        ledger.notice(db, channel_id, components(cards.notice(said)), now=now)
    return said


def _recovered(db: Database, since: datetime, now: datetime) -> str:
    found = delivery_reports.caught_up(db, since, now, written=since + ASLEEP)
    away = f"I was away from {utc(since)} to {utc(now)}."
    if not found:
        return f"{away} No digest was due meanwhile, or they still wait for their listings."
    posted = found.pop(None, 0)
    others = {render(reason): count for reason, count in found.items() if reason}
    endings = [f"{count} {reason}" for reason, count in sorted(others.items())]
    if posted:
        endings.insert(0, f"{posted} to be posted now")
    digests = counted(posted + sum(others.values()), "digest")
    return f"{away} {digests} had been due: {'; '.join(endings)}."
