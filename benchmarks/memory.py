"""What the bot holds in memory: idle, for each server, and after all sessions began anew.

Beside the least bot there is.
"""

import time

from benchmarks.beside import Discord, bare_bot, discord, our_bot, resident_mb, until
from benchmarks.row import Row

IDLE_MB = 100.0
GUILD_KB = 4.0
GUILDS = 10_000
# A server of ordinary size: 20.7 kB of JSON.
ORDINARY = ("--channels", "25", "--roles", "15")
# Discord asks for a shard for every 2,500 servers.
SHARDS = 4
# Long enough for the servers to arrive, the first jobs to run and the caches to fill.
SETTLE = 8.0


def measure() -> list[Row]:
    crowd = ("--guilds", str(GUILDS), "--shards", str(SHARDS), *ORDINARY)
    with discord("--guilds", "1") as server:
        with our_bot(server) as pid:
            one = _settled(server, pid)
        with bare_bot(server) as pid:
            bare_one = _settled(server, pid)
    with discord(*crowd) as server:
        # The library alone goes to Discord's own gateway after an invalid session.
        with bare_bot(server) as pid:
            bare = (_settled(server, pid) - bare_one) * 1000 / GUILDS
        with our_bot(server) as pid:
            ready = (_settled(server, pid) - one) * 1000 / GUILDS
            begun = _identifies(server)
            server.ask("POST", "/gateway", {"do": "invalidate"})
            until(lambda: _identifies(server) >= begun + SHARDS, every=0.1)
            again = (_settled(server, pid) - one) * 1000 / GUILDS
    return [
        Row(
            "memory with one server", one, "MB",
            baseline=bare_one, goal=IDLE_MB, met=one < IDLE_MB,
        ),
        Row(
            f"memory for each of {GUILDS:,} servers", ready, "kB",
            baseline=bare, goal=GUILD_KB, met=ready <= GUILD_KB,
        ),
        Row(
            "the same after all sessions began anew", again, "kB",
            baseline=bare, goal=GUILD_KB, met=again <= GUILD_KB,
        ),
    ]  # fmt: skip


def _identifies(server: Discord) -> int:
    return int(server.ask("GET", "/state")["identifies"])


def _settled(server: Discord, pid: int) -> float:
    until(lambda: server.is_ready, every=0.1)
    time.sleep(SETTLE)
    return resident_mb(pid)
