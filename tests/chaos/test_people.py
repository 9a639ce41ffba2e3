"""The judge of the runs with people sees what came to somebody who did not want it any more."""

from pathlib import Path

import discord

from bot.models import TargetKind
from bot.store import Archive, ledger, rules
from tests.chaos.people import ON_ITS_WAY, Crowd, Wanted, judge
from tests.discordd import LoopbackDiscord
from tests.discordd.pointing import running
from tests.factories import NOW, rule


async def test_the_judge_tells_what_came_late_and_what_is_left(tmp_path: Path) -> None:
    async with LoopbackDiscord() as server:
        guild = server.add_guild("one")
        admin, member = server.add_member(guild, "ada"), server.add_member(guild, "member-0")
        crowd = Crowd(server, admin, admin, server.add_channel(guild, "talk"))
        client = discord.AutoShardedClient(
            intents=discord.Intents(guilds=True), guild_ready_timeout=0.05
        )
        async with await Archive.open(tmp_path / "a.db") as archive, running(server, client):
            for name, late in (("in time", False), ("late", True)):
                place = server.add_channel(guild, name)
                made = rule(guild_id=guild.id, channel_id=place.id)
                found = rule(
                    guild_id=guild.id, channel_id=place.id,
                    rule_id=await archive.write(rules.save, made),
                )  # fmt: skip
                (row,) = await archive.write(
                    ledger.plan, kind=TargetKind.CHANNEL, target_id=place.id,
                    rule_id=found.rule_id, slot_at=NOW, payloads=["[]"], listing_day=None, now=NOW,
                )  # fmt: skip
                channel = await client.fetch_channel(place.id)
                assert isinstance(channel, discord.TextChannel)
                before = server.clock.now()
                sent = await channel.send("digest", nonce=row.nonce)
                await archive.write(ledger.mark_sent, row.delivery_id, sent.id, now=NOW)
                since = before - 2 * ON_ITS_WAY if late else server.clock.now()
                crowd.digests.append(Wanted(found, done="removed", since=since))
            dm = server.dm(member)
            own = rule(guild_id=0, channel_id=dm.id, created_by=member.id)
            await archive.write(rules.save, own)
            letter = Wanted(rule(guild_id=0, channel_id=dm.id, rule_id=3), done="erased", since=1.0)
            crowd.letters[member.id] = letter
            found_all = await judge(archive, crowd)
    assert (found_all.slots, found_all.posted, found_all.lost) == (3, 1, 0)
    assert found_all.wrong_owner == 2
    assert "s late" in found_all.complaints[0]
    assert "is erased and stands in" in found_all.complaints[1]
    assert str(found_all).endswith("duplicates 0, lost 0, wrong owner 2")
