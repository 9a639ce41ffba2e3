"""Waiting for what sets no event here: another process, a job, a file."""

import asyncio
import inspect
from collections.abc import Callable


async def until(holds: Callable[[], object], seconds: float = 3.0, *, every: float = 0.01) -> None:
    """Until ``holds`` gives something true, or something awaitable that comes out true.

    Raises TimeoutError after so many seconds; a look that hangs is cancelled then.
    """
    try:
        async with asyncio.timeout(seconds):
            while True:
                found = holds()
                if await found if inspect.isawaitable(found) else found:
                    return
                await asyncio.sleep(every)
    except TimeoutError as error:
        raise TimeoutError(f"What was waited for did not come within {seconds:g} s.") from error
