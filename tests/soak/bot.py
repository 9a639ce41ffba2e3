"""`python -m tests.soak.bot CONFIG START SPEED ORIGIN`: `hotpapers run` with a fast clock.

Its jobs come as often as the clock asks for; everything else is the program's own. Ends on SIGTERM,
and prints one line of JSON about what it left behind and how its event loop did.
"""

import asyncio
import json
import os
import signal
import sys
import threading
import time
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from bot import config as configuration
from bot.app.client import HotpapersBot, stay
from bot.app.scheduler import Job, Schedule
from bot.config import logs
from bot.container import Services, services
from tests.soak.clock import FastClock
from tests.soak.used import Used

TURN = 0.01  # seconds
# discord.http.Ratelimit.is_inactive, and from how many on it looks.
FORGOTTEN, KEPT = timedelta(minutes=5), 256


class HastyBot(HotpapersBot):
    def __init__(self, opened: Services, speed: float) -> None:
        super().__init__(opened)
        jobs = (*self.schedule.jobs, Job("forget", self._forget, FORGOTTEN / 5))
        self.schedule = Schedule(tuple(replace(job, every=job.every / speed) for job in jobs))
        self._speed = speed

    async def _forget(self) -> None:
        """Do what discord.py does with the limits of channels that nothing was sent to for five
        minutes. It counts the machine's, in which here a whole day passes; 2 KB each.
        """
        kept, now = self.http._buckets, asyncio.get_running_loop().time()
        if len(kept) < KEPT:
            return
        old = now - FORGOTTEN.total_seconds() / self._speed
        for key, limit in list(kept.items()):
            if limit._last_request <= old and not limit.outgoing and not limit._pending_requests:
                del kept[key]


@dataclass
class Turns:
    """How late the event loop woke a sleeper, and how long its thread worked meanwhile (s).

    On a machine that others use too a sleeper is also late when the processor was elsewhere; then
    the thread did not work. ``arriving`` is the longest before the first hour, while the servers
    arrive; the rest is of the hours.
    """

    start: datetime
    arriving: float = 0.0
    latest: float = 0.0
    busiest: float = 0.0
    over: int = 0
    count: int = 0
    worst: list[tuple[float, float, str]] = field(default_factory=list)

    async def watch(self, clock: FastClock) -> None:
        while True:
            slept, worked = time.monotonic(), time.thread_time()
            await asyncio.sleep(TURN)
            late = max(0.0, time.monotonic() - slept - TURN)
            busy = min(late, time.thread_time() - worked)
            if clock.now() < self.start:
                self.arriving = max(self.arriving, busy)
                continue
            self.count += 1
            self.over += busy > 0.1
            self.latest, self.busiest = max(self.latest, late), max(self.busiest, busy)
            if busy > 0.05:
                at = clock.now().isoformat(timespec="minutes")
                self.worst.append((round(late, 3), round(busy, 3), at))


async def look_at(used: Used, clock: FastClock) -> None:
    """Each minute of the clock's."""
    while True:
        hour = (clock.now() - clock.start) // timedelta(hours=1)
        if hour >= 0:
            used.look(hour)
        await asyncio.sleep(clock.real(timedelta(minutes=1)))


async def main(file: Path, clock: FastClock) -> None:
    config = configuration.load(file)
    logs.configure(config.settings.log.level, config.settings.log.format)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    turns, used = Turns(clock.start), Used()
    watching = {
        asyncio.create_task(turns.watch(clock)),
        asyncio.create_task(look_at(used, clock)),
    }
    async with services(config, clock) as opened:
        await stay(HastyBot(opened, clock.speed), stop)
    for task in watching:
        task.cancel()
    await asyncio.wait(watching)
    await asyncio.get_running_loop().shutdown_default_executor()
    left = asyncio.all_tasks() - {asyncio.current_task()}
    told = {
        "tasks_left": sorted(repr(task) for task in left),
        "threads_left": sorted(
            one.name for one in threading.enumerate() if one is not threading.current_thread()
        ),
        "busy_while_servers_arrive": round(turns.arriving, 3),
        "late_max": round(turns.latest, 3),
        "busy_max": round(turns.busiest, 3),
        "busy_over_100_ms": turns.over,
        "turns": turns.count,
        "worst": sorted(turns.worst, reverse=True)[:10],
        "cpu": round(sum(os.times()[:2]), 1),
        "used": used.told(),
    }
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    _, config_file, start, speed, origin = sys.argv
    fast = FastClock(datetime.fromisoformat(start), float(speed), float(origin))
    asyncio.run(main(Path(config_file), fast))
