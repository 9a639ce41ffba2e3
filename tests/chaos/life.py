"""One run: a bot that is killed wherever it hurts, while Discord has a bad day."""

import asyncio
from collections import Counter
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from random import Random

from bot.models import CatchUp, Layout, Rule
from bot.store import Archive
from tests.chaos import restores
from tests.chaos.ledgers import Tally, judge, judge_restored, settled, wound
from tests.discordd import LoopbackDiscord
from tests.e2e.bot_process import Program, stopped
from tests.factories import rule
from tests.polling import until

# A second after the digests of Tuesday 30 March 2021 are due.
NOW = datetime(2021, 3, 31, 7, 0, 1, tzinfo=UTC)
DAY = date(2021, 3, 30)
RULES = 6
SEND = r"/channels/\d+/messages"
THREAD = r"/channels/\d+/messages/\d+/threads"
# What a life is watched for, and how often it is to be seen before the kill, at most.
SIGHTS = {
    "collect.source": 5,
    "rank.begun": 1,
    "bot.ready": 1,
    "slot.planned": RULES,
    "delivery.sent": 12,
    "delivery.look": 1,
    "delivery.retry": 1,
    "delivery.found": 2,
}
MAX_DELAY = 30.0  # of a request, in seconds
ASKED = 12  # or so many messages and threads are asked for, at most
# A clock that is wrong in one life and right in the next: by now all that is due is too old.
AHEAD = timedelta(days=10)
# Not every sight comes: then the life ends so long after the bot was ready.
MAX_LIFE = 25.0
# Each command begins at an instant of its own; the next one's must not lie before its end.
_HARVESTED_WITHIN = timedelta(minutes=1)
# Long, for machines that have much else to do.
FULL_LIFE = 180.0
BLIND_LIFE = 8.0  # after the bot was ready; every message was looked for by then
STOPPED_WITHIN = 30.0  # ten, on a machine that has nothing else to do


async def live(number: int, folder: Path, services: str) -> Tally:
    """Run ``number`` from an empty archive to the last sealed message."""
    random = Random(number)
    async with LoopbackDiscord() as server:
        server.settings.openapi = False
        server.settings.logged_bodies = False
        program = Program(folder, server)
        program.configure(services)
        wanted = _rules(server, random)
        await program.prepare(*wanted)
        bad = Counter[str]()
        at = await _harvest(program, random, bad)
        lives = random.choice((1, 1, 2))
        restore = restores.drawn(random, lives)
        copied_at, copied = at, folder
        for life in range(lives + 1):
            if restore and life == restore.copied:
                copied_at, copied = at, await restores.copy(program)
            if life < lives:
                at = await _short_life(program, random, at, bad)
        ended, unreadable = "", set[int]()
        if restore and restore.posted:
            ended = await _full_life(program, at)
        if restore:
            at = max(at, copied_at + restore.age)
            await _put_back(program, copied, bad)
            bad[f"restored, {restore.age / timedelta(hours=1):g} hours old"] += 1
        if restore and restore.blind:
            blindness = restores.Blindness(program, wanted, restore.blind)
            at, unreadable = await _blind_lives(program, blindness, at, bad)
        await restores.close_days(program, at)
        ended = ended or await _full_life(program, at)
        async with await Archive.open(program.archive) as archive:
            found = await (judge_restored(archive, server, at, unreadable) if restore
                           else judge(archive, server))  # fmt: skip
    found.bad = bad
    if ended:
        found.lost += 1
        found.complaints.append(ended)
    if found.complaints:
        found.complaints += program.said.splitlines()[-60:]
    return found


def _rules(server: LoopbackDiscord, random: Random) -> list[Rule]:
    """Channels in two servers that want different things of the same day."""
    guilds = [server.add_guild("one"), server.add_guild("two")]
    found = []
    for n in range(RULES):
        guild = random.choice(guilds)
        channel = server.add_channel(guild, f"papers-{n}")
        found.append(
            rule(
                guild_id=guild.id,
                channel_id=channel.id,
                at=time(9, 0),
                created_at=NOW - timedelta(hours=20),
                top=random.choice((3, 8, 15)),
                layout=random.choice(list(Layout)),
                thread=random.random() < 0.4,
                bar=random.choice((None, None, 1e6)),
                catch_up=random.choice(list(CatchUp)),
            )
        )
    return found


async def _harvest(program: Program, random: Random, bad: Counter[str]) -> datetime:
    """The day's papers, perhaps with a kill in the middle of them."""
    command = ("harvest", "--date", DAY.isoformat())
    if random.random() < 0.4:
        process = await program.spawn(NOW, *command)
        await asyncio.sleep(random.uniform(0.3, 2.5))
        await _end(program, process, random, bad)
    if await program.command(NOW, *command) != 0:
        raise AssertionError(f"the harvest failed: {program.said}")
    return NOW + _HARVESTED_WITHIN


async def _short_life(
    program: Program, random: Random, at: datetime, bad: Counter[str]
) -> datetime:
    """Discord fails now and then; the process is killed at a sight, or just so."""
    _bad_day(program.server, random)
    ahead = AHEAD if random.random() < 0.1 else timedelta(0)
    bad["clock ahead"] += bool(ahead)
    process = await program.start(at + ahead)
    if random.random() < 0.1:
        await asyncio.sleep(random.uniform(0.3, 8.0))
    else:
        await _until_sight(program, process, random)
    await _end(program, process, random, bad)
    for fault in program.server.faults.ordered:
        when = " after" if fault.after else ""
        bad[f"{fault.status if fault.kind == 'status' else fault.kind}{when}"] += fault.hits
    # Minutes go by until the next life: what was under way has arrived, or never will.
    delays = (f for f in program.server.faults.ordered if f.kind == "delay" and not f.after)
    await asyncio.sleep(max((delay.seconds for delay in delays if delay.hits), default=0))
    program.server.faults.clear()
    if random.random() < 0.5:
        # Now no nonce is remembered any more.
        program.server.clock.advance(3600)
    return at + timedelta(minutes=random.choice((2, 20, 90)))


def _bad_day(server: LoopbackDiscord, random: Random) -> None:
    for _ in range(random.randint(1, 4)):
        after = random.random() < 0.5
        chance, times = random.choice((0.2, 0.5, 1.0)), random.randint(1, 4)
        path = random.choice((SEND, SEND, SEND, THREAD))
        if random.random() < 0.2:
            server.faults.add("status", "GET", SEND, chance=chance, times=times, status=503)
        kind = random.choice(("status", "drop", "reset", "delay", "rate_limit", "malformed"))
        if kind == "status":
            status = random.choice((500, 502, 503, 520))
            server.faults.add(
                "status", "POST", path, after=after, chance=chance, times=times, status=status
            )
        elif kind == "drop":
            server.faults.add("drop", "POST", path, after=after, chance=chance, times=times)
        elif kind == "reset":
            server.faults.add("reset", "POST", path, after=after, chance=chance, times=times)
        elif kind == "delay":
            seconds = random.choice((0.2, 1.0, MAX_DELAY))
            server.faults.add(
                "delay", "POST", path, after=after, chance=chance, times=times, seconds=seconds
            )
        elif kind == "rate_limit":
            server.faults.add("rate_limit", "POST", path, chance=chance, times=times, seconds=0.3)
        else:
            server.faults.add("malformed", "POST", path, chance=chance, times=times)


async def _until_sight(
    program: Program, process: asyncio.subprocess.Process, random: Random
) -> None:
    """Until Discord is asked, or something is logged, often enough; and a moment longer."""
    known, asked = len(program.said), len(program.server.log)
    by_asking = random.random() < 0.5
    sight, most = random.choice(list(SIGHTS.items()))
    wanted = random.randint(1, ASKED if by_asking else most)

    def seen() -> bool:
        if by_asking:
            count = sum(one.method == "POST" for one in program.server.log[asked:])
        else:
            count = program.said[known:].count(sight)
        return process.returncode is not None or count >= wanted

    try:
        await program.server.wait_until(
            lambda: seen() or "bot.ready" in program.said[known:], FULL_LIFE
        )
        await program.server.wait_until(seen, MAX_LIFE)
    except TimeoutError:
        return
    await asyncio.sleep(random.choice((0.0, 0.0, 0.005, 0.02, 0.1)))


async def _end(
    program: Program, process: asyncio.subprocess.Process, random: Random, bad: Counter[str]
) -> None:
    if process.returncode is None and random.random() < 0.15:
        with suppress(TimeoutError):  # then it is killed in the middle of ending
            await stopped(process, STOPPED_WITHIN)
        bad["stopped"] += 1
    if process.returncode is None:
        process.kill()
        await process.wait()
        async with await Archive.open(program.archive) as archive:
            bad[f"killed {await wound(archive, program.server, DAY)}"] += 1
    await process.wait()


async def _put_back(program: Program, copied: Path, bad: Counter[str]) -> None:
    program.server.clock.advance(3600)
    restores.put_back(program, copied)


async def _blind_lives(
    program: Program, blindness: restores.Blindness, at: datetime, bad: Counter[str]
) -> tuple[datetime, set[int]]:
    """A day in which nobody can look into some channels; when it ends, and which they were."""
    blindness.begin(bad)
    for moment in (at, at + restores.BLIND_FOR):
        await restores.close_days(program, moment)
        known = len(program.said)
        async with program.running(moment):
            await until(partial(_is_ready_since, program, known), FULL_LIFE, every=0.2)
            await asyncio.sleep(BLIND_LIFE)
    blindness.end()
    return at + restores.BLIND_FOR + timedelta(hours=1), blindness.channels


def _is_ready_since(program: Program, known: int) -> bool:
    return "bot.ready" in program.said[known:]


async def _full_life(program: Program, at: datetime) -> str:
    """A good day, until every slot has its end; what went wrong with the process, if it did."""
    ready = program.said.count("bot.ready")
    async with program.running(at) as process, await Archive.open(program.archive) as archive:

        async def is_over() -> bool:
            return program.said.count("bot.ready") > ready and await settled(archive, RULES, at)

        with suppress(TimeoutError):  # what is missing then is counted
            await until(is_over, FULL_LIFE, every=0.2)
        if process.returncode is not None:
            return f"the program ended by itself with code {process.returncode}"
        try:
            code = await stopped(process, STOPPED_WITHIN)
        except TimeoutError:
            return f"the program did not end within {STOPPED_WITHIN:g} s of SIGTERM"
        return f"the program ended with code {code}" if code else ""
