"""Permissions, threads, forums, private messages; and the world changing under a running bot."""

import discord
import pytest

from tests.discordd import Kind, LoopbackDiscord, Perm
from tests.discordd.conftest import Place
from tests.discordd.sample_bot import SampleBot


async def refused_with(place: discord.abc.Messageable, embed: discord.Embed | None = None) -> int:
    with pytest.raises(discord.HTTPException) as refused:
        await (place.send("text", embed=embed) if embed else place.send("text"))
    return refused.value.code


@pytest.mark.parametrize(
    ("denied", "code"),
    [
        (Perm.VIEW_CHANNEL, 50001),
        (Perm.SEND_MESSAGES, 50013),
        (Perm.EMBED_LINKS, 50013),
    ],
)
async def test_what_is_denied_is_refused(
    place: Place, bot: SampleBot, denied: Perm, code: int
) -> None:
    channel = bot.text_channel(place.channel.id)
    place.server.deny(place.channel, denied)
    assert await refused_with(channel, embed=discord.Embed(title="a paper")) == code
    place.server.allow(place.channel, denied)
    await channel.send("text", embed=discord.Embed(title="a paper"))


async def test_without_embed_links_embeds_may_be_stripped(place: Place, bot: SampleBot) -> None:
    place.server.settings.embed_links = "strip"
    place.server.deny(place.channel, Perm.EMBED_LINKS)
    channel = bot.text_channel(place.channel.id)
    message = await channel.send("text", embed=discord.Embed(title="a paper"))
    assert (message.content, message.embeds) == ("text", [])


async def test_the_bot_learns_of_changed_permissions(place: Place, bot: SampleBot) -> None:
    channel = bot.text_channel(place.channel.id)
    place.server.set_role(place.guild.id, Perm.VIEW_CHANNEL)
    me = channel.guild.me
    await place.server.wait_until(lambda: not channel.permissions_for(me).send_messages)
    assert await refused_with(channel) == 50013
    place.server.set_role(place.guild.bot_role_id, Perm.SEND_MESSAGES)
    await channel.send("text")


async def test_roles_and_members_have_their_own_exceptions(server_alone: LoopbackDiscord) -> None:
    server = server_alone
    guild = server.add_guild("Reading group")
    channel = server.add_channel(guild, "papers")

    def held() -> Perm:
        return server.world.permissions(channel, server.world.bot.id)

    server.overwrite(channel, guild.id, deny=Perm.SEND_MESSAGES)
    assert not held() & Perm.SEND_MESSAGES
    server.overwrite(channel, guild.bot_role_id, allow=Perm.SEND_MESSAGES)
    assert held() & Perm.SEND_MESSAGES
    server.overwrite(channel, deny=Perm.SEND_MESSAGES)
    assert not held() & Perm.SEND_MESSAGES
    server.set_role(guild.bot_role_id, Perm.ADMINISTRATOR)
    assert held() == Perm.ALL


async def test_a_deleted_channel_is_unknown(place: Place, bot: SampleBot) -> None:
    channel = bot.text_channel(place.channel.id)
    place.server.delete_channel(place.channel)
    assert await refused_with(channel) == 10003
    assert bot.gone == ["papers"]


async def test_a_guild_can_be_away_or_lost(place: Place, bot: SampleBot) -> None:
    channel = bot.text_channel(place.channel.id)
    place.server.set_unavailable(place.guild)
    with pytest.raises(discord.DiscordServerError):
        await channel.send("text")
    place.server.set_unavailable(place.guild, unavailable=False)
    await channel.send("text")
    place.server.remove_guild(place.guild)
    assert await refused_with(channel) == 50001
    assert bot.gone == ["Reading group for now", "Reading group"]


async def test_threads_have_rules_of_their_own(place: Place, bot: SampleBot) -> None:
    message = await bot.text_channel(place.channel.id).send("a paper")
    thread = await message.create_thread(name="talk")
    assert thread.id == message.id
    with pytest.raises(discord.HTTPException) as twice:
        await message.create_thread(name="talk again")
    assert twice.value.code == 160004
    place.server.deny(place.channel, Perm.SEND_MESSAGES)
    await thread.send("sending here needs another permission")
    place.server.deny(place.channel, Perm.SEND_MESSAGES_IN_THREADS)
    assert await refused_with(thread) == 50013


async def test_an_archived_thread_wakes_up_unless_it_is_locked(
    place: Place, bot: SampleBot
) -> None:
    channel = bot.text_channel(place.channel.id)
    kind = discord.ChannelType.public_thread
    thread = await channel.create_thread(name="talk", type=kind)
    place.server.set_thread(thread.id, archived=True)
    await thread.send("awake")
    assert not place.server.world.channels[thread.id].archived
    place.server.set_thread(thread.id, archived=True, locked=True)
    assert await refused_with(thread) == 50083
    place.server.set_thread(thread.id, locked=False)
    place.server.settings.unarchive_on_send = False
    assert await refused_with(thread) == 50083
    await thread.edit(archived=False)
    await thread.send("awake again")


async def test_a_forum_takes_posts_with_tags(place: Place, bot: SampleBot) -> None:
    made = place.server.add_channel(place.guild, "days", kind=Kind.FORUM, requires_tag=True)
    place.server.world.add_tag(made, "daily")
    place.server.overwrite(made)
    forum = await bot.fetch_channel(made.id)
    assert isinstance(forum, discord.ForumChannel)
    with pytest.raises(discord.HTTPException) as untagged:
        await forum.create_thread(name="2021-03-30", content="24 papers")
    assert untagged.value.code == 40067
    post = await forum.create_thread(
        name="2021-03-30", content="24 papers", applied_tags=list(forum.available_tags)
    )
    assert post.thread.id == post.message.id
    assert [one.text for one in place.server.messages(post.thread.id)] == ["24 papers"]


async def test_private_messages_can_be_closed(place: Place, bot: SampleBot) -> None:
    person = await bot.fetch_user(place.alice.id)
    await person.send("your digest")
    assert [one.text for one in place.server.messages(place.server.dm(place.alice))] == [
        "your digest"
    ]
    place.server.close_dms(place.alice)
    assert await refused_with(person) == 50007
    place.server.remove_member(place.guild, place.alice)
    assert await refused_with(person) == 50278
