"""Memory that is not used any more goes back to the machine; `make soak` measures it.

glibc gives back what is free at the end of its heap only. A day's harvest leaves holes everywhere
else, and a bot of months would keep the most that it ever needed.
"""

import asyncio
import ctypes


async def trim_heap() -> None:
    """Takes a millisecond or two, in a thread of its own. Does nothing without glibc."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        await asyncio.to_thread(trim, 0)
