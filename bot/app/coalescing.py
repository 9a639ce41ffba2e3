"""One making for all who ask the same in the same moment."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

T = TypeVar("T")

# Long enough for a digest's readers who all press at once, too short for counts to grow old.
KEPT_SECONDS = 1.0
_MAX_ANSWERS = 500


@dataclass(frozen=True, slots=True)
class _Made(Generic[T]):
    began: float
    task: asyncio.Task[T]


class SingleFlight:
    """Remembers what is being made, and for a moment what was made. For what anybody may see."""

    def __init__(self, seconds: float = KEPT_SECONDS) -> None:
        self._seconds = seconds
        self._made: dict[Hashable, _Made[Any]] = {}

    async def run(self, question: Hashable, make: Callable[[], Awaitable[T]]) -> T:
        """The answer to ``question``, which ``make`` gives; its error, too, is everybody's."""
        now = time.monotonic()
        if len(self._made) >= _MAX_ANSWERS:
            self._made = {q: m for q, m in self._made.items() if now - m.began < self._seconds}
        found = self._made.get(question)
        if found is None or (found.task.done() and now - found.began >= self._seconds):
            found = self._made[question] = _Made(now, asyncio.ensure_future(_run(make)))
        # One who goes away must not take the answer from the others.
        return cast("T", await asyncio.shield(found.task))


async def _run(make: Callable[[], Awaitable[T]]) -> T:
    return await make()
