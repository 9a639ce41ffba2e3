"""What a member types into a slash command, checked as Discord's client checks it."""

from collections.abc import Mapping, Sequence
from typing import Protocol, TypeAlias

from tests.discordd import payloads
from tests.discordd.wire import Obj
from tests.discordd.world import World

SUBCOMMAND, GROUP, STRING, INTEGER, BOOLEAN = 1, 2, 3, 4, 5
USER, CHANNEL, ROLE, MENTIONABLE, NUMBER = 6, 7, 8, 9, 10

_TYPES: dict[int, set[type]] = {
    STRING: {str},
    INTEGER: {int},
    BOOLEAN: {bool},
    NUMBER: {int, float},
}


class HasId(Protocol):
    @property
    def id(self) -> int: ...


Value: TypeAlias = str | int | float | bool | HasId
"""A text, a number, a truth value; a channel, role, member or user, or its id."""


class CannotType(AssertionError):
    """Discord's client would not let the member send this."""


def focused_option(data: Obj) -> Obj | None:
    """The option that an autocomplete is about."""
    for option in data.get("options") or ():
        if option.get("focused"):
            found: Obj = option
            return found
        inner = focused_option(option)
        if inner:
            return inner
    return None


def nested(path: Sequence[str], kinds: Sequence[int], options: list[Obj]) -> list[Obj]:
    """The options below their subcommand, and that below its group."""
    for name, kind in zip(reversed(path), reversed(kinds), strict=True):
        options = [{"name": name, "type": kind, "options": options}]
    return options


def leaf(command: Obj, path: Sequence[str]) -> tuple[list[Obj], list[int]]:
    """The options that a command or subcommand has, and the types of the steps to it."""
    kinds, current = [], command
    for name in path:
        steps = [one for one in current.get("options") or () if one["type"] in {SUBCOMMAND, GROUP}]
        current = next((one for one in steps if one["name"] == name), {})
        if not current:
            known = ", ".join(one["name"] for one in steps) or "none"
            raise CannotType(f"/{command['name']} has no subcommand {name!r}; there are: {known}")
        kinds.append(current["type"])
    known_options: list[Obj] = current.get("options") or []
    if any(one["type"] in {SUBCOMMAND, GROUP} for one in known_options):
        raise CannotType(f"/{command['name']} needs one of its subcommands")
    return known_options, kinds


class Form:
    """The filled-in options of one command, and the objects they refer to."""

    def __init__(self, world: World, user_id: int, guild_id: int | None) -> None:
        self._world = world
        self._user_id = user_id
        self._guild_id = guild_id
        self.resolved: dict[str, Obj] = {}

    def fill(self, known: Sequence[Obj], values: Mapping[str, Value]) -> list[Obj]:
        """Raises `CannotType` for a missing or unknown option, and for a value not allowed."""
        self._check_names(known, values)
        for option in known:
            if option.get("required") and option["name"] not in values:
                raise CannotType(f"the option {option['name']!r} is required")
        return [self._typed(one, values[one["name"]]) for one in known if one["name"] in values]

    def fill_for_autocomplete(
        self, known: Sequence[Obj], values: Mapping[str, Value], focused: str, typed: str
    ) -> list[Obj]:
        """Half-filled, as it is while a member types into `focused`."""
        self._check_names(known, {**values, focused: typed})
        target = next(one for one in known if one["name"] == focused)
        if not target.get("autocomplete"):
            raise CannotType(f"the option {focused!r} has no autocomplete")
        given = [self._typed(one, values[one["name"]]) for one in known if one["name"] in values]
        about = {"name": focused, "type": target["type"], "value": typed, "focused": True}
        return [*given, about]

    def _check_names(self, known: Sequence[Obj], values: Mapping[str, Value]) -> None:
        names = {one["name"] for one in known}
        for name in values.keys() - names:
            raise CannotType(f"no option {name!r}; there are: {', '.join(sorted(names))}")

    def _typed(self, option: Obj, value: Value) -> Obj:
        kind, name = option["type"], option["name"]
        if kind in {USER, CHANNEL, ROLE, MENTIONABLE}:
            sent: str | int | float | bool = str(self.refer(kind, value, option))
        else:
            sent = self._plain(option, value)
        return {"name": name, "type": kind, "value": sent}

    def _plain(self, option: Obj, value: Value) -> str | int | float | bool:
        if not isinstance(value, str | int | float) or type(value) not in _TYPES[option["type"]]:
            raise CannotType(f"the option {option['name']!r} does not take {value!r}")
        _check_choice(option, value)
        _check_bounds(option, value)
        return value

    def refer(self, kind: int, value: Value, limits: Obj | None = None) -> int:
        """Resolves a channel, role or user; returns its id."""
        number = value if isinstance(value, int) else getattr(value, "id", None)
        if not isinstance(number, int):
            raise CannotType(f"{value!r} is no channel, role or member")
        if kind == MENTIONABLE:
            kind = ROLE if number in self._world.roles else USER
        resolve = {USER: self._user, CHANNEL: self._channel, ROLE: self._role}[kind]
        resolve(number, limits or {})
        return number

    def _put(self, table: str, number: int, body: Obj) -> None:
        self.resolved.setdefault(table, {})[str(number)] = body

    def _user(self, number: int, _: Obj) -> None:
        if number not in self._world.users:
            raise CannotType(f"there is no user {number}")
        self._put("users", number, payloads.user(self._world.users[number]))
        member = self._world.members.get((self._guild_id or 0, number))
        if member:
            permissions = self._world.guild_permissions(member.guild_id, number)
            body = payloads.acting_member(self._world, member, permissions)
            self._put("members", number, {k: v for k, v in body.items() if k != "user"})

    def _channel(self, number: int, limits: Obj) -> None:
        channel = self._world.channels.get(number)
        if channel is None or channel.guild_id != self._guild_id:
            raise CannotType(f"there is no channel {number} in this guild")
        allowed = limits.get("channel_types")
        if allowed and int(channel.kind) not in allowed:
            raise CannotType(f"#{channel.name} is of a type that this option does not take")
        permissions = self._world.permissions(channel, self._user_id)
        body = payloads.channel(self._world, channel)
        self._put("channels", number, {**body, "permissions": str(int(permissions))})

    def _role(self, number: int, _: Obj) -> None:
        role = self._world.roles.get(number)
        if role is None or role.guild_id != self._guild_id:
            raise CannotType(f"there is no role {number} in this guild")
        self._put("roles", number, payloads.role(role))


def _check_choice(option: Obj, value: str | float) -> None:
    values = [one["value"] for one in option.get("choices") or ()]
    if values and value not in values:
        raise CannotType(f"the option {option['name']!r} takes {values}, not {value!r}")


def _check_bounds(option: Obj, value: str | float) -> None:
    size = len(value) if isinstance(value, str) else value
    suffix = "length" if isinstance(value, str) else "value"
    least, most = option.get(f"min_{suffix}"), option.get(f"max_{suffix}")
    if (least is not None and size < least) or (most is not None and size > most):
        raise CannotType(f"the option {option['name']!r} takes {least} to {most}, not {value!r}")
