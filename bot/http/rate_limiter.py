"""The gate before a group of hosts: one request per interval, one connection at a time.

With a lock file the gate is shared by every process on the machine. arXiv asks for one request
per three seconds over all its interfaces and machines (info.arxiv.org/help/api/tou.html), and
its robots.txt for fifteen seconds between pages.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta
from pathlib import Path

from bot.errors import Throttled
from bot.http.shared_state import Closure, FileTurnstile, MemoryTurnstile, SharedState, State
from bot.problems import Code, Problem

FIRST_CLOSURE = timedelta(minutes=2)
MAX_CLOSURE = 30  # times the first one
# Added to every distance, in seconds: requests must not arrive closer than they were sent.
JITTER = 0.02


class RateLimiter:
    """Paces requests to a group of hosts, and closes a door that asks us to wait.

    A door is a host, unless a caller names it. ``interval`` is in seconds, from one request sent
    to the next. ``closure`` is how long a door stays closed at first when it names no time; it
    doubles up to 30 times that. ``refusals`` are beginnings of bodies that mean "too fast"
    whatever their status. A ``parallel`` gate lets requests overlap.
    Pacing runs on the machine's monotonic clock, closures on the time that callers pass.
    """

    def __init__(
        self,
        interval: float,
        lock_file: Path | None = None,
        *,
        closure: timedelta = FIRST_CLOSURE,
        refusals: Sequence[bytes] = (),
        parallel: bool = False,
    ) -> None:
        self.interval = interval
        self._closure = closure
        self.refusals = tuple(refusals)
        self._turnstile: SharedState = (
            FileTurnstile(lock_file) if lock_file else MemoryTurnstile(parallel=parallel)
        )

    @asynccontextmanager
    async def turn(
        self,
        door: str,
        now: Callable[[], datetime],
        *,
        spacing: float = 0.0,
        obeyed: datetime | None = None,
    ) -> AsyncIterator[None]:
        """Wait for our turn and hold it. ``spacing`` is the least distance to the last request
        that had one. Raises Throttled at once while ``door`` is closed, unless it is closed
        until ``obeyed``, which is the time that the caller has slept for.
        """
        self._refuse_closed(door, now(), obeyed)
        while True:
            # Far from due, the way is left to others: a feed need not wait for a page.
            await asyncio.sleep(max(0.0, self._wait(spacing) - self.interval - JITTER))
            async with self._turnstile.exclusive():
                self._refuse_closed(door, now(), obeyed)
                if self._wait(spacing) > self.interval + JITTER:
                    continue
                await asyncio.sleep(self._wait(spacing))
                self._turnstile.save(self._stamped(spacing))
                yield
                return

    def sent(self, spacing: float, day: date) -> None:
        """A request left within our turn. Pacing counts from here, not from the connecting."""
        state = self._stamped(spacing)
        if state.day != day:
            state.day, state.requests = day, 0
        state.requests += 1
        self._turnstile.save(state)

    def requests(self, day: date) -> int:
        """Requests sent through this gate on a UTC day (the latest one only), by all processes."""
        state = self._turnstile.load()
        return state.requests if state.day == day else 0

    def closed_until(self, door: str, now: datetime) -> datetime | None:
        closure = self._turnstile.load().closed.get(door)
        return closure.until if closure and closure.until > now else None

    def pause(self, door: str, until: datetime) -> None:
        """The door named a time that the caller will wait for. Others are held off until then."""
        state = self._turnstile.load()
        strikes = state.closed[door].strikes if door in state.closed else 0
        state.closed[door] = Closure(until, strikes)
        self._turnstile.save(state)

    def close(self, door: str, named: datetime | None, now: datetime) -> datetime:
        """Close the door for 2, 4, 8 ... 60 minutes, or until the time it named.

        A door that names a time again and again is not believed: then the later time counts.
        """
        state = self._turnstile.load()
        strikes = state.closed[door].strikes if door in state.closed else 0
        doubled = now + self._closure * min(1 << min(strikes, 10), MAX_CLOSURE)
        until = named if named and not strikes else max(named or doubled, doubled)
        state.closed[door] = Closure(until, strikes + 1)
        self._turnstile.save(state)
        return until

    def succeed(self, door: str) -> None:
        state = self._turnstile.load()
        if state.closed.pop(door, None):
            self._turnstile.save(state)

    def _refuse_closed(self, door: str, now: datetime, obeyed: datetime | None) -> None:
        until = self.closed_until(door, now)
        if until is not None and until != obeyed:
            problem = Problem(Code.ASKED_TO_WAIT, service=door, until=until)
            raise Throttled(problem, retry_at=until)

    def _wait(self, spacing: float) -> float:
        state = self._turnstile.load()
        now = time.monotonic()
        # A stamp from the future was written before the machine was started anew.
        dues = [
            stamp + distance + JITTER
            for stamp, distance in ((state.last, self.interval), (state.spaced, spacing))
            if stamp is not None and stamp <= now and distance > 0
        ]
        return max(0.0, max(dues, default=now) - now)

    def _stamped(self, spacing: float) -> State:
        state = self._turnstile.load()
        state.last = time.monotonic()
        if spacing:
            state.spaced = state.last
        return state
