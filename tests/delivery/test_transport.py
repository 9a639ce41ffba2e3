"""The same through the real discord.py, against a loopback Discord that fails as Discord does."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import discord
import pytest

from bot.clock import ManualClock
from bot.config import DiscordSection, Settings
from bot.delivery import Deliveries, DiscordTransport
from bot.delivery.pacing import Pacer
from bot.messages.problems import render
from bot.models import Delivery, DeliveryState, Rule
from bot.store import Archive, rules
from tests.delivery.fake import close_day, rows, suspended, why
from tests.discordd import Channel, Guild, LoopbackDiscord, Perm
from tests.discordd.messages import Message
from tests.discordd.pointing import running
from tests.factories import DAY, edit, rule

SLOT = datetime(2021, 3, 31, 7, tzinfo=UTC)
A_WHILE = timedelta(seconds=15)
TEN = tuple(f"2103.15{n:03}" for n in range(10))
FIVE = TEN[:5]
SEND = r"/channels/\d+/messages"
SENT, PLANNED, UNKNOWN, FAILED, DONE = (
    DeliveryState.SENT, DeliveryState.PLANNED, DeliveryState.UNKNOWN, DeliveryState.FAILED,
    DeliveryState.DONE,
)  # fmt: skip
SHORT = 0.3  # seconds until a send counts as unanswered here


@dataclass
class Live:
    """A loopback server with one channel for digests and one for the admins, and the bot on it."""

    server: LoopbackDiscord
    guild: Guild
    channel: Channel
    admins: Channel
    client: discord.AutoShardedClient
    archive: Archive
    clock: ManualClock
    deliveries: Deliveries

    def restart(self, seconds: float = 5.0) -> None:
        settings = Settings(discord=DiscordSection(admin_channel=self.admins.id))
        postbox = DiscordTransport(self.client, seconds=seconds)
        self.deliveries = Deliveries(
            self.archive, settings, self.clock, postbox, Pacer(per_second=1e6)
        )

    async def due(self, *ids: str, **changes: object) -> Rule:
        """A rule whose digest is due now."""
        await close_day(self.archive, Settings(), DAY, *(ids or FIVE))
        wanted = rule(guild_id=self.guild.id, channel_id=self.channel.id, **changes)
        rule_id = await self.archive.write(rules.save, wanted)
        self.clock.move_to(SLOT)
        return replace(wanted, rule_id=rule_id)

    async def ticks(self, count: int, every: timedelta = A_WHILE) -> None:
        for _ in range(count):
            await self.deliveries.tick()
            self.clock.advance(every)

    async def rule(self) -> Rule:
        found = await self.archive.read(rules.get, 1)
        assert found is not None
        return found

    async def rows(self, rule_id: int = 1) -> list[Delivery]:
        return await self.archive.read(rows, rule_id)

    async def states(self) -> list[DeliveryState]:
        return [row.state for row in await self.rows()]

    @property
    def posted(self) -> list[Message]:
        return self.server.messages(self.channel)


@pytest.fixture
async def live(tmp_path: Path) -> AsyncIterator[Live]:
    async with LoopbackDiscord() as server:
        guild = server.add_guild("Reading group")
        channel, admins = server.add_channel(guild, "papers"), server.add_channel(guild, "admins")
        client = discord.AutoShardedClient(
            intents=discord.Intents(guilds=True),
            max_ratelimit_timeout=60,
            guild_ready_timeout=0.05,
        )
        async with (
            await Archive.open(tmp_path / "archive.db") as archive,
            running(server, client),
        ):
            clock = ManualClock(SLOT)
            settings = Settings()
            deliveries = Deliveries(archive, settings, clock, DiscordTransport(client))
            found = Live(server, guild, channel, admins, client, archive, clock, deliveries)
            found.restart()
            yield found
        assert server.violations == []


class TestADigest:
    async def test_is_posted_once_as_the_ledger_keeps_it(self, live: Live) -> None:
        await live.due(*TEN)
        await live.ticks(3)
        sent = await live.rows()
        assert [row.message_id for row in sent] == [message.id for message in live.posted]
        assert [row.nonce for row in sent] == [message.nonce for message in live.posted]
        assert all(number in "".join(m.text for m in live.posted) for number in TEN)

    async def test_opens_its_thread_and_goes_on_in_it(self, live: Live) -> None:
        await live.due(*TEN, thread=True)
        await live.ticks(3)
        (starter,) = live.posted
        (thread,) = live.server.world.threads_under(live.channel.id)
        assert thread.id == starter.id
        assert thread.name == "Papers of Tuesday, 30 March 2021"
        assert len(live.server.messages(thread)) == len(await live.rows()) - 1 > 0

    async def test_goes_on_in_its_thread_when_something_in_front_answered_for_it(
        self, live: Live
    ) -> None:
        await live.due(*TEN, thread=True)
        live.server.faults.add("status", "POST", SEND + r"/\d+/threads", times=2, status=200)
        await live.ticks(4)
        (starter,) = live.posted
        assert len(live.server.messages(starter.id)) == len(await live.rows()) - 1 > 0


class TestOutcomesNobodyKnows:
    @pytest.mark.parametrize("status", [503, 520])
    @pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
    async def test_a_fault_before_or_after_the_commit(
        self, live: Live, status: int, after: bool
    ) -> None:
        await live.due()
        live.server.faults.add("status", "POST", SEND, status=status, after=after)
        await live.ticks(1)
        assert await live.states() == [UNKNOWN]
        await live.ticks(3)
        assert (await live.states(), len(live.posted)) == ([SENT], 1)

    @pytest.mark.parametrize("kind", ["drop", "reset"])
    @pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
    async def test_a_connection_that_breaks(self, live: Live, kind: str, after: bool) -> None:
        await live.due()
        fault = live.server.faults.add("drop", "POST", SEND, after=after)
        fault.kind = "reset" if kind == "reset" else "drop"
        await live.ticks(1)
        assert await live.states() == [UNKNOWN]
        await live.ticks(3)
        assert (await live.states(), len(live.posted)) == ([SENT], 1)

    async def test_a_time_out_after_the_commit(self, live: Live) -> None:
        await live.due()
        live.restart(SHORT)
        live.server.faults.add("delay", "POST", SEND, after=True, seconds=3 * SHORT)
        await live.ticks(1)
        assert await live.states() == [UNKNOWN]
        await live.ticks(2)
        assert (await live.states(), len(live.posted)) == ([SENT], 1)

    async def test_an_answer_that_breaks_off(self, live: Live) -> None:
        await live.due()
        live.server.faults.add("malformed", "POST", SEND)
        await live.ticks(1)
        assert await live.states() == [UNKNOWN]
        await live.ticks(2)
        assert (await live.states(), len(live.posted)) == ([SENT], 1)

    async def test_an_answer_of_something_in_front(self, live: Live) -> None:
        """200, and not what Discord answers: to the message, and to the look for it."""
        await live.due()
        live.server.faults.add("status", "POST", SEND, status=200, after=True)
        live.server.faults.add("status", "GET", SEND, status=200)
        await live.ticks(1)
        live.server.clock.advance(3600)
        await live.ticks(1)
        assert await live.states() == [UNKNOWN]
        await live.ticks(4)
        assert (await live.states(), len(live.posted)) == ([SENT], 1)

    async def test_it_is_found_after_the_nonce_is_forgotten(self, live: Live) -> None:
        await live.due()
        live.server.faults.add("drop", "POST", SEND, after=True)
        await live.ticks(1)
        live.server.clock.advance(3600)
        live.restart()
        await live.ticks(2)
        assert (await live.states(), len(live.posted)) == ([SENT], 1)

    async def test_it_is_found_below_what_others_wrote_since(self, live: Live) -> None:
        await live.due()
        live.server.faults.add("drop", "POST", SEND, after=True)
        await live.ticks(1)
        alice, hub = live.server.add_member(live.guild, "alice"), live.server.hub
        for n in range(1150):
            chat = Message(hub.ids.now(), live.channel.id, alice.id, hub.clock.now(), f"chat {n}")
            hub.messages.put(chat)
        await live.ticks(2)
        assert await live.states() == [SENT]
        assert len(live.posted) == 1151

    async def test_without_the_history_nobody_looked(self, live: Live) -> None:
        """Discord shows an empty channel then; that must not pass for "not there"."""
        await live.due()
        live.server.faults.add("drop", "POST", SEND, after=True)
        await live.ticks(1)
        live.server.clock.advance(3600)
        live.server.deny(live.channel, Perm.READ_MESSAGE_HISTORY)
        await live.server.wait_until(lambda: "History" in live_problem(live))
        await live.ticks(4)
        assert await live.states() == [UNKNOWN]
        live.server.allow(live.channel, Perm.READ_MESSAGE_HISTORY)
        await live.server.wait_until(lambda: not live_problem(live))
        await live.ticks(8)
        assert (await live.states(), len(live.posted)) == ([SENT], 1)

    @pytest.mark.parametrize(
        "garbage", [{}, [7], [{"id": "1"}], [{"id": "1", "author": {"id": "0"}, "components": 7}]]
    )
    async def test_what_cannot_be_read_is_no_look(
        self, live: Live, garbage: object, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await live.due()
        live.server.faults.add("drop", "POST", SEND, after=True)
        await live.ticks(1)

        async def logs_from(*_: object, **__: object) -> object:
            return replaced(garbage, live.client)

        with monkeypatch.context() as patch:
            patch.setattr(live.client.http, "logs_from", logs_from)
            await live.ticks(7 * 24, timedelta(minutes=9))
        row, *_ = await live.rows()
        assert row.state is FAILED
        assert "answer cannot be read" in why(row)
        assert sum(one.nonce == row.nonce for one in live.posted) == 1

    async def test_a_clear_refusal_after_a_doubtful_try_is_doubtful(self, live: Live) -> None:
        """The library repeats a 502 by itself; behind the 400 stands a message."""
        await live.due()
        live.server.faults.add("status", "POST", SEND, status=502, after=True)
        live.server.faults.add("status", "POST", SEND, status=400, code=50035)
        await live.ticks(1)
        assert await live.states() == [UNKNOWN]
        await live.ticks(2)
        assert (await live.states(), len(live.posted)) == ([SENT], 1)


class TestRefusals:
    async def test_a_429_is_obeyed_by_the_library(self, live: Live) -> None:
        await live.due()
        live.server.faults.add("rate_limit", "POST", SEND, seconds=0.05)
        await live.ticks(1)
        assert (await live.states(), len(live.posted)) == ([SENT], 1)

    async def test_a_long_429_is_waited_for_without_holding_the_others(self, live: Live) -> None:
        await live.due()
        live.server.faults.add("rate_limit", "POST", SEND, seconds=600, scope="shared")
        await live.ticks(4)
        assert (await live.states(), len(live.posted)) == ([PLANNED], 0)
        live.clock.advance(timedelta(seconds=600))
        await live.ticks(1)
        assert await live.states() == [SENT]

    @pytest.mark.parametrize("status", [401, 429], ids=["token", "cloudflare"])
    async def test_a_ban_stops_every_request(self, live: Live, status: int) -> None:
        await live.due()
        kind = live.server.faults.add("cloudflare", "POST", SEND, times=None)
        if status == 401:
            kind.kind, kind.status = "status", 401
        await live.ticks(1)
        asked = len(live.server.log)
        await live.ticks(20)
        assert len(live.server.log) == asked
        live.server.faults.clear()
        live.clock.advance(timedelta(hours=1))
        await live.ticks(1)
        assert await live.states() == [SENT]

    async def test_a_deleted_message_is_not_posted_again(self, live: Live) -> None:
        await live.due()
        live.server.faults.add("drop", "POST", SEND, after=True)
        await live.ticks(1)
        live.server.hub.messages.delete(live.channel.id, live.posted[0].id)
        await live.ticks(3)
        (row,) = await live.rows()
        assert (row.state, live.posted) == (DONE, [])
        assert "deleted" in why(row)

    async def test_a_body_that_discord_refuses_fails_with_its_words(self, live: Live) -> None:
        await live.due()
        live.server.faults.add("status", "POST", SEND, status=400, code=50035)
        await live.ticks(3)
        (row,) = await live.rows()
        assert row.state is FAILED
        assert "50035" in why(row)


class TestChannelsThatCannotTakeIt:
    async def test_a_permission_taken_away_parks_without_a_request(self, live: Live) -> None:
        await live.due()
        live.server.deny(live.channel, Perm.SEND_MESSAGES)
        await live.server.wait_until(lambda: live_problem(live))
        await live.ticks(4)
        assert "Send Messages" in suspended(await live.rule())
        assert live.server.requests("POST", "/channels/{channel_id}/messages") == []
        live.server.allow(live.channel, Perm.SEND_MESSAGES)
        await live.server.wait_until(lambda: not live_problem(live))
        await live.ticks(2)
        assert (await live.states(), len(live.posted)) == ([SENT], 1)
        assert (await live.rule()).suspended is None

    async def test_a_deleted_channel_parks_and_deletes_nothing(self, live: Live) -> None:
        await live.due()
        live.server.delete_channel(live.channel)
        await live.server.wait_until(lambda: live.client.get_channel(live.channel.id) is None)
        await live.ticks(4)
        assert "no longer exists" in suspended(await live.rule())
        assert (await live.rule()).deleted is False
        await live.ticks(3, timedelta(hours=1))
        sends = live.server.requests("POST", "/channels/{channel_id}/messages")
        assert len([one for one in sends if one.status == 404]) == 1

    async def test_an_archived_thread_wakes_up_for_its_digest(self, live: Live) -> None:
        thread = await self._thread(live)
        live.server.set_thread(thread, archived=True)
        await live.server.wait_until(lambda: live.client.get_channel(thread) is None)
        await live.ticks(1)
        assert await live.states() == [SENT]
        assert len(live.server.messages(thread)) == 1

    async def test_a_locked_thread_parks_until_it_is_opened(self, live: Live) -> None:
        thread = await self._thread(live)
        live.server.set_thread(thread, archived=True, locked=True)
        await live.server.wait_until(lambda: live.client.get_channel(thread) is None)
        await live.ticks(4)
        assert "archived" in suspended(await live.rule())
        live.server.set_thread(thread, archived=False, locked=False)
        await live.server.wait_until(lambda: live.client.get_channel(thread))
        await live.ticks(2, timedelta(minutes=40))
        await live.ticks(1)
        assert await live.states() == [SENT]

    async def _thread(self, live: Live) -> int:
        """The rule's channel is a thread, which the bot knows."""
        channel = live.client.get_channel(live.channel.id)
        assert isinstance(channel, discord.TextChannel)
        kind = discord.ChannelType.public_thread
        thread = await channel.create_thread(name="digests", type=kind)
        saved = await live.due()
        await live.archive.write(edit, replace(saved, channel_id=thread.id))
        return thread.id

    async def test_a_channel_that_vanishes_between_look_and_send_parks(self, live: Live) -> None:
        await live.due()
        live.server.faults.add("status", "POST", SEND, status=404, code=10003)
        await live.ticks(5)
        assert "no longer exists" in suspended(await live.rule())
        assert await live.states() == [PLANNED]

    async def test_a_removed_bot_keeps_the_rule(self, live: Live) -> None:
        await live.due()
        live.server.remove_guild(live.guild)
        await live.server.wait_until(lambda: live_problem(live))
        await live.ticks(2)
        assert "not in this server" in suspended(await live.rule())

    async def test_an_outage_of_discords_parks_nothing_and_asks_nothing(self, live: Live) -> None:
        await live.due()
        live.server.set_unavailable(live.guild)
        await live.server.wait_until(
            lambda: getattr(live.client.get_guild(live.guild.id), "unavailable", True)
        )
        asked = len(live.server.log)
        await live.ticks(4)
        assert (len(live.server.log), (await live.rule()).suspended) == (asked, None)
        live.server.set_unavailable(live.guild, unavailable=False)
        await live.server.wait_until(
            lambda: not getattr(live.client.get_guild(live.guild.id), "unavailable", True)
        )
        await live.ticks(1)
        assert (await live.states(), len(live.posted)) == ([SENT], 1)


def replaced(garbage: object, client: discord.Client) -> object:
    """With the bot's own id where an author's id is 0, as only its own messages are looked at."""
    own = client.user.id if client.user else 0
    match garbage:
        case [{"author": {"id": "0"}, **rest}]:
            return [{**rest, "author": {"id": str(own)}}]
    return garbage


def live_problem(live: Live) -> str:
    postbox = DiscordTransport(live.client)
    wanted = rule(guild_id=live.guild.id, channel_id=live.channel.id)
    problem = postbox.problem(wanted)
    return render(problem) if problem else ""
