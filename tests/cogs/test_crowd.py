"""A thousand readers of one digest press a button in the same moment.

The bot is a process of its own, so that it shares no time with the loopback Discord. What is
asserted is wall-clock time on whatever machine this runs on: that each reader has the answer itself
(not only "is thinking ...") within the three seconds after which Discord gives up. Other work may
take the machine's time just then, so there are three tries. Bodies are not checked against
Discord's description here, which would take longer than the bot; other tests do that.
"""

import asyncio
import shutil
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from bot.app.coalescing import SingleFlight
from tests.archive_world import NOW
from tests.discordd import Actor, LoopbackDiscord, Message
from tests.discordd.crowd import press_at_once
from tests.e2e.bot_process import Program, stopped
from tests.factories import rule

READERS = 1000
DISCORDS_PATIENCE = 3.0
TRIES = 3


@pytest.mark.rehearsal
async def test_all_have_their_answer_in_time(tmp_path: Path, filled: Path) -> None:
    async with LoopbackDiscord() as server:
        guild = server.add_guild("Reading group")
        papers = server.add_channel(guild, "papers")
        readers = [server.add_member(guild, f"reader{n}") for n in range(READERS)]
        program = Program(tmp_path, server)
        program.configure("http://127.0.0.1:9")  # where nobody answers
        shutil.copy(filled, program.archive)
        created = NOW - timedelta(days=1)
        await program.prepare(rule(guild_id=guild.id, channel_id=papers.id, created_at=created))
        async with program.running(NOW) as process:
            digest = await server.wait_messages(papers, count=2, seconds=30)
            server.settings.openapi = False
            for kind in ("why", "abs", "hot"):
                await _all_press(server, readers, digest, kind)
            assert await stopped(process) == 0
        assert server.violations == []


async def _all_press(
    server: LoopbackDiscord, readers: Sequence[Actor], digest: Sequence[Message], kind: str
) -> None:
    message, button = next(
        (message, custom_id)
        for message in digest
        for custom_id in message.controls
        if custom_id.startswith(f"hp1:{kind}:")
    )
    for _ in range(TRIES):
        found = await press_at_once(server.hub, readers, message, button, patience=60)
        if max(each.seconds for each in found) < DISCORDS_PATIENCE:
            break
    assert len(found) == READERS
    assert max(each.seconds for each in found) < DISCORDS_PATIENCE
    assert len({each.text for each in found}) == 1


class TestCrowds:
    async def test_what_all_ask_at_once_is_made_once(self) -> None:
        made = []

        async def make() -> str:
            made.append(1)
            await asyncio.sleep(0)
            return "answer"

        crowds = SingleFlight()
        assert await asyncio.gather(*(crowds.run("q", make) for _ in range(20))) == ["answer"] * 20
        assert await crowds.run("q", make) == "answer"
        assert len(made) == 1
        await crowds.run("another", make)
        assert len(made) == 2

    async def test_an_answer_does_not_grow_old(self) -> None:
        crowds, answers = SingleFlight(0), iter("ab")

        async def make() -> str:
            return next(answers)

        assert [await crowds.run("q", make) for _ in range(2)] == ["a", "b"]

    async def test_an_error_is_everybodys_and_is_tried_again(self) -> None:
        crowds = SingleFlight(0)

        async def fail() -> str:
            raise ValueError

        async def make() -> str:
            return "answer"

        found = await asyncio.gather(
            *(crowds.run("q", fail) for _ in range(2)), return_exceptions=True
        )
        assert [type(each) for each in found] == [ValueError, ValueError]
        assert await crowds.run("q", make) == "answer"

    async def test_one_who_goes_away_takes_nothing_from_the_others(self) -> None:
        crowds, go = SingleFlight(), asyncio.Event()

        async def make() -> str:
            await go.wait()
            return "answer"

        gone, stays = (asyncio.create_task(crowds.run("q", make)) for _ in range(2))
        await asyncio.sleep(0)
        gone.cancel()
        go.set()
        assert await stays == "answer"
        assert gone.cancelled()
