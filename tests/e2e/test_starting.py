"""Whatever keeps the bot from starting is told in a plain sentence with its mend, and ends it."""

import asyncio
import signal
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import discord
import pytest
from aiohttp import ClientConnectionError, ClientHttpProxyError, RequestInfo
from discord.ext.commands import ExtensionFailed
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from bot.app import startup_errors
from bot.store import Archive
from bot.store.archive_lock import holding
from tests import processes
from tests.delivery.errors import refused
from tests.discordd import LoopbackDiscord
from tests.discordd.settings import Settings
from tests.e2e import program
from tests.polling import until

TOKEN = Settings.token
NOW = datetime(2026, 11, 22, tzinfo=UTC)


PROXY_REFUSES = ClientHttpProxyError(
    RequestInfo(
        URL("http://me:hunter2secret@proxy.example:3128"),
        "CONNECT",
        CIMultiDictProxy(CIMultiDict()),
    ),
    (),
    status=407,
)


class Closed(discord.ConnectionClosed):
    """Without the socket that the library makes it from."""

    def __init__(self, code: int) -> None:
        self.code, self.shard_id, self.reason = code, 0, ""


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (discord.LoginFailure("Improper token"), "refuses the bot's token"),
        (Closed(4004), "`hotpapers init`"),
        (Closed(4013), "code 4013"),
        (discord.PrivilegedIntentsRequired(None), "Update hotpapers"),
        (refused(503), "it answered 503"),
        (refused(403, 0), "it answered 403"),
        (refused(429, page=True), "it answered 429: a web page)"),
        (discord.RateLimited(3600.0), "wait for 60 minutes"),
        (ClientConnectionError("Cannot connect to host"), "cannot be reached: Cannot connect"),
        (TimeoutError(), "cannot be reached: TimeoutError"),
        (PROXY_REFUSES, "The proxy does not let the bot through to Discord (it answered 407)"),
        (ExtensionFailed("cogs.papers.commands", ValueError("x")), "Install hotpapers again"),
    ],
)
def test_each_refusal_of_discord_is_a_sentence_with_its_mend(error: Exception, said: str) -> None:
    sentence = startup_errors.sentence(error)
    assert said in sentence
    assert sentence.endswith(".")
    assert "hunter2secret" not in sentence
    assert "\n" not in sentence


@dataclass(frozen=True)
class Folder:
    path: Path
    server: LoopbackDiscord

    def configure(self, text: str = "") -> None:
        if "[discord]" not in text:
            text += f'\n[discord]\napi_url = "{self.server.api_url}"\n'
        text += "\n[watch]\nport = 0\n[sources.bluesky]\nenabled = false\n"
        (self.path / "config.toml").write_text(text, encoding="utf-8")

    async def fails(self, code: int, *words: str, token: str = TOKEN) -> None:
        """`hotpapers run` ends by itself with the code, and says all of it in plain words."""
        variables = {"HOTPAPERS_DISCORD_TOKEN": token} if token else {}
        done: subprocess.CompletedProcess[str] = await asyncio.to_thread(
            program.run, "run", cwd=self.path, **variables
        )
        said = " ".join(done.stderr.split())
        assert done.returncode == code, said
        assert "Traceback" not in said
        for one in words:
            assert one in said
        assert not token or token not in said


@pytest.fixture
async def folder(tmp_path: Path) -> AsyncIterator[Folder]:
    async with LoopbackDiscord() as server:
        found = Folder(tmp_path, server)
        found.configure()
        yield found


@pytest.mark.rehearsal
def _line_with(process: "subprocess.Popen[str]", words: str) -> str:
    """The first line of its log that has these words."""
    assert process.stderr is not None
    return next(line for line in process.stderr if words in line)


@pytest.mark.rehearsal
class TestTheStart:
    async def test_without_a_token(self, folder: Folder) -> None:
        await folder.fails(2, "HOTPAPERS_DISCORD_TOKEN: not set.", "hotpapers init", token="")

    async def test_with_a_wrong_token(self, folder: Folder) -> None:
        folder.server.settings.token = "made-anew"
        await folder.fails(2, "Discord refuses the bot's token.", "hotpapers init")

    async def test_with_every_problem_of_the_settings_at_once(self, folder: Folder) -> None:
        folder.configure('[archive]\ntext_days = "x"\n[arxiv]\ncategorys = ["cs"]\n')
        await folder.fails(2, "archive.text_days: must be", "did you mean categories?")

    async def test_with_a_broken_file(self, folder: Folder) -> None:
        (folder.path / "config.toml").write_text("[bot\n")
        await folder.fails(2, "config.toml: is not valid TOML")

    async def test_while_discord_is_away(self, folder: Folder) -> None:
        """It is waited for; told to end meanwhile, the program does."""
        await folder.server.stop()
        process = program.start("run", cwd=folder.path, HOTPAPERS_DISCORD_TOKEN=TOKEN)
        line = await asyncio.to_thread(_line_with, process, "discord.unreachable")
        assert "Discord cannot be reached" in line
        process.send_signal(signal.SIGTERM)
        done = await asyncio.to_thread(processes.end, process, seconds=10)
        assert done.returncode == 0, done.stderr

    async def test_after_discord_had_a_fault(self, folder: Folder) -> None:
        fault = folder.server.faults.add("drop", "GET", "/users/@me", times=2)
        process = program.start("run", cwd=folder.path, HOTPAPERS_DISCORD_TOKEN=TOKEN)
        await until(lambda: folder.server.gateway.ready and fault.hits == 2, 60)
        process.send_signal(signal.SIGTERM)
        done = await asyncio.to_thread(processes.end, process, seconds=10)
        assert done.returncode == 0, done.stderr
        assert "discord.unreachable" in done.stderr

    async def test_where_discord_refuses_it(self, folder: Folder) -> None:
        folder.server.faults.add("status", "GET", "/users/@me", times=None, status=403)
        await folder.fails(2, "Discord refuses the bot (it answered 403")

    async def test_where_something_else_answers(self, folder: Folder) -> None:
        folder.server.faults.add("malformed", "GET", "/users/@me", times=None)
        await folder.fails(
            1, f"What answers at {folder.server.api_url} is not Discord", "`api_url`"
        )

    @pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
    async def test_told_to_end_while_discord_lets_it_wait(
        self, folder: Folder, sign: signal.Signals
    ) -> None:
        waiting = folder.server.faults.add("delay", "GET", "/users/@me", seconds=60)
        process = program.start("run", cwd=folder.path, HOTPAPERS_DISCORD_TOKEN=TOKEN)
        await until(lambda: waiting.hits, 30)
        process.send_signal(sign)
        done = await asyncio.to_thread(processes.end, process, seconds=10)
        assert done.returncode == 0, done.stderr
        assert done.stderr.rstrip().endswith("bot.stopped")

    async def test_with_a_file_where_the_folder_should_be(self, folder: Folder) -> None:
        (folder.path / "data").write_text("a file")
        folder.configure('[archive]\npath = "data/hotpapers.db"\n')
        await folder.fails(1, "data cannot be written in", "`path` under [archive]")

    async def test_with_a_folder_where_the_archive_should_be(self, folder: Folder) -> None:
        folder.configure('[archive]\npath = "."\n')
        await folder.fails(2, "is a folder; name a file in it")

    async def test_with_a_damaged_archive(self, folder: Folder) -> None:
        (folder.path / "hotpapers.db").write_bytes(b"not a database at all" * 500)
        await folder.fails(1, "hotpapers.db failed", "'hotpapers restore FILE'")

    async def test_with_an_archive_of_a_newer_program(self, folder: Folder) -> None:
        async with await Archive.open(folder.path / "hotpapers.db") as archive:
            await archive.write(
                lambda db: db.conn.execute(
                    "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) "
                    "VALUES ('hotpapers', 'm9999', '2026-11-22')"
                )
            )
        await folder.fails(1, "newer")

    async def test_while_another_process_has_the_archive(self, folder: Folder) -> None:
        async with holding(folder.path / "hotpapers.db", "run", NOW):
            await folder.fails(1, "is in use by hotpapers run (process", "--take-over")
