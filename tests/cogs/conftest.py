"""A world for each test of the commands and buttons."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import simcord

from bot.config import Settings
from bot.models import Rule
from bot.store import Archive, rules
from tests import archive_world, simcord_world
from tests.simcord_world import Answer, World, ask

NLP = {"categories": "cs.CL,cs.IR", "hour": "09:00", "zone": "Europe/Berlin"}


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive with the week of ``archive_world``; to be copied, not written to."""
    path = tmp_path_factory.mktemp("archive") / "filled.db"

    async def fill() -> None:
        async with await Archive.open(path) as archive:
            await archive_world.fill(archive, Settings())

    asyncio.run(fill())
    return path


@pytest.fixture
async def running(tmp_path: Path, filled: Path) -> AsyncIterator[World]:
    async with simcord_world.world(Path(shutil.copy(filled, tmp_path / "a.db"))) as found:
        yield found


@pytest.fixture
def env(running: World) -> simcord.Env:
    """SimCord's plugin looks for it: to choose the clock, and to tell what a failed test did."""
    return running.env


@pytest.fixture
def world(running: World, env: simcord.Env) -> World:
    assert running.env is env
    return running


async def add(world: World, **options: object) -> Answer:
    """The admin adds a digest: ``NLP`` for its channel, but for the options."""
    return await ask(
        world.admin, world.nlp, "digest add", **({"channel": world.nlp} | NLP | options)
    )


async def stored(world: World) -> list[Rule]:
    """The digests of the server."""
    return await world.services.archive.read(rules.of_guild, world.guild.id)
