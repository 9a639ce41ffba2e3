"""A year of 40 channels on an injected clock: the list of outcomes equals one computed apart.

2026 has both clock changes and nine days that arXiv left out. The program is restarted twice a
day, was away for 30 hours over New York's clock change and for nine days over Christmas, and
Discord was out for five hours. What is expected is computed from the rules' words, without the
code of ``bot.delivery.slots``.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import groupby
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlite_utils import Database

from bot.clock import ManualClock
from bot.config import Settings
from bot.models import CatchUp, DeliveryState, Rhythm, Rule
from bot.ranking.scoring import rank, rates
from bot.store import days, papers, posts, rules, standings
from tests.delivery.fake import FakePostbox, InOneThread, World, rows, why
from tests.factories import listed, post, rule

START = datetime(2026, 1, 3, 12, tzinfo=UTC)
END = datetime(2027, 1, 3, 12, tzinfo=UTC)
DAY, WEEK = timedelta(days=1), timedelta(days=7)

# As arXiv printed them, shifted to the listing that was missing.
LEFT_OUT = {
    date(2026, 1, 2), date(2026, 1, 20), date(2026, 6, 22), date(2026, 7, 6), date(2026, 9, 8),
    date(2026, 11, 27), date(2026, 12, 28), date(2026, 12, 30), date(2027, 1, 1),
}  # fmt: skip

AWAY = (
    (datetime(2026, 3, 7, 18, tzinfo=UTC), datetime(2026, 3, 9, 0, tzinfo=UTC)),
    (datetime(2026, 12, 22, 5, tzinfo=UTC), datetime(2026, 12, 31, 6, 30, tzinfo=UTC)),
)
OUT = (datetime(2026, 5, 12, 6, tzinfo=UTC), datetime(2026, 5, 12, 11, tzinfo=UTC))

# Zone and hour: about 08:00 UTC, and two that fall into the nights of a clock change.
CLOCKS = (
    ("Europe/Berlin", time(9)), ("Europe/London", time(8)), ("America/New_York", time(3)),
    ("America/Los_Angeles", time(0)), ("America/Sao_Paulo", time(5)), ("Asia/Tokyo", time(17)),
    ("Asia/Kolkata", time(13, 30)), ("Asia/Kathmandu", time(13, 45)), ("Africa/Cairo", time(10)),
    ("Australia/Sydney", time(19)), ("Pacific/Auckland", time(21)), ("UTC", time(8)),
)  # fmt: skip
IN_THE_NIGHT = (("Europe/Berlin", time(2, 30)), ("Australia/Sydney", time(2, 30)))
RESTARTS = (8, 20)  # hours UTC


def forty() -> list[Rule]:
    """Every rhythm, policy and zone; the nights of a clock change have a mailing's slot."""
    clocks = {
        Rhythm.WEEKLY: CLOCKS,
        Rhythm.MONTHLY: CLOCKS,
        Rhythm.MAILING: (*CLOCKS[:8], *IN_THE_NIGHT),
        Rhythm.WEEKDAYS: CLOCKS[6:],
    }
    found = [(*clock, rhythm) for rhythm, those in clocks.items() for clock in those]
    policies = list(CatchUp)
    return [
        rule(
            guild_id=1 + n // 3,
            channel_id=100 + n,
            zone=zone,
            at=at,
            rhythm=rhythm,
            created_at=START,
            catch_up=policies[n % 3],
            rule_id=n + 1,
        )
        for n, (zone, at, rhythm) in enumerate(found)
    ]


# --- what should come, from the words of the rules ----------------------------------------------


@dataclass(frozen=True)
class Expected:
    at: datetime
    listings: tuple[date, ...]


def moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The wall clock's ``at``; in a gap the first minute after it, of two the first."""
    wall = datetime.combine(day, at)
    while (found := wall.replace(tzinfo=zone).astimezone(UTC)).astimezone(zone).replace(
        tzinfo=None
    ) != wall:
        wall += timedelta(minutes=1)
    return found


def dates(rhythm: Rhythm) -> Iterator[date]:
    day = START.date() - 40 * DAY
    while day < END.date() + 2 * DAY:
        if {
            Rhythm.MAILING: True,
            Rhythm.WEEKDAYS: day.weekday() < 5,
            Rhythm.WEEKLY: day.weekday() == 0,
            Rhythm.MONTHLY: day.day == 1,
        }[rhythm]:
            yield day
        day += DAY


def weekdays() -> Iterator[date]:
    day = START.date() - 36 * DAY
    while day <= END.date():
        if day.weekday() < 5:
            yield day
        day += DAY


@cache
def closing(day: date) -> datetime:
    """30 hours after 20:00 in New York on the evening before."""
    evening = datetime.combine(day - DAY, time(20), ZoneInfo("America/New_York"))
    return evening.astimezone(UTC) + timedelta(hours=30)


@cache
def slots_of(asked: Rule) -> list[Expected]:
    """Each Monday to Friday belongs to the first slot at or after its closing."""
    zone = ZoneInfo(asked.zone)
    moments = sorted({moment(day, asked.at, zone) for day in dates(asked.rhythm)})
    held: dict[datetime, list[date]] = {at: [] for at in moments}
    for day in weekdays():
        place = bisect_left(moments, closing(day))
        if place < len(moments):
            held[moments[place]].append(day)
    always = asked.rhythm in (Rhythm.WEEKLY, Rhythm.MONTHLY)
    return [
        Expected(at, tuple(day for day in found if day not in LEFT_OUT))
        for at, found in held.items()
        if START <= at <= END and (found or always)
    ]


def seen_at(at: datetime) -> datetime:
    """When the program comes to a slot: at once, or when it or Discord is back."""
    return next((back for gone, back in (*AWAY, OUT) if gone <= at < back), at)


def outcomes_of(asked: Rule) -> list[tuple[datetime, str]]:
    found: list[tuple[datetime, str]] = []
    for now, batch in groupby(slots_of(asked), key=lambda slot: seen_at(slot.at)):
        slots = list(batch)
        found += [(slot.at, "too old") for slot in slots if slot.at < now - WEEK]
        young = [slot for slot in slots if slot.at >= now - WEEK]
        if asked.catch_up is not CatchUp.EACH and len(young) > 1:
            word = "merged" if asked.catch_up is CatchUp.MERGE else "skipped"
            found += [(slot.at, word) for slot in young[:-1]]
            merged = young if asked.catch_up is CatchUp.MERGE else young[-1:]
            listings = tuple(day for slot in merged for day in slot.listings)
            young = [Expected(young[-1].at, listings)]
        found += [(slot.at, shown(slot.listings)) for slot in young]
    return found


def shown(listings: tuple[date, ...]) -> str:
    if not listings:
        return "no listing"
    return "posted" if any(map(is_talked_about, listings)) else "nothing above the bar"


def is_talked_about(day: date) -> bool:
    """Whether the day's one paper is above the bar."""
    return day.toordinal() % 3 == 0


# --- the year -----------------------------------------------------------------------------------


def fill(db: Database, asked: list[Rule]) -> None:
    """The rules, and every listing day with one paper, still open."""
    for one in asked:
        assert rules.save(db, replace(one, rule_id=0)) == one.rule_id
    exchange = rates(Settings().sources)
    for n, day in enumerate(day for day in weekdays() if day not in LEFT_OUT):
        found = listed(f"{day:%y%m}.{10000 + n}", day=day)
        likes = 300 if is_talked_about(day) else 3
        linking = post(str(n), found.paper.arxiv_id, likes=likes)
        days.open_day(db, day)
        papers.save(db, [found], now=START)
        posts.save(db, [linking])
        standings.save(db, day, rank([found.paper], [linking], exchange))


def close_until(db: Database, open_days: list[date], now: datetime) -> None:
    while open_days and closing(open_days[0]) <= now:
        day = open_days.pop(0)
        days.mark_harvested(db, day, now=now)
        days.mark_counted(db, day, at=now)
        days.close(db, day, now=now, late=now > closing(day) + timedelta(hours=12))


def moments_of_work(asked: list[Rule]) -> list[tuple[datetime, bool]]:
    """When the program looks, and whether it was started just before."""
    restarts = {
        datetime.combine(START.date() + n * DAY, time(hour), UTC)
        for n in range(366)
        for hour in RESTARTS
    }
    looks = {slot.at for one in asked for slot in slots_of(one)}
    back = {back for _, back in AWAY}
    every = restarts | looks | back | {OUT[1]}
    here = (at for at in every if START <= at <= END and not is_away(at))
    return [(at, at in restarts or at in back) for at in sorted(here)]


def is_away(at: datetime) -> bool:
    return any(gone <= at < back for gone, back in AWAY)


def outcome(state: DeliveryState, reason: str) -> str:
    if state is DeliveryState.SENT:
        return "no listing" if reason.startswith("no listing") else reason or "posted"
    words = {"merged": "merged", "skipped": "skipped", "more than seven days": "too old"}
    return next((word for start, word in words.items() if reason.startswith(start)), reason)


async def live_through(world: World, asked: list[Rule]) -> None:
    """Look whenever a slot is due or the program comes back; each day closes when it should."""
    open_days = [day for day in weekdays() if day not in LEFT_OUT]
    for at, is_start in moments_of_work(asked):
        world.clock.move_to(at)
        world.postbox.ready = not OUT[0] <= at < OUT[1]
        if open_days and closing(open_days[0]) <= at:
            await world.archive.write(close_until, open_days, at)
        if is_start:
            world.restart()
        await world.tick()


@pytest.mark.rehearsal
async def test_every_slot_of_a_year_has_the_outcome_it_should(tmp_path: Path) -> None:
    asked = forty()
    assert len(asked) == 40
    async with await InOneThread.open(tmp_path / "archive.db") as archive:
        world = World(archive, ManualClock(START), FakePostbox(), Settings())
        await archive.write(fill, asked)
        await live_through(world, asked)
        for one in asked:
            found = [
                (row.slot_at, outcome(row.state, why(row)))
                for row in await archive.read(rows, one.rule_id)
                if row.part == 0
            ]
            assert found == outcomes_of(one), one
    nonces = Counter(sent.body["nonce"] for sent in world.postbox.sent)
    assert set(nonces.values()) == {1}
