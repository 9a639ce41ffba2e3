"""`/_test/...`: the server's test methods for a test or benchmark in another process.

Bodies and answers are JSON; ids are integers or their digits. An `AssertionError` of an actor is
answered as 409 with its sentence under `error`. See `ROUTES` at the end for what there is.
"""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from itertools import islice
from typing import TypeAlias

import msgspec
from aiohttp import web

from tests.discordd import payloads, worlds
from tests.discordd.actors import Actor
from tests.discordd.answers import Answer
from tests.discordd.messages import Message
from tests.discordd.server import LoopbackDiscord
from tests.discordd.wire import ApiError, Json, Obj, decode, encode

Handler: TypeAlias = "Callable[[Control, web.Request, Obj], Awaitable[Json]]"

_SETTINGS = frozenset(
    {"latency", "openapi", "embed_links", "unarchive_on_send", "shards", "heartbeats_answered"}
)
_LIMITS = frozenset({"enabled", "stretch", "per_second", "invalid_limit"})


class Control:
    """Remembers the answers it handed out, so that a modal can be submitted later."""

    def __init__(self, server: LoopbackDiscord) -> None:
        self.server = server
        self.answers: dict[int, Answer] = {}

    def routes(self) -> list[web.RouteDef]:
        return [
            web.route(method, f"/_test{path}", self._responder(handler))
            for (method, path), handler in ROUTES.items()
        ]

    def _responder(self, handler: Handler) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def respond(request: web.Request) -> web.Response:
            data = await request.read()
            body = decode(data) if data else {}
            try:
                answer = await handler(self, request, body if isinstance(body, dict) else {})
            except (AssertionError, ApiError, KeyError) as error:
                return _json({"error": f"{type(error).__name__}: {error}"}, 409)
            return _json(answer, 200)

        return respond

    async def state(self, _: web.Request, __: Obj) -> Json:
        server = self.server
        return {
            "ready": server.gateway.ready,
            "identifies": len(server.gateway.identifies),
            "resumes": server.gateway.resumes,
            "requests": len(server.log),
            "messages": len(server.all_messages()),
            "commands": [one["name"] for one in server.commands],
            "refused": dict(server.ratelimits.refused),
            "invalid": len(server.ratelimits.invalid),
            "violations": list(server.violations),
            "illegal_answers": list(server.illegal_answers),
        }

    async def log(self, request: web.Request, _: Obj) -> Json:
        wanted = request.query
        entries = self.server.requests(wanted.get("method", "*"), wanted.get("route", "*"))
        return [asdict(one) for one in entries[int(wanted.get("after", "0")) :]]

    async def world(self, request: web.Request, _: Obj) -> Json:
        """``channels`` bounds how many of each guild are told."""
        world, channels = self.server.world, int(request.query.get("channels", "500"))
        return [
            {
                **payloads.listed_guild(world, guild),
                "channels": [
                    payloads.channel(world, one)
                    for one in islice(world.channels_in(guild.id), channels)
                ],
                "members": [payloads.member(world, one) for one in world.members_in(guild.id)],
            }
            for guild in world.joined()
        ]

    async def add_to_world(self, request: web.Request, _: Obj) -> Json:
        worlds.fill(self.server, worlds.read_plan(await request.read()))
        return {"guilds": sum(1 for _ in self.server.world.joined())}

    async def messages(self, request: web.Request, _: Obj) -> Json:
        listed = self.server.messages(int(request.match_info["id"]))
        return [self._message(one) for one in listed]

    async def settings(self, _: web.Request, body: Obj) -> Json:
        for key in body.keys() - {"ratelimits"}:
            setattr(self.server.settings, _known(key, _SETTINGS), body[key])
        for key, value in (body.get("ratelimits") or {}).items():
            setattr(self.server.ratelimits, _known(key, _LIMITS), value)
        return asdict(self.server.settings)

    async def add_fault(self, _: web.Request, body: Obj) -> Json:
        return asdict(self.server.faults.add(**body))

    async def clear_faults(self, _: web.Request, __: Obj) -> Json:
        hits = [asdict(one) for one in self.server.faults.ordered]
        self.server.faults.clear()
        return hits

    async def clock(self, _: web.Request, body: Obj) -> Json:
        self.server.clock.advance(float(body.get("advance", 0)))
        return {"now": self.server.clock.now()}

    async def gateway(self, _: web.Request, body: Obj) -> Json:
        gateway = self.server.gateway
        if body["do"] == "reconnect":
            gateway.reconnect()
        elif body["do"] == "invalidate":
            gateway.invalidate(resumable=bool(body.get("resumable")))
        elif body["do"] == "forget":
            gateway.forget()
        elif body["do"] == "close":
            await gateway.close(int(body["code"]))
        else:
            raise KeyError(body["do"])
        return {}

    async def change_channel(self, request: web.Request, body: Obj) -> Json:
        channel_id = int(request.match_info["id"])
        allow, deny = worlds.perms(body.get("allow", [])), worlds.perms(body.get("deny", []))
        if allow or deny:
            self.server.overwrite(channel_id, body.get("target"), allow=allow, deny=deny)
        if "archived" in body or "locked" in body:
            self.server.set_thread(
                channel_id, archived=body.get("archived"), locked=body.get("locked")
            )
        return payloads.channel(self.server.world, self.server.world.channels[channel_id])

    async def delete_channel(self, request: web.Request, _: Obj) -> Json:
        self.server.delete_channel(int(request.match_info["id"]))
        return {}

    async def change_guild(self, request: web.Request, body: Obj) -> Json:
        guild_id = int(request.match_info["id"])
        self.server.set_unavailable(guild_id, unavailable=bool(body["unavailable"]))
        return {}

    async def remove_guild(self, request: web.Request, _: Obj) -> Json:
        self.server.remove_guild(int(request.match_info["id"]))
        return {}

    async def act(self, request: web.Request, body: Obj) -> Json:
        person = self.server.actor(int(request.match_info["id"]))
        answer = await self._acted(person, body)
        self.answers[answer.interaction.id] = answer
        return self._answer(answer)

    async def _acted(self, person: Actor, body: Obj) -> Answer:
        """`do` names the method; the rest of the body are its arguments."""
        options = body.get("options") or {}
        if body["do"] == "slash":
            return await person.slash(int(body["channel"]), *body["path"], **options)
        if body["do"] == "autocomplete":
            focused, value = body["focused"], body.get("value", "")
            return await person.autocomplete(
                int(body["channel"]), *body["path"], focused=focused, value=value, **options
            )
        if body["do"] == "submit_modal":
            return await person.submit_modal(self.answers[int(body["answer"])], body["values"])
        message = self.server.hub.messages.get(int(body["channel"]), int(body["message"]))
        if body["do"] == "click":
            return await person.click(message, body["custom_id"])
        return await person.select(message, body["custom_id"], *body["values"])

    def _answer(self, answer: Answer) -> Obj:
        return {
            "answer": answer.interaction.id,
            "kind": answer.kind,
            "ephemeral": answer.ephemeral,
            "seconds": answer.seconds,
            "versions": [self._message(one) for one in answer.versions],
            "followups": [self._message(one) for one in answer.followups],
            "choices": answer.interaction.choices,
            "modal": answer.interaction.modal,
        }

    def _message(self, one: Message) -> Obj:
        return {**payloads.message(self.server.world, one), "text": one.text}


def _known(key: str, names: frozenset[str]) -> str:
    if key not in names:
        raise KeyError(key)
    return key


def _json(body: Json, status: int) -> web.Response:
    try:
        data = encode(body)
    except msgspec.EncodeError as error:
        data, status = encode({"error": str(error)}), 500
    return web.Response(body=data, status=status, content_type="application/json")


ROUTES: dict[tuple[str, str], Handler] = {
    ("GET", "/state"): Control.state,
    ("GET", "/log"): Control.log,
    ("GET", "/world"): Control.world,
    ("POST", "/world"): Control.add_to_world,
    ("POST", "/settings"): Control.settings,
    ("POST", "/faults"): Control.add_fault,
    ("DELETE", "/faults"): Control.clear_faults,
    ("POST", "/clock"): Control.clock,
    ("POST", "/gateway"): Control.gateway,
    ("GET", "/channels/{id}/messages"): Control.messages,
    ("POST", "/channels/{id}"): Control.change_channel,
    ("DELETE", "/channels/{id}"): Control.delete_channel,
    ("POST", "/guilds/{id}"): Control.change_guild,
    ("DELETE", "/guilds/{id}"): Control.remove_guild,
    ("POST", "/people/{id}"): Control.act,
}
