"""A world for each test of the commands and buttons."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import simcord

from tests import simcord_world
from tests.simcord_world import World


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[World]:
    async with simcord_world.world(tmp_path) as found:
        yield found


@pytest.fixture
def env(running: World) -> simcord.Env:
    """SimCord's plugin looks for it: to choose the clock, and to tell what a failed test did."""
    return running.env


@pytest.fixture
def world(running: World, env: simcord.Env) -> World:
    assert running.env is env
    return running
