"""What Discord lets the bot do: its commands, its servers, the channels that wait for digests.

Asks over REST with the library's own client, which computes permissions as Discord does. It
never connects to the gateway, so a running bot is not disturbed.
"""

from collections.abc import Sequence
from itertools import islice

import aiohttp
import discord
from discord.ext import commands

from bot.app.client import EXTENSIONS, HotpapersBot, point_at
from bot.cli import discord_identity
from bot.config import Config
from bot.container import Services
from bot.delivery import missing_permissions
from bot.http import proxies
from bot.messages import common
from bot.models import Rule
from bot.monitoring.checks import Check, State
from bot.store import rules

# The scope of servers without digests is looked at for so many of them only.
MAX_SERVERS = 50
_MISSING_ACCESS = 50001
# The last is an answer that breaks off.
_BREAKS = (discord.DiscordException, aiohttp.ClientError, OSError, ValueError)
_UNSEEN = (discord.Forbidden, discord.NotFound, discord.InvalidData)


async def examine(config: Config, opened: Services | None) -> list[Check]:
    """``opened`` is None without an archive: then no channel waits for a digest."""
    wanted = [] if opened is None else await opened.archive.read(rules.of_servers)
    point_at(config.settings.discord.api_url)
    proxy = proxies.of_discord(config.settings)
    client = discord.Client(
        intents=discord.Intents(guilds=True),
        max_ratelimit_timeout=60,
        proxy=proxies.of_requests(proxy),
        connector=proxies.connector(proxy),
    )
    async with client:
        try:
            await client.login(config.secrets.discord_token.reveal())
            visit = Visit(client, opened)
            return [
                *await visit.commands(),
                *await visit.servers(wanted),
                *await visit.channels(wanted, config.settings.discord.admin_channel),
            ]
        except _BREAKS as error:
            return [_broken_off(error)]


def _broken_off(error: Exception) -> Check:
    return Check(
        "servers",
        State.PROBLEM,
        f"Discord broke off the examination: {error}.",
        "Try again in a moment.",
    )


class Visit:
    """One examination. What was fetched once is not fetched again."""

    def __init__(self, client: discord.Client, opened: Services | None) -> None:
        self._client = client
        self._opened = opened
        self._application = client.application_id or 0
        self._guilds: dict[int, discord.Guild | None] = {}
        self._members: dict[int, discord.Member] = {}

    async def commands(self) -> list[Check]:
        """Whether Discord shows the commands that this version has."""
        there = {
            one["name"] for one in await self._client.http.get_global_commands(self._application)
        }
        if not there:
            return [_unregistered("Discord knows no commands of the bot yet.")]
        if self._opened is None:
            return [Check("commands", State.OK, _counted(there))]
        try:
            missing = sorted(await _own_commands(self._opened) - there)
        except commands.ExtensionError as error:
            return [
                Check(
                    "commands",
                    State.PROBLEM,
                    f"A part of the bot cannot be loaded: {error}",
                    "Install hotpapers again.",
                )
            ]
        if missing:
            listed = ", ".join(f"/{name}" for name in missing)
            return [_unregistered(f"Discord does not know {listed} yet.")]
        return [Check("commands", State.OK, _counted(there))]

    async def servers(self, wanted: Sequence[Rule]) -> list[Check]:
        """Whether people there see the commands, which needs the scope applications.commands."""
        joined = {guild.id: guild.name async for guild in self._client.fetch_guilds(limit=None)}
        if not joined:
            return [
                Check(
                    "servers",
                    State.HINT,
                    "The bot is in no server yet.",
                    f"Invite it: {discord_identity.invite_link(self._application)}",
                )
            ]
        with_digests = {rule.guild_id for rule in wanted} & joined.keys()
        others = islice((key for key in joined if key not in with_digests), MAX_SERVERS)
        without = [
            self._no_scope(guild_id, joined[guild_id])
            for guild_id in (*sorted(with_digests), *others)
            if not await self._has_scope(guild_id)
        ]
        servers = common.counted(len(joined), "server")
        return [Check("servers", State.OK, f"The bot is in {servers}."), *without]

    async def _has_scope(self, guild_id: int) -> bool:
        """Discord answers 403 to this question where the scope was not granted."""
        try:
            await self._client.http.get_guild_commands(self._application, guild_id)
        except discord.Forbidden as error:
            return error.code != _MISSING_ACCESS
        return True

    def _no_scope(self, guild_id: int, name: str) -> Check:
        return Check(
            f"scope:{guild_id}",
            State.PROBLEM,
            f"{name} lacks the scope applications.commands, so nobody there sees the commands.",
            "An admin there opens the invite link once more, the bot can stay: "
            f"{discord_identity.invite_link(self._application)}",
        )

    async def channels(self, wanted: Sequence[Rule], admin_channel: int) -> list[Check]:
        checks = [
            await self._channel(rule) for rule in wanted if not (rule.paused or rule.unreadable)
        ]
        if admin_channel:
            checks.append(await self._admin_channel(admin_channel))
        return checks

    async def _channel(self, rule: Rule) -> Check:
        name = f"digest:{rule.rule_id}"
        guild = await self._guild(rule.guild_id)
        if guild is None:
            return Check(
                name,
                State.PROBLEM,
                f"Digest {rule.rule_id}: the bot is not in server {rule.guild_id} any more.",
                f"Invite it again: {discord_identity.invite_link(self._application)}",
            )
        seen = await self._seen(guild, rule.channel_id)
        if seen is None:
            return Check(
                name,
                State.PROBLEM,
                f"Digest {rule.rule_id}: its channel {rule.channel_id} in {guild.name} is gone, or "
                "the bot may not see it.",
                "Allow View Channel there, or choose another channel with /digest edit.",
            )
        channel, permissions = seen
        place = f"#{channel.name} in {guild.name}"
        missing = missing_permissions(permissions, channel, rule)
        if not missing:
            return Check(name, State.OK, f"Digest {rule.rule_id} can be posted in {place}.")
        return Check(
            name,
            State.PROBLEM,
            f"Digest {rule.rule_id} cannot be posted in {place}: the bot lacks "
            f"{' and '.join(missing)}.",
            f"In the channel's settings open Permissions, add the bot, allow {', '.join(missing)}.",
        )

    async def _admin_channel(self, channel_id: int) -> Check:
        guild = await self._guild(await self._guild_of(channel_id))
        seen = None if guild is None else await self._seen(guild, channel_id)
        if seen is not None and seen[1].view_channel and seen[1].send_messages:
            return Check("admin_channel", State.OK, f"Problems are told in #{seen[0].name}.")
        return Check(
            "admin_channel",
            State.PROBLEM,
            f"Problems cannot be told in the admin channel {channel_id}: it is gone, or the bot "
            "may not write there.",
            "Allow View Channel and Send Messages there, or set another `admin_channel` under "
            "[discord].",
        )

    async def _guild_of(self, channel_id: int) -> int:
        """0 for a channel that is none of a server's."""
        try:
            channel = await self._client.fetch_channel(channel_id)
        except _UNSEEN:
            return 0
        return 0 if isinstance(channel, discord.abc.PrivateChannel) else channel.guild.id

    async def _guild(self, guild_id: int) -> discord.Guild | None:
        if guild_id not in self._guilds:
            try:
                self._guilds[guild_id] = await self._client.fetch_guild(guild_id, with_counts=False)
            except _UNSEEN:
                self._guilds[guild_id] = None
        return self._guilds[guild_id]

    async def _seen(
        self, guild: discord.Guild, channel_id: int
    ) -> tuple[discord.abc.GuildChannel | discord.Thread, discord.Permissions] | None:
        """The channel, and what the bot may do there; None when it cannot see it."""
        try:
            channel = await guild.fetch_channel(channel_id)
            # A thread has its channel's, which its own object cannot look up without a gateway.
            parent = (
                await guild.fetch_channel(channel.parent_id)
                if isinstance(channel, discord.Thread)
                else channel
            )
        except _UNSEEN:
            return None
        if isinstance(parent, discord.Thread):
            return None
        return channel, parent.permissions_for(await self._member(guild))

    async def _member(self, guild: discord.Guild) -> discord.Member:
        if guild.id not in self._members:
            user = self._client.user
            self._members[guild.id] = await guild.fetch_member(user.id if user else 0)
        return self._members[guild.id]


async def _own_commands(opened: Services) -> set[str]:
    """The names that this version would register. Connects to nothing."""
    bot = HotpapersBot(opened, run_jobs=False)
    async with bot:
        for extension in EXTENSIONS:
            await bot.load_extension(extension)
        return {command.name for command in bot.tree.get_commands()}


def _unregistered(message: str) -> Check:
    return Check(
        "commands",
        State.HINT,
        message,
        "The bot registers them when it starts; `hotpapers commands sync` does it at once.",
    )


def _counted(names: set[str]) -> str:
    return f"Discord knows the bot's {len(names)} commands."
