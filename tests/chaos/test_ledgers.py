"""The judge of the chaos runs sees what was posted twice, and what is missing."""

from pathlib import Path

import discord

from bot.models import TargetKind
from bot.store import Archive, ledger, rules
from tests.chaos.ledgers import judge
from tests.discordd import LoopbackDiscord
from tests.discordd.pointing import running
from tests.make import NOW, rule


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
                    ledger.seal, row.delivery_id, sent[0].id if sent else 1, now=NOW
                )
            found = await judge(archive, server)
    assert (found.slots, found.posted, found.duplicates, found.lost) == (4, 1, 1, 2)
