"""What the bot must be allowed to do in a digest's channel."""

import discord

from bot.models import Rule

_SEND_IN_THREADS = "Send Messages in Threads"


def system_channel_of(guild: discord.Guild) -> discord.TextChannel | None:
    """Where a server is told something that is not a digest: its channel for system messages, if
    the bot may write there. No other is disturbed."""
    channel = guild.system_channel
    if channel is None:
        return None
    has = own_permissions(channel)
    return channel if has is not None and has.view_channel and has.send_messages else None


def own_permissions(
    channel: discord.abc.GuildChannel | discord.Thread,
) -> discord.Permissions | None:
    """What the bot may do there. None when that is unknown: not everything that Discord tells of
    a server can be read, and the bot itself or a thread's channel may be missing."""
    try:
        return channel.permissions_for(channel.guild.me)
    except (AttributeError, discord.ClientException):
        return None


def missing_permissions(has: discord.Permissions, channel: object, rule: Rule) -> list[str]:
    """What a digest needs and the bot does not have, by Discord's own names."""
    return [name for name, granted in needed_permissions(has, channel, rule).items() if not granted]


def needed_permissions(has: discord.Permissions, channel: object, rule: Rule) -> dict[str, bool]:
    """What a digest needs, by Discord's own names, and whether the bot has it.

    The history is read when it is unknown whether a message was posted.
    """
    in_thread = isinstance(channel, discord.Thread)
    needs = {
        "View Channel": has.view_channel,
        _SEND_IN_THREADS if in_thread else "Send Messages": (
            has.send_messages_in_threads if in_thread else has.send_messages
        ),
        "Read Message History": has.read_message_history,
    }
    if rule.thread and not in_thread:
        needs["Create Public Threads"] = has.create_public_threads
        needs[_SEND_IN_THREADS] = has.send_messages_in_threads
    return needs
