"""Many jobs side by side, each about one channel: none of them waits for another's answer."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from bot.delivery.pacing import ANSWER_SECONDS, Pacer
from bot.store.ledger import Pending

# So many jobs at most are about to make their first request. Enough to keep up with Discord's
# limit, few enough to end at once when nothing more may be sent. However many wait for an answer,
# others are begun.
LINE = 24
_CANCEL_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be done in one channel: ``act``, about ``parts``."""

    channel_id: int
    parts: tuple[Pending, ...]
    act: Callable[[], Awaitable[None]]


class Workers:
    """Does jobs. One whose channel does not answer goes on behind the caller's back."""

    def __init__(self, pacer: Pacer, patience: float = ANSWER_SECONDS) -> None:
        """``patience`` is how many seconds ``do`` waits for the last answers."""
        self._pacer = pacer
        self._patience = patience
        self._under_way: dict[asyncio.Task[None], Job] = {}
        self._line: set[asyncio.Task[None] | None] = set()
        self._moved = asyncio.Event()
        self._killed: BaseException | None = None

    @property
    def under_way(self) -> list[Job]:
        """The jobs that are not done yet."""
        return list(self._under_way.values())

    async def turn(self) -> None:
        """As the pacer's; whoever had one waits for Discord, and the next job may begin."""
        await self._pacer.turn()
        self._leave_the_line()

    async def do(self, jobs: Iterable[Job], may_begin: Callable[[], bool]) -> None:
        """Begin one job after the other while ``may_begin``. Returns when all are done, or the
        rest was waited for.

        There must be no job under way in the channel of any, nor about any of its parts.
        """
        earlier = set(self._under_way)
        for job in jobs:
            while len(self._line) >= LINE:
                self._moved.clear()
                await self._moved.wait()
            if self._killed is not None or not may_begin():
                break
            task = asyncio.create_task(self._run(job))
            self._under_way[task] = job
            self._line.add(task)
        mine = self._under_way.keys() - earlier
        if mine:
            await asyncio.wait(mine, timeout=self._patience)
        if self._killed is not None:
            await self.end(0)
            raise self._killed

    async def end(self, grace: float) -> None:
        """Wait ``grace`` seconds for what is under way, then cancel it."""
        if self._under_way:
            await asyncio.wait(self._under_way.keys(), timeout=grace)
        left = set(self._under_way)
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left, timeout=_CANCEL_SECONDS)
        self._under_way.clear()
        self._line.clear()

    async def _run(self, job: Job) -> None:
        try:
            await job.act()
        except (Exception, asyncio.CancelledError):
            raise
        except BaseException as error:  # the process ends here, and so does whoever began the job
            self._killed = error
        finally:
            task = asyncio.current_task()
            if task is not None:
                self._under_way.pop(task, None)
            self._leave_the_line()

    def _leave_the_line(self) -> None:
        self._line.discard(asyncio.current_task())
        self._moved.set()
