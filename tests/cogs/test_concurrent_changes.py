"""What others, or the same member, do while a command waits for Discord."""

import importlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlite_utils import Database

from bot.errors import InputError
from bot.models import Follow, Rule
from bot.problems import Code, Problem
from bot.store import follows, rules
from cogs.digests.form_fields import RuleFields
from cogs.follows import service
from cogs.shared import rule_changes
from tests.archive_world import NOW
from tests.cogs.conftest import add, stored
from tests.factories import rule
from tests.naming import named
from tests.simcord_world import Answer, World, ask, press

Meanwhile = Callable[[], Awaitable[None]]

STRANGER = 660011


def before(module: str, name: str, monkeypatch: pytest.MonkeyPatch, meanwhile: Meanwhile) -> None:
    """``meanwhile`` happens once, right before a step of a command."""
    owner = importlib.import_module(module)  # as of now: each bot loads its cogs anew
    step, happened = getattr(owner, name), False

    async def stepping(*args: object, **options: object) -> object:
        nonlocal happened
        if not happened:
            happened = True
            await meanwhile()
        return await step(*args, **options)

    monkeypatch.setattr(owner, name, stepping)


async def erase(world: World) -> None:
    """As ``/privacy delete`` of the member does."""
    bot = world.bot
    await service.erase(world.services, bot.in_flight, bot.drafts, world.member.id)


def stranger_follows(db: Database) -> None:
    follows.add(db, Follow(member_id=STRANGER, query="theirs", created_at=NOW))
    rules.save(db, rule(guild_id=0, channel_id=8, created_by=STRANGER, at=NOW.time()))


class TestErasing:
    async def test_beside_a_follow_in_flight_touches_nobody_elses_digest(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The member's messages are closed, which is noted once Discord has said so."""
        world.close_messages()

        async def meanwhile() -> None:
            await erase(world)
            await world.services.archive.write(stranger_follows)

        before("cogs.follows.commands", "_suspended", monkeypatch, meanwhile)
        answer = await ask(world.member, world.nlp, "follow", keyword="mine")
        theirs = await world.services.archive.read(follows.digest_of, STRANGER)
        assert theirs is not None
        assert (theirs.channel_id, theirs.at, theirs.suspended) == (8, NOW.time(), None)
        assert await world.services.archive.read(named, world.member.id, "mine") == set()
        assert world.errors
        assert "Your data were erased before this was done" in answer.words

    async def test_beside_a_change_of_the_own_digest_makes_no_new_one(self, world: World) -> None:
        await ask(world.member, world.nlp, "follow", keyword="mine")
        own = await service.own_digest(world.services, world.member.id)
        await erase(world)
        await world.services.archive.write(stranger_follows)
        for late in (
            service.suspend(world.services, own, Problem(Code.DIRECT_MESSAGES_CLOSED)),
            rule_changes.resume_rule(world.services, own, paused=False, suspended=None),
        ):
            with pytest.raises(InputError, match="You follow nothing"):
                await late
        theirs = await world.services.archive.read(follows.digest_of, STRANGER)
        assert theirs is not None
        assert theirs.suspended is None
        assert await world.services.archive.read(named, world.member.id, "mine") == set()

    async def test_calls_off_what_was_asked_for_before(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before("cogs.follows.service", "follow", monkeypatch, lambda: erase(world))
        answer = await ask(world.member, world.nlp, "follow", keyword="mine")
        assert world.errors
        assert "Your data were erased before this was done" in answer.words
        assert await world.services.archive.read(named, world.member.id, "mine") == set()
        assert world.messages_to(world.member) == []
        after = await ask(world.member, world.nlp, "follow", keyword="mine")
        assert "In the last 30 days" in after.words

    async def test_sends_no_example_afterwards(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before("cogs.follows.commands", "_send_example", monkeypatch, lambda: erase(world))
        await ask(world.member, world.nlp, "follow", keyword="mine")
        assert world.errors
        assert world.messages_to(world.member) == []

    async def test_keeps_a_digest_from_being_set_up_in_the_name_that_is_gone(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def meanwhile() -> None:
            bot = world.bot
            await service.erase(world.services, bot.in_flight, bot.drafts, world.admin.id)

        before("cogs.digests.commands", "_can_post", monkeypatch, meanwhile)
        answer = await add(world)
        assert world.errors
        assert "Your data were erased before this was done" in answer.words
        assert await stored(world) == []

    async def test_keeps_an_edit_from_bringing_the_name_back(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await add(world)

        async def meanwhile() -> None:
            await world.services.archive.write(follows.erase, world.admin.id)

        before("cogs.digests.commands", "change_rule", monkeypatch, meanwhile)
        await ask(world.admin, world.nlp, "digest edit", top=3)
        (found,) = await stored(world)
        assert (found.top, found.created_by) == (3, 0)

    async def test_reaches_what_was_typed_into_forms(self, world: World) -> None:
        typed = dict.fromkeys(RuleFields._fields, "") | {"categories": "cs.Nonsense"}
        drafts, number = world.bot.drafts, 7
        drafts.keep(world.member.id, number, typed)
        shown = await ask(world.member, world.nlp, "privacy show")
        assert "What you typed into 1 form that I could not read" in shown.words
        document = await exported(world)
        assert document["typed_into_forms"] == [{"digest": number, **typed}]
        await ask(world.member, world.nlp, "privacy delete")
        assert drafts.of(world.member.id) == {}


async def exported(world: World) -> dict[str, Any]:
    answer = await ask(world.member, world.nlp, "following export")
    found: dict[str, Any] = json.loads(await world.read(answer.message.attachments[0]))
    return found


class TestOthers:
    """Another admin's press arrives while a command of the first one waits."""

    async def digest(self, world: World) -> tuple[Answer, Rule]:
        shown = await add(world)
        (found,) = await stored(world)
        return shown, found

    async def change(self, world: World, found: Rule, **changes: object) -> None:
        await world.services.archive.write(rules.change, found, **changes)

    async def test_edits_of_different_things_are_both_kept(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        _, found = await self.digest(world)
        before(
            "cogs.digests.commands", "change_rule", monkeypatch,
            lambda: self.change(world, found, keywords=("video",), paused=True),
        )  # fmt: skip
        await ask(world.admin, world.nlp, "digest edit", top=3)
        (now,) = await stored(world)
        assert now == replace(found, top=3, keywords=("video",), paused=True)

    async def test_a_digest_that_was_removed_is_not_brought_back_by_an_edit(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        _, found = await self.digest(world)
        before(
            "cogs.digests.commands",
            "change_rule",
            monkeypatch,
            lambda: self.change(world, found, deleted=True),
        )
        answer = await ask(world.admin, world.nlp, "digest edit", top=3)
        assert await stored(world) == []
        assert world.errors
        assert "has no digest" in answer.words

    async def test_resuming_keeps_what_was_edited_meanwhile(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        shown, found = await self.digest(world)
        paused = await press(world.admin, shown, "Pause")
        before(
            "cogs.shared.rule_changes",
            "change_rule",
            monkeypatch,
            lambda: self.change(world, found, top=3),
        )
        await press(world.admin, paused, "Resume")
        (now,) = await stored(world)
        assert (now.top, now.paused) == (3, False)


async def test_an_open_request_is_forgotten_when_it_ends(world: World) -> None:
    with (
        world.bot.in_flight.of(1) as first,
        world.bot.in_flight.of(1),
        world.bot.in_flight.of(2) as other,
    ):
        world.bot.in_flight.cancel(1)
        with pytest.raises(InputError):
            first.require()
        other.require()
    with world.bot.in_flight.of(1) as later:
        later.require()
