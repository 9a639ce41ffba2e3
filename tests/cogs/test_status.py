"""/status, for admins of a server and for the bot's owner."""

import pytest
import simcord
from sqlite_utils import Database

import bot
from bot.arxiv import taxonomy
from bot.config import Settings
from bot.models import Outcome, Status
from bot.store import days, rules
from tests.archive_world import NEWEST, NOW
from tests.factories import legacy, rule
from tests.simcord_world import World, ask

ELSEWHERE = 4242


@pytest.fixture
async def told(world: World) -> World:
    """With a digest in this server, a paused one, and one of another server."""
    here = {"guild_id": world.guild.id, "channel_id": world.nlp.id}
    await world.services.archive.write(rules.save, rule(**here))
    await world.services.archive.write(rules.save, rule(**here, paused=True))
    await world.services.archive.write(rules.save, rule(guild_id=ELSEWHERE))
    return world


async def test_admins_see_sources_and_their_own_digests(told: World) -> None:
    answer = await ask(told.admin, told.nlp, "status")
    assert answer.private
    assert f"hotpapers {bot.__version__}" in answer.words
    assert "X: ok for 2021-03-31" in answer.words
    assert "0 of 2,000 posts read today · last success" in answer.words
    assert "Hugging Face: failed for 2021-03-31 · timed out after 30 s" in answer.words
    assert "Bluesky, Mastodon: not asked yet" in answer.words
    # 09:00 in Berlin, which has summer time since Sunday.
    assert "1 April 2021 at 07:00" in answer.words
    assert "digest 1 in" in answer.words
    assert "digest 3" not in answer.words
    assert "Digests: 1 active, 1 paused, 0 suspended" in answer.words
    assert "Newest complete day: 30 March 2021; still counted: 31 March 2021" in answer.words
    assert "Messages: none" in answer.words


async def test_the_owner_sees_the_digests_of_all_servers(told: World) -> None:
    told.make_owner(told.admin)
    answer = await ask(told.admin, told.nlp, "status")
    assert "of Reading Room" in answer.words
    assert f"digest 3 in #channel of {ELSEWHERE}" in answer.words
    assert "Digests: 2 active, 1 paused" in answer.words


async def test_members_neither_see_nor_use_it(told: World) -> None:
    assert "status" not in told.member.available_commands(told.nlp)
    told.show_to_everyone("status")
    answer = await ask(told.member, told.nlp, "status")
    assert told.errors
    assert answer.private
    assert "You need Manage Server in this server for that." in answer.words
    assert "Sources" not in answer.words
    with pytest.raises(simcord.SetupError, match="not visible"):
        await told.admin.user.slash("status")


async def test_whatever_services_say_fits_and_pings_nobody(told: World) -> None:
    await told.services.archive.write(_hostile_outcomes)
    answer = await ask(told.admin, told.nlp, "status")
    assert answer.seen.problems == []
    assert "15 more groups of categories" in answer.words
    assert "Hugging Face: failed" in answer.words


def _hostile_outcomes(db: Database) -> None:
    """Each category has a reason of its own."""
    found = [
        Outcome(
            source=feed,
            status=Status.FAILED,
            at=NOW,
            reason=legacy(f"{number} <@123> @everyone <t:1:R> [click](https://evil.example) " * 60),
        )
        for number, feed in enumerate(taxonomy.feeds(Settings().arxiv.categories)[:20])
    ]
    days.add_outcomes(db, NEWEST, "harvest", found)
