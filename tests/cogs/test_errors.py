"""What members see when something goes wrong, and what the log does."""

import asyncio
import logging
import threading
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import discord
import pytest
from discord import app_commands
from sqlite_utils import Database

from bot.app.error_handler import cause_of, describe
from bot.clock import ManualClock
from bot.config import Config, Secrets, Settings
from bot.container import services
from bot.errors import ArchiveBusy, DeliveryError, InputError, StoreError, Throttled
from bot.store.archive import READERS
from cogs.papers import answers
from cogs.shared.transformers import DayOption
from tests.archive_world import NOW, VIVIT
from tests.simcord_world import Message, World, ask, complete, fill_in, press

CLOCK = ManualClock(NOW)


def _break(db: Database) -> None:
    """The archive's next reader meets an error of SQLite."""
    db.conn.execute("DROP TABLE days")


class TestFaults:
    async def test_of_the_archive_have_a_number_that_is_in_the_log(
        self, world: World, caplog: pytest.LogCaptureFixture
    ) -> None:
        await world.services.archive.write(_break)
        answer = await ask(world.member, world.nlp, "hot")
        assert world.errors
        assert answer.private
        assert "My archive could not answer." in answer.words
        assert "Digests wait for it and are not lost." in answer.words
        reference = answer.words.rpartition("Reference ")[2].strip()
        (logged,) = [r for r in caplog.records if r.message == "interaction.failed"]
        fields = vars(logged)["fields"]
        assert fields["reference"] == reference
        assert (fields["asked"], fields["guild"]) == ("hot", world.guild.id)
        assert logged.levelno == logging.ERROR

    async def test_behind_a_button_are_explained_too(self, world: World) -> None:
        hot = await ask(world.member, world.nlp, "hot")
        await world.services.archive.write(_break)
        answer = await press(world.member, hot, "Next")
        assert "My archive could not answer." in answer.words
        assert "Reference " in answer.words

    async def test_leave_the_bot_answering(self, world: World) -> None:
        world.env.inject_error("PATCH", "/webhooks/*/messages/@original", status=500)
        await ask(world.member, world.nlp, "hot")
        assert world.errors
        assert "ViViT" in (await ask(world.member, world.nlp, "paper", paper=VIVIT)).words

    async def test_log_nothing_that_somebody_typed(
        self, world: World, caplog: pytest.LogCaptureFixture
    ) -> None:
        await ask(world.member, world.nlp, "search", query="cat:my-secret-plan")
        assert world.errors
        assert "my-secret-plan" not in str([vars(r).get("fields") for r in caplog.records])


class TestAdvice:
    """What is said to do is something that the reader can do there."""

    async def test_about_an_option_is_to_type_it_again(self, world: World) -> None:
        answer = await ask(world.member, world.nlp, "hot", date="banana")
        assert "while you type I offer what I know" in answer.words
        assert world.errors

    async def test_about_a_form_is_to_go_back_to_it(self, world: World) -> None:
        made = await ask(
            world.admin, world.nlp, "digest add",
            channel=world.nlp, categories="cs.CL", hour="9", zone="UTC",
        )  # fmt: skip
        form = await press(world.admin, made, "Edit")
        answer = await fill_in(world.admin, form, {"Hour and time zone": "nonsense"})
        assert "Nothing was changed" in answer.words
        assert "go back to the form and mend it" in answer.words
        assert "Send the command again" not in answer.words

    async def test_is_not_to_type_what_was_not_typed(self, world: World) -> None:
        answer = await ask(world.member, world.nlp, "following resume")
        assert "You follow nothing yet. Begin with /follow." in answer.words
        assert "Send the command again" not in answer.words
        assert world.errors


class TestCompletion:
    async def test_that_fails_offers_nothing(self, world: World) -> None:
        await world.services.archive.write(_break)
        assert await complete(world.member, world.nlp, "hot", "date", "mon") == []
        assert world.errors == []

    async def test_that_takes_long_offers_nothing_in_time(self, tmp_path: Path) -> None:
        """Without SimCord, whose clock waits for threads."""
        async with services(Config(Settings(), Secrets(), tmp_path / "a.db"), CLOCK) as found:
            asked: Any = SimpleNamespace(
                client=SimpleNamespace(services=found), guild_id=1, locale=discord.Locale.german
            )
            ended = threading.Event()
            readers = [
                asyncio.create_task(found.archive.read(lambda _: ended.wait()))
                for _ in range(READERS)
            ]
            await asyncio.sleep(0)  # they have begun
            assert await DayOption().autocomplete(asked, "mon") == []
            ended.set()
            await asyncio.gather(*readers)
            assert await DayOption().autocomplete(asked, "mon") != []


class TestDescriptions:
    @pytest.mark.parametrize(
        ("error", "what", "fault"),
        [
            (InputError("That is not it."), "That is not it.", False),
            (ArchiveBusy("held"), "My archive is busy with something else.", True),
            (StoreError("broken"), "My archive could not answer.", True),
            (Throttled("slow"), "A service that I asked did not answer.", True),
            (DeliveryError("no"), "Discord did not take my answer.", True),
            (TimeoutError(), "This took me too long.", True),
            (ZeroDivisionError(), "Something went wrong on my side.", True),
            (app_commands.MissingPermissions(["manage_guild"]), "You need Manage Server", False),
            (app_commands.BotMissingPermissions(["attach_files"]), "I lack Attach Files", False),
            (app_commands.NoPrivateMessage(), "That works in a server only", False),
            (
                app_commands.CommandOnCooldown(app_commands.Cooldown(1, 9), 3.6),
                "That was quick: again in 4 seconds.",
                False,
            ),
        ],
    )
    def test_say_what_happened(self, error: Exception, what: str, fault: bool) -> None:
        found = describe(error)
        assert found.what.startswith(what)
        assert found.fault is fault

    def test_look_through_what_the_library_wraps_around(self) -> None:
        inner = InputError("That is not it.")
        text = discord.AppCommandOptionType.string
        outer = app_commands.TransformerError("x", text, DayOption())
        outer.__cause__ = inner
        assert cause_of(outer) is inner


async def test_a_member_who_asks_too_often_waits_and_nobody_else(world: World) -> None:
    for _ in range(10):
        answer = await ask(world.member, world.nlp, "help")
    for _ in range(10):
        await press(world.member, await _shared(world), "Why?")
    answer = await press(world.member, await _shared(world), "Why?")
    assert "That was quick: again in 20 seconds." in answer.words
    assert "That was quick" in (await ask(world.member, world.nlp, "help")).words
    assert "What you can ask me" in (await ask(world.admin, world.nlp, "help")).words
    world.clock.advance(timedelta(seconds=21))
    assert "What you can ask me" in (await ask(world.member, world.nlp, "help")).words
    assert world.errors


async def _shared(world: World) -> Message:
    if world.nlp.last_message is None:
        await world.say(world.nlp, await answers.paper(world.services, VIVIT, shareable=False))
    return world.nlp.history()[0]
