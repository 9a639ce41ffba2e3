"""Worlds from a description (JSON) and by the thousand."""

from collections.abc import Iterable
from typing import Literal

import msgspec

from tests.discordd.permissions import Perm
from tests.discordd.server import LoopbackDiscord
from tests.discordd.world import Channel, Kind, World

KINDS = {
    "text": Kind.TEXT,
    "announcement": Kind.ANNOUNCEMENT,
    "forum": Kind.FORUM,
}


class ChannelPlan(msgspec.Struct, forbid_unknown_fields=True):
    """`deny`: names of permissions that the bot lacks there. `tags` are a forum's."""

    name: str
    kind: Literal["text", "announcement", "forum"] = "text"
    deny: list[str] = []
    tags: list[str] = []
    requires_tag: bool = False


class MemberPlan(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    permissions: list[str] = []
    accepts_dms: bool = True


class GuildPlan(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    channels: list[ChannelPlan] = []
    members: list[MemberPlan] = []


class Crowd(msgspec.Struct, forbid_unknown_fields=True):
    """So many guilds, with so many text channels, roles beside the bot's and members in each."""

    guilds: int
    channels: int = 1
    members: int = 0
    roles: int = 0


class WorldPlan(msgspec.Struct, forbid_unknown_fields=True):
    guilds: list[GuildPlan] = []
    generate: Crowd | None = None


def read_plan(data: bytes) -> WorldPlan:
    """Raises `msgspec.ValidationError` for a key or value that is unknown."""
    return msgspec.json.decode(data, type=WorldPlan)


def perms(names: Iterable[str]) -> Perm:
    total = Perm.NONE
    for name in names:
        total |= Perm[name]
    return total


def fill(server: LoopbackDiscord, plan: WorldPlan) -> None:
    """Adds what the plan names; a running app is told of it."""
    for guild_plan in plan.guilds:
        _add_guild(server, guild_plan)
    if plan.generate:
        generate(server.world, plan.generate)


def _add_guild(server: LoopbackDiscord, plan: GuildPlan) -> None:
    guild = server.add_guild(plan.name)
    for one in plan.channels:
        channel = server.add_channel(
            guild, one.name, kind=KINDS[one.kind], requires_tag=one.requires_tag
        )
        for tag in one.tags:
            server.world.add_tag(channel, tag)
        if one.tags or one.deny:
            server.deny(channel, perms(one.deny))
    for person in plan.members:
        server.add_member(
            guild,
            person.name,
            permissions=perms(person.permissions),
            accepts_dms=person.accepts_dms,
        )


def generate(world: World, crowd: Crowd) -> list[Channel]:
    """Makes a crowd before the app connects: nobody is told. Returns the channels."""
    made = []
    for number in range(crowd.guilds):
        guild = world.add_guild(f"guild {number}")
        made += [
            world.add_channel(guild, f"papers-{one}", topic="What is said of papers. " * 13)
            for one in range(crowd.channels)
        ]
        for one in range(crowd.roles):
            world.add_role(guild, f"role {one} of guild {number}")
        for one in range(crowd.members):
            world.add_member(guild, world.add_user(f"member {one} of guild {number}"))
    return made
