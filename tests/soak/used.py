"""What the program itself uses, apart from what its allocators keep of what it used once.

The memory of a process is the most that its pools ever held together, so it creeps for a day or two
also where nothing is kept. A leak shows in what is in use.
"""

import ctypes
import sys
from dataclasses import dataclass, field
from statistics import median


class _Mallinfo2(ctypes.Structure):
    """glibc's ``struct mallinfo2`` (mallinfo(3)), in bytes."""

    _fields_ = tuple(
        (name, ctypes.c_size_t)
        for name in (
            "arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks",
            "fordblks", "keepcost",
        )
    )  # fmt: skip


def allocated_mb() -> float:
    """What is allocated from glibc, SQLite's pages among it; 0 without glibc."""
    ask = getattr(ctypes.CDLL(None), "mallinfo2", None)
    if ask is None:
        return 0.0
    ask.restype = _Mallinfo2
    found = ask()
    return float(found.uordblks + found.hblkhd) / 1e6


@dataclass
class Used:
    """Medians of each hour are told: rubbish that waits to be collected comes and goes."""

    allocated: list[list[float]] = field(default_factory=list)
    blocks: list[list[float]] = field(default_factory=list)

    def look(self, hour: int) -> None:
        for kept, now in (
            (self.allocated, allocated_mb()),
            (self.blocks, sys.getallocatedblocks() / 1000),
        ):
            kept += [[] for _ in range(hour + 1 - len(kept))]
            kept[hour].append(now)

    def told(self) -> dict[str, list[float]]:
        """Megabytes from glibc and thousands of Python's own small blocks, by the hour."""
        return {
            "allocated": [round(median(hour or [0.0]), 2) for hour in self.allocated],
            "blocks": [round(median(hour or [0.0]), 1) for hour in self.blocks],
        }
