"""`hotpapers run` as a process of its own, and the world it is shown."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.models import Rule
from bot.store import Archive, rules
from tests.discordd import LoopbackDiscord
from tests.settings import arxiv_at, networks_at

CHECKOUT = Path(__file__).resolve().parents[2]

_CONFIG = """\
[bot]
contact = "tests@example.org"

[archive]
path = "archive.db"

[http]
tries = 1

[discord]
api_url = "{discord}"
admin_channel = {admins}

[watch]
port = 0

[log]
level = "info"
"""


@dataclass
class Program:
    """One folder with its configuration; ``start`` as often as needed."""

    folder: Path
    server: LoopbackDiscord

    @property
    def archive(self) -> Path:
        return self.folder / "archive.db"

    @property
    def said(self) -> str:
        """What it logged, over all its lives."""
        log = self.folder / "log.txt"
        return log.read_text(encoding="utf-8") if log.exists() else ""

    def configure(self, services: str, *, admins: int = 0) -> None:
        text = _CONFIG.format(discord=self.server.api_url, admins=admins)
        text += arxiv_at(services, "cs", "stat.ML") + networks_at(services)
        (self.folder / "config.toml").write_text(text, encoding="utf-8")

    @asynccontextmanager
    async def running(self, at: datetime, *flags: str) -> AsyncIterator[asyncio.subprocess.Process]:
        """The bot, its clock started at ``at``; killed at the end if it still runs."""
        process = await self.start(at, *flags)
        try:
            yield process
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()

    async def start(self, at: datetime, *flags: str) -> asyncio.subprocess.Process:
        """`hotpapers run`. The caller ends it."""
        self.server.gateway.forget()
        return await self.spawn(at, "run", *flags)

    async def command(self, at: datetime, *arguments: str) -> int:
        """Another command from start to end; returns its exit code."""
        process = await self.spawn(at, *arguments)
        async with asyncio.timeout(180):
            return await process.wait()

    async def spawn(self, at: datetime, *arguments: str) -> asyncio.subprocess.Process:
        """A command that has just begun. The caller ends it."""
        environment = {
            **{name: value for name, value in os.environ.items() if "HOTPAPERS" not in name},
            "HOTPAPERS_DISCORD_TOKEN": self.server.settings.token,
            "HOTPAPERS_X_BEARER_TOKEN": "any",
            "HOTPAPERS_CLOCK": at.isoformat(),
        }
        with (self.folder / "log.txt").open("ab") as log:
            return await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "--config", str(self.folder / "config.toml"),
                *arguments, cwd=CHECKOUT, env=environment, stdout=log, stderr=log,
            )  # fmt: skip

    async def prepare(self, *wanted: Rule) -> None:
        """An archive with these rules."""
        async with await Archive.open(self.archive) as archive:
            for one in wanted:
                await archive.write(rules.save, one)


async def stopped(process: asyncio.subprocess.Process, seconds: float = 10.0) -> int:
    """Ends it as a service manager does; returns its exit code. Raises TimeoutError."""
    process.send_signal(signal.SIGTERM)
    async with asyncio.timeout(seconds):
        return await process.wait()
