"""discord.py answers people through the server: commands, buttons, modals, autocomplete."""

import asyncio

import discord
import pytest
from aiohttp import ClientSession

from tests.discordd import CannotType, CommandNotVisible, Perm
from tests.discordd.conftest import Place
from tests.discordd.pointing import running
from tests.discordd.sample_bot import SampleBot, card


async def test_a_slash_command_is_answered_for_all_to_see(place: Place, bot: SampleBot) -> None:
    answer = await place.alice.slash(place.channel, "hot", date="2021-03-30")
    assert (answer.kind, answer.text, answer.ephemeral) == (
        "message",
        "10 papers of 2021-03-30",
        False,
    )
    assert [one.text for one in place.server.messages(place.channel)] == [answer.text]
    assert place.server.violations == place.server.illegal_answers == []


async def test_autocomplete_offers_the_days_that_fit(place: Place, bot: SampleBot) -> None:
    answer = await place.alice.autocomplete(place.channel, "hot", focused="date", value="03-3")
    assert answer.choices == [("day 2021-03-30", "2021-03-30")]


async def test_a_deferred_answer_is_private_and_can_be_edited(place: Place, bot: SampleBot) -> None:
    answer = await place.alice.slash(place.channel, "slow")
    assert answer.kind == "thinking"
    assert answer.ephemeral
    assert (await answer.version(1)).text == "here it is, corrected"
    assert answer.versions[0].text == "here it is"
    more = await answer.followup()
    assert (more.text, more.ephemeral) == ("and more", True)
    assert place.server.messages(place.channel) == []


async def test_a_dynamic_button_works_after_a_restart(place: Place) -> None:
    first = SampleBot()
    async with running(place.server, first):
        await first.text_channel(place.channel.id).send(view=card("2103.15691"))
    async with running(place.server, SampleBot(sync=False)):
        message = place.server.messages(place.channel)[0]
        assert message.links == {"abs": "https://arxiv.org/abs/2103.15691"}
        answer = await place.alice.click(message, "Why 2103.15691?")
    assert (answer.text, answer.ephemeral) == ("because of 2103.15691", True)


async def test_a_private_answer_is_seen_by_nobody_else(place: Place, bot: SampleBot) -> None:
    shown = await place.alice.slash(place.channel, "show")
    private = await place.alice.click(shown, "b1:why:2103.15691")
    bob = place.server.add_member(place.guild, "bob")
    with pytest.raises(AssertionError, match="does not see"):
        await bob.click(private, "anything")


async def test_a_select_changes_its_own_message(place: Place, bot: SampleBot) -> None:
    asked = await place.alice.slash(place.channel, "size")
    menu = next(iter(asked.message.controls))
    chosen = await place.alice.select(asked, menu, "2")
    assert (chosen.kind, chosen.message.text) == ("update", "chose 2")
    assert chosen.message.id == asked.message.id
    assert chosen.message.controls == {}


async def test_a_modal_is_filled_in_and_answered(place: Place, bot: SampleBot) -> None:
    opened = await place.alice.slash(place.channel, "ask")
    assert opened.modal["title"] == "Ask"
    answer = await place.alice.submit_modal(opened, {"Question": "why?"})
    assert answer.text == "asked: why?"
    with pytest.raises(CannotType, match="1 to 100"):
        await place.alice.submit_modal(opened, {"Question": "?" * 101})


async def test_commands_for_admins_are_hidden_from_others(place: Place, bot: SampleBot) -> None:
    with pytest.raises(CommandNotVisible, match="MANAGE_GUILD"):
        await place.alice.slash(place.channel, "digest", "add", channel=place.channel, hour=9)
    admin = place.server.add_member(place.guild, "ada", permissions=Perm.MANAGE_GUILD)
    answer = await admin.slash(place.channel, "digest", "add", channel=place.channel, hour=9)
    assert answer.text == f"<#{place.channel.id}> at 9"
    with pytest.raises(CannotType, match="hour"):
        await admin.slash(place.channel, "digest", "add", channel=place.channel, hour=24)


async def test_a_command_works_in_private_messages(place: Place, bot: SampleBot) -> None:
    dm = place.server.dm(place.alice)
    answer = await place.alice.slash(dm, "hot", date="2021-03-30")
    assert answer.text == "10 papers of 2021-03-30"


async def test_silence_is_an_error(place: Place, bot: SampleBot) -> None:
    place.alice.patience = 0.1
    with pytest.raises(AssertionError, match=r"/mute: no answer within 0\.1 s"):
        await place.alice.slash(place.channel, "mute")


async def test_an_answer_after_three_seconds_is_refused(place: Place, bot: SampleBot) -> None:
    place.server.faults.add("delay", "POST", "/interactions/.*", seconds=0.1)
    asking = asyncio.create_task(place.alice.slash(place.channel, "hot", date="2021-03-30"))
    await place.server.wait_until(lambda: place.server.faults.ordered[0].hits)
    place.server.clock.advance(3.5)
    with pytest.raises(AssertionError, match="10062 Unknown interaction"):
        await asking
    assert len(place.server.illegal_answers) == 1


async def test_a_token_is_good_for_fifteen_minutes(place: Place, bot: SampleBot) -> None:
    await place.alice.slash(place.channel, "hot", date="2021-03-30")
    place.server.clock.advance(890)
    await bot.interactions[0].followup.send("still here")
    place.server.clock.advance(20)
    with pytest.raises(discord.HTTPException) as refused:
        await bot.interactions[0].followup.send("too late")
    assert (refused.value.status, refused.value.code) == (401, 50027)


async def test_no_second_answer(place: Place, bot: SampleBot) -> None:
    answer = await place.alice.slash(place.channel, "hot", date="2021-03-30")
    token, number = answer.interaction.token, answer.interaction.id
    url = f"{place.server.api_url}/interactions/{number}/{token}/callback"
    async with ClientSession() as session, session.post(url, json={"type": 5}) as reply:
        assert (reply.status, (await reply.json())["code"]) == (400, 40060)
    assert "40060" in place.server.illegal_answers[0]
