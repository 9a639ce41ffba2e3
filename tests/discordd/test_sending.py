"""Messages by way of discord.py: nonces, limits, faults before and after the commit."""

import asyncio
import time

import aiohttp
import discord
import pytest

from tests.discordd import Kind, Perm
from tests.discordd.conftest import Place
from tests.discordd.pointing import pointed_at
from tests.discordd.sample_bot import SampleBot, card

SEND = "/channels/{channel_id}/messages"
ANY_SEND = r"/channels/\d+/messages"


async def test_a_repeated_nonce_returns_the_first_message(place: Place, bot: SampleBot) -> None:
    channel = bot.text_channel(place.channel.id)
    first = await channel.send("once", nonce="digest:1")
    again = await channel.send("once", nonce="digest:1")
    assert again.id == first.id
    assert len(place.server.messages(place.channel)) == 1


async def test_a_nonce_belongs_to_the_author_not_to_the_channel(
    place: Place, bot: SampleBot
) -> None:
    other = place.server.add_channel(place.guild, "other")
    await place.server.wait_until(lambda: bot.get_channel(other.id))
    first = await bot.text_channel(place.channel.id).send("once", nonce="digest:1")
    again = await bot.text_channel(other.id).send("once", nonce="digest:1")
    assert again.id == first.id
    assert place.server.messages(other) == []


async def test_a_nonce_is_forgotten_after_minutes(place: Place, bot: SampleBot) -> None:
    channel = bot.text_channel(place.channel.id)
    await channel.send("once", nonce="digest:1")
    place.server.clock.advance(301)
    await channel.send("once", nonce="digest:1")
    assert len(place.server.messages(place.channel)) == 2


async def test_the_nonce_of_a_deleted_message_is_not_found(place: Place, bot: SampleBot) -> None:
    channel = bot.text_channel(place.channel.id)
    await (await channel.send("once", nonce="digest:1")).delete()
    with pytest.raises(discord.NotFound):
        await channel.send("once", nonce="digest:1")


async def test_a_502_after_the_commit_leaves_one_message(place: Place, bot: SampleBot) -> None:
    place.server.faults.add("status", "POST", ANY_SEND, status=502, after=True)
    await bot.text_channel(place.channel.id).send("once")
    assert len(place.server.messages(place.channel)) == 1
    assert [one.status for one in place.server.requests("POST", SEND)] == [502, 200]


@pytest.mark.parametrize(("kind", "after"), [("drop", False), ("drop", True), ("reset", True)])
async def test_a_dropped_connection_tells_nothing(
    place: Place, bot: SampleBot, kind: str, after: bool
) -> None:
    channel = bot.text_channel(place.channel.id)
    place.server.faults.add("reset" if kind == "reset" else "drop", "POST", ANY_SEND, after=after)
    with pytest.raises((aiohttp.ServerDisconnectedError, OSError)):
        await channel.send("once", nonce="digest:1")
    assert len(place.server.messages(place.channel)) == int(after)
    await channel.send("once", nonce="digest:1")
    assert len(place.server.messages(place.channel)) == 1
    assert place.server.requests("POST", SEND)[0].status is None


async def test_a_ban_by_cloudflare_is_raised_at_once(place: Place, bot: SampleBot) -> None:
    place.server.faults.add("cloudflare", "POST", ANY_SEND)
    with pytest.raises(discord.HTTPException) as banned:
        await bot.text_channel(place.channel.id).send("once")
    assert banned.value.status == 429
    assert "1015" in banned.value.text


async def test_an_answer_may_be_slow_or_broken(place: Place, bot: SampleBot) -> None:
    channel = bot.text_channel(place.channel.id)
    place.server.faults.add("slow_body", "POST", ANY_SEND, seconds=0.1)
    started = time.monotonic()
    assert (await channel.send("slowly")).content == "slowly"
    assert time.monotonic() - started >= 0.1
    place.server.faults.add("malformed", "POST", ANY_SEND)
    with pytest.raises(ValueError, match=r"Unterminated|Expecting|delimiter"):
        await channel.send("broken off")
    assert len(place.server.messages(place.channel)) == 2


async def test_every_answer_can_take_its_time(place: Place, bot: SampleBot) -> None:
    place.server.settings.latency = 0.1
    started = time.monotonic()
    await bot.text_channel(place.channel.id).send("in time")
    assert time.monotonic() - started >= 0.1


async def test_a_proxy_in_front_fails_with_a_page(place: Place, bot: SampleBot) -> None:
    place.server.faults.add("status", "POST", ANY_SEND, status=522)
    with pytest.raises(discord.DiscordServerError) as failed:
        await bot.text_channel(place.channel.id).send("lost")
    assert (failed.value.status, failed.value.text) == (522, "<html><h1>522</h1></html>")


async def test_faults_can_wait_and_be_counted(place: Place, bot: SampleBot) -> None:
    channel = bot.text_channel(place.channel.id)
    fault = place.server.faults.add("status", "POST", ANY_SEND, status=503, skip=1, times=2)
    await channel.send("passes")
    for _ in range(2):
        with pytest.raises(discord.DiscordServerError):
            await channel.send("fails")
    await channel.send("passes again")
    assert fault.hits == 2


async def test_a_429_of_a_shared_limit_is_waited_for(place: Place, bot: SampleBot) -> None:
    place.server.faults.add("rate_limit", "POST", ANY_SEND, scope="shared", seconds=0.05)
    await bot.text_channel(place.channel.id).send("later")
    assert dict(place.server.ratelimits.refused) == {"shared": 1}
    assert not place.server.ratelimits.invalid


async def test_discord_py_paces_itself_to_the_bucket(place: Place, bot: SampleBot) -> None:
    place.server.ratelimits.enabled, place.server.ratelimits.stretch = True, 0.04
    channel = bot.text_channel(place.channel.id)
    started = time.monotonic()
    for number in range(12):
        await channel.send(str(number))
    # Five in each window of 0.2 s: the eleventh waits for the third window.
    assert time.monotonic() - started >= 0.4
    assert place.server.counts_429 == 0


async def test_more_than_the_bot_may_send_is_refused(place: Place) -> None:
    place.server.ratelimits.enabled = True
    headers = {"Authorization": f"Bot {place.server.settings.token}"}
    async with aiohttp.ClientSession(headers=headers) as session:

        async def ask() -> aiohttp.ClientResponse:
            async with session.get(f"{place.server.api_url}/users/@me") as reply:
                await reply.read()
                return reply

        replies = await asyncio.gather(*(ask() for _ in range(53)))
    refused = [one for one in replies if one.status == 429]
    assert len(refused) == place.server.counts_429 == 3
    assert refused[0].headers["X-RateLimit-Scope"] == "global"
    assert refused[0].headers["Via"]
    assert (await refused[0].json())["global"] is True
    assert len(place.server.ratelimits.invalid) == 3


async def test_ten_crossposts_an_hour(place: Place, bot: SampleBot) -> None:
    news = place.server.add_channel(place.guild, "news", kind=Kind.ANNOUNCEMENT)
    await place.server.wait_until(lambda: bot.get_channel(news.id))
    sent = [await bot.text_channel(news.id).send(str(one)) for one in range(11)]
    # An hour of three minutes, a bucket of a quarter of a second.
    place.server.ratelimits.enabled, place.server.ratelimits.stretch = True, 0.05
    for message in sent[:10]:
        await message.publish()
    with pytest.raises(discord.RateLimited) as limited:
        await sent[10].publish()
    assert 170 < limited.value.retry_after <= 180
    assert sum(one.flags & 1 for one in place.server.messages(news)) == 10
    assert place.server.ratelimits.refused["shared"] == 1


async def test_a_wrong_token_is_refused_and_counted(place: Place) -> None:
    client = SampleBot(sync=False)
    place.server.settings.token = "another"
    with pointed_at(place.server), pytest.raises(discord.LoginFailure):
        await client.login("loopback-token")
    await client.close()
    assert len(place.server.ratelimits.invalid) == 1


async def test_an_address_with_too_many_bad_requests_is_banned(place: Place) -> None:
    place.server.ratelimits.invalid_limit = 2
    async with aiohttp.ClientSession() as session:
        statuses = []
        for _ in range(3):
            async with session.get(f"{place.server.api_url}/users/@me") as reply:
                statuses.append((reply.status, reply.content_type, "Via" in reply.headers))
    assert statuses == [
        (401, "application/json", True),
        (401, "application/json", True),
        (429, "text/html", False),
    ]


async def test_too_much_is_refused_and_remembered(place: Place, bot: SampleBot) -> None:
    with pytest.raises(discord.HTTPException) as refused:
        await bot.text_channel(place.channel.id).send("x" * 2001)
    assert (refused.value.status, refused.value.code) == (400, 50035)
    assert "content: 2001 characters" in place.server.violations[0]
    shown = await bot.text_channel(place.channel.id).send(view=card("2103.15691"))
    with pytest.raises(discord.HTTPException):
        await shown.edit(content="text beside the card")
    assert any("Components V2" in one for one in place.server.violations)


async def test_history_is_read_in_pages(place: Place, bot: SampleBot) -> None:
    channel = bot.text_channel(place.channel.id)
    sent = [await channel.send(str(number)) for number in range(5)]
    newest_first = [one.content async for one in channel.history(limit=2)]
    assert newest_first == ["4", "3"]
    after = [one.content async for one in channel.history(after=sent[2])]
    assert after == ["3", "4"]
    around = [one.content async for one in channel.history(around=sent[2], limit=3)]
    assert sorted(around) == ["1", "2", "3"]
    assert (await channel.fetch_message(sent[1].id)).nonce is not None


async def test_edits_and_deletions_stand(place: Place, bot: SampleBot) -> None:
    message = await bot.text_channel(place.channel.id).send("before")
    await message.edit(content="after")
    assert place.server.messages(place.channel)[0].text == "after"
    await message.delete()
    assert place.server.messages(place.channel) == []
    with pytest.raises(discord.NotFound):
        await message.edit(content="gone")


async def test_files_are_taken_and_need_permission(place: Place, bot: SampleBot) -> None:
    channel = bot.text_channel(place.channel.id)
    message = await channel.send(file=discord.File(__file__, "papers.bib"))
    assert message.attachments[0].filename == "papers.bib"
    place.server.deny(place.channel, Perm.ATTACH_FILES)
    with pytest.raises(discord.Forbidden):
        await channel.send(file=discord.File(__file__, "papers.bib"))
