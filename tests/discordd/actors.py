"""Members who use the app: slash commands, buttons, selects, autocomplete, modals.

Each call returns an `Answer`, and raises `AssertionError` where a person would see an error: the
command is not visible, there is no such button, no answer within 3 s, an answer Discord refuses.
"""

import time
from collections.abc import Mapping, Sequence

from tests.discordd import payloads
from tests.discordd.answers import Answer
from tests.discordd.changes import Probe
from tests.discordd.hub import Hub
from tests.discordd.interactions import AUTOCOMPLETE, COMMAND, COMPONENT, MODAL_SUBMIT, Interaction
from tests.discordd.messages import Message
from tests.discordd.modals import Filled, submitted
from tests.discordd.options import CannotType, Form, HasId, Value, leaf, nested
from tests.discordd.permissions import Perm
from tests.discordd.wire import Obj
from tests.discordd.world import Channel, ChannelRef, Kind, User

STRING_SELECT = 3
_REFERENCES = {5: 6, 6: 8, 7: 9, 8: 7}
"""Type of select -> type of option that refers to the same things."""


class CommandNotVisible(AssertionError):
    """The member does not find the command in this channel."""


class Actor:
    """One person. `patience` is how long they wait for a first answer, `defer_patience` for the
    real one after "is thinking ..." (real seconds).
    """

    def __init__(self, hub: Hub, user_id: int) -> None:
        self._hub = hub
        self.id = user_id
        self.patience = 3.0
        self.defer_patience = 15.0

    def __repr__(self) -> str:
        return f"<Actor {self.user.name}>"

    @property
    def user(self) -> User:
        return self._hub.world.users[self.id]

    async def slash(self, channel: ChannelRef, /, *path: str, **options: Value) -> Answer:
        """`slash(channel, "digest", "add", hour=9)`: the name, then subcommands, then options."""
        here = self._hub.world.channel(channel)
        command, scope = self._command(here, path)
        known, kinds = leaf(command, path[1:])
        form = Form(self._hub.world, self.id, here.guild_id)
        filled = nested(path[1:], kinds, form.fill(known, options))
        return await self._interact(COMMAND, _command_data(command, scope, filled, form), here)

    async def autocomplete(
        self, channel: ChannelRef, /, *path: str, focused: str, value: str = "", **options: Value
    ) -> Answer:
        """What is offered while `value` stands in the option `focused`."""
        here = self._hub.world.channel(channel)
        command, scope = self._command(here, path)
        known, kinds = leaf(command, path[1:])
        form = Form(self._hub.world, self.id, here.guild_id)
        half = form.fill_for_autocomplete(known, options, focused, value)
        data = _command_data(command, scope, nested(path[1:], kinds, half), form)
        return await self._interact(AUTOCOMPLETE, data, here)

    async def click(self, message: Message | Answer, custom_id: str) -> Answer:
        """A button, by its custom id or its label."""
        return await self._answered(self.send_click(message, custom_id))

    def send_click(self, message: Message | Answer, custom_id: str) -> Interaction:
        """As `click`, without waiting for anything."""
        here, button = self._control(message, custom_id, {2})
        data = {"custom_id": button["custom_id"], "component_type": 2}
        channel = self._hub.world.channel(here.channel_id)
        return self._send(COMPONENT, data, channel, source=here)

    async def select(
        self, message: Message | Answer, custom_id: str, *values: str | int | HasId
    ) -> Answer:
        """Values of a select: texts, or what a channel, role or user select refers to."""
        here, menu = self._control(message, custom_id, {STRING_SELECT, *_REFERENCES})
        channel = self._hub.world.channel(here.channel_id)
        form = Form(self._hub.world, self.id, channel.guild_id)
        chosen = _chosen(menu, values, form)
        data = {"custom_id": menu["custom_id"], "component_type": menu["type"], "values": chosen}
        if form.resolved:
            data["resolved"] = form.resolved
        return await self._interact(COMPONENT, data, channel, source=here)

    async def submit_modal(self, answer: Answer, values: Mapping[str, Filled]) -> Answer:
        """Fields by custom id or label; those not named keep what stands in them."""
        channel = self._hub.world.channel(answer.interaction.channel_id)
        form = Form(self._hub.world, self.id, channel.guild_id)
        data = submitted(answer.modal, values, form)
        trigger = answer.interaction
        return await self._interact(
            MODAL_SUBMIT, data, channel, source=trigger.source, trigger=trigger
        )

    def sees_command(self, channel: ChannelRef, name: str) -> bool:
        try:
            self._command(self._hub.world.channel(channel), (name,))
        except CommandNotVisible:
            return False
        return True

    # How it reaches the app

    def _command(self, channel: Channel, path: Sequence[str]) -> tuple[Obj, int | None]:
        found = self._hub.commands.find(path[0], channel.guild_id)
        if found is None:
            known = sorted(one["name"] for one in self._hub.commands.listed(None))
            raise CommandNotVisible(f"/{path[0]} is not registered; there are: {known}")
        why = self._hidden(found[0], channel)
        if why:
            raise CommandNotVisible(f"/{path[0]} is not visible to {self.user.name}: {why}")
        return found

    def _hidden(self, command: Obj, channel: Channel) -> str | None:
        contexts = command.get("contexts")
        if channel.guild_id is None:
            in_dm = command.get("dm_permission") if contexts is None else 1 in contexts
            return None if in_dm else "not in private messages"
        if contexts is not None and 0 not in contexts:
            return "not in guilds"
        held = self._hub.world.permissions(channel, self.id)
        if not held & Perm.VIEW_CHANNEL or not held & Perm.USE_APPLICATION_COMMANDS:
            return f"no application commands for them in #{channel.name}"
        needed = command.get("default_member_permissions")
        if needed is None or held & Perm.ADMINISTRATOR:
            return None
        wanted = Perm(int(needed))
        enough = wanted and held & wanted == wanted
        return None if enough else f"it needs {wanted!r}"

    def _control(
        self, message: Message | Answer, wanted: str, kinds: set[int]
    ) -> tuple[Message, Obj]:
        """The message as it stands now, and the control in it."""
        seen = message.message if isinstance(message, Answer) else message
        current = self._hub.messages.get(seen.channel_id, seen.id)
        visible = self._hub.world.permissions(current.channel_id, self.id) & Perm.VIEW_CHANNEL
        if not visible:
            raise AssertionError(f"{self.user.name} does not see the channel")
        if current.ephemeral and current.seen_by != self.id:
            raise AssertionError(f"{self.user.name} does not see this private message")
        controls = [one for one in current.controls.values() if one["type"] in kinds]
        fitting = [one for one in controls if one["custom_id"] == wanted]
        fitting = fitting or [one for one in controls if one.get("label") == wanted]
        if len(fitting) != 1:
            known = [(one["custom_id"], one.get("label")) for one in controls]
            raise AssertionError(
                f"{len(fitting)} controls {wanted!r} in the message; it has {known}"
            )
        if fitting[0].get("disabled"):
            raise AssertionError(f"{wanted!r} is disabled")
        return current, fitting[0]

    async def _interact(
        self,
        kind: int,
        data: Obj,
        channel: Channel,
        *,
        source: Message | None = None,
        trigger: Interaction | None = None,
    ) -> Answer:
        return await self._answered(self._send(kind, data, channel, source=source, trigger=trigger))

    def _send(
        self,
        kind: int,
        data: Obj,
        channel: Channel,
        *,
        source: Message | None = None,
        trigger: Interaction | None = None,
    ) -> Interaction:
        interaction = self._hub.interactions.open(
            kind,
            data,
            user_id=self.id,
            channel_id=channel.id,
            guild_id=channel.guild_id,
            source=source,
            trigger=trigger,
        )
        body = self._payload(interaction, channel)
        guild_id = channel.guild_id
        if not self._hub.gateway.dispatch("INTERACTION_CREATE", body, guild_id=guild_id):
            raise AssertionError("the app is not connected")
        return interaction

    async def _answered(self, interaction: Interaction) -> Answer:
        started = time.monotonic()
        await self._first_answer(interaction)
        answer = Answer(self._hub, interaction, time.monotonic() - started)
        if interaction.thinking:
            await self._real_answer(interaction)
        return answer

    async def _first_answer(self, one: Interaction) -> None:
        await self._wait(one, self.patience, lambda: one.answered is not None)

    async def _real_answer(self, one: Interaction) -> None:
        await self._wait(one, self.defer_patience, lambda: not one.thinking)

    async def _wait(self, one: Interaction, seconds: float, done: Probe) -> None:
        try:
            await self._hub.changes.until(lambda: one.illegal or done(), seconds)
        except TimeoutError:
            problems = "; ".join(self._hub.violations[-3:])
            hint = f" (violations: {problems})" if problems else ""
            raise AssertionError(f"{one.label}: no answer within {seconds} s{hint}") from None
        if one.illegal:
            raise AssertionError("; ".join(one.illegal))

    def _payload(self, one: Interaction, channel: Channel) -> Obj:
        world, bot_id = self._hub.world, self._hub.world.bot.id
        body: Obj = {
            "id": str(one.id),
            "application_id": str(bot_id),
            "type": one.kind,
            "token": one.token,
            "version": 1,
            "data": one.data,
            "channel_id": str(channel.id),
            "channel": payloads.channel(world, channel),
            "app_permissions": str(int(world.permissions(channel, bot_id))),
            "locale": self.user.locale,
            "entitlements": [],
            "authorizing_integration_owners": {"0": str(channel.guild_id or 0)},
            "context": 1 if channel.kind is Kind.DM else 0,
            "attachment_size_limit": payloads.FILE_LIMIT,
        }
        if one.source:
            body["message"] = payloads.message(world, one.source)
        return body | self._who_and_where(channel)

    def _who_and_where(self, channel: Channel) -> Obj:
        world = self._hub.world
        if channel.guild_id is None:
            return {"user": payloads.user(self.user)}
        guild = world.guilds[channel.guild_id]
        permissions = world.permissions(channel, self.id)
        member = world.members[guild.id, self.id]
        return {
            "guild_id": str(guild.id),
            "guild": {"id": str(guild.id), "locale": guild.locale, "features": []},
            "guild_locale": guild.locale,
            "member": payloads.acting_member(world, member, permissions),
        }


def _command_data(command: Obj, scope: int | None, options: list[Obj], form: Form) -> Obj:
    data: Obj = {"id": command["id"], "name": command["name"], "type": 1, "options": options}
    if form.resolved:
        data["resolved"] = form.resolved
    if scope is not None:
        data["guild_id"] = str(scope)
    return data


def _chosen(menu: Obj, values: Sequence[str | int | HasId], form: Form) -> list[str]:
    least, most = menu.get("min_values", 1), menu.get("max_values", 1)
    if not least <= len(values) <= most:
        raise CannotType(f"{menu['custom_id']!r} takes {least} to {most} values")
    if menu["type"] != STRING_SELECT:
        return [str(form.refer(_REFERENCES[menu["type"]], value)) for value in values]
    offered = [one["value"] for one in menu["options"]]
    for value in values:
        if value not in offered:
            raise CannotType(f"{menu['custom_id']!r} offers {offered}, not {value!r}")
    return [str(value) for value in values]
