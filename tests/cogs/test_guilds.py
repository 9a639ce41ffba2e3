"""What happens when a server takes the bot in, and when it lets it go."""

from dataclasses import replace
from datetime import timedelta

from bot.app.guilds import KEPT, forget_left, note_present
from bot.models import RankedPaper, TargetKind
from bot.store import ledger, posted_digests, rules
from tests.archive_world import NEWEST, NOW, VIVIT
from tests.cogs.conftest import stored
from tests.factories import paper, rule
from tests.simcord_world import World, seen


async def test_a_new_server_learns_how_to_begin_and_what_is_missing(world: World) -> None:
    welcome = await world.invite()
    (greeting,) = map(seen, welcome.history())
    assert greeting.problems == []
    assert "/digest add" in greeting.words
    assert "Send Messages: there" in greeting.words
    assert "I read no messages and ping nobody." in greeting.words


async def test_nobody_is_greeted_where_the_bot_may_not_write(world: World) -> None:
    welcome = await world.invite(forbidden="send_messages")
    assert welcome.history() == []


async def test_a_restart_greets_nobody_again(world: World) -> None:
    welcome = await world.invite()
    await world.restart()
    assert len(welcome.history()) == 1


async def test_a_permission_that_vanishes_is_told_in_the_channel_for_system_messages(
    world: World,
) -> None:
    welcome = await world.invite()
    guild = welcome.guild
    assert guild is not None
    papers = guild.create_text_channel("papers")
    wanted = rule(guild_id=guild.id, channel_id=papers.id)
    await world.services.archive.write(rules.save, wanted)
    await world.posted_to(papers)
    world.lock(papers)
    await world.deliver()
    await world.deliver()
    _, told = map(seen, welcome.history())
    assert told.problems == []
    assert f"Digest 1 in <#{papers.id}>" in told.contents[0]
    assert "The bot lacks Send Messages in this channel." in told.words


async def test_who_runs_the_bot_is_told_of_a_place_by_its_names(world: World) -> None:
    guild = world.guild
    digest = rule(guild_id=guild.id, channel_id=world.nlp.id)
    await world.posted_to(world.nlp)
    assert world.bot.place(digest) == f"#{world.nlp.name} of {guild.name}"
    assert world.bot.place(replace(digest, channel_id=4)) == guild.name
    assert world.bot.place(replace(digest, guild_id=4)) == ""


async def _add_rule(world: World) -> int:
    rule_id = await world.services.archive.write(
        rules.save, rule(guild_id=world.guild.id, channel_id=world.nlp.id)
    )
    ranked = RankedPaper(
        rank=1, paper=paper(VIVIT), score=9, exact_score=9, parts=(), people=1, posts=()
    )
    await world.services.archive.write(
        ledger.plan, kind=TargetKind.CHANNEL, target_id=world.nlp.id, rule_id=rule_id,
        slot_at=NOW, payloads=["[]"], listing_day=NEWEST, now=NOW,
    )  # fmt: skip
    await world.services.archive.write(posted_digests.note_papers, rule_id, NOW, [ranked])
    return rule_id


async def test_a_server_that_removes_the_bot_keeps_its_digests_for_30_days(world: World) -> None:
    rule_id = await _add_rule(world)
    await world.remove_bot()
    world.clock.advance(KEPT - timedelta(minutes=1))
    await forget_left(world.services)
    assert len(await stored(world)) == 1
    world.clock.advance(timedelta(minutes=2))
    await forget_left(world.services)
    assert await stored(world) == []
    archive = world.services.archive
    assert await archive.read(ledger.of_slot, rule_id, NOW) == []
    assert await archive.read(posted_digests.had, rule_id, VIVIT) is None


async def test_one_that_takes_it_back_in_time_loses_nothing(world: World) -> None:
    await _add_rule(world)
    # Removed and invited again: to the archive, both are only a list of servers.
    await note_present(world.services, [])
    world.clock.advance(timedelta(days=20))
    await note_present(world.services, [world.guild.id])
    world.clock.advance(timedelta(days=20))
    await forget_left(world.services)
    assert len(await stored(world)) == 1


async def test_a_removal_during_a_time_away_is_noticed(world: World) -> None:
    await world.services.archive.write(rules.save, rule(guild_id=4242))
    await world.restart()
    world.clock.advance(KEPT + timedelta(minutes=1))
    await forget_left(world.services)
    assert 4242 not in (await world.services.archive.read(rules.guilds)).values()
