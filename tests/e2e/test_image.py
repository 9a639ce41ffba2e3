"""The Dockerfile's steps without a container engine: its build in a folder, its start beside a
root that cannot be written, with no right that an ordinary user lacks.

What a build takes from PyPI is the tests' own environment here; nothing is fetched.
"""

import asyncio
import json
import os
import shutil
import socket
import sysconfig
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import processes
from tests.discordd import LoopbackDiscord
from tests.e2e import program
from tests.e2e.bot_process import stopped
from tests.test_packaging import CHECKOUT, copy_context, instructions

pytestmark = pytest.mark.rehearsal

SECONDS = 60
# The volume stays writable, everything else does not; then all rights of root are given away.
_CONTAINER = """
mount --make-rprivate / && mount --bind "$DATA" "$DATA" && mount -o remount,ro,bind / || exit 99
cd "$DATA" && exec setpriv --bounding-set=-all --no-new-privs "$@"
"""


@dataclass(frozen=True)
class Image:
    """``root`` stands for /opt/hotpapers and ``data`` for the volume."""

    root: Path
    data: Path

    @property
    def environment(self) -> dict[str, str]:
        return program.environment(
            DATA=str(self.data),
            HOME=str(self.data),
            PATH=f"{self.root / 'bin'}{os.pathsep}{os.environ['PATH']}",
            PYTHONPATH=sysconfig.get_path("purelib"),
        )

    async def starts(
        self, *command: str, log: Path = Path(os.devnull)
    ) -> asyncio.subprocess.Process:
        """As the engine would start it. The caller ends it."""
        with log.open("ab") as out:
            return await asyncio.create_subprocess_exec(
                *program.own_mounts(), "sh", "-c", _CONTAINER, "sh", *command, cwd=self.data,
                env=self.environment, stdin=asyncio.subprocess.PIPE, stdout=out, stderr=out,
            )  # fmt: skip


def _line(name: str) -> list[str]:
    """The words of an instruction in its exec form."""
    ((text,),) = instructions(name)
    words: list[str] = json.loads(text)
    return words


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    program.own_mounts()  # skips before all else
    place = tmp_path_factory.mktemp("image")
    source, root, data = place / "src", place / "opt", place / "data"
    copy_context(source)
    data.mkdir()
    build, user = (" ".join(words) for words in instructions("RUN"))
    can_be_read = processes.run(["sh", "-n", "-c", user])
    assert can_be_read.returncode == 0, can_be_read.stderr
    built = processes.run(
        ["sh", "-euc", build.replace("/opt/hotpapers", str(root))],
        cwd=source,
        env=program.environment(
            PYTHONPATH=sysconfig.get_path("purelib"),
            PIP_CONSTRAINT=str(CHECKOUT / ".ci" / "constraints.txt"),
            PIP_NO_INDEX="1",
            PIP_NO_DEPS="1",
            PIP_NO_BUILD_ISOLATION="false",  # pip's way to say that it is off
        ),
        seconds=3 * SECONDS,
    )
    assert built.returncode == 0, built.stderr
    shutil.rmtree(source)
    return Image(root, data)


@pytest.fixture
async def server() -> AsyncIterator[LoopbackDiscord]:
    async with LoopbackDiscord() as found:
        yield found


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


async def test_the_image_starts_answers_its_health_check_and_stops(
    image: Image, server: LoopbackDiscord, tmp_path: Path
) -> None:
    log = tmp_path / "log.txt"
    entry, port = _line("ENTRYPOINT"), free_port()
    init = await image.starts(*entry, "init", "--api-url", server.api_url, log=log)
    await asyncio.wait_for(init.communicate(server.settings.token.encode()), SECONDS)
    assert init.returncode == 0, log.read_text()
    with (image.data / "config.toml").open("a", encoding="utf-8") as config:
        config.write(f"\n[watch]\nport = {port}\n[sources.bluesky]\nenabled = false\n")
    bot = await image.starts(*entry, *_line("CMD"), log=log)
    try:
        await server.wait_ready(SECONDS)
        assert await healthy(image, port) == 0
        outside = await image.starts("touch", str(image.root / "x"))
        assert await outside.wait() != 0
        assert await stopped(bot, 10) == 0
    finally:
        if bot.returncode is None:
            bot.kill()
        await bot.wait()
    assert await healthy(image, port) != 0
    inside = {path.name.partition(".")[0] for path in image.data.iterdir()}
    assert inside <= {"config", "hotpapers", "data"}
    assert "Traceback" not in log.read_text()


async def healthy(image: Image, port: int) -> int:
    """The exit code of the image's health check."""
    (words,) = instructions("HEALTHCHECK")
    command: list[str] = json.loads(" ".join(words).partition("CMD ")[2])
    check = await image.starts(*(one.replace(":9464/", f":{port}/") for one in command))
    return await asyncio.wait_for(check.wait(), SECONDS)
