"""What time Discord has, as each of its answers tells. By a wrong clock nothing may be decided."""

import time
from datetime import datetime, timedelta
from types import SimpleNamespace

import aiohttp

from bot.clock import Clock, SystemClock
from bot.http import http_date
from bot.monitoring import host_checks
from bot.monitoring.checks import Check

# Counts on while the machine sleeps, which Linux's CLOCK_MONOTONIC does not.
_STOPWATCH = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def stopwatch() -> float:
    """Seconds since some moment, whatever is done to the machine's clock."""
    return time.clock_gettime(_STOPWATCH)


class DiscordClock:
    """Reads the time from answers and tells it from then on, as if no answer had come since.

    It is compared with the machine's clock and not with the program's, which ``HOTPAPERS_CLOCK``
    may have set to any year.
    """

    def __init__(self, machine: Clock | None = None) -> None:
        self._machine = machine or SystemClock()
        self._told: tuple[datetime, float] | None = None
        self.trace = aiohttp.TraceConfig()
        """To be given to the library, so that it sees every answer."""
        self.trace.on_request_end.append(self._on_request_end)

    async def _on_request_end(
        self,
        _: aiohttp.ClientSession,
        __: SimpleNamespace,
        ended: aiohttp.TraceRequestEndParams,
    ) -> None:
        self.note(ended.response.headers.get("Date", ""))

    def note(self, date: str) -> None:
        """The ``Date`` of an answer that has just come. What is no date says nothing."""
        at = http_date(date)
        if at is not None:
            self._told = at, stopwatch()

    def now(self) -> datetime | None:
        """Discord's time, to a second or two; None before its first answer."""
        if self._told is None:
            return None
        at, since = self._told
        return at + timedelta(seconds=stopwatch() - since)

    def check(self) -> Check:
        """The machine's time against Discord's."""
        return host_checks.clock(self._machine.now(), self.now())
