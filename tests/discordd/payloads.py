"""Values of the world as the JSON that Discord gives for them.

Shapes: Discord's OpenAPI description (`*Response` schemas), and for gateway events, which it does
not describe, discord-api-docs, events/gateway-events.
"""

from tests.discordd.clock import born_at, iso
from tests.discordd.messages import Message
from tests.discordd.permissions import Overwrite, Perm, Role
from tests.discordd.wire import Obj
from tests.discordd.world import Channel, Guild, Kind, Member, User, World

FILE_LIMIT = 10 * 1024 * 1024
"""Bytes per file without boosts (docs, reference, "uploading files")."""


def user(one: User) -> Obj:
    return {
        "id": str(one.id),
        "username": one.name,
        "global_name": None,
        "avatar": None,
        "discriminator": "0",
        "public_flags": 0,
        "flags": 0,
        "bot": one.bot,
        "primary_guild": None,
    }


def own_user(one: User) -> Obj:
    return {**user(one), "mfa_enabled": True, "locale": "en-US", "verified": True, "email": None}


def application(bot: User, guild_count: int) -> Obj:
    owner = User(bot.id - 1, "the operator")
    return {
        "id": str(bot.id),
        "name": bot.name,
        "icon": None,
        "description": "",
        "summary": "",
        "type": None,
        "verify_key": "0" * 64,
        "flags": 0,
        "flags_new": "0",
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "owner": user(owner),
        "approximate_guild_count": guild_count,
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "team": None,
        "eligible_oauth2_scopes": [],
        "bot_public": True,
        "bot_require_code_grant": False,
        "bot": user(bot),
    }


def role(one: Role) -> Obj:
    return {
        "id": str(one.id),
        "name": one.name,
        "permissions": str(int(one.permissions)),
        "position": one.position,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": one.managed,
        "mentionable": False,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }


def member(world: World, one: Member) -> Obj:
    return {
        "user": user(world.users[one.user_id]),
        "nick": one.nick,
        "avatar": None,
        "banner": None,
        "roles": [str(role_id) for role_id in one.role_ids],
        "joined_at": iso(born_at(one.guild_id)),
        "premium_since": None,
        "communication_disabled_until": None,
        "pending": False,
        "deaf": False,
        "mute": False,
        "flags": 0,
    }


def acting_member(world: World, one: Member, permissions: Perm) -> Obj:
    """A member inside an interaction, with the permissions they have in its channel."""
    return {**member(world, one), "permissions": str(int(permissions))}


def overwrite(one: Overwrite) -> Obj:
    return {
        "id": str(one.target_id),
        "type": int(one.for_member),
        "allow": str(int(one.allow)),
        "deny": str(int(one.deny)),
    }


def channel(world: World, one: Channel) -> Obj:
    if one.kind is Kind.DM:
        return _dm(world, one)
    return _thread(one) if one.is_thread else _guild_channel(one)


def _dm(world: World, one: Channel) -> Obj:
    recipient = world.users[one.recipient_id or 0]
    return {
        "id": str(one.id),
        "type": int(one.kind),
        "flags": 0,
        "last_message_id": _maybe(one.last_message_id),
        "recipients": [user(recipient)],
    }


def _guild_channel(one: Channel) -> Obj:
    body: Obj = {
        "id": str(one.id),
        "type": int(one.kind),
        "guild_id": str(one.guild_id),
        "name": one.name,
        "position": one.position,
        "parent_id": _maybe(one.parent_id),
        "topic": one.topic,
        "nsfw": False,
        "flags": (1 << 4) if one.requires_tag else 0,
        "rate_limit_per_user": 0,
        "last_message_id": _maybe(one.last_message_id),
        "permission_overwrites": [overwrite(each) for each in one.overwrites],
    }
    if one.kind is Kind.FORUM:
        body |= {
            "available_tags": [tag(each.id, each.name) for each in one.tags],
            "default_reaction_emoji": None,
            "default_sort_order": None,
            "default_forum_layout": 0,
        }
    return body


def tag(tag_id: int, name: str) -> Obj:
    blank = {"moderated": False, "emoji_id": None, "emoji_name": None}
    return {"id": str(tag_id), "name": name, **blank}


def _thread(one: Channel) -> Obj:
    born = iso(born_at(one.id))
    return {
        "id": str(one.id),
        "type": int(one.kind),
        "guild_id": str(one.guild_id),
        "parent_id": str(one.parent_id),
        "owner_id": str(one.owner_id),
        "name": one.name,
        "flags": 0,
        "rate_limit_per_user": 0,
        "last_message_id": _maybe(one.last_message_id),
        "message_count": one.message_count,
        "total_message_sent": one.message_count,
        "member_count": 1,
        "applied_tags": [str(each) for each in one.applied_tags],
        "thread_metadata": {
            "archived": one.archived,
            "locked": one.locked,
            "auto_archive_duration": one.auto_archive_minutes,
            "archive_timestamp": born,
            "create_timestamp": born,
        },
    }


def guild(world: World, one: Guild) -> Obj:
    """The guild itself, as REST gives it; a GUILD_CREATE adds what is in it."""
    roles = [role(each) for each in world.roles_in(one.id)]
    members = world.member_count(one.id)
    return {
        **_GUILD_DEFAULTS,
        "id": str(one.id),
        "name": one.name,
        "owner_id": str(one.owner_id),
        "preferred_locale": one.locale,
        "roles": roles,
        "approximate_member_count": members,
        "approximate_presence_count": members,
    }


def guild_create(world: World, one: Guild) -> Obj:
    """Members: the bot alone, as without the members intent and in a guild of no voice."""
    bot = world.members[one.id, world.bot.id]
    visible = [each for each in world.threads_in(one.id) if not each.archived]
    return {
        **guild(world, one),
        "joined_at": iso(born_at(one.id)),
        "large": False,
        "unavailable": False,
        "member_count": world.member_count(one.id),
        "members": [member(world, bot)],
        "channels": [channel(world, each) for each in world.channels_in(one.id)],
        "threads": [channel(world, each) for each in visible],
        "voice_states": [],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def listed_guild(world: World, one: Guild) -> Obj:
    """An entry of `GET /users/@me/guilds`."""
    permissions = world.guild_permissions(one.id, world.bot.id)
    return {
        "id": str(one.id),
        "name": one.name,
        "icon": None,
        "banner": None,
        "owner": False,
        "permissions": str(int(permissions)),
        "features": [],
    }


def message(world: World, one: Message) -> Obj:
    body: Obj = {
        "id": str(one.id),
        "channel_id": str(one.channel_id),
        "type": one.kind,
        "author": user(world.users[one.author_id]),
        "content": one.content,
        "timestamp": iso(one.created),
        "edited_timestamp": None if one.edited is None else iso(one.edited),
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": list(one.attachments),
        "embeds": list(one.embeds),
        "components": list(one.components),
        "pinned": False,
        "flags": one.flags,
    }
    if one.nonce is not None:
        body["nonce"] = one.nonce
    if one.reference is not None:
        body["message_reference"] = one.reference
    if one.via_webhook:
        body["webhook_id"] = body["application_id"] = str(world.bot.id)
    if one.interaction_metadata is not None:
        body["interaction_metadata"] = one.interaction_metadata
    if one.thread_id is not None and one.thread_id in world.channels:
        body["thread"] = _thread(world.channels[one.thread_id])
    return body


def _maybe(snowflake: int | None) -> str | None:
    return None if snowflake is None else str(snowflake)


_GUILD_DEFAULTS: Obj = {
    "icon": None,
    "description": None,
    "home_header": None,
    "splash": None,
    "discovery_splash": None,
    "features": [],
    "banner": None,
    "application_id": None,
    "region": "deprecated",
    "afk_channel_id": None,
    "afk_timeout": 300,
    "system_channel_id": None,
    "system_channel_flags": 0,
    "widget_enabled": False,
    "widget_channel_id": None,
    "verification_level": 0,
    "default_message_notifications": 0,
    "mfa_level": 0,
    "explicit_content_filter": 0,
    "max_presences": None,
    "max_members": 500_000,
    "max_stage_video_channel_users": 50,
    "max_video_channel_users": 25,
    "vanity_url_code": None,
    "premium_tier": 0,
    "premium_subscription_count": 0,
    "rules_channel_id": None,
    "safety_alerts_channel_id": None,
    "public_updates_channel_id": None,
    "premium_progress_bar_enabled": False,
    "nsfw": False,
    "nsfw_level": 0,
    "emojis": [],
    "stickers": [],
    "incidents_data": None,
}
