"""The journeys of members and admins with the running program, over a restart in between.

The archive holds a week, the networks are down, and the loopback Discord checks every body.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from bot.config import Settings
from bot.store import Archive, days
from tests import archive_world
from tests.archive_world import NOW, STILL_OPEN
from tests.discordd import Actor, Answer, Channel, LoopbackDiscord, Message, Perm
from tests.e2e.bot_process import Program, stopped

pytestmark = pytest.mark.rehearsal

# Thursday, 09:10 in Berlin: the digest of Wednesday's listing is ten minutes old.
NEXT_MORNING = NOW + timedelta(hours=19, minutes=10)
SECONDS = 30.0


@dataclass
class Place:
    program: Program
    server: LoopbackDiscord
    nlp: Channel
    quantum: Channel
    ada: Actor
    alice: Actor

    async def ready(self, lives: int) -> None:
        """The program has said so in so many of its lives."""
        await self.server.wait_until(lambda: self.program.said.count("bot.ready") == lives, SECONDS)


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    async with LoopbackDiscord() as server:
        guild = server.add_guild("Reading group")
        program = Program(tmp_path, server)
        program.configure("http://127.0.0.1:9")  # where nobody answers
        async with await Archive.open(program.archive) as archive:
            await archive_world.fill(archive, Settings())
        yield Place(
            program,
            server,
            server.add_channel(guild, "nlp"),
            server.add_channel(guild, "quantum"),
            server.add_member(guild, "ada", permissions=Perm.MANAGE_GUILD),
            server.add_member(guild, "alice"),
        )
        assert server.violations == server.illegal_answers == []
        assert "Traceback" not in program.said


async def test_an_evening_a_restart_and_the_next_morning(place: Place) -> None:
    async with place.program.running(NOW) as process:
        await place.ready(1)
        await two_channels_two_fields_two_zones(place)
        hot = await last_tuesdays_papers(place)
        example = await following(place)
        assert await stopped(process) == 0
    # No network is there to count by, so the day is closed as if they had been.
    async with await Archive.open(place.program.archive) as archive:
        await archive.write(days.close, STILL_OPEN, now=NEXT_MORNING, late=False)
    async with place.program.running(NEXT_MORNING) as process:
        await place.ready(2)
        await the_messages_of_yesterday_still_answer(place, hot, example)
        await the_mornings_digest_came(place)
        assert await stopped(process) == 0


async def two_channels_two_fields_two_zones(place: Place) -> None:
    added = await place.ada.slash(
        place.nlp, "digest", "add", channel=place.nlp, categories="cs.CL,cs.IR", hour="09:00",
        zone="Europe/Berlin", top=8,
    )  # fmt: skip
    assert "cs.CL and cs.IR" in added.text
    assert "Next digest" in added.text
    quiet = await place.ada.slash(
        place.nlp, "digest", "add", channel=place.quantum, categories="quant-ph, cond-mat.*",
        hour="18:30", zone="Asia/Tokyo",
    )  # fmt: skip
    assert "On most of these days it would have had nothing" in quiet.text
    listed = await place.ada.slash(place.nlp, "digest", "list")
    assert "2 digests in this server" in listed.text
    labels = {one.get("label") for one in listed.message.controls.values()}
    assert {"Edit", "Pause", "Test", "Delete"} <= labels
    assert not place.alice.sees_command(place.nlp, "digest")


async def last_tuesdays_papers(place: Place) -> Answer:
    offered = await place.alice.autocomplete(place.nlp, "hot", focused="date", value="last tue")
    assert offered.choices[0] == ("Tue 30 Mar 2021 · 14 ranked", "2021-03-30")
    found = await place.alice.autocomplete(place.nlp, "hot", focused="category", value="cs.cl")
    assert found.choices[0] == ("cs.CL – Computation and Language", "cs.CL")
    saturday = await place.alice.slash(place.nlp, "hot", date="2021-03-27")
    assert "it lists nothing at weekends" in saturday.text
    monday = await place.alice.click(saturday, "Mon 29 Mar")
    await monday.version(0)
    assert "Work of Monday" in monday.text
    unread = await place.alice.slash(place.nlp, "hot", date="whenever")
    assert "Try 2021-03-30" in unread.text
    hot = await place.alice.slash(place.nlp, "hot", date="last tue")
    assert hot.ephemeral
    assert "ViViT" in hot.text
    return hot


async def following(place: Place) -> Message:
    asked = await place.alice.slash(
        place.nlp, "follow", category="cs.CL", hour="9:05", zone="Berlin"
    )
    assert "In the last 30 days" in asked.text
    (example,) = await place.server.wait_messages(place.server.dm(place.alice))
    assert "Because you follow cat:cs.CL" in example.text
    return example


async def the_messages_of_yesterday_still_answer(
    place: Place, hot: Answer, example: Message
) -> None:
    second = await place.alice.click(hot, "Next")
    await second.version(0)
    assert "Page 2 of 3" in second.text
    await place.alice.click(second, "Share here")
    why = await place.alice.click(example, _control(example, "why"))
    assert "Score" in why.text
    wednesday = await place.server.wait_messages(place.server.dm(place.alice), 2, SECONDS)
    assert "Of Today" in wednesday[-1].text
    stopped_ = await place.alice.click(wednesday[-1], "Stop this")
    assert "No longer followed" in stopped_.text


async def the_mornings_digest_came(place: Place) -> None:
    await place.server.wait_until(
        lambda: any("Of Today" in one.text for one in place.server.messages(place.nlp)), SECONDS
    )
    digest = next(one for one in place.server.messages(place.nlp) if "Of Today" in one.text)
    assert "Wednesday, 31 March 2021" in digest.text
    why = await place.alice.click(digest, _control(digest, "why"))
    assert why.ephemeral
    told = await place.ada.slash(place.nlp, "digest", "why", paper="2103.16111", channel=place.nlp)
    assert "It was posted" in told.text
    assert place.server.messages(place.quantum) == []


def _control(message: Message, kind: str) -> str:
    return next(one for one in message.controls if one.startswith(f"hp1:{kind}:"))
