"""Our answers, and the file's view of requests; skipped where Discord's description is absent."""

import asyncio

import aiohttp

from tests.discordd import Kind, LoopbackDiscord, openapi
from tests.discordd.conftest import Place
from tests.discordd.sample_bot import SampleBot, card
from tests.discordd.wire import Obj
from tests.shared_data import needs

pytestmark = needs(openapi.SPEC)
MESSAGES = "/channels/{channel_id}/messages"


async def ask(
    server: LoopbackDiscord, method: str, path: str, body: Obj | None = None
) -> tuple[int, Obj]:
    headers = {"Authorization": f"Bot {server.settings.token}"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.request(method, server.api_url + path, json=body) as reply,
    ):
        answer: Obj = await reply.json(content_type="application/json")
        return reply.status, answer


async def test_what_is_read_has_discords_shapes(place: Place) -> None:
    server, guild, channel = place.server, place.guild, place.channel
    forum = server.add_channel(guild, "days", kind=Kind.FORUM)
    server.world.add_tag(forum, "daily")
    ids = {
        "guild_id": guild.id,
        "channel_id": channel.id,
        "user_id": place.alice.id,
        "application_id": server.world.bot.id,
    }
    routes = [
        "/users/@me",
        "/users/@me/guilds",
        "/users/{user_id}",
        "/oauth2/applications/@me",
        "/gateway",
        "/gateway/bot",
        "/guilds/{guild_id}",
        "/guilds/{guild_id}/channels",
        "/guilds/{guild_id}/roles",
        "/guilds/{guild_id}/members/{user_id}",
        "/guilds/{guild_id}/threads/active",
        "/channels/{channel_id}",
        "/applications/{application_id}/commands",
    ]
    for route in routes:
        status, answer = await ask(server, "GET", route.format(**ids))
        assert (status, openapi.check_answer("GET", route, 200, answer)) == (200, []), route
    for one in (forum, server.dm(place.alice)):
        _, answer = await ask(server, "GET", f"/channels/{one.id}")
        assert openapi.check_answer("GET", "/channels/{channel_id}", 200, answer) == []


async def test_messages_have_discords_shape(place: Place, bot: SampleBot) -> None:
    channel = bot.text_channel(place.channel.id)
    await channel.send("text")
    await channel.send(view=card("2103.15691"))
    await place.alice.slash(place.channel, "show")
    await place.alice.slash(place.channel, "size")
    status, answer = await ask(place.server, "GET", f"/channels/{channel.id}/messages")
    assert (status, len(answer)) == (200, 4)
    assert openapi.check_answer("GET", MESSAGES, 200, answer) == []


async def test_threads_and_commands_have_discords_shape(place: Place, bot: SampleBot) -> None:
    server, base = place.server, f"/channels/{place.channel.id}"
    _, message = await ask(server, "POST", base + "/messages", {"content": "a paper"})
    path = f"{base}/messages/{message['id']}/threads"
    status, thread = await ask(server, "POST", path, {"name": "talk"})
    route = MESSAGES + "/{message_id}/threads"
    assert (status, openapi.check_answer("POST", route, 201, thread)) == (201, [])
    application = server.world.bot.id
    _, commands = await ask(server, "GET", f"/applications/{application}/commands")
    assert len(commands) == 7
    route = "/applications/{application_id}/commands"
    assert openapi.check_answer("GET", route, 200, commands) == []


async def test_answers_to_interactions_have_discords_shape(place: Place, bot: SampleBot) -> None:
    answer = await place.alice.slash(place.channel, "show")
    clicked = await place.alice.click(answer, "b1:why:2103.15691")
    token = clicked.interaction.token
    status, original = await ask(
        place.server, "GET", f"/webhooks/{place.server.world.bot.id}/{token}/messages/@original"
    )
    route = "/webhooks/{webhook_id}/{webhook_token}/messages/@original"
    assert (status, openapi.check_answer("GET", route, 200, original)) == (200, [])


async def test_the_response_to_a_callback_has_discords_shape(place: Place, bot: SampleBot) -> None:
    asking = asyncio.create_task(place.alice.slash(place.channel, "mute"))
    await place.server.wait_until(lambda: bot.interactions)
    seen = bot.interactions[0]
    path = f"/interactions/{seen.id}/{seen.token}/callback?with_response=true"
    status, answer = await ask(place.server, "POST", path, {"type": 4, "data": {"content": "x"}})
    route = "/interactions/{interaction_id}/{interaction_token}/callback"
    assert (status, openapi.check_answer("POST", route, 200, answer)) == (200, [])
    assert answer["resource"]["message"]["content"] == (await asking).text


async def test_the_description_refuses_what_it_knows(place: Place) -> None:
    body = {"embeds": [{"title": "t" * 257}]}
    path = f"/channels/{place.channel.id}/messages"
    status, answer = await ask(place.server, "POST", path, body)
    assert (status, answer["code"]) == (400, 50035)
    assert openapi.check_request("POST", MESSAGES, body) != []
    assert openapi.check_request("POST", MESSAGES, {"content": "a paper"}) == []
    numbered = {"content": "x", "attachments": [{"id": 0, "filename": "papers.bib"}]}
    assert openapi.check_request("POST", MESSAGES, numbered) == []
