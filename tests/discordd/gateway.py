"""The gateway: sessions that outlive their connections, and what may go wrong with either.

Opcodes, close codes and intents: discord-api-docs, events/gateway and topics/opcodes.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from aiohttp import WSMsgType, web

from tests.discordd import payloads
from tests.discordd.changes import Signal
from tests.discordd.clock import ServerClock
from tests.discordd.sessions import Connection, Session
from tests.discordd.settings import Settings
from tests.discordd.wire import Obj, decode
from tests.discordd.world import Guild, World

HEARTBEAT, IDENTIFY, PRESENCE, RESUME = 1, 2, 3, 6
RECONNECT, INVALID_SESSION, HELLO, HEARTBEAT_ACK = 7, 9, 10, 11

UNKNOWN_OPCODE, DECODE_ERROR, NOT_AUTHENTICATED, AUTHENTICATION_FAILED = 4001, 4002, 4003, 4004
ALREADY_AUTHENTICATED, RATE_LIMITED, INVALID_SHARD, DISALLOWED_INTENTS = 4005, 4008, 4010, 4014

GUILDS, GUILD_MEMBERS, PRESENCES, MESSAGE_CONTENT = 1 << 0, 1 << 1, 1 << 8, 1 << 15
GUILD_MESSAGES, DIRECT_MESSAGES = 1 << 9, 1 << 12
PRIVILEGED = GUILD_MEMBERS | PRESENCES | MESSAGE_CONTENT

SENDS, SEND_SECONDS, SEND_BYTES = 120, 60.0, 4096
STARTS_PER_DAY = 1000


@dataclass
class Gateway:
    """All sessions. `identifies` and `closed` (code, by whom) are there for assertions.

    `distort` makes of an event's name and data what is sent instead.
    """

    world: World
    settings: Settings
    clock: ServerClock
    changes: Signal
    url: str = ""
    sessions: dict[str, Session] = field(default_factory=dict)
    identifies: list[Obj] = field(default_factory=list)
    resumes: int = 0
    closed: list[tuple[int | None, str]] = field(default_factory=list)
    distort: Callable[[str, Obj], object] = lambda event, data: data
    _started: int = 0

    # For tests

    @property
    def live(self) -> list[Session]:
        return [one for one in self.sessions.values() if one.connection]

    @property
    def ready(self) -> bool:
        """Every shard has a live session that was told of its guilds."""
        told = {one.shard for one in self.live if one.announced}
        return told >= set(range(self.settings.shards))

    def reconnect(self) -> None:
        """Opcode 7: asks every client to come back and resume."""
        for connection in self._connections():
            connection.send_op(RECONNECT)

    def invalidate(self, *, resumable: bool = False) -> None:
        """Opcode 9. A session that is not resumable is forgotten."""
        for connection in self._connections():
            connection.send_op(INVALID_SESSION, resumable)
        if not resumable:
            self.forget()

    def forget(self) -> None:
        """Loses every session, so that the next RESUME is refused with opcode 9."""
        self.sessions.clear()

    async def close(self, code: int) -> None:
        """Closes every connection with this code; the sessions stay."""
        for connection in self._connections():
            self.closed.append((code, "server"))
            await connection.close(code)

    def _connections(self) -> list[Connection]:
        return [one.connection for one in self.live if one.connection]

    # For the rest of the server

    def dispatch(self, event: str, data: Obj, *, guild_id: int | None, intent: int = 0) -> int:
        """To all sessions concerned; `intent` is the one a client needs. Returns how many."""
        concerned = [
            one
            for one in self.sessions.values()
            if one.serves(guild_id) and one.intents & intent == intent
        ]
        for session in concerned:
            session.dispatch(event, self.distort(event, data))
        self.changes.fire()
        return len(concerned)

    def bot_gateway(self) -> Obj:
        """`GET /gateway/bot`."""
        left = STARTS_PER_DAY - len(self.identifies)
        limit = {"total": STARTS_PER_DAY, "remaining": left, "reset_after": 86_400_000}
        return {
            "url": self.url,
            "shards": self.settings.shards,
            "session_start_limit": {**limit, "max_concurrency": 1},
        }

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(max_msg_size=0)
        await socket.prepare(request)
        connection = Connection(socket, request.query.get("compress"))
        interval = int(self.settings.heartbeat_seconds * 1000)
        connection.send_op(HELLO, {"heartbeat_interval": interval})
        try:
            await _Conversation(self, connection).run()
        finally:
            await connection.stop()
            self._disconnected(connection)
        return socket

    async def start_session(self, connection: Connection, wanted: Obj) -> Session:
        shard, shards = wanted.get("shard") or (0, 1)
        self._drop_dead(shard)
        self._started += 1
        session = Session(
            f"session-{self._started}", shard, shards, wanted.get("intents", 0), connection
        )
        self.sessions[session.id] = session
        self.identifies.append(wanted)
        guilds = [one for one in self.world.joined() if session.serves(one.id)]
        session.dispatch("READY", self.distort("READY", self._ready(session, guilds)))
        await self._send_guilds(session, guilds)
        session.announced = True
        self.changes.fire()
        return session

    def _ready(self, session: Session, guilds: Iterable[Guild]) -> Obj:
        bot = self.world.bot
        return {
            "v": 10,
            "user": payloads.own_user(bot),
            "guilds": [{"id": str(one.id), "unavailable": True} for one in guilds],
            "session_id": session.id,
            "resume_gateway_url": self.url,
            "shard": [session.shard, session.shards],
            "application": {"id": str(bot.id), "flags": 0},
        }

    async def _send_guilds(self, session: Session, guilds: Iterable[Guild]) -> None:
        for number, guild in enumerate(guilds):
            if not guild.unavailable and session.intents & GUILDS:
                data = payloads.guild_create(self.world, guild)
                session.dispatch("GUILD_CREATE", self.distort("GUILD_CREATE", data))
            if number % 50 == 49:
                # Thousands of guilds must not stop the server from answering.
                await asyncio.sleep(0)

    def _drop_dead(self, shard: int) -> None:
        """A process that was killed never resumes: its successor's IDENTIFY replaces it."""
        dead = [one.id for one in self.sessions.values() if not one.connection]
        for session_id in dead:
            if self.sessions[session_id].shard == shard:
                del self.sessions[session_id]

    def _disconnected(self, connection: Connection) -> None:
        self.closed.append((connection.socket.close_code, "client"))
        for session in self.sessions.values():
            if session.connection is connection:
                session.connection = None
        self.changes.fire()


class _Conversation:
    """What one connection's client says, and the answers."""

    def __init__(self, gateway: Gateway, connection: Connection) -> None:
        self._gateway = gateway
        self._connection = connection
        self._session: Session | None = None
        self._sends: deque[float] = deque(maxlen=SENDS + 1)

    async def run(self) -> None:
        async for message in self._connection.socket:
            if message.type is not WSMsgType.TEXT:
                break
            code = self._broken_rule(message.data) or await self._answer(message.data)
            if code:
                self._gateway.closed.append((code, "server"))
                await self._connection.close(code)

    def _broken_rule(self, text: str) -> int | None:
        now = self._gateway.clock.now()
        self._sends.append(now)
        if len(self._sends) > SENDS and now - self._sends[0] < SEND_SECONDS:
            return RATE_LIMITED
        return DECODE_ERROR if len(text.encode()) > SEND_BYTES else None

    async def _answer(self, text: str) -> int | None:
        """A close code, when the client said something that is not allowed."""
        try:
            said = decode(text.encode())
        except ValueError:
            return DECODE_ERROR
        if not isinstance(said, dict):
            return DECODE_ERROR
        op, data = said.get("op"), said.get("d")
        if op == HEARTBEAT:
            self._heartbeat(data)
            return None
        if op == IDENTIFY:
            return await self._identify(data or {})
        if op == RESUME:
            return self._resume(data or {})
        if op == PRESENCE:
            return None if self._session else NOT_AUTHENTICATED
        return UNKNOWN_OPCODE

    def _heartbeat(self, seq: int | None) -> None:
        if self._session and seq is not None:
            self._session.confirm(seq)
        if self._gateway.settings.heartbeats_answered:
            self._connection.send_op(HEARTBEAT_ACK)

    async def _identify(self, wanted: Obj) -> int | None:
        settings = self._gateway.settings
        shard, shards = wanted.get("shard") or (0, 1)
        if self._session:
            return ALREADY_AUTHENTICATED
        if wanted.get("token") != settings.token:
            return AUTHENTICATION_FAILED
        if not 0 <= shard < shards:
            return INVALID_SHARD
        if wanted.get("intents", 0) & PRIVILEGED and not settings.privileged_intents:
            return DISALLOWED_INTENTS
        self._session = await self._gateway.start_session(self._connection, wanted)
        return None

    def _resume(self, wanted: Obj) -> int | None:
        if wanted.get("token") != self._gateway.settings.token:
            return AUTHENTICATION_FAILED
        session = self._gateway.sessions.get(str(wanted.get("session_id")))
        if session is None:
            self._connection.send_op(INVALID_SESSION, data=False)
            return None
        session.resume(self._connection, int(wanted.get("seq") or 0))
        self._session = session
        self._gateway.resumes += 1
        self._gateway.changes.fire()
        return None
