"""The bot and the demo. Each imports the Discord library only when it runs: it takes half a
second, which ``hotpapers hot`` need not wait for.
"""

import asyncio
import logging
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import click

from bot import log
from bot.app.services import services
from bot.cli.context import Context, pass_context, run, take_over_option
from bot.clock import Clock
from bot.config import Config
from bot.errors import ConfigError, HotpapersError
from bot.store.holder import Holder, holding

logger = logging.getLogger(__name__)


@click.command("run")
@take_over_option
@pass_context
def run_bot(context: Context, take_over: bool) -> None:
    """The bot. Runs until it is stopped."""
    _require_token(context.config)
    run(_run(context.config, context.clock, take_over=take_over))


async def _run(config: Config, clock: Clock, *, take_over: bool) -> None:
    import discord

    from bot.app.client import run_forever

    stop = asyncio.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sign, stop.set)
    async with (
        holding(config.archive, "run", clock.now(), take_over=take_over) as holder,
        _leaving(holder, stop),
        services(config, clock) as s,
    ):
        log.event(logger, logging.INFO, "bot.starting", archive=s.archive.path)
        try:
            await run_forever(s, stop)
        except discord.LoginFailure as error:
            raise HotpapersError(
                "Discord refuses the bot's token. Make a new one in the developer portal "
                "(Bot, Reset Token) and put it into HOTPAPERS_DISCORD_TOKEN."
            ) from error
        except discord.PrivilegedIntentsRequired as error:
            raise HotpapersError("Discord refuses the connection's intents.") from error
    log.event(logger, logging.INFO, "bot.stopped")


@asynccontextmanager
async def _leaving(holder: Holder, stop: asyncio.Event) -> AsyncIterator[None]:
    """Stop the bot in order when another process wants to take over."""

    async def leave() -> None:
        await holder.asked_to_leave()
        log.event(logger, logging.WARNING, "bot.leaving", reason="another process takes over")
        stop.set()

    leaving = asyncio.create_task(leave())
    try:
        yield
    finally:
        leaving.cancel()


@click.group("commands")
def slash_commands() -> None:
    """The slash commands that Discord knows."""


@slash_commands.command()
@pass_context
def sync(context: Context) -> None:
    """Register the slash commands with Discord, whether or not they changed."""
    _require_token(context.config)
    click.echo(f"Registered {run(_sync(context.config, context.clock))} commands.")


async def _sync(config: Config, clock: Clock) -> int:
    from bot.app.client import HotpapersBot, point_at

    async with services(config, clock) as s:
        point_at(config.settings.discord.api_url)
        async with HotpapersBot(s, run_jobs=False) as bot:
            await bot.login(config.secrets.discord_token.reveal())
            await bot.register_commands(always=True)
            return len(bot.tree.get_commands())


def _require_token(config: Config) -> None:
    if not config.secrets.discord_token:
        raise ConfigError(
            [
                "HOTPAPERS_DISCORD_TOKEN: not set. Put the bot's token into it, or name a file "
                "that holds it with HOTPAPERS_DISCORD_TOKEN_FILE."
            ]
        )


@click.command()
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("hotpapers-demo"),
    show_default=True,
    help="The folder to build the archive and the page in.",
)
def demo(out: Path) -> None:
    """The whole job on a bundled sample day, without token or network."""
    from bot.demo import show

    log.configure("warning", "text")
    run(show(out))


COMMANDS = (run_bot, slash_commands, demo)
