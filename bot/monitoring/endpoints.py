"""``/healthz`` and ``/metrics`` on this machine, and how late the event loop runs."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aiohttp import web
from sqlite_utils import Database

from bot.config import logs
from bot.container import Services
from bot.errors import HotpapersError
from bot.models import DeliveryState, Status
from bot.monitoring.health import health, source_name
from bot.monitoring.metrics import CONTENT_TYPE, Metrics, Snapshot
from bot.store import health as stored
from bot.store import meta
from bot.store.health import Delay

logger = logging.getLogger(__name__)

# discord.py reconnects by itself within seconds to minutes; after this long something is wrong.
PATIENCE = 300.0
# Somebody who asks more often gets the same numbers once more.
FRESH_SECONDS = 5.0
LAG_EVERY = 0.25
_ARCHIVE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Connection:
    """What is known of the connection to Discord. ``latency`` is in seconds, ``unreadable`` counts
    the events that were left out, by type."""

    connected: bool
    latency: float
    guilds: int
    unreadable: Mapping[str, int] = field(default_factory=dict)


class Watching:
    """Answers while the bot runs. ``look`` tells the connection, ``problems`` counts alerts."""

    def __init__(
        self,
        services: Services,
        look: Callable[[], Connection],
        problems: Callable[[], int],
        *,
        patience: float = PATIENCE,
    ) -> None:
        self.metrics = Metrics()
        self._services = services
        self._look = look
        self._problems = problems
        self._patience = patience
        self._last_connected = time.monotonic()
        self._page = b""
        self._page_at = -FRESH_SECONDS
        self._busy = asyncio.Lock()

    async def watch_the_loop(self) -> None:
        """Sleeps a moment again and again, and notes how much longer it took. Never returns."""
        while True:
            asked = time.monotonic()
            await asyncio.sleep(LAG_EVERY)
            self.metrics.lag.observe(max(0.0, time.monotonic() - asked - LAG_EVERY))
            if self._look().connected:
                self._last_connected = time.monotonic()

    async def healthz(self, request: web.Request) -> web.Response:
        """200 while all is well, 503 when a restart might mend it."""
        away = time.monotonic() - self._last_connected
        archive = await self._archive_problem()
        well = away < self._patience and archive is None
        told = {
            "status": "ok" if well else "failing",
            "connected": self._look().connected,
            "seconds_without_discord": round(away),
            "archive": archive or "ok",
        }
        return web.json_response(told, status=200 if well else 503)

    async def show_metrics(self, request: web.Request) -> web.Response:
        async with self._busy:
            if time.monotonic() - self._page_at >= FRESH_SECONDS:
                self._page = self.metrics.show(await self._snapshot())
                self._page_at = time.monotonic()
        return web.Response(body=self._page, headers={"Content-Type": CONTENT_TYPE})

    async def _archive_problem(self) -> str | None:
        try:
            async with asyncio.timeout(_ARCHIVE_SECONDS):
                await self._services.archive.read(meta.get, "")
        except TimeoutError:
            return f"no answer within {_ARCHIVE_SECONDS:g} s"
        except HotpapersError as error:
            return str(error)
        return None

    async def _snapshot(self) -> Snapshot:
        services, seen = self._services, self._look()
        now = services.clock.now()
        numbers = await services.archive.read(_numbers, now - timedelta(days=1))
        return Snapshot(
            health=await health(services.archive, services.config, services.clock, slots=0),
            outcomes=numbers.outcomes,
            slots=numbers.slots,
            delay=numbers.delay,
            requests=services.http.requests.by_host,
            requests_today=services.http.requests.of_day(now.date()),
            connected=seen.connected,
            latency=seen.latency,
            guilds=seen.guilds,
            unreadable=seen.unreadable,
            problems=self._problems(),
        )


@dataclass(frozen=True, slots=True)
class _Numbers:
    outcomes: dict[tuple[str, Status], int]
    slots: dict[DeliveryState, int]
    delay: Delay


def _numbers(db: Database, start: datetime) -> _Numbers:
    totals = {
        (source_name(stage, source), status): count
        for (stage, source, status), count in stored.outcome_totals(db).items()
    }
    return _Numbers(totals, dict(stored.slots_by_state(db)), stored.delays_since(db, start))


@asynccontextmanager
async def serving(watching: Watching, host: str, port: int) -> AsyncIterator[str | None]:
    """Serve until the block ends; gives the address.

    A port that is taken is logged and gives None: it must not keep digests from their channels.
    """
    app = web.Application()
    app.router.add_get("/healthz", watching.healthz)
    app.router.add_get("/metrics", watching.show_metrics)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    lag = asyncio.create_task(watching.watch_the_loop())
    try:
        yield await _listen(runner, host, port)
    finally:
        lag.cancel()
        with suppress(asyncio.CancelledError):
            await lag
        await runner.cleanup()


async def _listen(runner: web.AppRunner, host: str, port: int) -> str | None:
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        logs.event(
            logger,
            logging.WARNING,
            "watch.unavailable",
            host=host,
            port=port,
            reason=error.strerror,
        )
        return None
    bound = runner.addresses[0]
    address = (
        f"http://[{bound[0]}]:{bound[1]}" if ":" in bound[0] else f"http://{bound[0]}:{bound[1]}"
    )
    logs.event(logger, logging.INFO, "watch.serving", address=address)
    return address
