"""The server's time, which a test may move, and ids that carry it."""

import time
from datetime import UTC, datetime

DISCORD_EPOCH_MS = 1_420_070_400_000
"""2015-01-01T00:00Z; a snowflake's upper bits are milliseconds since then (docs, reference)."""

WORLD_BORN_MS = 1_609_459_200_000
"""2021-01-01T00:00Z: when the users, guilds and channels of a world were made."""


class ServerClock:
    """Real time plus what was advanced; with `at`, time stands still between advances."""

    def __init__(self, at: datetime | None = None) -> None:
        self._frozen = None if at is None else at.timestamp()
        self._ahead = 0.0

    def now(self) -> float:
        """Seconds since 1970, UTC."""
        base = time.time() if self._frozen is None else self._frozen
        return base + self._ahead

    def advance(self, seconds: float) -> None:
        self._ahead += seconds


def iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()


class Snowflakes:
    """Unique rising ids. `born` dates things of the world, `now` what happens while it runs."""

    def __init__(self, clock: ServerClock) -> None:
        self._clock = clock
        self._last_now = 0
        self._last_born = (WORLD_BORN_MS - DISCORD_EPOCH_MS) << 22

    def born(self) -> int:
        # One millisecond each, so that guilds spread over shards: shard = (id >> 22) % shards.
        self._last_born += 1 << 22
        return self._last_born

    def now(self) -> int:
        fresh = (int(self._clock.now() * 1000) - DISCORD_EPOCH_MS) << 22
        self._last_now = max(self._last_now + 1, fresh)
        return self._last_now


def born_at(snowflake: int) -> float:
    """Seconds since 1970 at which an id was given out."""
    return ((snowflake >> 22) + DISCORD_EPOCH_MS) / 1000
