"""`hotpapers init` as an operator meets it, with Discord on the loopback address."""

import asyncio
import os
import pty
import re
import stat
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import discord
import pytest

from bot import config
from bot.cli import discord_identity
from bot.cli.config_writer import config_text
from bot.config import ArxivSection, LogSection, Settings
from bot.delivery import missing_permissions
from bot.models import Rule
from tests.discordd import LoopbackDiscord
from tests.discordd.settings import Settings as DiscordSettings
from tests.e2e import program

pytestmark = pytest.mark.rehearsal

TOKEN = DiscordSettings.token
OTHER = "another-invented-token"
SECONDS = 60


@dataclass(frozen=True)
class Done:
    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Operator:
    """Somebody in an empty folder, with a Discord to talk to."""

    folder: Path
    server: LoopbackDiscord

    async def hotpapers(self, *arguments: str, typed: str = "", **environ: str) -> Done:
        process = await asyncio.create_subprocess_exec(
            *program.command(*arguments),
            cwd=self.folder,
            env=program.environment(PYTHONPATH=str(Path(__file__).parents[2]), **environ),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await asyncio.wait_for(process.communicate(typed.encode()), SECONDS)
        return Done(process.returncode or 0, out.decode(), err.decode())

    async def init(self, *arguments: str, typed: str = "", **environ: str) -> Done:
        arguments = ("init", "--api-url", self.server.api_url, *arguments)
        return await self.hotpapers(*arguments, typed=typed, **environ)

    def config(self) -> config.Config:
        return config.load(self.folder / "config.toml", {})

    @property
    def files(self) -> set[str]:
        return {path.name for path in self.folder.iterdir()}


@pytest.fixture
async def operator(tmp_path: Path) -> AsyncIterator[Operator]:
    async with LoopbackDiscord() as server:
        yield Operator(tmp_path, server)
    assert server.violations == []


async def test_a_piped_token_is_checked_and_everything_written(operator: Operator) -> None:
    done = await operator.init("--contact", "me@example.org", typed=f"{TOKEN}\n")
    assert (done.code, done.err) == (0, "")
    assert operator.files == {"config.toml", "hotpapers.env", "data"}
    made = operator.config()
    assert made.secrets.discord_token.reveal() == TOKEN
    assert made.settings.bot.contact == "me@example.org"
    assert made.archive == operator.folder / "data" / "hotpapers.db"
    assert made.settings.discord.api_url == operator.server.api_url


async def test_a_contact_to_which_nobody_can_write_is_refused(operator: Operator) -> None:
    done = await operator.init("--contact", "me", typed=TOKEN)
    assert (done.code, operator.files) == (2, set())
    assert "bot.contact: 'me' is neither an e-mail address, such as me@example.org" in done.err


async def test_only_the_owner_can_read_what_was_written(operator: Operator) -> None:
    await operator.init(typed=TOKEN)
    for name in ("config.toml", "hotpapers.env"):
        assert stat.S_IMODE((operator.folder / name).stat().st_mode) == 0o600
    assert stat.S_IMODE((operator.folder / "data").stat().st_mode) == 0o700


async def test_the_token_is_nowhere_but_in_its_file(operator: Operator) -> None:
    done = await operator.init(typed=TOKEN)
    assert TOKEN not in done.out + done.err
    assert TOKEN not in (operator.folder / "config.toml").read_text()


async def test_it_prints_the_name_and_a_link_with_each_permission_and_its_reason(
    operator: Operator,
) -> None:
    done = await operator.init(HOTPAPERS_DISCORD_TOKEN=TOKEN)
    bot = operator.server.world.bot
    assert f"{bot.name} (application {bot.id})" in done.out
    link = re.search(r"https://discord\.com/oauth2/authorize\?\S+", done.out)
    assert link is not None
    assert f"client_id={bot.id}" in link[0]
    assert "scope=bot+applications.commands" in link[0]
    for permission in discord_identity.PERMISSIONS:
        assert re.search(rf"{permission.name} +{permission.reason}", done.out)


def test_the_link_asks_for_exactly_what_digests_need() -> None:
    found = re.search(r"permissions=(\d+)", discord_identity.invite_link(1))
    assert found is not None
    asked = discord.Permissions(int(found[1]))
    rule = Rule(
        guild_id=1, channel_id=2, categories=(), at=datetime(1, 1, 1, 9, tzinfo=UTC).time(),
        zone="UTC", thread=True,
    )  # fmt: skip
    assert missing_permissions(asked, object(), rule) == []
    for name, granted in asked:
        without = discord.Permissions(asked.value)
        without.update(**{name: False})
        assert bool(missing_permissions(without, object(), rule)) == granted


async def test_a_wrong_token_is_named_and_nothing_written(operator: Operator) -> None:
    done = await operator.init(typed="not-this-one")
    assert done.code == 1
    assert done.err.startswith("Discord refuses this token, so nothing was written.")
    assert "not-this-one" not in done.err + done.out
    assert operator.files == set()


async def test_a_discord_that_does_not_answer_is_named_and_nothing_written(
    operator: Operator,
) -> None:
    operator.server.faults.add("status", "GET", "/users/@me", times=None, status=502)
    done = await operator.init(typed=TOKEN)
    assert done.code == 1
    assert "Discord could not be asked about the token, so nothing was written" in done.err
    assert operator.files == set()


@pytest.mark.parametrize("typed", ["", "\n", f"Bot {TOKEN}"])
async def test_without_a_usable_token_it_says_where_to_get_one(
    operator: Operator, typed: str
) -> None:
    done = await operator.init(typed=typed)
    assert done.code == 2
    assert "HOTPAPERS_DISCORD_TOKEN" in done.err
    assert operator.files == set()


async def test_files_that_are_there_are_not_changed_without_a_word(operator: Operator) -> None:
    mine = f'# mine\n[discord]\napi_url = "{operator.server.api_url}"\n'
    (operator.folder / "config.toml").write_text(mine)
    (operator.folder / "hotpapers.env").write_text(f"HOTPAPERS_DISCORD_TOKEN={OTHER}\n")
    refused = await operator.hotpapers("init", "--contact", "a@example.org", typed=TOKEN)
    assert refused.code == 2
    assert "--overwrite" in refused.err
    refused = await operator.hotpapers("init", typed=TOKEN)
    assert refused.code == 2
    assert "hotpapers.env holds another token" in refused.err
    assert (operator.folder / "config.toml").read_text() == mine
    assert OTHER in (operator.folder / "hotpapers.env").read_text()


async def test_a_configuration_that_is_there_is_used_and_kept(operator: Operator) -> None:
    mine = f'# mine\n[discord]\napi_url = "{operator.server.api_url}"\n'
    (operator.folder / "config.toml").write_text(mine)
    done = await operator.hotpapers("init", typed=TOKEN)
    assert done.code == 0, done.err
    assert (operator.folder / "config.toml").read_text() == mine
    assert operator.config().secrets.discord_token.reveal() == TOKEN


async def test_overwriting_changes_what_was_asked_and_keeps_the_rest(operator: Operator) -> None:
    (operator.folder / "config.toml").write_text('[arxiv]\ncategories = ["quant-ph"]\n')
    (operator.folder / "hotpapers.env").write_text(
        f"HOTPAPERS_X_BEARER_TOKEN=AAAA\nexport HOTPAPERS_DISCORD_TOKEN='{OTHER}'\n"
    )
    done = await operator.init("--overwrite", "--contact", "a@example.org", typed=TOKEN)
    assert done.code == 0, done.err
    made = operator.config()
    assert made.settings.arxiv.categories == ("quant-ph",)
    assert made.settings.bot.contact == "a@example.org"
    assert made.archive == operator.folder / "hotpapers.db"
    assert made.secrets.discord_token.reveal() == TOKEN
    assert made.secrets.x_bearer_token.reveal() == "AAAA"


async def test_a_new_token_leaves_a_configuration_with_its_comments(operator: Operator) -> None:
    mine = f'# mine\n[discord]\napi_url = "{operator.server.api_url}"\n'
    (operator.folder / "config.toml").write_text(mine)
    (operator.folder / "hotpapers.env").write_text(f"HOTPAPERS_DISCORD_TOKEN={OTHER}\n")
    done = await operator.hotpapers("init", "--overwrite", typed=TOKEN)
    assert "config.toml: kept as it is." in done.out
    assert (operator.folder / "config.toml").read_text() == mine
    assert operator.config().secrets.discord_token.reveal() == TOKEN


async def test_data_beside_the_configuration_moves_with_it(operator: Operator) -> None:
    done = await operator.init("--data", "data", typed=TOKEN)
    assert done.code == 0, done.err
    assert operator.config().settings.archive.path == "data/hotpapers.db"
    assert (operator.folder / "data").is_dir()


async def test_another_place_for_configuration_and_data(operator: Operator) -> None:
    done = await operator.hotpapers(
        "--config", "etc/hp.toml", "init", "--api-url", operator.server.api_url,
        "--data", "var", HOTPAPERS_DISCORD_TOKEN=TOKEN,
    )  # fmt: skip
    assert done.code == 0, done.err
    made = config.load(operator.folder / "etc" / "hp.toml", {})
    assert made.archive == operator.folder / "var" / "hotpapers.db"
    assert made.secrets.discord_token.reveal() == TOKEN
    assert "hotpapers --config etc/hp.toml doctor" in done.out


async def test_a_folder_that_cannot_be_made_is_named(operator: Operator) -> None:
    (operator.folder / "taken").write_text("a file")
    done = await operator.init("--data", "taken/data", typed=TOKEN)
    assert done.code == 1
    assert "taken/data cannot be made" in done.err
    assert "Name another with --data" in done.err
    assert "config.toml" not in operator.files


async def test_a_person_is_asked_and_the_token_is_not_shown(operator: Operator) -> None:
    master, slave = pty.openpty()
    process = await asyncio.create_subprocess_exec(
        *program.command("init", "--api-url", operator.server.api_url),
        cwd=operator.folder,
        env=program.environment(PYTHONPATH=str(Path(__file__).parents[2])),
        stdin=slave,
        stdout=slave,
        stderr=slave,
    )
    os.close(slave)
    shown = ""
    for asked, answer in [
        ("token", TOKEN),  # first, as the documents say: else it is typed where it shows
        ("reach you", "me at example.org"),
        ("neither an e-mail address", "me@example.org"),
        ("folder", "archive"),
    ]:
        shown += await _until(master, asked)
        os.write(master, f"{answer}\n".encode())
    shown += await _until(master, "digest add")
    assert await asyncio.wait_for(process.wait(), SECONDS) == 0
    os.close(master)
    assert TOKEN not in shown
    made = operator.config()
    assert made.settings.bot.contact == "me@example.org"
    assert made.archive == operator.folder / "archive" / "hotpapers.db"
    assert made.secrets.discord_token.reveal() == TOKEN


async def _until(terminal: int, words: str) -> str:
    """What the terminal shows, up to some words."""
    shown = ""
    async with asyncio.timeout(SECONDS):
        while words not in shown:
            shown += (await asyncio.to_thread(os.read, terminal, 4096)).decode()
    return shown


def test_every_kind_of_setting_survives_being_written(tmp_path: Path) -> None:
    settings = Settings(
        bot=config.BotSection(contact="me@example.org"),
        arxiv=ArxivSection(categories=("cs.CL", "math.*"), deferred=(date(2027, 12, 24),)),
        log=LogSection(level="debug"),
        ranking=config.RankingSection(bar=12.5, split_links=True),
        sources=config.SourcesSection(
            x=config.XSection(enabled=False),
            bluesky=config.BlueskySection(handle='a "quoted" \\ name\tÄ\x7f'),
        ),
    )
    file = tmp_path / "config.toml"
    file.write_text(config_text(settings), encoding="utf-8")
    assert config.load(file, {}).settings == settings
    assert config_text(Settings()).count("\n[") == 0
