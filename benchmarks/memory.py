"""What the bot holds in memory, idle and with 10,000 servers, beside the least bot there is."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager

from benchmarks.beside import Discord, bare_bot, discord, our_bot, resident_mb, until
from benchmarks.row import Row

IDLE_MB = 100.0
MANY_MB = 200.0
MANY = 10_000
# Discord asks for a shard for every 2,500 servers.
SHARDS = 4
# Long enough for the servers to arrive, the first jobs to run and the caches to fill.
SETTLE = 8.0


def measure() -> list[Row]:
    return [
        _row("memory with one server", IDLE_MB, "--guilds", "1"),
        _row(
            f"memory with {MANY:,} servers", MANY_MB,
            "--guilds", str(MANY), "--shards", str(SHARDS),
        ),
    ]  # fmt: skip


def _row(name: str, goal: float, *options: str) -> Row:
    ours, bare = _megabytes(our_bot, *options), _megabytes(bare_bot, *options)
    return Row(name, ours, "MB", baseline=bare, goal=goal, met=ours < goal)


def _megabytes(bot: Callable[[Discord], AbstractContextManager[int]], *options: str) -> float:
    with discord(*options) as server, bot(server) as pid:
        until(lambda: server.is_ready, every=0.1)
        highest = 0.0
        end = time.monotonic() + SETTLE
        while time.monotonic() < end:
            time.sleep(0.2)
            highest = max(highest, resident_mb(pid))
        return highest
