"""What members ask, through the commands: an interaction comes in, the answer goes out.

On an archive of a year (HOTPAPERS_BENCH_YEARS says of how many), against one that holds its newest
day alone: what the command, the card and the library take whatever the archive's size. Then the
dearest question twenty times at once by one member, and what another waits for a day.
"""

import asyncio
import os
import resource
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import AsyncMock

from discord import app_commands
from sqlite_utils import Database

from benchmarks import years
from benchmarks.row import Row
from benchmarks.years import Made
from bot.app.turns import MemberTurns
from bot.clock import SystemClock
from bot.config import Settings
from bot.models import Period
from bot.parsing import TypedDate
from bot.store import Archive, migrations
from cogs.papers.commands import Reading

Command = app_commands.Command[Any, ..., Any]

YEARS = float(os.environ.get("HOTPAPERS_BENCH_YEARS", "1"))
RUNS = 20
AT_ONCE = 20
GOAL_HOT_MS = 12.0
GOAL_SEARCH_MS = 25.0
GOAL_WAIT_S = 0.3
GOAL_MB = 30.0


def measure() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        whole, small = Path(folder, "whole.db"), Path(folder, "small.db")
        made, _ = _build(whole, YEARS), _build(small, 3 / 365)
        return asyncio.run(_measured(whole, small, made))


def _build(path: Path, count: float) -> Made:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        db = Database(connection)
        migrations.bring_up_to_date(db)
        return years.build(db, count, Settings())


async def _measured(whole: Path, small: Path, made: Made) -> list[Row]:
    async with await Archive.open(whole) as archive, await Archive.open(small) as least:
        ours, beside = _client(archive), _client(least)
        rows = []
        for name, goal, command, options in _questions(made):
            figure = await _milliseconds(ours, command, options)
            baseline = await _milliseconds(beside, command, options)
            rows.append(
                Row(f"command: {name}, p50", figure, "ms of CPU", baseline, goal, figure <= goal)
            )
        return [*rows, *await _crowded(ours, made)]


def _questions(made: Made) -> Iterator[tuple[str, float, Command, dict[str, object]]]:
    for period in Period:
        yield f"/hot {period}", GOAL_HOT_MS, Reading.hot, {
            "date": TypedDate(made.days[-1]), "period": period,
        }  # fmt: skip
    words = " ".join(made.titles[0].split()[:2])
    yield "/search of 2 words", GOAL_SEARCH_MS, Reading.search, {"query": words}


def _client(archive: Archive) -> SimpleNamespace:
    config = SimpleNamespace(settings=Settings())
    services = SimpleNamespace(archive=archive, config=config, clock=SystemClock())
    return SimpleNamespace(services=services, turns=MemberTurns())


async def _ask(
    client: SimpleNamespace, command: Command, options: dict[str, object], member: int = 1
) -> None:
    interaction: Any = AsyncMock()
    interaction.client, interaction.guild_id, interaction.channel_id = client, None, 1
    interaction.user = SimpleNamespace(id=member)
    callback: Any = command.callback
    await callback(Reading(), interaction, **options)


async def _milliseconds(
    client: SimpleNamespace, command: Command, options: dict[str, object]
) -> float:
    took = []
    for _ in range(RUNS):
        start = time.process_time()
        await _ask(client, command, options)
        took.append((time.process_time() - start) * 1000)
    return sorted(took)[RUNS // 2]


async def _crowded(client: SimpleNamespace, made: Made) -> list[Row]:
    """The whole archive in several categories: their totals share papers and do not add up."""
    dearest: dict[str, object] = {
        "date": TypedDate(made.days[-1]),
        "period": Period.ALL,
        "category": ("cs.LG", "cs.CV"),
    }
    alone = await _waited(client, made)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    asked = [asyncio.ensure_future(_ask(client, Reading.hot, dearest)) for _ in range(AT_ONCE)]
    await asyncio.sleep(0)
    waited = await _waited(client, made)
    await asyncio.gather(*asked)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    return [
        Row(
            "command: another member's /hot while one asks the dearest twenty times",
            waited, "s", alone, GOAL_WAIT_S, waited <= GOAL_WAIT_S,
        ),
        Row("command: memory of these twenty", grown, "MB", 0, GOAL_MB, grown <= GOAL_MB),
    ]  # fmt: skip


async def _waited(client: SimpleNamespace, made: Made) -> float:
    start = time.monotonic()
    await _ask(client, Reading.hot, {"date": TypedDate(made.days[-1])}, member=2)
    return time.monotonic() - start


if __name__ == "__main__":
    for row in measure():
        print(row)
