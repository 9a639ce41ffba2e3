"""An operator follows README's "Run it": init, doctor, run, /digest add, and the next slot.

What is typed is read from the README. Only the addresses of the services are set by hand, since no
test asks the real ones.
"""

import asyncio
import json
import re
import shlex
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest

from bot.demo.server import serving
from tests.discordd import Channel, LoopbackDiscord, Perm
from tests.e2e import program
from tests.e2e.bot_process import CHECKOUT, stopped
from tests.settings import arxiv_at, networks_at

pytestmark = pytest.mark.rehearsal

# Tuesday's listing closes on Wednesday at 06:00 UTC; 09:00 in Berlin is 07:00 UTC.
DAY_BEFORE = datetime(2021, 3, 30, 17, 0, tzinfo=UTC)
SLOT = datetime(2021, 3, 31, 7, 0, tzinfo=UTC)
SECONDS = 60


@dataclass(frozen=True)
class Operator:
    """Somebody in an empty folder, with the README in hand and nothing set."""

    folder: Path
    server: LoopbackDiscord
    papers: Channel

    @property
    def logged(self) -> str:
        return (self.folder / "log.txt").read_text(encoding="utf-8")

    async def runs(self, line: str, *, typed: str = "", code: int = 0) -> str:
        """A command line as it is written, to its end; all that it said."""
        name, *arguments = shlex.split(line)
        assert Path(name).name == "hotpapers"
        done = await asyncio.to_thread(program.run, *arguments, cwd=self.folder, typed=typed)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    @asynccontextmanager
    async def running(self, at: datetime) -> AsyncIterator[None]:
        """The bot, its clock started at ``at``; it ends in order with the block."""
        self.server.gateway.forget()
        with (self.folder / "log.txt").open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                *program.command("run"), cwd=self.folder, stdout=log, stderr=log,
                env=program.environment(PYTHONPATH=str(CHECKOUT), HOTPAPERS_CLOCK=at.isoformat()),
            )  # fmt: skip
        try:
            await self.server.wait_ready(SECONDS)
            yield
            assert await stopped(process, 20) == 0
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()

    async def says(self, words: str) -> None:
        """Raises TimeoutError when the bot does not."""
        await self.server.wait_until(lambda: words in self.logged, SECONDS)


def readme(pattern: str) -> str:
    """What the first match of ``pattern`` in "Run it" holds."""
    text = (CHECKOUT / "README.md").read_text(encoding="utf-8")
    section = text.partition("\n## Run it\n")[2].partition("\n## ")[0]
    found = re.search(pattern, section)
    assert found is not None, f"{pattern} is not in README's Run it"
    return found[1]


@pytest.fixture
async def operator(tmp_path: Path) -> AsyncIterator[Operator]:
    async with LoopbackDiscord() as server:
        papers = server.add_channel(server.add_guild("Reading group"), "papers")
        yield Operator(tmp_path, server, papers)
        assert server.violations == server.illegal_answers == []


async def test_from_nothing_to_a_digest_in_a_channel(operator: Operator) -> None:
    server, papers = operator.server, operator.papers
    admin = server.add_member(papers.guild_id or 0, "ada", permissions=Perm.MANAGE_GUILD)

    init = readme(r"`(\S+ init)`") + f" --api-url {server.api_url} --contact ada@example.org"
    said = await operator.runs(init, typed=server.settings.token)
    assert f"client_id={server.world.bot.id}" in said
    for command in ("doctor", "run"):
        assert f"  hotpapers {command} " in said
    doctor = await operator.runs(readme(r"`(hotpapers doctor)`"))
    assert "Discord knows the token" in doctor
    assert "problem" not in doctor

    async with serving() as services:
        use_instead(operator.folder, services)
        async with operator.running(DAY_BEFORE):
            asked = readme(r"`/(digest add .+?)`").split(maxsplit=2)[2]
            options = dict(re.findall(r"(\w+):(.+?)(?= \w+:|$)", asked))
            assert options.pop("channel") == f"#{papers.name}"
            answer = await admin.slash(papers, "digest", "add", channel=papers.id, **options)
            assert answer.ephemeral
            assert f"<t:{SLOT.timestamp():.0f}" in answer.text
            assert await healthz(operator.logged) == "ok"
            await operator.says("harvest.done")
            await operator.says("bot.ready")
            (ready,) = re.findall(r"bot\.ready .*", operator.logged)
            for said in ("guilds=1 commands=11", 'sources="arxiv ', "bluesky off"):
                assert said in ready
        assert server.messages(papers) == []
        async with operator.running(SLOT + timedelta(seconds=1)):
            await server.wait_messages(papers, seconds=SECONDS)
            await operator.says("delivery.sent")
    (digest,) = server.messages(papers)
    assert "PnG BERT" in digest.text
    told = json.loads(await operator.runs("hotpapers status --json"))
    assert told["deliveries"] == {"sent": 1}
    assert server.settings.token not in operator.logged


def use_instead(folder: Path, services: str) -> None:
    with (folder / "config.toml").open("a", encoding="utf-8") as config:
        config.write(f"{arxiv_at(services)}[watch]\nport = 0\n{networks_at(services)}")
    with (folder / "hotpapers.env").open("a", encoding="utf-8") as secrets:
        secrets.write("HOTPAPERS_X_BEARER_TOKEN=any\n")


async def healthz(log: str) -> str:
    found = re.search(r"watch\.serving address=(\S+)", log)
    assert found is not None, log
    async with aiohttp.ClientSession() as session, session.get(f"{found[1]}/healthz") as answer:
        assert answer.status == 200
        return str((await answer.json())["status"])
