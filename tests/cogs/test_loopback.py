"""The journeys of members and admins through the real wire, where every body is checked.

The bot is the real one in this process; SimCord is not involved. The server refuses, as Discord
does, what breaks a limit or Discord's own description of its API, and notes it.
"""

import asyncio
import shutil
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from discord import app_commands

from bot.app.client import HotpapersBot
from bot.clock import ManualClock
from bot.config import Config, Secrets, Settings
from bot.container import Services, services
from bot.store.archive import READERS
from tests.archive_world import NOW, RETRIEVAL, VIVIT
from tests.discordd import Actor, Answer, Channel, LoopbackDiscord, Message, Perm
from tests.discordd.options import Value
from tests.discordd.pointing import running
from tests.discordd.wire import Obj

pytestmark = pytest.mark.rehearsal


@dataclass
class Wire:
    """A server with a channel, an admin and a member, and the bot that is on it now."""

    server: LoopbackDiscord
    services: Services
    papers: Channel
    admin: Actor
    alice: Actor
    bot: HotpapersBot | None = None
    used: set[str] = field(default_factory=set)
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def start(self) -> None:
        """The bot as a fresh process has it, on the same archive; ends the one before."""
        await self._stack.aclose()
        self.bot = HotpapersBot(self.services, run_jobs=False)
        await self._stack.enter_async_context(running(self.server, self.bot))

    async def stop(self) -> None:
        await self._stack.aclose()

    async def ask(self, who: Actor, command: str, **options: Value) -> Answer:
        self.used.add(command)
        answer = await who.slash(self.papers, *command.split(), **options)
        assert answer.ephemeral
        return answer

    async def deliver(self) -> None:
        assert self.bot is not None
        await self.bot.deliveries.tick()


@pytest.fixture
async def wire(tmp_path: Path, filled: Path) -> AsyncIterator[Wire]:
    archive = Path(shutil.copy(filled, tmp_path / "a.db"))
    config = Config(Settings(), Secrets(), archive)
    async with LoopbackDiscord() as server, services(config, ManualClock(NOW)) as found:
        guild = server.add_guild("Reading group")
        papers = server.add_channel(guild, "papers")
        admin = server.add_member(guild, "ada", permissions=Perm.MANAGE_GUILD)
        wire = Wire(server, found, papers, admin, server.add_member(guild, "alice"))
        await wire.start()
        yield wire
        await wire.stop()
        assert server.violations == server.illegal_answers == []


def custom_ids(components: Iterable[Obj], kind: str) -> list[str]:
    """The custom ids of the buttons of a kind, such as ``why``."""
    found = []
    for one in components:
        if str(one.get("custom_id", "")).startswith(f"hp1:{kind}:"):
            found.append(str(one["custom_id"]))
        found += custom_ids(one.get("components", []), kind)
    return found


def ids_of(message: Message, kind: str) -> list[str]:
    return custom_ids(message.components, kind)


async def turned(who: Actor, message: Answer, label: str) -> Answer:
    """Press a button that changes its own message, and wait until it has."""
    pressed = await who.click(message, label)
    await pressed.version(0)
    return pressed


async def a_hundred_press_at_once(wire: Wire, shared: Message) -> None:
    """Each gets the answer; the server takes no acknowledgement after three seconds."""
    guild = next(iter(wire.server.world.guilds.values()))
    readers = [wire.server.add_member(guild, f"reader{n}") for n in range(100)]
    button = ids_of(shared, "why")[0]
    answers = await asyncio.gather(*(reader.click(shared, button) for reader in readers))
    assert all("Score" in answer.text for answer in answers)


async def test_a_member_looks_things_up_before_and_after_a_restart(wire: Wire) -> None:
    found = await wire.alice.autocomplete(wire.papers, "hot", focused="date", value="last tue")
    assert found.choices[0] == ("Tue 30 Mar 2021 · 14 ranked", "2021-03-30")
    hot = await wire.ask(wire.alice, "hot", date="last tue")
    assert "ViViT" in hot.text
    await wire.ask(wire.alice, "follow", keyword="retrieval")
    (example,) = await wire.server.wait_messages(wire.server.dm(wire.alice))
    assert "Because you follow retrieval" in example.text
    await wire.start()
    stopped = await wire.alice.click(example, "Stop this")
    assert "No longer followed: retrieval" in stopped.text
    assert "You follow 1 thing" in (await turned(wire.alice, stopped, "Undo")).text
    second = await turned(wire.alice, hot, "Next")
    assert "Page 2 of 3" in second.text
    first = await turned(wire.alice, second, "Previous")
    assert "Page 1 of 3" in first.text
    await wire.alice.click(first, "Share here")
    (shared,) = await wire.server.wait_messages(wire.papers)
    await a_hundred_press_at_once(wire, shared)
    why = await wire.alice.click(shared, ids_of(shared, "why")[0])
    assert why.ephemeral
    assert "Score" in why.text
    abstract = await wire.admin.click(shared, ids_of(shared, "abs")[0])
    assert "We invent a thing" in abstract.text
    assert "ViViT" in (await wire.ask(wire.alice, "paper", paper=VIVIT)).text
    assert "1,321" in (await wire.ask(wire.alice, "why", paper=RETRIEVAL)).text
    assert "1** paper" in (await wire.ask(wire.alice, "search", query="impatient")).text
    assert "/hot" in (await wire.ask(wire.alice, "help")).text
    assert "not a date" in (await wire.ask(wire.alice, "hot", date="whenever")).text


async def test_every_command_is_answered(wire: Wire) -> None:
    rule: dict[str, Value] = {
        "channel": wire.papers, "categories": "cs.CL", "hour": "9", "zone": "Berlin",
    }  # fmt: skip
    commands: dict[str, dict[str, Value]] = {
        "hot": {"period": "week", "category": "cs.CL, cs.LG", "top": 3},
        "why": {"paper": VIVIT},
        "paper": {"paper": VIVIT},
        "search": {"query": "study cat:cs.CV"},
        "help": {},
    }
    for command, options in commands.items():
        await wire.ask(wire.alice, command, **options)
    added = await wire.ask(wire.admin, "digest add", **rule)
    assert "Next digest" in added.text
    listed = await wire.ask(wire.admin, "digest list")
    form = await wire.admin.click(listed, "Edit")
    refused = await wire.admin.submit_modal(form, {"when": "whenever"})
    form = await wire.admin.click(refused, "Back to the form")
    edited = await wire.admin.submit_modal(form, {"when": "18:30 Tokyo"})
    assert "18:30 Asia/Tokyo" in (await edited.version(0)).text
    paused = await turned(wire.admin, listed, "Pause")
    resumed = await turned(wire.admin, paused, "Resume")
    await wire.admin.click(resumed, "Test")
    preview = await wire.ask(wire.admin, "digest preview")
    assert "Retrieval" in (await preview.followup()).text
    for command in ("digest edit", "digest test"):
        await wire.ask(wire.admin, command)
    assert "cs.CV" in (await wire.ask(wire.admin, "digest why", paper=VIVIT)).text
    await wire.ask(wire.admin, "digest remove")
    assert "Hacker News: ok" in (await wire.ask(wire.admin, "status")).text
    followed = await wire.ask(wire.alice, "follow", category="cs.CL", hour="8", zone="Berlin")
    assert "In the last 30 days" in followed.text
    for command in ("list", "pause", "resume", "export"):
        await wire.ask(wire.alice, f"following {command}")
    await wire.ask(wire.alice, "following hour", hour="7", zone="UTC")
    await wire.ask(wire.alice, "following stop", what="1")
    for command in ("show", "export", "delete"):
        await wire.ask(wire.alice, f"privacy {command}")
    assert wire.bot is not None
    assert wire.used == {
        command.qualified_name
        for command in wire.bot.tree.walk_commands()
        if isinstance(command, app_commands.Command)
    }


async def test_an_answer_that_takes_its_time_is_promised_first(wire: Wire) -> None:
    hot = await wire.ask(wire.alice, "hot")
    readers = [
        asyncio.create_task(wire.services.archive.read(lambda _: time.sleep(2)))
        for _ in range(READERS)
    ]
    button = ids_of(hot.message, "why")[0]
    why = await wire.alice.click(hot, button)
    assert why.kind == "thinking"
    assert "Score" in why.text
    await asyncio.gather(*readers)
    assert (await wire.alice.click(hot, button)).kind == "message"
    assert (await wire.alice.click(hot, "Next")).kind == "update"


async def test_what_is_refused_is_explained(wire: Wire) -> None:
    assert not wire.alice.sees_command(wire.papers, "digest")
    assert wire.admin.sees_command(wire.papers, "digest")
    wire.server.close_dms(wire.alice)
    followed = await wire.ask(wire.alice, "follow", keyword="retrieval")
    assert "I could not send you a direct message" in followed.text
    await wire.ask(wire.alice, "privacy export")
    wire.server.deny(wire.papers, Perm.SEND_MESSAGES)
    answer = await wire.ask(
        wire.admin, "digest add", channel=wire.papers, categories="*", hour="9", zone="UTC"
    )
    assert "Send Messages: **missing**" in answer.text
    assert "no digest yet" in (await wire.ask(wire.admin, "digest list")).text
