"""An older archive is put back, while the channels cannot be read or can: nothing comes twice."""

import asyncio
import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from bot.config import Settings
from bot.models import DayState, Rule
from bot.store import Archive, backup, days
from tests.chaos.ledgers import SLOTS
from tests.delivery.fake import close_day
from tests.discordd import Perm
from tests.discordd.messages import Message
from tests.e2e.bot_process import Program

# So old is the archive when it comes back, at most.
AGES = tuple(timedelta(hours=hours) for hours in (1, 6, 20, 30, 40))
BLIND_FOR = timedelta(hours=25)
READ = r"/channels/\d+/messages"
CROWD = 5050  # more than are looked through


@dataclass(frozen=True)
class Restore:
    """The archive is copied before life ``copied`` (counted from 0) and put back ``age`` later.

    ``blind`` is why nobody can look into the channels then, for a day; empty when they can.
    ``posted``: the program that goes on without the copy posts everything, before it is lost.
    """

    copied: int
    age: timedelta
    blind: str
    posted: bool


def drawn(random: Random, lives: int) -> Restore | None:
    if random.random() < 0.5:
        return None
    return Restore(
        copied=random.randint(0, lives),
        age=random.choice(AGES),
        blind=random.choice(("", "", "history", "garbage", "crowd")),
        posted=random.random() < 0.7,
    )


async def copy(program: Program) -> Path:
    place = program.folder / "copy.db"
    await asyncio.to_thread(backup.copy, program.archive, place)
    return place


def put_back(program: Program, copied: Path) -> None:
    for part in program.folder.glob(f"{program.archive.name}*"):
        part.unlink()
    shutil.move(copied, program.archive)


async def close_days(program: Program, at: datetime) -> None:
    """What the daily job would have done by then."""
    async with await Archive.open(program.archive) as archive:
        for slot, day in list(SLOTS.items())[1:]:  # the first one's day is harvested
            known = await archive.read(days.get, day)
            if slot <= at and (known is None or known.state is not DayState.CLOSED):
                papers = [f"{day:%y%m}.{day:%d}{n:03}" for n in range(5)]
                await close_day(archive, Settings(), day, *papers)


class Blindness:
    """``channels`` that answer, and that nobody can look into."""

    def __init__(self, program: Program, wanted: Sequence[Rule], kind: str) -> None:
        self._server = program.server
        self.channels = {rule.channel_id for rule in wanted[: 2 if kind == "crowd" else None]}
        self._kind = kind
        self._chat: list[Message] = []

    def begin(self, bad: Counter[str]) -> None:
        bad[f"unreadable: {self._kind}"] += 1
        match self._kind:
            case "history":
                for channel in self.channels:
                    self._server.deny(channel, Perm.READ_MESSAGE_HISTORY)
            case "garbage":
                self._server.faults.add("malformed", "GET", READ, times=None)
            case "crowd":
                self._chat = [self._say(one, n) for one in self.channels for n in range(CROWD)]

    def end(self) -> None:
        self._server.faults.clear()
        for channel in self.channels:
            self._server.allow(channel, Perm.READ_MESSAGE_HISTORY)
        for one in self._chat:
            self._server.hub.messages.delete(one.channel_id, one.id)

    def _say(self, channel: int, n: int) -> Message:
        hub = self._server.hub
        somebody = next(one for one in hub.world.users if one != hub.world.bot.id)
        chat = Message(hub.ids.now(), channel, somebody, hub.clock.now(), f"chat {n}")
        return hub.messages.put(chat)
