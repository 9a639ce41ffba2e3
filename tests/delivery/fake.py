"""A hand-written Postbox, and an archive with closed days, for tests without a server."""

from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

from sqlite_utils import Database

from bot.clock import ManualClock
from bot.config import DiscordSection, Settings
from bot.delivery import Deliveries
from bot.delivery.pacing import Pacer
from bot.delivery.transport import is_of
from bot.messages.problems import render
from bot.models import Delivery, DeliveryState, Rule
from bot.pipeline.day_close import closes_at
from bot.pipeline.rank import refresh
from bot.problems import Code, Problem
from bot.store import Archive, days, ledger, papers, posts, rules
from tests.factories import DAY, listed, post, rule

T = TypeVar("T")

ADMINS = 99
SLOT = datetime(2021, 3, 31, 7, tzinfo=UTC)  # 09:00 in Berlin
FIVE = tuple(f"2103.1500{n}" for n in range(5))
TEN = tuple(f"2103.15{n:03}" for n in range(10))
LACKS = Problem(Code.MISSING_PERMISSIONS, permissions=["Send Messages"])
GONE = Problem(Code.CHANNEL_GONE)
A_WHILE = timedelta(seconds=15)
SETTINGS = Settings(discord=DiscordSection(admin_channel=ADMINS))


@dataclass(frozen=True)
class Sent:
    channel_id: int
    message_id: int
    body: Mapping[str, Any]

    @property
    def text(self) -> str:
        return str(self.body["components"])


@dataclass
class FakePostbox:
    """Discord as its two questions see it. ``faults`` fail the next sends, one each:

    ``(error, True)`` after the message was posted, ``(error, False)`` instead of it; a send whose
    error is None goes well.
    """

    sent: list[Sent] = field(default_factory=list)
    attempts: list[int] = field(default_factory=list)
    looks: list[int] = field(default_factory=list)
    threads: dict[int, str] = field(default_factory=dict)
    faults: deque[tuple[BaseException | None, bool]] = field(default_factory=deque)
    look_faults: deque[BaseException] = field(default_factory=deque)
    thread_faults: deque[BaseException] = field(default_factory=deque)
    problems: dict[int, Problem] = field(default_factory=dict)
    desks: dict[int, int] = field(default_factory=dict)
    outages: set[int] = field(default_factory=set)
    ready: bool = True

    def fail(self, *errors: BaseException | None, posted: bool = False) -> None:
        self.faults.extend((error, posted) for error in errors)

    def in_channel(self, channel_id: int) -> list[Sent]:
        return [one for one in self.sent if one.channel_id == channel_id]

    def text_in(self, channel_id: int) -> str:
        return "\n".join(one.text for one in self.in_channel(channel_id))

    @property
    def digests(self) -> list[Sent]:
        """All but what the admins are told."""
        return [one for one in self.sent if one.channel_id != ADMINS]

    async def send(self, channel_id: int, body: Mapping[str, object]) -> int:
        self.attempts.append(channel_id)
        error, posted = self.faults.popleft() if self.faults else (None, True)
        message_id = 1000 + len(self.sent)
        if posted:
            # No memory for nonces: what is sent twice here stands there twice.
            self.sent.append(Sent(channel_id, message_id, body))
        if error is not None:
            raise error
        return message_id

    async def find(self, channel_id: int, delivery: Delivery) -> int | None:
        self.looks.append(channel_id)
        if self.look_faults:
            raise self.look_faults.popleft()
        found = (one for one in self.in_channel(channel_id) if is_of(one.body, delivery))
        return next((one.message_id for one in found), None)

    async def open_thread(self, channel_id: int, message_id: int, name: str) -> None:
        if self.thread_faults:
            raise self.thread_faults.popleft()
        self.threads.setdefault(message_id, name)

    def is_ready(self) -> bool:
        return self.ready

    def desk(self, guild_id: int) -> int | None:
        return self.desks.get(guild_id)

    def is_out(self, rule: Rule) -> bool:
        return rule.guild_id in self.outages

    def problem(self, rule: Rule) -> Problem | None:
        return self.problems.get(rule.channel_id)


class InOneThread(Archive):
    """The archive without its threads and without waiting for the disk: no power fails here."""

    async def _run(self, pool: ThreadPoolExecutor, job: Callable[[], T]) -> T:
        return job()

    def _connect(self, *, read_only: bool) -> Database:
        database = super()._connect(read_only=False)
        database.conn.execute("PRAGMA synchronous = OFF")
        return database


@dataclass
class World:
    """An archive, a clock that a test moves, a Postbox, and the Deliveries between them."""

    archive: Archive
    clock: ManualClock
    postbox: FakePostbox
    settings: Settings = SETTINGS
    deliveries: Deliveries = field(init=False)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """The program ends and starts again; only the archive and Discord stay."""
        self.deliveries = Deliveries(
            self.archive, self.settings, self.clock, self.postbox, Pacer(per_second=1e6)
        )

    async def tick(self, at: datetime | None = None, *, after: timedelta | None = None) -> None:
        if at is not None:
            self.clock.move_to(at)
        if after is not None:
            self.clock.advance(after)
        await self.deliveries.tick()

    async def ticks(self, count: int, every: timedelta = A_WHILE) -> None:
        for _ in range(count):
            await self.tick(after=every)

    async def due(self, *ids: str, **changes: object) -> Rule:
        """A rule whose digest is due now, in a program that runs already."""
        await self.close_day(DAY, *(ids or FIVE))
        await self.tick(SLOT - A_WHILE)
        self.clock.move_to(SLOT)
        return await self.add(rule(**changes))

    async def add(self, rule: Rule) -> Rule:
        rule_id = await self.archive.write(rules.save, rule)
        saved = await self.archive.read(rules.get, rule_id)
        assert saved is not None
        return saved

    async def rule(self, rule_id: int = 1) -> Rule:
        found = await self.archive.read(rules.get, rule_id)
        assert found is not None
        return found

    async def close_day(self, day: date, *arxiv_ids: str, likes: int = 300) -> None:
        await close_day(self.archive, self.settings, day, *arxiv_ids, likes=likes)

    async def rows(self, rule_id: int = 1) -> list[Delivery]:
        return await self.archive.read(rows, rule_id)

    async def states(self, rule_id: int = 1) -> list[DeliveryState]:
        return [row.state for row in await self.rows(rule_id)]

    async def endings(self, rule_id: int = 1) -> list[tuple[DeliveryState, str]]:
        """Of each slot, by its first part."""
        return [(row.state, why(row)) for row in await self.rows(rule_id) if row.part == 0]


def suspended(rule: Rule) -> str:
    """Why a rule waits, in words."""
    return render(rule.suspended) if rule.suspended else ""


def why(row: Delivery) -> str:
    """What became of a message, in words."""
    reason = row.last_error or row.reason
    return render(reason) if reason else ""


def rows(db: Database, rule_id: int) -> list[Delivery]:
    """Every row of a rule, by slot and part."""
    found = db.conn.execute(
        "SELECT DISTINCT slot_at FROM deliveries WHERE rule_id = ? ORDER BY slot_at", [rule_id]
    )
    slots = [datetime.fromtimestamp(row[0], UTC) for row in found]
    return [one for slot in slots for one in ledger.of_slot(db, rule_id, slot)]


async def close_day(
    archive: Archive, settings: Settings, day: date, *arxiv_ids: str, likes: int = 300
) -> None:
    """A listing day with its final counts; each paper has one post, the first the best."""
    end = closes_at(day, settings)
    ids = arxiv_ids or (f"{day:%y%m}.{day:%d}001",)
    await archive.write(days.open_day, day)
    await archive.write(papers.save, [listed(one, day=day) for one in ids], now=end)
    linking = [
        post(f"{day:%Y%m%d}{n}", one, likes=likes - n, author_id=str(n), counted_at=end)
        for n, one in enumerate(ids)
    ]
    await archive.write(posts.save, linking)
    await refresh(archive, settings, day)
    await archive.write(days.mark_harvested, day, now=end)
    await archive.write(days.mark_counted, day, at=end)
    await archive.write(days.close, day, now=end, late=False)
