"""REST: the bot itself, users, guilds, and the registered commands."""

from collections.abc import Iterator

from tests.discordd import payloads
from tests.discordd.command_limits import check_commands
from tests.discordd.hub import Hub
from tests.discordd.requests import NOTHING, Call, Endpoint, Reply
from tests.discordd.wire import (
    Obj,
    invalid_json,
    missing_access,
    unauthorized,
    unknown_guild,
    unknown_member,
    unknown_user,
)
from tests.discordd.world import Guild


def me(hub: Hub, _: Call) -> Reply:
    return Reply(payloads.own_user(hub.world.bot))


def application(hub: Hub, _: Call) -> Reply:
    return Reply(payloads.application(hub.world.bot, sum(1 for _ in hub.world.joined())))


def gateway(hub: Hub, _: Call) -> Reply:
    return Reply({"url": hub.gateway.url})


def bot_gateway(hub: Hub, _: Call) -> Reply:
    return Reply(hub.gateway.bot_gateway())


def get_user(hub: Hub, call: Call) -> Reply:
    found = hub.world.users.get(call.id("user_id"))
    if found is None:
        raise unknown_user()
    return Reply(payloads.user(found))


def my_guilds(hub: Hub, call: Call) -> Reply:
    after = int(call.query.get("after", "0"))
    limit = int(call.query.get("limit", "200"))
    later = [one for one in hub.world.joined() if one.id > after][:limit]
    return Reply([payloads.listed_guild(hub.world, one) for one in later])


def get_guild(hub: Hub, call: Call) -> Reply:
    return Reply(payloads.guild(hub.world, _joined(hub, call)))


def guild_channels(hub: Hub, call: Call) -> Reply:
    channels = hub.world.channels_in(_joined(hub, call).id)
    return Reply([payloads.channel(hub.world, one) for one in channels])


def guild_roles(hub: Hub, call: Call) -> Reply:
    return Reply([payloads.role(one) for one in hub.world.roles_in(_joined(hub, call).id)])


def guild_member(hub: Hub, call: Call) -> Reply:
    found = hub.world.members.get((_joined(hub, call).id, call.id("user_id")))
    if found is None:
        raise unknown_member()
    return Reply(payloads.member(hub.world, found))


def active_threads(hub: Hub, call: Call) -> Reply:
    threads = hub.world.threads_in(_joined(hub, call).id)
    awake = [payloads.channel(hub.world, one) for one in threads if not one.archived]
    return Reply({"threads": awake, "members": [], "has_more": False})


def leave_guild(hub: Hub, call: Call) -> Reply:
    hub.leave(_joined(hub, call))
    return NOTHING


def _joined(hub: Hub, call: Call) -> Guild:
    guild = hub.world.guilds.get(call.id("guild_id"))
    if guild is None or not guild.joined:
        raise unknown_guild()
    return guild


# Commands


def put_commands(hub: Hub, call: Call) -> Reply:
    scope, wanted = _scope(hub, call), call.body
    if not isinstance(wanted, list):
        raise invalid_json()
    hub.refuse(call, check_commands(wanted))
    full = [_command(hub, one, scope) for one in wanted]
    kept = hub.commands.replace(scope, full, _new_ids(hub))
    hub.changes.fire()
    return Reply(list(kept))


def list_commands(hub: Hub, call: Call) -> Reply:
    return Reply(list(hub.commands.listed(_scope(hub, call))))


def get_command(hub: Hub, call: Call) -> Reply:
    return Reply(hub.commands.get(_scope(hub, call), call.params["command_id"]))


def delete_command(hub: Hub, call: Call) -> Reply:
    hub.commands.delete(_scope(hub, call), call.params["command_id"])
    return NOTHING


def _scope(hub: Hub, call: Call) -> int | None:
    if call.id("application_id") != hub.world.bot.id:
        raise unauthorized()
    if "guild_id" not in call.params:
        return None
    guild = hub.world.guilds.get(call.id("guild_id"))
    if guild is None or not guild.joined:
        raise missing_access()
    return guild.id


def _command(hub: Hub, sent: Obj, scope: int | None) -> Obj:
    """With what Discord fills in; permissions go out as a string."""
    needed = sent.get("default_member_permissions")
    body: Obj = {
        **_COMMAND_DEFAULTS,
        **{key: value for key, value in sent.items() if key != "id"},
        "type": sent.get("type") or 1,
        "integration_types": sent.get("integration_types") or [0],
        "application_id": str(hub.world.bot.id),
        "default_member_permissions": None if needed is None else str(needed),
    }
    return body if scope is None else {**body, "guild_id": str(scope)}


def _new_ids(hub: Hub) -> Iterator[int]:
    while True:
        yield hub.ids.now()


_COMMAND_DEFAULTS: Obj = {
    "description": "",
    "name_localizations": None,
    "description_localizations": None,
    "dm_permission": True,
    "contexts": None,
    "nsfw": False,
}

_GLOBAL = "/applications/{application_id}/commands"
_LOCAL = "/applications/{application_id}/guilds/{guild_id}/commands"
ENDPOINTS = (
    Endpoint("GET", "/users/@me", me),
    Endpoint("GET", "/users/@me/guilds", my_guilds),
    Endpoint("DELETE", "/users/@me/guilds/{guild_id}", leave_guild),
    Endpoint("GET", "/users/{user_id}", get_user),
    Endpoint("GET", "/oauth2/applications/@me", application),
    Endpoint("GET", "/applications/@me", application),
    Endpoint("GET", "/gateway", gateway),
    Endpoint("GET", "/gateway/bot", bot_gateway),
    Endpoint("GET", "/guilds/{guild_id}", get_guild),
    Endpoint("GET", "/guilds/{guild_id}/channels", guild_channels),
    Endpoint("GET", "/guilds/{guild_id}/roles", guild_roles),
    Endpoint("GET", "/guilds/{guild_id}/members/{user_id}", guild_member),
    Endpoint("GET", "/guilds/{guild_id}/threads/active", active_threads),
    *(
        endpoint
        for base in (_GLOBAL, _LOCAL)
        for endpoint in (
            Endpoint("PUT", base, put_commands),
            Endpoint("GET", base, list_commands),
            Endpoint("GET", base + "/{command_id}", get_command),
            Endpoint("DELETE", base + "/{command_id}", delete_command),
        )
    ),
)
