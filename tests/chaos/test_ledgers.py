"""The judge of the chaos runs sees what was posted twice, and what is missing."""

from datetime import UTC, datetime
from pathlib import Path

import discord

from bot.config import Settings
from bot.models import TargetKind
from bot.problems import Code, Problem
from bot.store import Archive, ledger, posted_digests, rules
from tests.chaos.ledgers import judge, judge_restored
from tests.delivery.fake import close_day
from tests.discordd import LoopbackDiscord
from tests.discordd.pointing import running
from tests.factories import DAY, NOW, rule


async def test_the_judge_tells_duplicates_and_losses(tmp_path: Path) -> None:
    async with LoopbackDiscord() as server:
        guild = server.add_guild("one")
        places = [server.add_channel(guild, name) for name in ("well", "twice", "lost", "never")]
        client = discord.AutoShardedClient(
            intents=discord.Intents(guilds=True), guild_ready_timeout=0.05
        )
        async with await Archive.open(tmp_path / "a.db") as archive, running(server, client):
            for place, posts in zip(places, (1, 2, 0, None), strict=True):
                rule_id = await archive.write(
                    rules.save, rule(guild_id=guild.id, channel_id=place.id)
                )
                if posts is None:
                    continue
                (row,) = await archive.write(
                    ledger.plan, kind=TargetKind.CHANNEL, target_id=place.id, rule_id=rule_id,
                    slot_at=NOW, payloads=["[]"], listing_day=None, now=NOW,
                )  # fmt: skip
                channel = client.get_channel(place.id)
                assert isinstance(channel, discord.TextChannel)
                sent = [await channel.send("digest", nonce=row.nonce) for _ in range(min(posts, 1))]
                # As a second program would that looks for nothing, hours later.
                server.clock.advance(7200)
                sent += [await channel.send("digest", nonce=row.nonce) for _ in range(posts - 1)]
                await archive.write(
                    ledger.mark_sent, row.delivery_id, sent[0].id if sent else 1, now=NOW
                )
            found = await judge(archive, server)
    assert (found.slots, found.posted, found.duplicates, found.lost) == (4, 1, 1, 2)


async def test_what_may_have_been_posted_is_lost_where_somebody_could_have_looked(
    tmp_path: Path,
) -> None:
    at = datetime(2021, 3, 31, 7, tzinfo=UTC)
    async with LoopbackDiscord() as server, await Archive.open(tmp_path / "a.db") as archive:
        guild = server.add_guild("one")
        place = server.add_channel(guild, "papers")
        rule_id = await archive.write(rules.save, rule(guild_id=guild.id, channel_id=place.id))
        (row,) = await archive.write(
            ledger.plan, kind=TargetKind.CHANNEL, target_id=place.id, rule_id=rule_id,
            slot_at=at, payloads=["[]"], listing_day=DAY, now=at,
        )  # fmt: skip
        await close_day(archive, Settings(), DAY)
        await archive.write(posted_digests.note_days, rule_id, at, [DAY])
        maybe = Problem(Code.MAYBE_POSTED, reasons=[])
        await archive.write(ledger.give_up, row.delivery_id, maybe, now=at)
        blind = await judge_restored(archive, server, at, {place.id})
        seeing = await judge_restored(archive, server, at, set())
    assert (blind.slots, blind.unreadable, blind.unsure, blind.lost) == (1, 1, 1, 0)
    assert (seeing.slots, seeing.unreadable, seeing.unsure, seeing.lost) == (1, 0, 0, 1)
