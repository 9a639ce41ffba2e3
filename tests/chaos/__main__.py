"""`python -m tests.chaos`: how often does the bot post twice, or not at all? It must be never.

`CHAOS_RUNS` (200) runs, `CHAOS_WORKERS` (6) side by side, `CHAOS_SEED` (1) for the first of them.
Run n always has the same plan; only the machine's timing differs. In every fourth run people change
their minds while digests go out.
"""

import asyncio
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bot.demo.server import serving
from tests.chaos.ledgers import Tally
from tests.chaos.life import live
from tests.chaos.people import meddled

PEOPLE = 4  # every so many runs


async def main(runs: int, workers: int, seed: int) -> int:
    """The exit code: 1 when anything was posted twice, lost, or somebody else's."""
    total = Tally()
    queue = iter(range(seed, seed + runs))
    try:
        async with serving() as services:
            with tempfile.TemporaryDirectory() as folder:
                async with asyncio.TaskGroup() as group:
                    for _ in range(workers):
                        group.create_task(_work(queue, Path(folder), services, total))
    finally:  # also of what Ctrl+C cut short
        for what, count in sorted(total.bad.items()):
            say(f"{count:6}  {what}")
        say(str(total))
    return 1 if total.duplicates or total.lost or total.wrong_owner else 0


async def _work(queue: Iterator[int], folder: Path, services: str, total: Tally) -> None:
    for number in queue:
        place = folder / f"run-{number}"
        place.mkdir()
        found = await (meddled if number % PEOPLE == 0 else live)(number, place, services)
        total.add(found)
        if found.complaints:
            say(f"run {number} (CHAOS_SEED={number} CHAOS_RUNS=1):")
            say("\n".join(f"  {one}" for one in found.complaints))


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _number(name: str, default: int) -> int:
    return int(os.environ.get(name) or default)


if __name__ == "__main__":
    runs, workers = _number("CHAOS_RUNS", 200), _number("CHAOS_WORKERS", 6)
    sys.exit(asyncio.run(main(runs, workers, _number("CHAOS_SEED", 1))))
