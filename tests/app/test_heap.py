"""What is free inside the heap goes back to the machine."""

import platform
from pathlib import Path

import pytest

from bot.app.heap import trim_heap

MEGABYTE = 10**6


def resident() -> float:
    """In megabytes."""
    rows = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(row.split()[1]) * 1024 / MEGABYTE for row in rows if row.startswith("VmRSS"))


async def test_free_memory_between_what_is_used_is_given_back() -> None:
    if platform.libc_ver()[0] != "glibc":
        pytest.skip("only glibc keeps it")
    # Too large for Python's own pools, too small for pages of their own; the last ones stay.
    blocks = [bytes(9_000) for _ in range(4_000)]
    del blocks[:-100]
    before = resident()
    await trim_heap()
    assert before - resident() > 20
