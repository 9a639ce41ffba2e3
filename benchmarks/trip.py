"""How much of the program ``/hot date:`` passes through: functions and files of ours entered."""

import asyncio
import sys
import tempfile
from pathlib import Path
from types import FrameType

import bot
from benchmarks.row import Row
from bot.config import Settings
from bot.store import Archive
from tests import archive_world, simcord_world

ROOT = Path(bot.__file__).parents[1]
OURS = (f"{ROOT}/bot/", f"{ROOT}/cogs/")
GOAL_FUNCTIONS, GOAL_FILES = 100, 24
# As issue 14 found them.
BEFORE_FUNCTIONS, BEFORE_FILES = 145, 35


def measure() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        entered = asyncio.run(_entered(Path(folder, "a.db")))
    functions, files = len(entered), len({file for file, _, _ in entered})
    return [
        Row("trip of /hot: functions", functions, "functions", BEFORE_FUNCTIONS, GOAL_FUNCTIONS,
            functions <= GOAL_FUNCTIONS),
        Row("trip of /hot: files", files, "files", BEFORE_FILES, GOAL_FILES, files <= GOAL_FILES),
    ]  # fmt: skip


async def _entered(path: Path) -> set[tuple[str, int, str]]:
    entered: set[tuple[str, int, str]] = set()

    def note(frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        if event == "call" and code.co_filename.startswith(OURS) and code.co_name[0] != "<":
            entered.add((code.co_filename, code.co_firstlineno, code.co_name))

    async with await Archive.open(path) as archive:
        await archive_world.fill(archive, Settings())
    async with simcord_world.world(path) as world:
        # A profile is a thread's own, so the archive's reader is asked to begin one.
        await world.services.archive.read(lambda db: sys.setprofile(note))
        sys.setprofile(note)
        try:
            await simcord_world.ask(world.member, world.nlp, "hot", date="2021-03-30")
        finally:
            sys.setprofile(None)
    return entered


if __name__ == "__main__":
    for row in measure():
        print(row)
