"""One run in which people change their minds while digests go out.

Members erase what is stored about them, admins remove, pause, move and edit digests, somebody else
begins to follow; and the bot may be killed in the middle of it.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import time, timedelta
from pathlib import Path
from random import Random

from sqlite_utils import Database

from bot.models import Follow, Layout, Rule
from bot.store import Archive, follows, rules
from tests.chaos.ledgers import UNSETTLED, Tally, messages_of, papers_on, what_is_wrong
from tests.chaos.life import DAY, NOW, SEND, STOPPED_WITHIN
from tests.delivery.fake import rows
from tests.discordd import LoopbackDiscord
from tests.discordd.actors import Actor
from tests.discordd.permissions import Perm
from tests.discordd.world import Channel
from tests.e2e.bot_process import Program, stopped
from tests.factories import rule
from tests.naming import named
from tests.polling import until

CHANNELS, MEMBERS = 24, 10
CHANGED, ERASED = 10, 5  # of those
READY, SETTLED = 60.0, 90.0
ON_ITS_WAY = 0.15  # a request may take so long from the bot to here, on a busy machine
_MADE = NOW - timedelta(hours=20)


@dataclass
class Wanted:
    """A digest and what somebody did about it. ``since`` is when that was confirmed, on Discord's
    clock; None while it is not certain to have been done."""

    rule: Rule
    spare: Channel | None = None  # where it may be moved
    done: str = ""
    since: float | None = None


@dataclass
class Crowd:
    server: LoopbackDiscord
    admin: Actor
    newcomer: Actor
    here: Channel
    digests: list[Wanted] = field(default_factory=list)
    letters: dict[int, Wanted] = field(default_factory=dict)  # by member

    @property
    def everything(self) -> list[Wanted]:
        return [*self.digests, *self.letters.values()]


async def meddled(number: int, folder: Path, services: str) -> Tally:
    """Run ``number``, from an empty archive until nothing is left to be sent."""
    random = Random(number)
    async with LoopbackDiscord() as server:
        server.settings.openapi = False
        server.settings.logged_bodies = False
        program = Program(folder, server)
        program.configure(services)
        crowd = await _gather(server, program, random)
        if await program.command(NOW, "harvest", "--date", DAY.isoformat()) != 0:
            raise AssertionError(f"the harvest failed: {program.said}")
        bad = Counter[str]()
        await _life(program, crowd, random, bad)
        await _last_life(program)
        async with await Archive.open(program.archive) as archive:
            found = await judge(archive, crowd)
    found.bad = bad
    if found.complaints:
        found.complaints += program.said.splitlines()[-60:]
    return found


async def _gather(server: LoopbackDiscord, program: Program, random: Random) -> Crowd:
    guilds = [server.add_guild("one"), server.add_guild("two")]
    here = server.add_channel(guilds[0], "talk")
    crowd = Crowd(
        server=server,
        admin=server.add_member(guilds[0], "ada", permissions=Perm.MANAGE_GUILD),
        newcomer=server.add_member(guilds[0], "newcomer"),
        here=here,
    )
    async with await Archive.open(program.archive) as archive:
        for n in range(CHANNELS):
            guild = guilds[n % 4 == 3]  # most where ada can change them
            wanted = rule(
                guild_id=guild.id,
                channel_id=server.add_channel(guild, f"papers-{n}").id,
                created_at=_MADE,
                at=time(9, 0),
                top=random.choice((3, 8, 15)),
                layout=random.choice(list(Layout)),
                thread=random.random() < 0.2,
            )
            spare = server.add_channel(guild, f"spare-{n}")
            crowd.digests.append(Wanted(await archive.write(_stored, wanted), spare))
        for n in range(MEMBERS):
            member = server.add_member(guilds[0], f"member-{n}")
            await archive.write(
                follows.add,
                Follow(member_id=member.id, query=f"cat:cs.* -{_word(n)}", created_at=_MADE),
            )
            wanted = rule(
                guild_id=0,
                channel_id=server.dm(member).id,
                created_by=member.id,
                created_at=_MADE,
                quiet_lines=False,
            )
            crowd.letters[member.id] = Wanted(await archive.write(_stored, wanted))
    return crowd


def _word(number: int) -> str:
    """In what a member follows, and so in all that the member gets."""
    return f"nobody{number}x"


def _stored(db: Database, wanted: Rule) -> Rule:
    found = rules.get(db, rules.save(db, wanted))
    assert found is not None
    return found


DELAYS = (0.2, 0.6)  # seconds
ANSWERED = 10.0  # seconds

# --- what happens -------------------------------------------------------------------------------


async def _life(program: Program, crowd: Crowd, random: Random, bad: Counter[str]) -> None:
    """People begin at a sight; some of them are answered, and then perhaps the bot is killed."""
    server = crowd.server
    for seconds in DELAYS:
        server.faults.add(
            "delay", "POST", SEND, after=random.random() < 0.5, chance=0.3, times=10,
            seconds=seconds,
        )  # fmt: skip
    asked = len(server.log)
    sight: Callable[[], bool] = random.choice(
        (
            lambda: "bot.ready" in program.said,
            lambda: "slot.planned" in program.said,
            lambda: sum(one.method == "POST" for one in server.log[asked:]) > 6,
        )
    )
    async with program.running(NOW + timedelta(minutes=1)) as process:
        await until(lambda: bool(server.commands) and sight(), READY)
        acts = [asyncio.create_task(act) for act in _acts(crowd, random, bad)]
        if random.random() < 0.4:
            await asyncio.wait(acts, timeout=random.uniform(0.1, 2.0))
            process.kill()
            await process.wait()
            bad["killed while people came"] += 1
        await asyncio.wait(acts)
        if process.returncode is None:
            with suppress(TimeoutError):
                await until(lambda: _settled(program), SETTLED, every=0.2)
            with suppress(TimeoutError):
                await stopped(process, STOPPED_WITHIN)
    await asyncio.sleep(
        2 * max(DELAYS)
    )  # what was on its way when the bot was killed still arrives
    server.faults.clear()
    server.clock.advance(3600)  # no nonce is remembered any more


async def _last_life(program: Program) -> None:
    async with program.running(NOW + timedelta(minutes=20)) as process:
        ready = program.said.count("bot.ready")
        with suppress(TimeoutError):  # what is missing then is counted
            await until(lambda: program.said.count("bot.ready") > ready, READY)
        with suppress(TimeoutError):
            await until(lambda: _settled(program), SETTLED, every=0.2)
        with suppress(TimeoutError):
            await stopped(process, STOPPED_WITHIN)


async def _settled(program: Program) -> bool:
    """Whether every digest that may have a slot has it, and every part of any an end."""
    async with await Archive.open(program.archive) as archive:
        active = [
            one
            for one in await archive.read(rules.undeleted)
            if not one.paused and not one.suspended
        ]
        due = {one.rule_id for one in active if one.created_at == _MADE}
        for rule_id in await archive.read(rules.guilds):
            found = await archive.read(rows, rule_id)
            if any(row.state in UNSETTLED for row in found) or (rule_id in due and not found):
                return False
    return True


def _acts(crowd: Crowd, random: Random, bad: Counter[str]) -> list[Coroutine[object, object, None]]:
    own = [one for one in crowd.digests if one.rule.guild_id == crowd.digests[0].rule.guild_id]
    acts = []
    for wanted in random.sample(own, CHANGED):
        wanted.done = random.choice(("removed", "paused", "moved", "edited"))
        acts.append(_answered(crowd, wanted, _change(crowd, wanted), random, bad))
    for member_id in random.sample(sorted(crowd.letters), ERASED):
        wanted = crowd.letters[member_id]
        wanted.done = "erased"
        asked = crowd.server.actor(member_id).slash(crowd.here, "privacy", "delete")
        acts.append(_answered(crowd, wanted, asked, random, bad))
    newcomer = crowd.newcomer.slash(crowd.here, "follow", keyword="newcomer")
    acts.append(_answered(crowd, None, newcomer, random, bad))
    random.shuffle(acts)
    return acts


async def _change(crowd: Crowd, wanted: Wanted) -> object:
    number, admin = str(wanted.rule.rule_id), crowd.admin
    if wanted.done == "removed":
        return await admin.slash(crowd.here, "digest", "remove", digest=number)
    if wanted.done == "moved":
        assert wanted.spare is not None
        return await admin.slash(crowd.here, "digest", "edit", digest=number, channel=wanted.spare)
    shown = await admin.slash(crowd.here, "digest", "edit", digest=number, top=2)
    if wanted.done == "paused":
        pressed = await admin.click(shown, "Pause")
        await until(lambda: pressed.versions, ANSWERED)  # "I heard you" may come before the work
    return shown


async def _answered(
    crowd: Crowd,
    wanted: Wanted | None,
    asked: Awaitable[object],
    random: Random,
    bad: Counter[str],
) -> None:
    await asyncio.sleep(random.uniform(0.0, 1.0))
    try:
        await asked
    except (AssertionError, TimeoutError):  # it was killed: nobody knows whether it was done
        bad["command unanswered"] += 1
        return
    bad[f"digest {wanted.done}" if wanted else "new follower"] += 1
    if wanted is not None:
        wanted.since = crowd.server.clock.now()


# --- what came of it ----------------------------------------------------------------------------


async def judge(archive: Archive, crowd: Crowd) -> Tally:
    """One run's figures: as in ``ledgers``, and what came to somebody who had called it off, or is
    still kept of somebody whose data were erased.
    """
    tally = Tally(runs=1)
    for wanted in crowd.everything:
        tally.slots += 1
        found = await archive.read(rows, wanted.rule.rule_id)
        old = messages_of(crowd.server, wanted.rule.channel_id)
        new = messages_of(crowd.server, wanted.spare.id) if wanted.spare else []
        standing = [*old, *new]
        extra = len(standing) - len({message.nonce for message in standing})
        extra += sum(count - 1 for count in Counter(papers_on(standing)).values())
        lost = ""
        if wanted.done in ("", "moved", "edited"):
            lost = what_is_wrong(found, standing)
        elif any(row.state in UNSETTLED for row in found):
            lost = "a part has no end"
        wrong = _late(crowd, wanted)
        if old and new:
            wrong.append("it stands in two channels")
        tally.duplicates += extra
        tally.lost += bool(lost)
        tally.wrong_owner += len(wrong)
        tally.posted += bool(standing) and not (extra or lost or wrong)
        if extra or lost or wrong:
            states = [(row.part, row.state.value, row.reason) for row in found]
            tally.complaints.append(
                f"rule {wanted.rule.rule_id} {wanted.done}: {extra} too many, "
                f"{lost or 'none lost'}, {wrong}: {states}"
            )
    strangers = [*await _mixed_up(archive, crowd)]
    tally.wrong_owner += len(strangers)
    tally.complaints += strangers
    tally.lost += len(crowd.server.violations)
    tally.complaints += crowd.server.violations
    return tally


def _late(crowd: Crowd, wanted: Wanted) -> list[str]:
    """Messages that were begun after their channel or member was told that none would come."""
    if wanted.since is None or wanted.done == "edited":
        return []
    path = f"/channels/{wanted.rule.channel_id}/messages"
    begun = [
        one.at - one.seconds
        for one in crowd.server.log
        if one.method == "POST" and one.path.endswith(path) and one.status == 200
    ]
    if wanted.done == "moved" and begun and begun[0] <= wanted.since:
        return []  # it is finished where it began
    late = (at - wanted.since for at in begun)
    return [f"asked for {seconds:.3f} s late" for seconds in late if seconds > ON_ITS_WAY]


async def _mixed_up(archive: Archive, crowd: Crowd) -> list[str]:
    """Where somebody has, or is named by, what is somebody else's or nobody's any more."""
    found = []
    for n, (member_id, wanted) in enumerate(crowd.letters.items()):
        for message in crowd.server.messages(wanted.rule.channel_id):
            others = [w for w in map(_word, range(MEMBERS)) if w in message.text and w != _word(n)]
            if others or _word(n) not in message.text:
                found.append(f"member {n} was sent what is of {others}")
        own = await archive.read(follows.digest_of, member_id)
        if wanted.done != "erased" and own != wanted.rule:
            found.append(f"member {n}'s digest is {own}")
        if wanted.done == "erased" and wanted.since is not None:
            left = await archive.read(named, member_id, wanted.rule.channel_id, _word(n))
            if left:
                found.append(f"member {n} is erased and stands in {sorted(left)}")
    theirs = await archive.read(follows.digest_of, crowd.newcomer.id)
    if theirs is not None and theirs.channel_id != crowd.server.dm(crowd.newcomer).id:
        found.append(f"the newcomer's digest is {theirs}")
    return found
