"""The bot and the demo. Each imports the Discord library only when it runs: it takes half a
second, which ``hotpapers hot`` need not wait for.
"""

import asyncio
import logging
import os
import signal
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    contextmanager,
    suppress,
)
from functools import partial
from pathlib import Path
from typing import TypeVar

import click

from bot.cli.context import Context, pass_context, run, take_over_option
from bot.clock import Clock
from bot.config import Config, logs
from bot.container import services
from bot.errors import ConfigError, HotpapersError
from bot.store.archive_lock import ArchiveLock, holding

logger = logging.getLogger(__name__)

T = TypeVar("T")

# Told to end, the bot is gone after so long: containers are killed after ten seconds.
END_SECONDS = 9.5
# Between two tries to reach Discord; they double.
FIRST_PAUSE_SECONDS = 5.0
MAX_PAUSE_SECONDS = 300.0


@click.command("run")
@take_over_option
@pass_context
def run_bot(context: Context, take_over: bool) -> None:
    """The bot. Runs until it is stopped."""
    _require_token(context.config)
    at_the_latest = threading.Timer(END_SECONDS, _cut_short)
    at_the_latest.daemon = True
    try:
        run(_run(context.config, context.clock, at_the_latest.start, take_over=take_over))
    finally:
        at_the_latest.cancel()


def _cut_short() -> None:
    """End in the middle of whatever is going on, as a crash does, which loses nothing.

    What a thread waits for, as the system's name resolver when the network is away, cannot be
    cancelled, and Python waits for its threads.
    """
    logs.event(logger, logging.WARNING, "bot.cut_short", after_s=END_SECONDS)
    os._exit(0)


async def _run(
    config: Config, clock: Clock, told_to_end: Callable[[], object], *, take_over: bool
) -> None:
    """``told_to_end`` is called once, when the end has begun."""
    from bot.app import systemd
    from bot.app.client import run_forever

    stop = asyncio.Event()

    def end() -> None:
        if not stop.is_set():
            systemd.notify("STOPPING=1")
            stop.set()
            told_to_end()

    for sign in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        # Whoever starts it with nohup wants it to outlive the terminal.
        if sign != signal.SIGHUP or signal.getsignal(sign) is not signal.SIG_IGN:
            asyncio.get_running_loop().add_signal_handler(sign, end)
    held = holding(config.archive, "run", clock.now(), take_over=take_over)
    async with _unless_told_to_end(held, stop) as holder:
        if holder is not None:
            async with _leaving(holder, end), services(config, clock) as s:
                logs.event(logger, logging.INFO, "bot.starting", archive=s.archive.path)
                systemd.notify("READY=1")
                alive = asyncio.create_task(systemd.stay_alive())
                try:
                    with _refusals():
                        await _run_when_reached(partial(run_forever, s, stop), stop)
                finally:
                    alive.cancel()
    logs.event(logger, logging.INFO, "bot.stopped")


async def _run_when_reached(
    run_forever: Callable[[], Awaitable[None]], stop: asyncio.Event
) -> None:
    """Run the bot, again and again while Discord cannot be reached. Raises what keeps it out for
    good."""
    import aiohttp
    import discord

    from bot.app import startup_errors

    pause = FIRST_PAUSE_SECONDS
    while True:
        try:
            await run_forever()
            return
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            if not startup_errors.is_passing(error):
                raise
            wait = max(pause, getattr(error, "retry_after", 0.0))
            logs.event(
                logger, logging.WARNING, "discord.unreachable", again_in_s=round(wait),
                says=startup_errors.sentence(error),
            )  # fmt: skip
        with suppress(TimeoutError):
            async with asyncio.timeout(wait):
                await stop.wait()
                return
        pause = min(2 * pause, MAX_PAUSE_SECONDS)


@asynccontextmanager
async def _unless_told_to_end(
    context: AbstractAsyncContextManager[T], stop: asyncio.Event
) -> AsyncIterator[T | None]:
    """What the context gives; None when ``stop`` is set before it does."""
    async with AsyncExitStack() as stack:
        entering = asyncio.create_task(stack.enter_async_context(context))
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({entering, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not entering.done():
            entering.cancel()
            await asyncio.wait({entering})
        yield None if entering.cancelled() else entering.result()


@contextmanager
def _refusals() -> Iterator[None]:
    """Raises HotpapersError for whatever keeps the bot out of Discord."""
    import aiohttp
    import discord

    from bot.app import startup_errors

    try:
        yield
    except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
        sentence = startup_errors.sentence(error)
        if startup_errors.is_passing(error):
            raise HotpapersError(sentence) from error
        # A supervisor need not try again: the same settings are refused again.
        raise ConfigError([sentence]) from error


@asynccontextmanager
async def _leaving(holder: ArchiveLock, end: Callable[[], None]) -> AsyncIterator[None]:
    """Stop the bot in order when another process wants to take over."""

    async def leave() -> None:
        await holder.asked_to_leave()
        logs.event(logger, logging.WARNING, "bot.leaving", reason="another process takes over")
        end()

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
    """Register the slash commands with Discord, changed or not."""
    _require_token(context.config)
    click.echo(f"Registered {run(_sync(context.config, context.clock))} commands.")


async def _sync(config: Config, clock: Clock) -> int:
    from bot.app.client import HotpapersBot, point_at

    async with services(config, clock) as s:
        point_at(config.settings.discord.api_url)
        async with HotpapersBot(s, run_jobs=False) as bot:
            with _refusals():
                await bot.login(config.secrets.discord_token.reveal())
                await bot.register_commands(always=True)
            return len(bot.tree.get_commands())


def _require_token(config: Config) -> None:
    if not config.secrets.discord_token:
        raise ConfigError(
            [
                "HOTPAPERS_DISCORD_TOKEN: not set. `hotpapers init` asks for the bot's token and "
                "keeps it; docs/config.md names other ways to give it."
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

    logs.configure("warning", "text")
    run(show(out))


COMMANDS = (run_bot, slash_commands, demo)
