"""Guilds, channels, roles, members: what exists, and who may do what there.

The values are frozen; the `World` holds the newest of each under its id, so a reference that a
test keeps is good for its id and may be out of date in the rest.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import TypeAlias

from tests.discordd.clock import Snowflakes
from tests.discordd.permissions import (
    EVERYONE,
    Overwrite,
    Perm,
    Role,
    base_permissions,
    channel_permissions,
)


class Kind(IntEnum):
    """Channel types (discord-api-docs, resources/channel)."""

    TEXT = 0
    DM = 1
    CATEGORY = 4
    ANNOUNCEMENT = 5
    ANNOUNCEMENT_THREAD = 10
    PUBLIC_THREAD = 11
    PRIVATE_THREAD = 12
    FORUM = 15


THREADS = frozenset({Kind.ANNOUNCEMENT_THREAD, Kind.PUBLIC_THREAD, Kind.PRIVATE_THREAD})


@dataclass(frozen=True, slots=True)
class User:
    id: int
    name: str
    bot: bool = False
    locale: str = "en-US"
    accepts_dms: bool = True


@dataclass(frozen=True, slots=True)
class Member:
    guild_id: int
    user_id: int
    role_ids: tuple[int, ...] = ()
    nick: str | None = None


@dataclass(frozen=True, slots=True)
class Tag:
    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Channel:
    """Also threads (`parent_id`, `owner_id`, `archived`, ...) and DMs (`recipient_id`)."""

    id: int
    kind: Kind
    name: str = ""
    guild_id: int | None = None
    parent_id: int | None = None
    position: int = 0
    topic: str | None = None
    overwrites: tuple[Overwrite, ...] = ()
    recipient_id: int | None = None
    owner_id: int | None = None
    archived: bool = False
    locked: bool = False
    auto_archive_minutes: int = 1440
    tags: tuple[Tag, ...] = ()
    applied_tags: tuple[int, ...] = ()
    requires_tag: bool = False
    message_count: int = 0
    last_message_id: int | None = None

    @property
    def is_thread(self) -> bool:
        return self.kind in THREADS


@dataclass(frozen=True, slots=True)
class Guild:
    """`joined` is false once the bot was removed; `unavailable` is Discord's outage flag."""

    id: int
    name: str
    owner_id: int
    bot_role_id: int
    locale: str = "en-US"
    joined: bool = True
    unavailable: bool = False


ChannelRef: TypeAlias = Channel | int
GuildRef: TypeAlias = Guild | int


class World:
    """Everything that exists, by id. Changes here tell nobody: the server sends the events."""

    def __init__(self, ids: Snowflakes) -> None:
        self._ids = ids
        self.users: dict[int, User] = {}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.roles: dict[int, Role] = {}
        self.members: dict[tuple[int, int], Member] = {}
        self._channels_of: dict[int, list[int]] = {}
        self._roles_of: dict[int, list[int]] = {}
        self._members_of: dict[int, list[int]] = {}
        self._guilds_of: dict[int, set[int]] = {}
        self._dm_of: dict[int, int] = {}
        self.bot = self.add_user("hotpapers", bot=True)

    # Making things

    def add_user(
        self, name: str, *, bot: bool = False, accepts_dms: bool = True, locale: str = "en-US"
    ) -> User:
        user = User(self._ids.born(), name, bot, locale, accepts_dms)
        self.users[user.id] = user
        return user

    def add_guild(
        self, name: str, *, bot_permissions: Perm = Perm.NONE, locale: str = "en-US"
    ) -> Guild:
        """With an owner of its own, @everyone as usual, and the bot under a role of its name."""
        owner, guild_id = self.add_user(f"owner of {name}"), self._ids.born()
        bot_role = Role(self._ids.born(), guild_id, self.bot.name, bot_permissions, managed=True)
        guild = Guild(guild_id, name, owner.id, bot_role.id, locale)
        self.guilds[guild_id] = guild
        self._roles_of[guild_id], self._channels_of[guild_id] = [], []
        self._members_of[guild_id] = []
        # The role @everyone has the guild's id.
        for role in (Role(guild_id, guild_id, "@everyone", EVERYONE, 0), bot_role):
            self.put_role(role)
        self.put_member(Member(guild_id, owner.id))
        self.put_member(Member(guild_id, self.bot.id, (bot_role.id,)))
        return guild

    def add_channel(
        self,
        guild: GuildRef,
        name: str,
        *,
        kind: Kind = Kind.TEXT,
        topic: str | None = None,
        requires_tag: bool = False,
    ) -> Channel:
        guild_id = _id(guild)
        position = len(self._channels_of[guild_id])
        return self.put_channel(
            Channel(
                self._ids.born(),
                kind,
                name,
                guild_id,
                position=position,
                topic=topic,
                requires_tag=requires_tag,
            )
        )

    def add_role(self, guild: GuildRef, name: str, permissions: Perm = Perm.NONE) -> Role:
        return self.put_role(Role(self._ids.born(), _id(guild), name, permissions))

    def add_member(
        self, guild: GuildRef, user: User, *, permissions: Perm = Perm.NONE, nick: str | None = None
    ) -> Member:
        """Permissions beyond @everyone's come as a role made for this member."""
        roles: tuple[int, ...] = ()
        if permissions:
            roles = (self.add_role(guild, f"{user.name}'s role", permissions).id,)
        return self.put_member(Member(_id(guild), user.id, roles, nick))

    def add_tag(self, forum: ChannelRef, name: str) -> Tag:
        channel, tag = self.channel(forum), Tag(self._ids.born(), name)
        self.put_channel(replace(channel, tags=(*channel.tags, tag)))
        return tag

    def dm_with(self, user_id: int) -> Channel:
        """The one private channel of the bot and a user, opened at the first call."""
        if user_id not in self._dm_of:
            dm = Channel(self._ids.now(), Kind.DM, recipient_id=user_id)
            self._dm_of[user_id] = self.put_channel(dm).id
        return self.channels[self._dm_of[user_id]]

    # Storing the newest of something

    def put_role(self, role: Role) -> Role:
        if role.id not in self.roles:
            self._roles_of[role.guild_id].append(role.id)
        self.roles[role.id] = role
        return role

    def put_member(self, member: Member) -> Member:
        if (member.guild_id, member.user_id) not in self.members:
            self._members_of[member.guild_id].append(member.user_id)
            self._guilds_of.setdefault(member.user_id, set()).add(member.guild_id)
        self.members[member.guild_id, member.user_id] = member
        return member

    def put_channel(self, channel: Channel) -> Channel:
        if channel.id not in self.channels and channel.guild_id is not None:
            self._channels_of[channel.guild_id].append(channel.id)
        self.channels[channel.id] = channel
        return channel

    def put_guild(self, guild: Guild) -> Guild:
        self.guilds[guild.id] = guild
        return guild

    def put_user(self, user: User) -> User:
        self.users[user.id] = user
        return user

    def drop_channel(self, channel: ChannelRef) -> tuple[Channel, ...]:
        """Removes a channel and its threads; returns them, the channel first."""
        gone = (self.channel(channel), *self.threads_under(_id(channel)))
        for one in gone:
            del self.channels[one.id]
            if one.guild_id is not None:
                self._channels_of[one.guild_id].remove(one.id)
        return gone

    def drop_member(self, guild: GuildRef, user_id: int) -> None:
        del self.members[_id(guild), user_id]
        self._members_of[_id(guild)].remove(user_id)
        self._guilds_of[user_id].remove(_id(guild))

    # Looking things up

    def channel(self, channel: ChannelRef) -> Channel:
        return self.channels[_id(channel)]

    def guild(self, guild: GuildRef) -> Guild:
        return self.guilds[_id(guild)]

    def channels_in(self, guild_id: int) -> Iterator[Channel]:
        """Channels proper, without threads."""
        here = (self.channels[one] for one in self._channels_of[guild_id])
        return (channel for channel in here if not channel.is_thread)

    def threads_in(self, guild_id: int) -> Iterator[Channel]:
        here = (self.channels[one] for one in self._channels_of[guild_id])
        return (channel for channel in here if channel.is_thread)

    def threads_under(self, channel_id: int) -> tuple[Channel, ...]:
        guild_id = self.channels[channel_id].guild_id
        inside = () if guild_id is None else self.threads_in(guild_id)
        return tuple(thread for thread in inside if thread.parent_id == channel_id)

    def roles_in(self, guild_id: int) -> list[Role]:
        return [self.roles[one] for one in self._roles_of[guild_id]]

    def members_in(self, guild_id: int) -> list[Member]:
        return [self.members[guild_id, one] for one in self._members_of[guild_id]]

    def member_count(self, guild_id: int) -> int:
        return len(self._members_of[guild_id])

    def joined(self) -> Iterator[Guild]:
        """Guilds that the bot is in."""
        return (guild for guild in self.guilds.values() if guild.joined)

    def shares_guild(self, user_id: int) -> bool:
        return any(self.guilds[one].joined for one in self._guilds_of.get(user_id, ()))

    # Permissions

    def permissions(self, channel: ChannelRef, user_id: int) -> Perm:
        """In a guild channel or thread (a thread has its parent's); nothing for a non-member."""
        here = self.channel(channel)
        if here.is_thread and here.parent_id is not None:
            here = self.channel(here.parent_id)
        guild_id = here.guild_id
        if guild_id is None:
            return Perm.ALL if here.recipient_id == user_id or user_id == self.bot.id else Perm.NONE
        member = self.members.get((guild_id, user_id))
        if member is None:
            return Perm.NONE
        roles = set(member.role_ids)
        base = self.guild_permissions(guild_id, user_id)
        return channel_permissions(
            base, here.overwrites, guild_id=guild_id, role_ids=roles, user_id=user_id
        )

    def guild_permissions(self, guild_id: int, user_id: int) -> Perm:
        member = self.members[guild_id, user_id]
        held = (self.roles[one] for one in (guild_id, *member.role_ids))
        return base_permissions(held, owner=self.guilds[guild_id].owner_id == user_id)


def _id(thing: Channel | Guild | int) -> int:
    return thing if isinstance(thing, int) else thing.id
