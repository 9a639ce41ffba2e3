"""Sessions of the gateway, which outlive their connections."""

import asyncio
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field

from aiohttp import web

from tests.discordd.compression import compressor
from tests.discordd.wire import encode

DISPATCH = 0


class Connection:
    """One websocket; what it is given is sent in order by a task of its own."""

    def __init__(self, socket: web.WebSocketResponse, compress: str | None) -> None:
        self.socket = socket
        self._compress = compressor(compress)
        self._outbox: asyncio.Queue[bytes] = asyncio.Queue()
        self._writer = asyncio.create_task(self._write())

    def send(self, frame: bytes) -> None:
        self._outbox.put_nowait(frame)

    def send_op(self, op: int, data: object = None) -> None:
        self.send(encode({"op": op, "d": data, "s": None, "t": None}))

    async def close(self, code: int) -> None:
        await self._flushed()
        await self.socket.close(code=code)

    async def stop(self) -> None:
        self._writer.cancel()
        with suppress(asyncio.CancelledError):
            await self._writer

    async def _flushed(self) -> None:
        joined = asyncio.ensure_future(self._outbox.join())
        await asyncio.wait({joined, self._writer}, return_when=asyncio.FIRST_COMPLETED)
        joined.cancel()

    async def _write(self) -> None:
        with suppress(ConnectionError):
            while True:
                frame = await self._outbox.get()
                if self._compress:
                    await self.socket.send_bytes(self._compress(frame))
                else:
                    await self.socket.send_str(frame.decode())
                self._outbox.task_done()


@dataclass
class Session:
    """What RESUME comes back to: the events since the last one the client has confirmed.

    `announced` is true once every guild's GUILD_CREATE is on its way.
    """

    id: str
    shard: int
    shards: int
    intents: int
    connection: Connection | None = None
    announced: bool = False
    seq: int = 0
    replay: deque[tuple[int, bytes]] = field(default_factory=deque)

    def serves(self, guild_id: int | None) -> bool:
        """Guilds are spread by their id; private messages belong to the first shard."""
        return self.shard == (0 if guild_id is None else (guild_id >> 22) % self.shards)

    def dispatch(self, event: str, data: object) -> None:
        self.seq += 1
        frame = encode({"op": DISPATCH, "d": data, "s": self.seq, "t": event})
        self.replay.append((self.seq, frame))
        if self.connection:
            self.connection.send(frame)

    def confirm(self, seq: int) -> None:
        while self.replay and self.replay[0][0] <= seq:
            self.replay.popleft()

    def resume(self, connection: Connection, seq: int) -> None:
        self.confirm(seq)
        self.connection = connection
        for _, frame in self.replay:
            connection.send(frame)
        self.dispatch("RESUMED", {})
