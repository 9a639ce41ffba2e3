"""Everything the server holds, in one place that the request handlers are given."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from tests.discordd import payloads
from tests.discordd.changes import Signal
from tests.discordd.clock import ServerClock, Snowflakes
from tests.discordd.faults import Faults
from tests.discordd.gateway import DIRECT_MESSAGES, GUILD_MESSAGES, GUILDS, Gateway
from tests.discordd.interactions import Interactions
from tests.discordd.messages import Message, MessageStore
from tests.discordd.ratelimits import RateLimits
from tests.discordd.registered import Commands
from tests.discordd.requests import Call, Logged
from tests.discordd.settings import Settings
from tests.discordd.wire import Obj, invalid_form
from tests.discordd.world import Channel, Guild, World


@dataclass
class Hub:
    """`violations` are bodies beyond a limit, `illegal_answers` interactions answered wrongly."""

    clock: ServerClock
    settings: Settings
    ids: Snowflakes
    world: World
    messages: MessageStore
    gateway: Gateway
    ratelimits: RateLimits
    interactions: Interactions
    faults: Faults = field(default_factory=Faults)
    commands: Commands = field(default_factory=Commands)
    changes: Signal = field(default_factory=Signal)
    log: list[Logged] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    illegal_answers: list[str] = field(default_factory=list)

    def refuse(self, call: Call, problems: Sequence[str]) -> None:
        """Records what breaks a limit, and answers 50035, as Discord would."""
        if problems:
            self.violations += [f"{call.method} {call.path}: {one}" for one in problems]
            raise invalid_form(problems)

    # Events that tell the app what happened

    def tell_guild(self, event: str, guild_id: int, data: Obj) -> None:
        self.gateway.dispatch(event, data, guild_id=guild_id, intent=GUILDS)

    def tell_channel(self, event: str, channel: Channel) -> None:
        """CHANNEL_* or THREAD_*, by what the channel is."""
        if channel.guild_id is not None:
            name = f"{'THREAD' if channel.is_thread else 'CHANNEL'}_{event}"
            self.tell_guild(name, channel.guild_id, payloads.channel(self.world, channel))

    def tell_message(self, event: str, message: Message) -> None:
        """MESSAGE_*, for which a bot of slash commands alone has no intent."""
        guild_id = self.world.channels[message.channel_id].guild_id
        data = payloads.message(self.world, message)
        if guild_id is not None:
            data["guild_id"] = str(guild_id)
        intent = DIRECT_MESSAGES if guild_id is None else GUILD_MESSAGES
        self.gateway.dispatch(event, data, guild_id=guild_id, intent=intent)

    def leave(self, guild: Guild) -> None:
        """The bot was removed, or left; the guild's channels are out of its reach."""
        self.world.put_guild(replace(guild, joined=False))
        self.tell_guild_gone(guild, unavailable=False)

    def tell_guild_gone(self, guild: Guild, *, unavailable: bool) -> None:
        data: Obj = {"id": str(guild.id)}
        if unavailable:
            data["unavailable"] = True
        self.tell_guild("GUILD_DELETE", guild.id, data)


def new_hub(clock: ServerClock, settings: Settings) -> Hub:
    ids, changes = Snowflakes(clock), Signal()
    world = World(ids)
    return Hub(
        clock,
        settings,
        ids,
        world,
        MessageStore(clock),
        Gateway(world, settings, clock, changes),
        RateLimits(clock),
        Interactions(clock, ids),
        changes=changes,
    )
