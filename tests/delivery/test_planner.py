"""Rules and time -> rows, on a real archive: what is due, and how each slot ends."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

import pytest
from sqlite_utils import Database

from bot.clock import ManualClock
from bot.config import Config, Secrets
from bot.delivery.preview import next_run
from bot.models import CatchUp, DeliveryState, Rhythm
from bot.monitoring.health import health
from tests.delivery.fake import ADMINS, FakePostbox, InOneThread, World, suspended
from tests.factories import DAY, NOW, edit, rule

P = ParamSpec("P")
T = TypeVar("T")

TUESDAY, WEDNESDAY, THURSDAY = DAY, date(2021, 3, 31), date(2021, 4, 1)
SLOT = datetime(2021, 3, 31, 7, tzinfo=UTC)  # 09:00 in Berlin, for Tuesday's listing
ONE_DAY = timedelta(days=1)


class TestEverySlotEndsVisibly:
    async def test_nothing_above_the_bar_is_said_in_the_channel(self, world: World) -> None:
        await world.close_day(TUESDAY, likes=5)
        await world.add(rule())
        await world.tick(SLOT)
        assert await world.endings() == [(DeliveryState.SENT, "nothing above the bar")]
        assert "bar" in world.postbox.text_in(2)

    async def test_a_channel_without_quiet_lines_gets_none_and_the_ledger_says_why(
        self, world: World
    ) -> None:
        await world.close_day(TUESDAY, likes=5)
        await world.add(rule(quiet_lines=False))
        await world.tick(SLOT)
        assert await world.endings() == [(DeliveryState.DONE, "nothing above the bar")]
        assert world.postbox.sent == []

    async def test_a_holiday_is_named(self, world: World) -> None:
        await world.add(rule(created_at=datetime(2020, 12, 28, 9, tzinfo=UTC)))
        await world.tick(datetime(2020, 12, 29, 8, tzinfo=UTC))
        ((state, reason),) = await world.endings()
        assert state is DeliveryState.SENT
        assert reason.startswith("no listing")

    async def test_a_late_listing_is_named_after_two_hours_and_comes_with_the_next(
        self, world: World
    ) -> None:
        await world.add(rule())
        await world.tick(SLOT)
        for _ in range(23):
            await world.tick(after=timedelta(minutes=5))
        assert await world.endings() == []
        await world.tick(after=timedelta(minutes=5))
        assert "Tuesday 30 March 2021" in (await world.endings())[0][1]
        await world.close_day(TUESDAY, "2103.15001")
        await world.close_day(WEDNESDAY, "2103.16001")
        await world.tick(SLOT + ONE_DAY)
        for paper in ("2103.15001", "2103.16001"):
            assert paper in world.postbox.text_in(2)

    async def test_a_digest_that_cannot_be_made_is_named_after_two_hours_and_comes_with_the_next(
        self, world: World
    ) -> None:
        await world.close_day(TUESDAY, "2103.15001")
        await world.add(rule())
        await self.rewrite(world, "[{", "<{")
        await world.tick(SLOT)
        await world.ticks(23, timedelta(minutes=5))
        assert await world.endings() == []
        await world.ticks(1, timedelta(minutes=5))
        ((state, reason),) = await world.endings()
        assert (state, reason[:22]) == (DeliveryState.DONE, "it could not be made, ")
        await self.rewrite(world, "<{", "[{")
        await world.close_day(WEDNESDAY, "2103.16001")
        await world.tick(SLOT + ONE_DAY)
        for paper in ("2103.15001", "2103.16001"):
            assert paper in world.postbox.text_in(2)

    async def rewrite(self, world: World, old: str, new: str) -> None:
        """In what the archive keeps of the papers' scores."""
        await world.archive.write(
            lambda db: db.conn.execute(
                "UPDATE standings SET parts = replace(parts, ?, ?)", [old, new]
            )
        )

    async def test_a_zone_that_the_machine_lost_suspends_its_digest_and_harms_nobody(
        self, world: World, caplog: pytest.LogCaptureFixture
    ) -> None:
        await world.close_day(TUESDAY)
        lost = await world.add(rule(guild_id=2))
        await self.zone(world, "Nowhere/At_All")
        await world.add(rule(channel_id=3))
        await world.tick(SLOT)
        assert "'Nowhere/At_All' is not a time zone." in suspended(await world.rule())
        assert (await world.endings(1), len(await world.endings(2))) == ([], 1)
        lost_run = await next_run(world.archive, world.settings, await world.rule(), SLOT)
        assert lost_run is None
        assert "slot.crashed" not in caplog.messages
        await self.zone(world, lost.zone)
        await world.tick(after=ONE_DAY / 2)
        assert await world.endings() == [(DeliveryState.SENT, "")]

    async def zone(self, world: World, name: str) -> None:
        await world.archive.write(
            lambda db: db.conn.execute("UPDATE rules SET zone = ? WHERE id = 1", [name])
        )

    async def test_a_paused_rules_slots_end_as_paused_and_are_not_made_up_for(
        self, world: World
    ) -> None:
        saved = await world.add(rule(paused=True))
        await world.close_day(TUESDAY, "2103.15001")
        await world.tick(SLOT)
        await world.close_day(WEDNESDAY, "2103.16001")
        await world.archive.write(edit, replace(saved, paused=False))
        await world.tick(SLOT + ONE_DAY)
        assert (await world.endings())[0] == (DeliveryState.DONE, "this digest was paused")
        assert "2103.15001" not in world.postbox.text_in(2)
        assert "2103.16001" in world.postbox.text_in(2)


class TestOncePerSlot:
    async def test_two_planners_that_meet_in_one_slot_make_one_row(self, world: World) -> None:
        await world.close_day(TUESDAY)
        await world.add(rule())
        await world.tick(SLOT)
        world.restart()
        world.clock.move_to(SLOT)
        await world.tick()
        assert (len(await world.rows()), len(world.postbox.digests)) == (1, 1)

    async def test_a_later_hour_on_the_same_day_has_no_second_digest(self, world: World) -> None:
        await world.close_day(TUESDAY, "2103.15001")
        saved = await world.add(rule())
        await world.tick(SLOT)
        await world.archive.write(edit, replace(saved, at=time(18, 0)))
        await world.tick(SLOT + timedelta(hours=12))
        (posted,) = world.postbox.in_channel(2)
        assert "abs/2103.15001" in posted.text
        assert await world.endings() == [
            (DeliveryState.SENT, ""),
            (DeliveryState.DONE, "nothing new since the last digest"),
        ]

    async def test_a_later_hour_on_the_same_day_is_not_announced_either(self, world: World) -> None:
        await world.close_day(TUESDAY)
        saved = await world.add(rule())
        later = replace(saved, at=time(18, 0))
        tonight = SLOT + timedelta(hours=9)
        assert await next_run(world.archive, world.settings, later, SLOT) == tonight
        await world.tick(SLOT)
        await world.archive.write(edit, later)
        assert await next_run(world.archive, world.settings, later, SLOT) == tonight + ONE_DAY
        config = Config(world.settings, Secrets(), world.archive.path)
        told = await health(world.archive, config, world.clock)
        assert [slot.at for slot in told.slots] == [tonight + ONE_DAY]

    async def test_a_rule_that_is_edited_while_quiet_is_looked_at_again(self, world: World) -> None:
        await world.close_day(TUESDAY)
        saved = await world.add(rule(at=time(20, 0)))
        await world.tick(SLOT)
        assert await world.rows() == []
        await world.archive.write(edit, replace(saved, at=time(8, 30)))
        await world.tick(SLOT)
        assert len(world.postbox.digests) == 1

    async def test_a_paper_is_posted_once_in_a_channel(self, world: World) -> None:
        await world.close_day(TUESDAY, "2103.15001")
        await world.close_day(WEDNESDAY, "2103.15001", "2103.16001")
        await world.add(rule(catch_up=CatchUp.EACH))
        await world.tick(SLOT + ONE_DAY)
        holding = [m for m in world.postbox.in_channel(2) if "2103.15001" in m.text]
        assert (len(world.postbox.in_channel(2)), len(holding)) == (2, 1)

    async def test_rules_that_ask_for_the_same_share_one_body(self, world: World) -> None:
        await world.close_day(TUESDAY)
        for channel in range(3, 9):
            await world.add(rule(channel_id=channel))
        await world.tick(SLOT)
        count = await world.archive.read(
            lambda db: db.conn.execute("SELECT count(*) FROM contents").fetchone()[0]
        )
        assert (count, len(world.postbox.digests)) == (1, 6)

    async def test_what_is_due_together_is_computed_once_for_each_distinct_rule(
        self, tmp_path: Path
    ) -> None:
        async with await Counting.open(tmp_path / "a.db") as archive:
            world = World(archive, ManualClock(NOW), FakePostbox())
            await world.close_day(TUESDAY)
            for channel in range(3, 9):
                await world.add(rule(channel_id=channel, top=5 if channel % 2 else 10))
            await world.tick(SLOT)
            assert len(world.postbox.digests) == 6
            assert archive.reads["_standing"] == 1  # the day
            assert archive.reads["with_posts"] == 2  # the papers that a rule shows


class Running(ManualClock):
    """Goes on by itself: each look at it takes a second."""

    def now(self) -> datetime:
        self.advance(timedelta(seconds=1))
        return super().now()


class Counting(InOneThread):
    """Counts what is read, by the query's name."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.reads = Counter[str]()

    async def read(
        self, query: Callable[Concatenate[Database, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        self.reads[query.__name__] += 1
        return await super().read(query, *args, **kwargs)


class TestAfterDowntime:
    async def miss(self, world: World, policy: CatchUp, *, thread: bool = False) -> str:
        """Alive on Wednesday morning, back on Friday; what Thursday's and Friday's slots gave."""
        await world.add(rule(catch_up=policy, rhythm=Rhythm.MAILING, thread=thread))
        await world.close_day(TUESDAY, "2103.15001")
        await world.tick(SLOT)
        before = len(world.postbox.in_channel(2))
        await world.close_day(WEDNESDAY, "2103.16001")
        await world.close_day(THURSDAY, "2104.00001")
        world.restart()
        await world.tick(SLOT + 2 * ONE_DAY)
        return "|".join(message.text for message in world.postbox.in_channel(2)[before:])

    @pytest.mark.parametrize(
        ("policy", "posts", "papers"),
        [
            (CatchUp.MERGE, 1, ["2103.16001", "2104.00001"]),
            (CatchUp.EACH, 2, ["2103.16001", "2104.00001"]),
            (CatchUp.SKIP, 1, ["2104.00001"]),
        ],
    )
    async def test_by_policy(
        self, world: World, policy: CatchUp, posts: int, papers: list[str]
    ) -> None:
        text = await self.miss(world, policy)
        assert text.count("## Hot papers") == posts
        assert [one for one in ("2103.16001", "2104.00001") if one in text] == papers

    async def test_the_thread_of_a_digest_of_several_days_names_them_all(
        self, world: World
    ) -> None:
        await self.miss(world, CatchUp.MERGE, thread=True)
        assert [*world.postbox.threads.values()] == [
            "Papers of Tuesday, 30 March 2021",
            "Papers of 31 March – 1 April 2021",
        ]

    async def test_every_missed_slot_has_its_row(self, world: World) -> None:
        await self.miss(world, CatchUp.MERGE)
        assert [reason for _, reason in await world.endings()] == [
            "",
            "merged into a later digest",
            "",
        ]

    async def test_the_admins_are_told_once_what_was_recovered(self, world: World) -> None:
        await self.miss(world, CatchUp.MERGE)
        await world.tick(after=timedelta(seconds=15))
        world.restart()
        await world.tick(after=timedelta(seconds=15))
        (told,) = world.postbox.in_channel(ADMINS)
        assert "2021-03-31 07:00 UTC to 2021-04-02 07:00 UTC" in told.text
        assert "2 digests had been due: 1 to be posted now; 1 merged" in told.text

    async def test_they_are_told_the_same_when_planning_took_its_time(self, world: World) -> None:
        world.clock = Running(NOW)
        world.restart()
        await self.miss(world, CatchUp.MERGE)
        (told,) = world.postbox.in_channel(ADMINS)
        assert "2 digests had been due" in told.text

    async def test_a_month_away_ends_old_slots_in_the_archive(self, world: World) -> None:
        await world.add(rule())
        await world.tick(NOW)
        world.restart()
        back = NOW + timedelta(days=30)
        await world.tick(back)
        ends = await world.endings()
        assert ends.count((DeliveryState.DONE, ends[0][1])) >= 14
        assert "seven days" in ends[0][1]

    async def test_days_that_are_harvested_late_are_waited_for_two_hours(
        self, world: World
    ) -> None:
        await world.add(rule())
        await world.tick(NOW)
        world.restart()
        await world.tick(SLOT + timedelta(hours=10))
        assert await world.endings() == []
        await world.close_day(TUESDAY)
        await world.tick(after=timedelta(hours=1))
        assert await world.endings() == [(DeliveryState.SENT, "")]

    async def test_a_machine_that_slept_waits_as_well(self, world: World) -> None:
        await world.add(rule())
        await world.tick(NOW)
        await world.tick(SLOT + timedelta(hours=10))
        assert await world.endings() == []

    async def test_a_short_restart_is_nobodys_business(self, world: World) -> None:
        await world.add(rule())
        await world.tick(NOW)
        world.restart()
        await world.tick(NOW + timedelta(minutes=30))
        assert world.postbox.in_channel(ADMINS) == []
