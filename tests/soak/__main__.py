"""`make soak`: 24 hours with 10,000 servers in minutes. Does memory grow, is anything left behind?

`SOAK_HOURS` (24), `SOAK_GUILDS` (10000), `SOAK_DIGESTS` (2000) and `SOAK_SPEED` (300) make it
shorter or longer; `SOAK_LOG` keeps the bot's log. Every service and Discord are on the loopback
address. Members ask meanwhile, the gateway breaks now and then, Hacker News is away for a while.
"""

import asyncio
import json
import os
import signal
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from benchmarks.beside import Discord, discord, resident_mb
from bot.models import Rule
from bot.store import Archive, rules
from tests.factories import rule
from tests.polling import until
from tests.soak.clock import FastClock
from tests.soak.people import Member
from tests.soak.services import Town, settings, town


def _number(name: str, default: int) -> int:
    return int(os.environ.get(name) or default)


HOURS, GUILDS = _number("SOAK_HOURS", 24), _number("SOAK_GUILDS", 10_000)
DIGESTS, SPEED = _number("SOAK_DIGESTS", 2000), _number("SOAK_SPEED", 300)
SHARDS = max(1, GUILDS // 2500)
# A server of ordinary size: 20.7 kB of JSON.
ORDINARY = {"channels": 25, "roles": 15}

CHECKOUT = Path(__file__).parents[2]
# 00:05 in New York on a Tuesday: the feeds have just turned over.
START = datetime(2026, 10, 6, 4, 5, tzinfo=UTC)
DAYS = [
    day
    for day in (date(2026, 10, 5) + n * timedelta(days=1) for n in range(HOURS // 24 + 2))
    if day.weekday() < 5
]
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
AWAY = range(6, 9)  # the hours in which Hacker News does not answer
# It is asked every six hours, so a shorter day may not see it come back.
ALERTS = [(1, 1)] if HOURS >= 18 else [(0, 0), (1, 0), (1, 1)]
LEAD = 30  # seconds until all servers have arrived, before the first hour begins
LAG = 0.1  # seconds
# What is in use may rise by no more than it differs from hour to hour anyway: 1 % of what glibc has
# given out, 1 % of Python's blocks, of which some wait to be collected and some are in caches with
# a bound. The process's memory is the most that its pools ever held together: that rises by 3 % on
# the first day, and on the second by less than 0.1 MB an hour, so a run of two days is judged
# by its second.
USED, GROWTH = 1.02, 1.05
JUDGED_FROM = 24 if HOURS >= 36 else 1


@dataclass(frozen=True)
class Growth:
    """From the first hours that are judged to the last: a quarter of them each, by medians."""

    what: str
    hours: list[float]
    most: float

    @property
    def ratio(self) -> float:
        later = self.hours[JUDGED_FROM:] or self.hours
        quarter = max(1, len(later) // 4)
        return median(later[-quarter:]) / (median(later[:quarter]) or 1.0)

    def __str__(self) -> str:
        return f"{self.what} at last {self.ratio:.3f} times that after hour {JUDGED_FROM}"


@dataclass
class Run:
    """The world of one run. ``memory`` is that of each minute, by the hour, in megabytes."""

    folder: Path
    server: Discord
    town: Town
    member: Member
    memory: list[list[float]] = field(default_factory=list)

    @property
    def log(self) -> str:
        return (self.folder / "log.txt").read_text(encoding="utf-8")

    async def live(self) -> dict[str, Any]:
        """From the bot's start to its end; what it told at the end, with its exit code."""
        process = await self._start()
        try:
            await self._until_ready()
            await self._pass_the_time(process.pid)
            process.send_signal(signal.SIGTERM)
            out, _ = await asyncio.wait_for(process.communicate(), 60)
        finally:
            if process.returncode is None:
                process.kill()
        told: dict[str, Any] = json.loads(out)
        return told | {"code": process.returncode}

    async def _start(self) -> asyncio.subprocess.Process:
        clock, config = self.town.clock, self.folder / "config.toml"
        variables = {
            "HOTPAPERS_DISCORD_TOKEN": self.server.token,
            "HOTPAPERS_X_BEARER_TOKEN": self.town.x.token,
            # As the image and the service have it.
            "MALLOC_ARENA_MAX": "2",
        }
        with (self.folder / "log.txt").open("ab") as log:
            return await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tests.soak.bot", str(config), START.isoformat(),
                str(clock.speed), str(clock.origin), cwd=CHECKOUT, env=os.environ | variables,
                stdout=asyncio.subprocess.PIPE, stderr=log,
            )  # fmt: skip

    async def _until_ready(self) -> None:
        await until(lambda: asyncio.to_thread(lambda: self.server.is_ready), 120, every=0.2)

    async def _pass_the_time(self, pid: int) -> None:
        clock, minute = self.town.clock, 0
        while (now := clock.now()) < START + HOURS * HOUR:
            hour, minute = minute // 60, minute + 1
            await self.town.talk(now)
            self.town.break_down(broken=hour in AWAY)
            if minute % 2 == 0:
                await asyncio.to_thread(self.member.ask)
            if minute % 240 == 0:
                await asyncio.to_thread(self._break_the_line, again=minute % 480 == 0)
            self.memory += [[] for _ in range(hour + 1 - len(self.memory))]
            self.memory[hour].append(resident_mb(pid))
            await asyncio.sleep(max(0.0, clock.real(START + minute * MINUTE - clock.now())))

    def _break_the_line(self, *, again: bool) -> None:
        what = {"do": "invalidate", "resumable": True} if again else {"do": "reconnect"}
        self.server.ask("POST", "/gateway", what)


def digests(guilds: list[dict[str, Any]], random: Random) -> list[Rule]:
    """All around the clock, each in a server of its own."""
    return [
        rule(
            guild_id=int(guild["channels"][0]["guild_id"]),
            channel_id=int(guild["channels"][0]["id"]),
            at=time_of_day(random.randrange(24), random.choice((0, 15, 30))),
            created_at=START - timedelta(hours=20),
            top=random.choice((3, 5, 10)),
        )
        for guild in guilds[:DIGESTS]
    ]


async def main() -> int:
    """The exit code: 1 when a goal is missed."""
    options = ("--shards", str(SHARDS), "--no-openapi")
    with tempfile.TemporaryDirectory() as name, discord(*options, members=True) as server:
        folder = Path(name)
        (asking,) = server.listed("/world")
        server.ask("POST", "/world", {"generate": {"guilds": GUILDS, **ORDINARY}})
        wanted = digests(server.listed("/world?channels=1"), Random(4))
        async with await Archive.open(folder / "archive.db") as archive:
            await archive.write(lambda db: [rules.save(db, one) for one in wanted])
        clock = FastClock(START, SPEED, time.monotonic() + LEAD)
        async with town(clock, DAYS) as made:
            admins = asking["channels"][0]["id"]
            text = f'[discord]\napi_url = "{server.api_url}"\nadmin_channel = {admins}\n'
            text += settings(made)
            (folder / "config.toml").write_text(text, encoding="utf-8")
            run = Run(folder, server, made, Member(server, asking, made.ids))
            try:
                ended = await run.live()
            finally:
                _keep(run)
            told = [one["text"] for one in server.listed(f"/channels/{admins}/messages")]
            return report(run, ended, server.ask("GET", "/state"), told)


def _keep(run: Run) -> None:
    if where := os.environ.get("SOAK_LOG"):
        Path(where).write_text(run.log, encoding="utf-8")


def report(run: Run, ended: dict[str, Any], state: dict[str, Any], told: list[str]) -> int:
    """What was seen, a line each; 1 when a goal is missed."""
    used, medians = ended.pop("used"), [median(hour) for hour in run.memory]
    grown = [
        Growth("memory", medians, GROWTH),
        # Without the hour in which it ended.
        Growth("what is allocated", used["allocated"][: len(medians)], USED),
        Growth("Python's blocks", used["blocks"][: len(medians)], USED),
    ]
    left = ended["tasks_left"] + ended["threads_left"]
    errors = run.log.count(" ERROR ") + run.log.count("Traceback")
    alerts = tuple(sum(word in text for text in told) for word in ("Problem: ", "Over: "))
    for one in grown:
        say(f"{one.what} by hour: {', '.join(f'{value:.1f}' for value in one.hours)}")
    say(f"messages {state['messages']:,}, questions answered {run.member.answered:,}")
    say(f"event loop: {json.dumps({k: v for k, v in ended.items() if 'left' not in k})}")
    missed = {
        **{str(one): one.ratio > one.most for one in grown},
        f"left behind at the end: {left or 'nothing'}": bool(left),
        f"longest turn of the event loop {ended['busy_max']} s": ended["busy_max"] >= LAG,
        f"longest turn while the servers arrived {ended['busy_while_servers_arrive']} s": (
            ended["busy_while_servers_arrive"] >= LAG
        ),
        f"problems told to the admins: {alerts[0]}, and over: {alerts[1]}": alerts not in ALERTS,
        f"exit code {ended['code']}": ended["code"] != 0,
        f"errors in the log: {errors}": bool(errors),
        f"questions not answered: {run.member.unanswered[:3]}": bool(run.member.unanswered),
        f"broken rules of Discord: {state['violations'][:3]}": bool(state["violations"]),
    }
    for what, is_missed in missed.items():
        say(f"{what}, goal {'missed' if is_missed else 'met'}")
    return int(any(missed.values()))


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
