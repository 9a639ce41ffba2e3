"""The bot itself: an AutoShardedBot with the least it needs, and its orderly start and end."""

import asyncio
import hashlib
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from functools import partial
from typing import Any

import aiohttp
import discord
from discord import app_commands
from discord.ext import commands

from bot.app import startup_errors
from bot.app.coalescing import SingleFlight
from bot.app.discord_clock import DiscordClock
from bot.app.error_handler import report_to_member
from bot.app.form_drafts import FormDrafts
from bot.app.gateway import Unreadable, keep_to_api, leave_out_unreadable
from bot.app.gateway_tuning import freeze_gc, trim_heap, yield_between_frames
from bot.app.guild_cache import GuildCache
from bot.app.in_flight import InFlightRequests
from bot.app.rate_limit import MemberRateLimiter
from bot.app.retention import purge_expired
from bot.app.scheduler import Job, Schedule
from bot.app.translator import Translator
from bot.app.turns import MemberTurns
from bot.app.upkeep import Upkeep
from bot.config import logs
from bot.container import Services
from bot.delivery import UNANSWERED, Deliveries, DiscordTransport, Pacer
from bot.errors import HotpapersError
from bot.http import proxies
from bot.models import Rule
from bot.monitoring import health
from bot.monitoring.alerts import Alerts
from bot.monitoring.checks import State
from bot.monitoring.endpoints import Connection, Watching, serving
from bot.store import guilds, meta
from bot.store import health as stored
from bot.text import clean_typed

logger = logging.getLogger(__name__)

# What people can type and press.
EXTENSIONS = (
    "cogs.papers.commands",
    "cogs.papers.buttons",
    "cogs.papers.message_menu",
    "cogs.digests.commands",
    "cogs.follows.commands",
    "cogs.privacy",
    "cogs.status",
    "cogs.guilds",
)

COMMANDS_HASH = "discord.commands"

DELIVER = "deliver"
WORK_EVERY = timedelta(seconds=60)
DELIVER_EVERY = timedelta(seconds=15)
ALERT_EVERY = timedelta(seconds=60)
TIDY_EVERY = timedelta(hours=6)
UPKEEP_EVERY = timedelta(minutes=10)
GIVE_BACK_EVERY = timedelta(minutes=10)
# Answers to whole crowds go through so many connections to Discord, one after the other, and those
# to deliveries that are not answered for a long time take none of them away.
CONNECTIONS = 100 + UNANSWERED
# For Discord to say what time it is.
ASK_SECONDS = 5.0
# SIGTERM to the end: containers are killed after 10 s. So much of it is for what is under way,
GRACE_SECONDS = 7.0
# and so much for each farewell: the library would wait up to 30 s for a gateway's.
FAREWELL_SECONDS = 0.7


class Tree(app_commands.CommandTree["HotpapersBot"]):
    """Turns whatever a command raised into a sentence for the member, in one place."""

    async def interaction_check(self, interaction: discord.Interaction["HotpapersBot"], /) -> bool:
        """Raises CommandOnCooldown. What is completed while somebody types does not count."""
        if interaction.type is not discord.InteractionType.autocomplete:
            interaction.client.check_member_rate(interaction)
        data: Mapping[str, Any] = dict(interaction.data or {})
        _clean_options(data.get("options", ()))
        return True

    async def on_error(
        self, interaction: discord.Interaction["HotpapersBot"], error: app_commands.AppCommandError
    ) -> None:
        await report_to_member(interaction, error)


def _clean_options(options: Iterable[dict[str, Any]]) -> None:
    """Clean the texts in a command's options, before the library reads them."""
    for option in options:
        _clean_options(option.get("options", ()))
        if isinstance(option.get("value"), str):
            option["value"] = clean_typed(option["value"])


class HotpapersBot(commands.AutoShardedBot):
    """Only the guilds intent, the least of each server, no caches of messages or members, and
    nobody is ever pinged.

    AutoSharded also for one shard: a plain Client dies when its first gateway handshake fails
    (Rapptz/discord.py#10520). Jobs start in ``setup_hook``: ``on_ready`` comes again and again.
    """

    def __init__(
        self, services: Services, *, run_jobs: bool = True, pacer: Pacer | None = None
    ) -> None:
        """``pacer`` spaces all requests of deliveries; the default keeps Discord's limit."""
        self.discord_clock = DiscordClock()
        self._proxy = proxies.of_discord(services.config.settings)
        super().__init__(
            command_prefix=(),
            help_command=None,
            tree_cls=Tree,
            intents=discord.Intents(guilds=True),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            max_ratelimit_timeout=60,
            allowed_mentions=discord.AllowedMentions.none(),
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True),
            allowed_installs=app_commands.AppInstallationType(guild=True),
            proxy=proxies.of_requests(self._proxy),
            http_trace=self.discord_clock.trace,
        )
        keep_to_api(self.http)
        yield_between_frames(self.http)
        self.unreadable = Unreadable()
        leave_out_unreadable(self._connection, self.unreadable)
        self.guild_cache = GuildCache(self, self._connection)
        self.services = services
        self.rate_limiter = MemberRateLimiter()
        self.single_flight = SingleFlight()
        self.turns = MemberTurns()
        self.drafts = FormDrafts()
        self.in_flight = InFlightRequests()
        pacer = pacer or Pacer()
        postbox = DiscordTransport(self, pacer=pacer)
        self.deliveries = Deliveries(
            services.archive, services.config.settings, services.clock, postbox, pacer
        )
        self.alerts = Alerts(services, postbox, self.place, self.discord_clock.check)
        upkeep = Upkeep(services, lambda: self.schedule.running())
        self.schedule = Schedule(
            (
                Job("work", self._by_the_right_clock(self._work), WORK_EVERY, finishes=False),
                Job(DELIVER, self._by_the_right_clock(self.deliveries.tick), DELIVER_EVERY),
                Job("alerts", self.alerts.tick, ALERT_EVERY),
                Job(
                    "tidy",
                    self._by_the_right_clock(partial(purge_expired, services)),
                    TIDY_EVERY,
                ),
                Job(
                    "backup",
                    self._by_the_right_clock(upkeep.back_up_when_due),
                    UPKEEP_EVERY,
                    finishes=False,
                ),
                Job(
                    "check",
                    self._by_the_right_clock(upkeep.check_when_idle),
                    UPKEEP_EVERY,
                    finishes=False,
                ),
                Job("memory", trim_heap, GIVE_BACK_EVERY),
            )
        )
        self._was_clock_wrong = False
        self._run_jobs = run_jobs
        self._beside: set[asyncio.Task[None]] = set()

    async def login(self, token: str) -> None:
        """With so many connections at most: more would each cost a handshake of their own.

        The gateway's, one for each shard, are to another host.

        Raises HotpapersError also when it is not Discord that answers.
        """
        self.http.connector = proxies.connector(self._proxy, limit=0, limit_per_host=CONNECTIONS)
        try:
            await super().login(token)
        except (ValueError, TypeError, LookupError) as error:
            if self.application is not None:  # Discord has said who the bot is: this is our own
                raise
            api_url = self.services.config.settings.discord.api_url
            raise HotpapersError(startup_errors.not_discord(api_url)) from error

    def check_member_rate(self, interaction: discord.Interaction[discord.Client]) -> None:
        """Raises CommandOnCooldown for a member who asks too often."""
        self.rate_limiter.check(interaction.user.id, self.services.clock.now())

    async def setup_hook(self) -> None:
        """Load every extension (one that fails stops the start), register, begin the jobs."""
        for extension in EXTENSIONS:
            await self.load_extension(extension)
        self.guild_cache.keep(await self.services.archive.read(guilds.posted_to))
        self.guild_cache.keep([self.services.config.settings.discord.admin_channel])
        await self.register_commands()
        if self._run_jobs:
            self.schedule.start()
            self._beside.add(asyncio.create_task(self.services.paper_lookup.run()))
            if self.services.listener is not None:
                self._beside.add(asyncio.create_task(self.services.listener.run()))

    async def register_commands(self, *, always: bool = False) -> bool:
        """Tell Discord the commands when they changed since the last time; whether it was told.

        Not at every start: a server allows 200 new commands a day (error 30034).
        """
        translator = Translator()
        await self.tree.set_translator(translator)
        payload = [
            await command.get_translated_payload(self.tree, translator)
            for command in self.tree.get_commands()
        ]
        text = json.dumps([self.application_id, payload], sort_keys=True, default=str)
        digest = hashlib.sha256(text.encode()).hexdigest()
        archive = self.services.archive
        if not always and await archive.read(meta.get, COMMANDS_HASH) == digest:
            return False
        registered = await self.tree.sync()
        await archive.write(meta.put, COMMANDS_HASH, digest, now=self.services.clock.now())
        logs.event(logger, logging.INFO, "commands.registered", count=len(registered))
        return True

    def _by_the_right_clock(
        self, job: Callable[[], Awaitable[None]]
    ) -> Callable[[], Coroutine[Any, Any, None]]:
        """``job``, left out while the machine's clock is wrong.

        Nothing is planned, closed or erased then. What is due comes as soon as the clock is right.
        """

        async def unless_wrong() -> None:
            if not await self._is_clock_wrong():
                await job()

        return unless_wrong

    async def _is_clock_wrong(self) -> bool:
        check = self.discord_clock.check()
        if check.state is State.PROBLEM:  # the machine may have slept: Discord is asked anew
            with suppress(discord.DiscordException, aiohttp.ClientError, OSError):
                async with asyncio.timeout(ASK_SECONDS):
                    await self.http.get_bot_gateway()
            check = self.discord_clock.check()
        is_wrong = check.state is State.PROBLEM
        if is_wrong != self._was_clock_wrong:
            self._was_clock_wrong = is_wrong
            level = logging.ERROR if is_wrong else logging.INFO
            logs.event(
                logger, level, "clock.wrong" if is_wrong else "clock.right", says=check.message
            )
        return is_wrong

    async def _work(self) -> None:
        """A day that has just closed is not kept waiting for the next tick."""
        await self.services.daily.tick()
        self.schedule.wake(DELIVER)

    def place(self, rule: Rule) -> str:
        """The rule's channel and server by their names, without what is gone."""
        guild = self.get_guild(rule.guild_id)
        if guild is None:
            return ""
        channel = guild.get_channel_or_thread(rule.channel_id)
        return f"#{channel.name} of {guild.name}" if channel else guild.name

    def connection(self) -> Connection:
        """A shard that lost its connection is ready no less, so each is asked."""
        connected = self.is_ready() and not any(s.is_closed() for s in self.shards.values())
        return Connection(connected, self.latency, len(self.guilds), self.unreadable.by_type)

    async def on_ready(self) -> None:
        """Say in one line who this is, where, and how each source did when it was last asked."""
        freeze_gc(len(self.guilds))
        await trim_heap()
        self.schedule.wake(DELIVER)
        states = await self._source_states()
        logs.event(
            logger, logging.INFO, "bot.ready", user=self.user, guilds=len(self.guilds),
            commands=len(self.tree.get_commands()), latency=round(self.latency, 3),
            sources=", ".join(f"{name} {state}" for name, state in states.items()),
        )  # fmt: skip

    async def _source_states(self) -> dict[str, str]:
        answers = await self.services.archive.read(stored.answers)
        settings, now = self.services.config.settings, self.services.clock.now()
        return health.states(health.sources(settings, answers, 0, now), self.services.daily.off)

    async def close(self) -> None:
        """Let jobs under way finish or park, then leave Discord, whoever still answers there."""
        self.deliveries.stop()
        await asyncio.gather(self.schedule.stop(GRACE_SECONDS), self.deliveries.end(GRACE_SECONDS))
        for task in self._beside:
            task.cancel()
        if self._beside:
            await asyncio.wait(self._beside, timeout=FAREWELL_SECONDS)
        for leave in (super().close, self.http.close):
            with suppress(TimeoutError):
                async with asyncio.timeout(FAREWELL_SECONDS):
                    await leave()


def point_at(api_url: str) -> None:
    """Let the library talk to ``api_url``. Each bot asks there for the gateway's address."""
    discord.http.Route.BASE = api_url.rstrip("/")


async def run_forever(services: Services, stop: asyncio.Event) -> None:
    """Run the bot until ``stop`` is set, or Discord refuses it for good."""
    await stay(HotpapersBot(services), stop)


async def stay(bot: HotpapersBot, stop: asyncio.Event) -> None:
    """``run_forever`` with a bot that is there already."""
    config = bot.services.config
    point_at(config.settings.discord.api_url)
    async with _watched(bot):
        running = asyncio.create_task(bot.start(config.secrets.discord_token.reveal()))
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        await bot.close()
        if stop.is_set():  # it may be connecting, or waiting until it does so again
            running.cancel()
            ended = asyncio.gather(running, return_exceptions=True)
            await asyncio.wait({ended}, timeout=FAREWELL_SECONDS)
        else:
            await running


@asynccontextmanager
async def _watched(bot: HotpapersBot) -> AsyncIterator[None]:
    """``/healthz`` and ``/metrics`` while the block runs, unless they are switched off."""
    watch = bot.services.config.settings.watch
    if not watch.enabled:
        yield
        return
    watching = Watching(bot.services, bot.connection, lambda: len(bot.alerts.open))
    async with serving(watching, watch.host, watch.port):
        yield
