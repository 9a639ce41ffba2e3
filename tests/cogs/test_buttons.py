"""The buttons under papers and rankings, before and after a restart of the bot."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import discord
import pytest
from discord import ui
from sqlite_utils import Database

from bot.cards import Card
from bot.cards.actions import RuleForm, Share
from bot.cards.custom_ids import SHAPES
from bot.models import RankedPaper, TargetKind
from bot.store import ledger, posted_digests, rules
from cogs.papers import buttons
from cogs.shared.responses import may_share
from tests.archive_world import NEWEST, NOW, RETRIEVAL, VIVIT
from tests.factories import paper, rule
from tests.simcord_world import Channel, Message, World, ask, ask_alone, press, seen

SLOT = datetime(2021, 3, 31, 7, 0, tzinfo=UTC)


async def post_digest(world: World) -> Message:
    """The newest day's digest as it stands in the channel, and in the ledger as sent."""
    hot = await ask(world.member, world.nlp, "hot")
    await press(world.member, hot, "Share here")
    message = world.nlp.last_message
    assert message is not None
    return message


class TestPages:
    async def test_turn_in_the_private_message_itself(self, world: World) -> None:
        first = await ask(world.member, world.nlp, "hot")
        second = await press(world.member, first, "Next")
        assert "Page 2 of 3" in second.words
        assert "6. " in second.words
        assert second.message.id == first.message.id
        back = await press(world.member, second, "Previous")
        assert "1. ViViT" in back.words

    async def test_go_on_after_a_restart(self, world: World) -> None:
        first = await ask(world.member, world.nlp, "hot", category="cs.CV")
        await world.restart()
        second = await press(world.member, first, "Next")
        assert "Page 2 of 3" in second.words
        assert "cs.CV" in second.words

    async def test_of_a_public_message_are_answered_privately(self, world: World) -> None:
        shared = await post_digest(world)
        answer = await press(world.admin, shared, "More")
        assert answer.private
        assert "Page 2 of 3" in answer.words
        assert "Page 1 of 3" in seen(shared).words


class TestPaperButtons:
    @pytest.mark.parametrize("restarted", [False, True])
    async def test_abstract_and_why_are_seen_by_the_clicker_only(
        self, world: World, restarted: bool
    ) -> None:
        shared = await post_digest(world)
        before = len(world.posted(world.nlp, world.admin))
        if restarted:
            await world.restart()
        abstract = await press(world.member, shared, "Abstract")
        assert abstract.private
        assert "We invent a thing and measure it." in abstract.words
        why = await press(world.member, shared, "Why?")
        assert why.private
        assert "Score 2,749" in why.words
        assert len(world.posted(world.nlp, world.admin)) == before

    async def test_many_members_get_their_own_answers(self, world: World) -> None:
        shared = await post_digest(world)
        for number in range(3):
            reader = world.newcomer(f"reader{number}")
            answer = await press(reader, shared, "Why?")
            assert "Score 2,749" in answer.words


QUESTIONS: list[tuple[str, dict[str, object]]] = [
    ("hot", {}),
    ("paper", {"paper": VIVIT}),
    ("why", {"paper": VIVIT}),
    ("search", {"query": "vision"}),
]


class TestSharing:
    @pytest.mark.parametrize(
        ("command", "options", "said"),
        [
            ("hot", {"top": 3}, "1. ViViT"),
            ("paper", {"paper": VIVIT}, "ViViT"),
            ("why", {"paper": RETRIEVAL}, "Score 1,221 + 100 = 1,321"),
        ],
    )
    async def test_posts_for_everyone_and_pings_nobody(
        self, world: World, command: str, options: dict[str, object], said: str
    ) -> None:
        private = await ask(world.member, world.nlp, command, **options)
        await press(world.member, private, "Share here")
        (shared,) = world.posted(world.nlp, world.admin)
        assert said in shared.words
        assert "Share here" not in shared.buttons
        sent = world.env.http_requests[-1].json
        assert isinstance(sent, dict)
        assert sent["allowed_mentions"] == {"parse": []}

    @pytest.mark.parametrize(("command", "options"), QUESTIONS)
    async def test_is_offered_to_whom_may_write_there(
        self, world: World, command: str, options: dict[str, object]
    ) -> None:
        readers_only = world.guild.create_text_channel(
            "announcements",
            overwrites={world.guild.default_role: discord.PermissionOverwrite(send_messages=False)},
        )
        there = await ask(world.member, readers_only, command, **options)
        assert "Share here" not in there.buttons
        here = await ask(world.member, world.nlp, command, **options)
        assert "Share here" in here.buttons

    @pytest.mark.parametrize(("command", "options"), QUESTIONS)
    async def test_is_not_offered_where_nobody_else_reads(
        self, world: World, command: str, options: dict[str, object]
    ) -> None:
        alone = await ask_alone(world.member.user, command, **options)
        assert "ViViT" in alone.words
        assert "Share here" not in alone.buttons

    async def test_stays_away_from_the_pages_and_reasons_that_buttons_show(
        self, world: World
    ) -> None:
        user = world.member.user
        hot = await ask_alone(user, "hot")
        assert "Share here" not in (await press(user, hot, "Next")).buttons
        assert "Share here" not in (await press(user, hot, "Why?")).buttons
        # Another's answer to the same question is not taken for it.
        there = await ask(world.member, world.nlp, "hot")
        assert "Share here" in (await press(world.member, there, "Why?")).buttons

    async def test_is_refused_to_whom_may_not_write_there_any_more(self, world: World) -> None:
        private = await ask(world.member, world.nlp, "hot")
        world.mute(world.nlp)
        answer = await press(world.member, private, "Share here")
        assert answer.private
        assert "You may not send messages in this channel" in answer.words
        assert world.posted(world.nlp, world.admin) == []

    @pytest.mark.parametrize(
        ("server_has_it", "may_show", "expected"),
        [(True, False, True), (False, False, False), (False, True, True)],
    )
    def test_an_app_of_the_members_own_needs_leave_to_show_things_to_others(
        self, server_has_it: bool, may_show: bool, expected: bool
    ) -> None:
        interaction: Any = SimpleNamespace(
            guild_id=1,
            channel=None,
            permissions=discord.Permissions(send_messages=True, use_external_apps=may_show),
            is_user_integration=lambda: True,
            is_guild_integration=lambda: server_has_it,
        )
        assert may_share(interaction) == expected


class TestAsPosted:
    async def test_shows_the_digest_as_it_was(self, world: World) -> None:
        archive = world.services.archive
        rule_id = await archive.write(
            rules.save, rule(guild_id=world.guild.id, channel_id=world.nlp.id)
        )
        await archive.write(_posted, rule_id, world.nlp)
        hot = await ask(world.member, world.nlp, "hot")
        answer = await press(world.member, hot, "As posted that day")
        assert answer.private
        assert "As posted 31 March 2021" in answer.words
        assert "the counts of that day" in answer.words
        elsewhere = await ask(world.member, world.quantum, "hot")
        assert "As posted that day" not in elsewhere.buttons

    async def test_is_not_told_to_another_server(self, world: World) -> None:
        archive = world.services.archive
        foreign = await archive.write(rules.save, rule(guild_id=1, channel_id=world.nlp.id))
        await archive.write(_posted, foreign, world.nlp)
        hot = await ask(world.member, world.nlp, "hot")
        answer = await press(world.member, hot, "As posted that day")
        assert "That digest is not in the archive any more" in answer.words


class TestUnknown:
    @pytest.mark.parametrize(
        "custom_id",
        ["hp0:abs:2103.15691", "hp2:why:2103.15691:x", "hp1:abs:nonsense", "hp1:new-kind:3"],
    )
    async def test_buttons_of_other_versions_decline(self, world: World, custom_id: str) -> None:
        message = await _with_button(world, custom_id)
        answer = await press(world.member, message, "Old")
        assert answer.private
        assert "made by an older version of me" in answer.words

    async def test_buttons_of_other_bots_are_left_alone(self, world: World) -> None:
        message = await _with_button(world, "someone:else")
        answer = await press(world.member, message, "Old")
        assert answer.messages == ()


def test_every_kind_of_button_is_answered() -> None:
    kinds = {Share, *(shape.action for shape in SHAPES.values())} - {RuleForm}
    assert {button.kind for button in buttons.BUTTONS} == kinds


async def _with_button(world: World, custom_id: str) -> Message:
    row: ui.ActionRow[ui.LayoutView] = ui.ActionRow(ui.Button(label="Old", custom_id=custom_id))
    return await world.say(world.nlp, Card(row))


def _posted(db: Database, rule_id: int, channel: Channel) -> None:
    """A digest that was sent, as delivery writes it down."""
    body = '[{"type":10,"content":"the counts of that day"}]'
    (sent,) = ledger.plan(
        db, kind=TargetKind.CHANNEL, target_id=channel.id, rule_id=rule_id, slot_at=SLOT,
        payloads=[body], listing_day=NEWEST, now=NOW,
    )  # fmt: skip
    ledger.mark_sent(db, sent.delivery_id, 5, now=NOW)
    ranked = RankedPaper(
        rank=1, paper=paper(VIVIT), score=9, exact_score=9, parts=(), people=1, posts=()
    )
    posted_digests.note_papers(db, rule_id, SLOT, [ranked])
    posted_digests.note_days(db, rule_id, SLOT, [NEWEST])
