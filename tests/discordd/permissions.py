"""Permission bits and how Discord computes them (discord-api-docs, topics/permissions)."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntFlag


class Perm(IntFlag):
    """The bits this server looks at; `ALL` is what an owner or administrator has."""

    NONE = 0
    KICK_MEMBERS = 1 << 1
    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    MANAGE_ROLES = 1 << 28
    MANAGE_WEBHOOKS = 1 << 29
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    CREATE_PRIVATE_THREADS = 1 << 36
    SEND_MESSAGES_IN_THREADS = 1 << 38
    PIN_MESSAGES = 1 << 51
    ALL = (1 << 53) - 1


EVERYONE = (
    Perm.VIEW_CHANNEL
    | Perm.SEND_MESSAGES
    | Perm.READ_MESSAGE_HISTORY
    | Perm.ADD_REACTIONS
    | Perm.USE_APPLICATION_COMMANDS
    | Perm.SEND_MESSAGES_IN_THREADS
    | Perm.CREATE_PUBLIC_THREADS
    | Perm.EMBED_LINKS
    | Perm.ATTACH_FILES
)
"""What @everyone may do in a new guild, as far as this server looks at it."""


@dataclass(frozen=True, slots=True)
class Role:
    id: int
    guild_id: int
    name: str
    permissions: Perm
    position: int = 1
    managed: bool = False


@dataclass(frozen=True, slots=True)
class Overwrite:
    """A channel's exception for one role or one member."""

    target_id: int
    for_member: bool
    allow: Perm = Perm.NONE
    deny: Perm = Perm.NONE

    def changed(self, *, allow: Perm = Perm.NONE, deny: Perm = Perm.NONE) -> "Overwrite":
        """The later word wins over an earlier one about the same bit."""
        return Overwrite(
            self.target_id,
            self.for_member,
            (self.allow | allow) & ~deny,
            (self.deny | deny) & ~allow,
        )


def base_permissions(roles: Iterable[Role], *, owner: bool) -> Perm:
    """In the guild, before any channel has a say."""
    if owner:
        return Perm.ALL
    total = Perm.NONE
    for role in roles:
        total |= role.permissions
    return Perm.ALL if total & Perm.ADMINISTRATOR else total


def channel_permissions(
    base: Perm, overwrites: Iterable[Overwrite], *, guild_id: int, role_ids: set[int], user_id: int
) -> Perm:
    """@everyone's overwrite, then those of the roles together, then the member's own."""
    if base & Perm.ADMINISTRATOR:
        return Perm.ALL
    everyone: Overwrite | None = None
    own: Overwrite | None = None
    role_allow = role_deny = Perm.NONE
    for overwrite in overwrites:
        if overwrite.for_member:
            own = overwrite if overwrite.target_id == user_id else own
        elif overwrite.target_id == guild_id:
            everyone = overwrite
        elif overwrite.target_id in role_ids:
            role_allow |= overwrite.allow
            role_deny |= overwrite.deny
    total = base
    if everyone:
        total = (total & ~everyone.deny) | everyone.allow
    total = (total & ~role_deny) | role_allow
    if own:
        total = (total & ~own.deny) | own.allow
    # Who cannot see a channel can do nothing there (the same page, "implicit permissions").
    return total if total & Perm.VIEW_CHANNEL else Perm.NONE
