"""Two processes and one archive, as commands of the real program."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.demo.server import serving
from bot.store.archive_lock import holding
from tests.discordd import LoopbackDiscord
from tests.e2e.bot_process import Program, stopped
from tests.e2e.test_run import NOW, START_SECONDS

pytestmark = pytest.mark.rehearsal

DAY = ("--date", "2021-03-30")


@pytest.fixture
async def program(tmp_path: Path) -> AsyncIterator[Program]:
    async with LoopbackDiscord() as server, serving() as services:
        program = Program(tmp_path, server)
        program.configure(services)
        assert await program.command(NOW, "harvest", *DAY) == 0
        yield program


async def ready(program: Program, times: int) -> None:
    await program.server.wait_until(lambda: program.said.count("bot.ready") == times, START_SECONDS)


async def test_a_second_one_is_refused_and_readers_are_not(program: Program) -> None:
    backup = program.folder / "backup.zip"
    async with program.running(NOW) as bot:
        await ready(program, 1)
        jobs = [(name, *DAY) for name in ("daily", "harvest", "collect")]
        assert await program.command(NOW, "backup", str(backup)) == 0
        for arguments in (("run",), ("restore", str(backup)), *jobs):
            before = len(program.said)
            assert await program.command(NOW, *arguments) == 1
            said = program.said[before:]
            assert "is in use by hotpapers run" in said
            assert f"process {bot.pid} on " in said
            assert "Traceback" not in said
        for harmless in (("hot", *DAY), ("status",), ("daily", "--dry-run", *DAY)):
            before = len(program.said)
            assert await program.command(NOW, *harmless) == 0
            if harmless == ("status",):
                assert f"At work: hotpapers run (process {bot.pid} on " in program.said[before:]
        assert bot.returncode is None
        assert await stopped(bot) == 0
    assert await program.command(NOW, "daily", *DAY) == 0


async def test_it_takes_over_when_told_and_the_first_ends_in_order(program: Program) -> None:
    async with program.running(NOW) as first:
        await ready(program, 1)
        later = NOW + timedelta(minutes=1)
        async with program.running(later, "--take-over") as second:
            assert await first.wait() == 0
            await ready(program, 2)
            assert await stopped(second) == 0
    assert "bot.leaving" in program.said
    assert "Traceback" not in program.said


async def test_a_dead_holder_keeps_nobody_out(program: Program) -> None:
    async with program.running(NOW) as first:
        await ready(program, 1)
        first.kill()
        await first.wait()
    async with program.running(NOW) as second:
        await ready(program, 2)
        assert await stopped(second) == 0


async def test_while_it_waits_to_take_over_it_ends_when_told_to(program: Program) -> None:
    async with holding(program.archive, "run", NOW) as holder:
        async with program.running(NOW, "--take-over") as waiting:
            await asyncio.wait_for(holder.asked_to_leave(), START_SECONDS)
            assert await stopped(waiting) == 0
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(holder.asked_to_leave(), 0.5)
    assert "bot.starting" not in program.said
