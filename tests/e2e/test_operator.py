"""An operator follows the README: init, doctor, run, /digest add, and the next slot."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest

from bot.demo.server import serving
from tests.discordd import LoopbackDiscord, Perm
from tests.e2e import program
from tests.e2e.bot_process import stopped

# Tuesday's listing closes on Wednesday at 06:00 UTC; 09:00 in Berlin is 07:00 UTC.
DAY_BEFORE = datetime(2021, 3, 30, 17, 0, tzinfo=UTC)
SLOT = datetime(2021, 3, 31, 7, 0, tzinfo=UTC)
SECONDS = 60

_ELSEWHERE = """
[arxiv]
categories = ["cs", "stat.ML"]
feed_url = "{url}"
listing_url = "{url}"
oai_url = "{url}"
api_url = "{url}"
seconds_between_requests = 0
seconds_between_pages = 0
[http]
tries = 1
[watch]
port = 0
[sources.x]
url = "{url}"
oembed_url = "{url}"
[sources.hackernews]
url = "{url}"
[sources.huggingface]
url = "{url}"
[sources.bluesky]
enabled = false
[sources.mastodon]
enabled = false
"""


@pytest.fixture
async def server() -> AsyncIterator[LoopbackDiscord]:
    async with LoopbackDiscord() as found:
        yield found
        assert found.violations == found.illegal_answers == []


@asynccontextmanager
async def running(folder: Path, at: datetime) -> AsyncIterator[asyncio.subprocess.Process]:
    """The bot in its folder, with nothing set but the time; its log is in ``log.txt``."""
    with (folder / "log.txt").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *program.command("run"), cwd=folder, stdout=log, stderr=log,
            env=program.environment(
                PYTHONPATH=str(Path(__file__).parents[2]), HOTPAPERS_CLOCK=at.isoformat()
            ),
        )  # fmt: skip
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def run(folder: Path, *arguments: str, **variables: str) -> tuple[int, str]:
    done = await asyncio.to_thread(program.run, *arguments, cwd=folder, **variables)
    return done.returncode, done.stdout + done.stderr


async def logged(folder: Path, words: str) -> None:
    """Raises TimeoutError when the bot does not say them."""
    async with asyncio.timeout(SECONDS):
        while words not in (folder / "log.txt").read_text():  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.1)


async def healthz(log: str) -> dict[str, object]:
    found = re.search(r"watch\.serving address=(\S+)", log)
    assert found is not None, log
    async with aiohttp.ClientSession() as session, session.get(f"{found[1]}/healthz") as answer:
        assert answer.status == 200
        told: dict[str, object] = json.loads(await answer.text())
        return told


async def test_from_nothing_to_a_digest_in_a_channel(
    server: LoopbackDiscord, tmp_path: Path
) -> None:
    guild = server.add_guild("Reading group")
    papers = server.add_channel(guild, "papers")
    admin = server.add_member(guild, "ada", permissions=Perm.MANAGE_GUILD)

    code, said = await run(
        tmp_path, "init", "--api-url", server.api_url, "--contact", "ada@example.org",
        HOTPAPERS_DISCORD_TOKEN=server.settings.token,
    )  # fmt: skip
    assert code == 0, said
    code, said = await run(tmp_path, "doctor")
    assert code == 0, said

    async with serving() as url:
        with (tmp_path / "config.toml").open("a", encoding="utf-8") as config:
            config.write(_ELSEWHERE.format(url=url))
        with (tmp_path / "hotpapers.env").open("a", encoding="utf-8") as secrets:
            secrets.write("HOTPAPERS_X_BEARER_TOKEN=any\n")
        async with running(tmp_path, DAY_BEFORE) as process:
            await server.wait_ready(SECONDS)
            answer = await admin.slash(
                papers, "digest", "add", channel=papers.id, categories="cs, stat.ML",
                hour="09:00", zone="Europe/Berlin",
            )  # fmt: skip
            assert answer.ephemeral, answer.text
            assert (await healthz((tmp_path / "log.txt").read_text()))["status"] == "ok"
            await logged(tmp_path, "harvest.done")
            assert await stopped(process, 20) == 0
        server.gateway.forget()
        async with running(tmp_path, SLOT + timedelta(seconds=1)) as process:
            await server.wait_messages(papers, seconds=SECONDS)
            assert await stopped(process, 20) == 0
    assert "ViViT" in server.messages(papers)[0].text
    code, said = await run(tmp_path, "status", "--json")
    assert json.loads(said)["deliveries"].keys() <= {"sent", "planned"}
