"""The server as a process of its own, driven over its control API; and worlds of any size."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiohttp import ClientSession

from tests.discordd import LoopbackDiscord, worlds
from tests.discordd.pointing import running
from tests.discordd.sample_bot import SampleBot
from tests.discordd.wire import Obj

CHECKOUT = Path(__file__).resolve().parents[2]
PLAN: Obj = {
    "guilds": [
        {
            "name": "Reading group",
            "channels": [{"name": "papers"}, {"name": "quiet", "deny": ["SEND_MESSAGES"]}],
            "members": [{"name": "alice"}, {"name": "ada", "permissions": ["MANAGE_GUILD"]}],
        }
    ]
}

pytestmark = pytest.mark.rehearsal


@dataclass(frozen=True)
class Process:
    api_url: str
    control_url: str
    session: ClientSession

    async def ask(self, method: str, path: str, body: Obj | None = None) -> tuple[int, Any]:
        async with self.session.request(method, self.control_url + path, json=body) as reply:
            return reply.status, await reply.json()


@asynccontextmanager
async def own_process(*arguments: str) -> AsyncIterator[Process]:
    command = (sys.executable, "-m", "tests.discordd", *arguments)
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdout=pipe, cwd=CHECKOUT)
    try:
        assert process.stdout
        said = json.loads(await asyncio.wait_for(process.stdout.readline(), 20))
        async with ClientSession() as session:
            yield Process(said["api_url"], said["control_url"], session)
    finally:
        process.terminate()
        assert await asyncio.wait_for(process.wait(), 10) == 0


async def test_a_process_is_driven_over_its_control_api(tmp_path: Path) -> None:
    plan, log = tmp_path / "world.json", tmp_path / "log.jsonl"
    plan.write_text(json.dumps(PLAN))
    async with own_process("--world", str(plan), "--log", str(log)) as discordd:
        async with running(discordd, SampleBot()):
            await walk_through(discordd)
        status, state = await discordd.ask("GET", "/state")
        assert (status, state["messages"], state["violations"]) == (200, 0, [])
    routes = [json.loads(line)["route"] for line in log.read_text().splitlines()]
    assert "/applications/{application_id}/commands" in routes


async def walk_through(discordd: Process) -> None:
    _, guilds = await discordd.ask("GET", "/world")
    guild = guilds[0]
    people = {one["user"]["username"]: one["user"]["id"] for one in guild["members"]}
    papers = guild["channels"][0]["id"]
    hot = {"do": "slash", "channel": papers, "path": ["hot"], "options": {"date": "2021-03-30"}}
    status, answer = await discordd.ask("POST", f"/people/{people['alice']}", hot)
    assert (status, answer["versions"][0]["text"]) == (200, "10 papers of 2021-03-30")
    admin_only = {"do": "slash", "channel": papers, "path": ["digest", "add"]}
    status, refusal = await discordd.ask("POST", f"/people/{people['alice']}", admin_only)
    assert status == 409
    assert "not visible" in refusal["error"]
    _, messages = await discordd.ask("GET", f"/channels/{papers}/messages")
    assert len(messages) == 1
    fault = {"kind": "status", "method": "POST", "path": "/interactions/.*", "status": 500}
    assert (await discordd.ask("POST", "/faults", fault))[1]["hits"] == 0
    assert len((await discordd.ask("DELETE", "/faults"))[1]) == 1
    await discordd.ask("POST", "/settings", {"latency": 0.01, "ratelimits": {"enabled": True}})
    await discordd.ask("POST", "/gateway", {"do": "reconnect"})
    assert (await discordd.ask("DELETE", f"/channels/{papers}"))[0] == 200


def test_an_unknown_key_of_a_plan_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match="channel"):
        worlds.read_plan(b'{"guilds": [{"name": "x", "channel": []}]}')


async def test_a_thousand_guilds_are_made_and_announced() -> None:
    async with LoopbackDiscord() as server:
        channels = worlds.generate(server.world, worlds.Crowd(1000, channels=1))
        client = SampleBot(sync=False)
        async with running(server, client):
            assert len(client.guilds) == 1000
            assert client.get_channel(channels[-1].id)
