"""What systemd hears of the program, on a real socket."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.app import systemd


@pytest.fixture(params=["path", "abstract"])
def listener(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[socket.socket, str]]:
    """A socket as systemd has it, and its name in NOTIFY_SOCKET."""
    name = str(tmp_path / "notify") if request.param == "path" else f"@hotpapers-{tmp_path.name}"
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as listening:
        listening.bind("\0" + name[1:] if name.startswith("@") else name)
        listening.setblocking(False)
        yield listening, name


def test_it_hears_that_the_program_is_ready(listener: tuple[socket.socket, str]) -> None:
    listening, name = listener
    systemd.notify("READY=1", {"NOTIFY_SOCKET": name})
    assert listening.recv(64) == b"READY=1"


async def test_it_hears_of_the_loop_as_long_as_that_turns(
    listener: tuple[socket.socket, str],
) -> None:
    listening, name = listener
    environ = {"NOTIFY_SOCKET": name, "WATCHDOG_USEC": "20000"}
    task = asyncio.create_task(systemd.stay_alive(environ))
    async with asyncio.timeout(10):
        for _ in range(3):
            heard = await asyncio.get_running_loop().sock_recv(listening, 64)
            assert heard == b"WATCHDOG=1"
    task.cancel()


@pytest.mark.parametrize("environ", [{}, {"NOTIFY_SOCKET": "/nowhere/at/all"}])
async def test_nobody_listens(environ: dict[str, str]) -> None:
    systemd.notify("READY=1", environ)
    await systemd.stay_alive(environ)
