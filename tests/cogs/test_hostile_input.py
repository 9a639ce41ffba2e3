"""What nobody means to type or press: no fault, no broken limit, nobody pinged."""

from datetime import timedelta

import discord
import pytest
from discord import ui

from bot.cards import Card
from bot.cards.custom_ids import SHAPES
from bot.store import rules
from tests.archive_world import VIVIT
from tests.simcord_world import Message, World, ask, complete, fill_in, press, rename, seen

TYPED = (
    " ", "\u200b\u200b", "x" * 100, "31 feb", "0000-00-00", "9999-12-31", "next year", ",,,",
    "99999999 days ago", "cs.*", "CS.cl, stat.ML", "🎉", "@everyone <@1> <@&2>", "`", "\x00", '"',
    "'; DROP TABLE days; --", "e" + "\u0301" * 90, "\u202eabc", "\ud83d", "1e400", "-1", "25:61",
    "after:9999", "before:0001", "NEAR(a b)", "^a", "$\\", "https://arxiv.org/abs/",
    "hep-th/9999999",
)  # fmt: skip
OPTIONS = [
    ("hot", "date"), ("hot", "category"), ("why", "paper"), ("paper", "paper"), ("search", "query"),
    ("digest add", "categories"), ("digest add", "hour"), ("digest add", "zone"),
    ("digest add", "keywords"), ("digest add", "exclusions"), ("digest edit", "digest"),
    ("digest why", "paper"), ("follow", "category"), ("follow", "author"), ("follow", "keyword"),
    ("follow", "search"), ("follow", "exclude"), ("follow", "hour"), ("follow", "zone"),
    ("following stop", "what"),
]  # fmt: skip
UNCOMPLETED = ("query", "author", "keyword", "search", "exclude", "keywords", "exclusions")
FIELDS = ("", "0", "99999999999999999999", "1:99999999:d::", "1:x\u200b")


@pytest.mark.rehearsal
@pytest.mark.parametrize(("command", "option"), OPTIONS)
async def test_any_text_in_any_option(world: World, command: str, option: str) -> None:
    rule = {"channel": world.nlp, "categories": "cs.CL", "hour": "9", "zone": "UTC"}
    await ask(world.admin, world.nlp, "digest add", **rule)
    besides = rule if command == "digest add" else {}
    for text in TYPED:
        world.clock.advance(timedelta(seconds=30))
        answer = await ask(world.admin, world.nlp, command, **{**besides, option: text})
        assert answer.private
        assert answer.seen.problems == []
        assert "Reference" not in answer.words, text
    assert world.errors


@pytest.mark.rehearsal
@pytest.mark.parametrize(
    ("command", "option"), [each for each in OPTIONS if each[1] not in UNCOMPLETED]
)
async def test_any_half_of_a_text_is_completed_within_the_limits(
    world: World, command: str, option: str
) -> None:
    for text in TYPED:
        found = await complete(world.admin, world.nlp, command, option, text)
        assert len(found) <= 25
        assert all(1 <= len(name) <= 100 and 1 <= len(value) <= 100 for name, value in found)


@pytest.mark.parametrize("kind", [*SHAPES, *(f"share-{kind}" for kind in SHAPES)])
async def test_buttons_that_say_nonsense_are_declined_or_explained(world: World, kind: str) -> None:
    said = [f"hp1:{kind}:{text}"[:100] for text in FIELDS]
    buttons: list[ui.Button[ui.LayoutView]] = [
        ui.Button(label=str(number), custom_id=custom_id) for number, custom_id in enumerate(said)
    ]
    row: ui.ActionRow[ui.LayoutView] = ui.ActionRow(*buttons)
    message = await world.say(world.nlp, Card(row))
    for label in seen(message).buttons:
        answer = await press(world.admin, message, label)
        # What somebody shares is public, and any text may be a search.
        assert answer.private or kind == "share-find"
        assert "Reference" not in answer.words, label


class TestForms:
    @pytest.mark.parametrize(
        ("label", "text"),
        [
            ("Categories (empty for all)", "x" * 4000),
            ("Categories (empty for all)", "cs.CV, -cs.*"),
            ("Hour and time zone", "@everyone"),
            ("Papers at most, and the bar: 8 above 40", "99 above 1e400"),
            ("Papers at most, and the bar: 8 above 40", "0"),
            ("Papers at most, and the bar: 8 above 40", "8 above " + "9" * 400),
            ("Only papers that say one of these", "🎉"),
            ("Never papers that say one of these", "x" * 4000),
        ],
    )
    async def test_that_hold_nonsense_change_nothing(
        self, world: World, label: str, text: str
    ) -> None:
        form = await press(world.admin, await _digest(world), "Edit")
        before = await world.services.archive.read(rules.of_guild, world.guild.id)
        answer = await fill_in(world.admin, form, {label: text})
        assert answer.private
        assert "Nothing was changed." in answer.words
        assert "Reference" not in answer.words
        assert await world.services.archive.read(rules.of_guild, world.guild.id) == before

    @pytest.mark.parametrize(
        "custom_id", ["hp1:edit:", "hp1:edit:x", f"hp1:edit:{2**63}", "hp1:another:1", "hp2:edit:1"]
    )
    async def test_of_another_version_are_declined(self, world: World, custom_id: str) -> None:
        form = await press(world.admin, await _digest(world), "Edit")
        rename(form, custom_id)
        answer = await fill_in(world.admin, form, {})
        assert answer.private
        assert "made by an older version of me" in answer.words

    async def test_of_a_number_that_no_digest_has_say_so(self, world: World) -> None:
        form = await press(world.admin, await _digest(world), "Edit")
        rename(form, f"hp1:edit:{2**63 - 1}")
        answer = await fill_in(world.admin, form, {})
        assert f"This server has no digest '{2**63 - 1}'." in answer.words

    async def test_of_a_digest_that_is_gone_say_so(self, world: World) -> None:
        card = await _digest(world)
        form = await press(world.admin, card, "Edit")
        await ask(world.admin, world.nlp, "digest remove")
        answer = await fill_in(world.admin, form, {"Hour and time zone": "noon UTC"})
        assert "This server has no digest '1'." in answer.words
        assert answer.buttons == {}, "there is no form to go back to"


class TestButtonsOfWhatIsGone:
    @pytest.mark.parametrize("label", ["Edit", "Pause", "Test", "Delete"])
    async def test_of_a_deleted_digest(self, world: World, label: str) -> None:
        await _digest(world)
        card = await world.show_rules_publicly()
        await ask(world.admin, world.nlp, "digest remove")
        answer = await press(world.admin, card, label)
        assert answer.private
        assert "This server has no digest '1'." in answer.words
        assert (await world.services.archive.read(rules.of_guild, world.guild.id)) == []

    async def test_of_what_somebody_follows_no_longer(self, world: World) -> None:
        card = await ask(world.member, world.nlp, "follow", keyword="video")
        await ask(world.member, world.nlp, "privacy delete")
        answer = await press(world.member, card, "Pause")
        assert "You follow nothing with the number 1." in answer.words

    async def test_of_a_paper_that_is_not_in_the_archive(self, world: World) -> None:
        message = await _with_button(world, "hp1:why:1706.03762")
        answer = await press(world.member, message, "Old")
        assert "1706.03762 is not in the archive." in answer.words


class TestPlaces:
    async def test_in_a_thread(self, world: World) -> None:
        thread = await world.open_thread(world.nlp, "talk")
        hot = await ask(world.member, thread, "hot")
        assert "1. ViViT" in hot.words
        assert "Score" in (await press(world.member, hot, "Why?")).words
        added = await ask(
            world.admin, thread, "digest add", channel=thread, categories="*", hour="9", zone="UTC"
        )
        assert "Next digest" in added.words

    async def test_in_a_direct_message(self, world: World) -> None:
        for command, options in {
            "why": {"paper": VIVIT}, "paper": {"paper": VIVIT}, "search": {"query": "study"},
            "help": {}, "following list": {}, "privacy show": {},
        }.items():  # fmt: skip
            result = await world.member.user.slash(command, **options)
            assert result.response is not None
            assert "Reference" not in seen(result.response).words


async def _digest(world: World) -> Message:
    answer = await ask(
        world.admin, world.nlp, "digest add", channel=world.nlp, categories="cs.CL", hour="9",
        zone="UTC",
    )  # fmt: skip
    return answer.message


async def _with_button(world: World, custom_id: str) -> discord.Message:
    row: ui.ActionRow[ui.LayoutView] = ui.ActionRow(ui.Button(label="Old", custom_id=custom_id))
    return await world.say(world.nlp, Card(row))
