"""A machine whose clock is wrong decides nothing by it, and says so."""

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.app import discord_clock
from bot.app.client import DELIVER, HotpapersBot
from bot.app.discord_clock import DiscordClock
from bot.clock import ManualClock
from bot.config import Config, Secrets, Settings
from bot.container import services
from bot.monitoring.checks import State
from bot.store import days, delivery_reports, rules
from cogs.shared.status_card import status
from tests.delivery.fake import SLOT, close_day
from tests.discordd import LoopbackDiscord
from tests.discordd.pointing import running
from tests.factories import DAY, rule
from tests.rendering import seen

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
HTTP_NOON = "Mon, 30 Nov 2026 12:00:00 GMT"


@pytest.mark.parametrize(
    ("ahead", "state", "says"),
    [
        (0, State.OK, "agrees"),
        (119, State.OK, "agrees"),
        (-119, State.OK, "agrees"),
        (130, State.PROBLEM, "2 minutes ahead of Discord's"),
        (-7200, State.PROBLEM, "2 hours behind Discord's"),
        (10 * 86_400, State.PROBLEM, "10 days ahead of Discord's"),
    ],
)
def test_a_clock_is_wrong_from_two_minutes_on(ahead: int, state: State, says: str) -> None:
    clock = DiscordClock(ManualClock(NOON + timedelta(seconds=ahead)))
    clock.note(HTTP_NOON)
    assert clock.check().state is state
    assert says in clock.check().message


def test_time_goes_on_between_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """So a clock that jumps is noticed at once."""
    machine, passed = ManualClock(NOON), 0.0
    monkeypatch.setattr(discord_clock, "stopwatch", lambda: passed)
    clock = DiscordClock(machine)
    clock.note(HTTP_NOON)
    passed = 3600.0
    assert clock.check().state is State.PROBLEM  # an hour went by, and the machine did not see it
    machine.advance(timedelta(hours=1))
    assert clock.check().state is State.OK
    machine.advance(timedelta(days=1))
    assert clock.check().state is State.PROBLEM


@pytest.mark.parametrize("date", ["", "soon", "Mon, 30 Feb 2026 12:00:00 GMT", "0"])
def test_without_a_time_nothing_is_wrong(date: str) -> None:
    clock = DiscordClock(ManualClock(NOON))
    clock.note(date)
    assert clock.check().state is State.HINT
    clock.note(HTTP_NOON)
    clock.note(date)
    assert clock.check().state is State.OK


@pytest.mark.parametrize("offset", [timedelta(minutes=5), -timedelta(days=10)], ids=str)
async def test_nothing_is_planned_until_the_clock_is_right(
    tmp_path: Path, offset: timedelta, caplog: pytest.LogCaptureFixture
) -> None:
    config = Config(Settings(), Secrets(), tmp_path / "a.db")
    caplog.set_level(logging.INFO)
    async with LoopbackDiscord() as server, services(config, ManualClock(SLOT)) as opened:
        server.settings.date_offset = offset.total_seconds()
        guild = server.add_guild("Reading group")
        channel = server.add_channel(guild, "papers")
        digest = rule(guild_id=guild.id, channel_id=channel.id)
        await opened.archive.write(rules.save, digest)
        await close_day(opened.archive, config.settings, DAY)
        bot = HotpapersBot(opened, run_jobs=False)
        bot._connection.guild_ready_timeout = 0.05
        async with running(server, bot):
            jobs = {job.name: job for job in bot.schedule.jobs}
            for name in (DELIVER, "work"):
                await jobs[name].run()
            assert await opened.archive.read(days.last_asked, DAY, SLOT) == {}
            assert await opened.archive.read(delivery_reports.tally) == {}
            card = await status(opened, None, str, bot.discord_clock.check())
            assert "Discord's. Until it is right" in seen(card).words
            server.settings.date_offset = 0.0
            await jobs[DELIVER].run()
            assert len(server.messages(channel)) == 1
    told = [record.getMessage() for record in caplog.records if "clock." in record.getMessage()]
    assert told == ["clock.wrong", "clock.right"]
