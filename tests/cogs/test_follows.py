"""/follow, /following and /privacy, and the direct messages that come of them."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlite_utils import Database

from bot.models import Follow, Rule
from bot.problems import Code, Problem
from bot.store import days, follows, rules
from tests.archive_world import NOW, STILL_OPEN, VIVIT
from tests.factories import edit, rule
from tests.naming import named
from tests.simcord_world import Answer, Member, World, ask, complete, press, seen


async def follow(world: World, **options: object) -> Answer:
    return await ask(world.member, world.nlp, "follow", **options)


async def digest(world: World, who: Member) -> Rule | None:
    return await world.services.archive.read(follows.digest_of, who.id)


async def change(world: World, *, zone: str = "", suspended: Problem | None = None) -> None:
    """The member's own digest, otherwise than by command."""
    own = await digest(world, world.member)
    assert own is not None
    changed = replace(own, zone=zone or own.zone, suspended=suspended)
    await world.services.archive.write(edit, changed)


class TestFollow:
    async def test_answers_with_what_it_would_have_sent_and_sends_an_example(
        self, world: World
    ) -> None:
        answer = await follow(world, category="cs.cl")
        assert answer.private
        assert "cat:cs.CL" in answer.words
        assert "In the last 30 days 8 papers matched, such as:" in answer.words
        assert "Retrieval for the Impatient" in answer.words
        assert "at 09:00 UTC; the next one can come 1 April 2021 at 09:00" in answer.words
        (example,) = map(seen, world.messages_to(world.member))
        assert example.problems == []
        assert "Because you follow cat:cs.CL" in example.words
        assert "An example of how your papers will come." in example.words
        assert "1. Retrieval for the Impatient" in example.words
        assert world.posted(world.nlp, world.admin) == []

    @pytest.mark.parametrize(
        ("options", "query"),
        [
            ({"author": "yann  lecun"}, 'author:"yann lecun"'),
            ({"author": "lecun"}, "author:lecun"),
            ({"keyword": '"speculative decoding"'}, '"speculative decoding"'),
            ({"search": "title:video -survey"}, "title:video -survey"),
            (
                {"category": "cs.CL, cs.IR", "keyword": "agents", "exclude": 'survey, a b, "c d"'},
                'cat:cs.CL,cs.IR agents -survey -"a b" -"c d"',
            ),
        ],
    )
    async def test_takes_anything_that_a_search_takes(
        self, world: World, options: dict[str, object], query: str
    ) -> None:
        answer = await follow(world, **options)
        (stored,) = await world.services.archive.read(follows.of_member, world.member.id)
        assert stored.query == query
        assert "You follow" not in answer.words

    async def test_takes_the_hour_and_zone_of_the_member(self, world: World) -> None:
        answer = await follow(world, keyword="video", hour="8 pm", zone="tokyo")
        assert "at 20:00 Asia/Tokyo" in answer.words
        own = await digest(world, world.member)
        assert own is not None
        assert own.zone == "Asia/Tokyo"
        await follow(world, keyword="retrieval")
        assert (await digest(world, world.member)) == own

    @pytest.mark.parametrize(
        ("options", "said"),
        [
            ({}, "Say what to follow"),
            ({"exclude": "survey"}, "Say what to follow"),
            ({"search": "-survey"}, "This says only what to leave out"),
            ({"search": VIVIT}, "A single paper is news only once."),
            ({"search": "cat:nonsense"}, "arXiv has no category"),
        ],
    )
    async def test_what_cannot_be_followed_is_explained(
        self, world: World, options: dict[str, object], said: str
    ) -> None:
        answer = await follow(world, **options)
        assert world.errors
        assert answer.private
        assert said in answer.words
        assert await world.services.archive.read(follows.of_member, world.member.id) == []
        assert world.messages_to(world.member) == []

    async def test_all_that_matched_is_not_called_a_selection(self, world: World) -> None:
        answer = await follow(world, keyword="video")
        assert "In the last 30 days 1 paper matched:" in answer.words

    async def test_something_rare_says_so(self, world: World) -> None:
        answer = await follow(world, keyword="xyzzy")
        assert "In the last 30 days no paper matched" in answer.words
        assert "It may be rare, or misspelt." in answer.words
        (example,) = map(seen, world.messages_to(world.member))
        assert "Lately there was none" in example.words

    async def test_what_is_not_harvested_says_so(self, world: World) -> None:
        answer = await follow(world, category="cs.CL, hep-th")
        assert "hep-th is not harvested here: only papers of cs.* and stat.ML" in answer.words
        assert "misspelt" not in answer.words

    async def test_following_the_same_twice_is_once(self, world: World) -> None:
        await follow(world, keyword="video")
        await follow(world, keyword="video")
        listed = await ask(world.member, world.nlp, "following list")
        assert "You follow 1 thing" in listed.words

    async def test_there_is_a_limit(self, world: World) -> None:
        await follow(world, keyword="video")
        for number in range(49):
            await world.services.archive.write(_also, world.member.id, f"word{number}")
        answer = await follow(world, keyword="retrieval")
        assert world.errors
        assert "You follow 50 things" in answer.words

    async def test_works_in_a_direct_message(self, world: World) -> None:
        result = await world.member.user.slash("follow", keyword="video")
        assert result.response is not None
        assert "video" in seen(result.response).words


class TestClosedMessages:
    async def test_are_told_once_in_private_and_can_be_resumed(self, world: World) -> None:
        world.close_messages()
        answer = await follow(world, keyword="video")
        assert "I could not send you a direct message." in answer.words
        assert "Suspended: Your direct messages are closed to me." in answer.words
        own = await digest(world, world.member)
        assert own is not None
        assert own.suspended
        listed = await ask(world.member, world.nlp, "following list")
        assert "You follow 1 thing" in listed.words
        resumed = await ask(world.member, world.nlp, "following resume")
        assert "One message on days with papers" in resumed.words
        own = await digest(world, world.member)
        assert own is not None
        assert not own.suspended

    async def test_that_close_later_suspend_without_a_word_to_others(self, world: World) -> None:
        await follow(world, category="cs.CL")
        await _a_day_passes(world)
        world.close_messages()
        await world.deliver()
        own = await digest(world, world.member)
        assert own is not None
        assert own.suspended == Problem(Code.DIRECT_MESSAGES_CLOSED)
        assert await world.services.archive.read(rules.of_servers) == []


class TestMessages:
    async def test_come_once_with_their_reasons(self, world: World) -> None:
        await follow(world, category="cs.CL")
        await follow(world, keyword="today")
        world.forget_messages(world.member)
        await _a_day_passes(world)
        await world.deliver()
        await world.deliver()
        (message,) = map(seen, world.messages_to(world.member))
        assert message.problems == []
        assert "1 paper for you · Wednesday, 31 March 2021" in message.words
        assert "Because you follow cat:cs.CL" in message.words
        assert "Also because of today" in message.words
        assert "1. Of Today" in message.words

    async def test_do_not_come_on_quiet_days(self, world: World) -> None:
        await follow(world, keyword="xyzzy")
        world.forget_messages(world.member)
        await _a_day_passes(world)
        await world.deliver()
        assert world.messages_to(world.member) == []

    @pytest.mark.parametrize("paused", ["all", "one"])
    async def test_do_not_come_while_paused(self, world: World, paused: str) -> None:
        card = await follow(world, category="cs.CL")
        if paused == "all":
            await ask(world.member, world.nlp, "following pause")
        else:
            await press(world.member, card, "Pause")
        world.forget_messages(world.member)
        await _a_day_passes(world)
        await world.deliver()
        assert world.messages_to(world.member) == []

    async def test_can_be_stopped_with_one_tap_after_a_restart(self, world: World) -> None:
        await follow(world, category="cs.CL")
        (message,) = world.messages_to(world.member)
        await world.restart()
        result = await world.member.user.click(message, label="Stop this")
        assert result.response is not None
        assert "No longer followed: cat:cs.CL" in seen(result.response).words
        assert await world.services.archive.read(follows.of_member, world.member.id) == []
        undone = await world.member.user.click(result.response, label="Undo")
        assert undone.acknowledged
        assert len(await world.services.archive.read(follows.of_member, world.member.id)) == 1


class TestFollowing:
    async def test_list_begins_empty(self, world: World) -> None:
        answer = await ask(world.member, world.nlp, "following list")
        assert "You follow nothing yet. Begin with /follow." in answer.words

    async def test_list_has_pages_and_buttons(self, world: World) -> None:
        await follow(world, keyword="video")
        for number in range(8):
            await world.services.archive.write(_also, world.member.id, f"word{number}")
        answer = await ask(world.member, world.nlp, "following list")
        assert "You follow 9 things" in answer.words
        second = await press(world.member, answer, "Next")
        assert "word7" in second.words
        left = await press(world.member, second, "Stop this")
        assert "No longer followed" in left.words
        assert "You follow 8 things" in left.words

    async def test_pause_and_resume_one(self, world: World) -> None:
        await follow(world, keyword="video")
        listed = await ask(world.member, world.nlp, "following list")
        paused = await press(world.member, listed, "Pause")
        assert "video · paused" in paused.words
        resumed = await press(world.member, paused, "Resume")
        assert "paused" not in resumed.words

    async def test_messages_come_again_once_their_zone_is_back(self, world: World) -> None:
        await follow(world, keyword="video", zone="Asia/Tokyo")
        await change(world, suspended=Problem(Code.NO_ZONE, text="Asia/Tokyo", close=()))
        await world.deliver()
        listed = await ask(world.member, world.nlp, "following list")
        assert "Suspended" not in listed.words

    async def test_they_come_again_in_another_zone(self, world: World) -> None:
        await follow(world, keyword="video")
        await change(world, zone="Mars/Base")
        await world.deliver()
        listed = await ask(world.member, world.nlp, "following list")
        assert "Suspended: 'Mars/Base' is not a time zone." in listed.words
        mended = await ask(world.member, world.nlp, "following hour", hour="7", zone="UTC")
        assert "Suspended" not in mended.words

    async def test_hour_changes_when_messages_come(self, world: World) -> None:
        await follow(world, keyword="video")
        answer = await ask(
            world.member, world.nlp, "following hour", hour="7", zone="America/New_York"
        )
        assert (
            "at 07:00 America/New_York; the next one can come 1 April 2021 at 11:00" in answer.words
        )

    async def test_stop_by_name(self, world: World) -> None:
        await follow(world, keyword="video")
        found = await complete(world.member, world.nlp, "following stop", "what", "vid")
        assert found == [("video", "1")]
        answer = await ask(world.member, world.nlp, "following stop", what="1")
        assert "No longer followed: video" in answer.words

    async def test_commands_that_need_something_followed_say_so(self, world: World) -> None:
        for command in ("pause", "resume"):
            answer = await ask(world.member, world.nlp, f"following {command}")
            assert "You follow nothing yet." in answer.words
        assert world.errors

    async def test_nobody_can_touch_what_somebody_else_follows(self, world: World) -> None:
        await follow(world, keyword="video")
        answer = await ask(world.admin, world.nlp, "following stop", what="1")
        assert world.errors
        assert "You follow nothing with the number 1." in answer.words
        assert await complete(world.admin, world.nlp, "following stop", "what", "") == []


class TestPrivacy:
    async def test_show_names_everything(self, world: World) -> None:
        nothing = await ask(world.member, world.nlp, "privacy show")
        assert "Nothing. I read no messages" in nothing.words
        await follow(world, keyword="video", zone="Tokyo")
        await world.services.archive.write(
            rules.save, rule(guild_id=world.guild.id, created_by=world.member.id)
        )
        answer = await ask(world.member, world.nlp, "privacy show")
        assert answer.private
        assert "You follow video" in answer.words
        assert "Your messages come at 09:00 Asia/Tokyo" in answer.words
        assert "You set up 1 digest in servers" in answer.words

    @pytest.mark.parametrize("command", ["following export", "privacy export"])
    async def test_export_is_a_file(self, world: World, command: str) -> None:
        await follow(world, keyword="video")
        world.forget_messages(world.member)
        answer = await ask(world.member, world.nlp, command)
        sent = world.messages_to(world.member)
        (attachment,) = sent[0].attachments if sent else answer.message.attachments
        assert attachment.filename == "hotpapers-about-me.json"
        document = json.loads(await world.read(attachment))
        assert document["member"] == str(world.member.id)
        assert [each["query"] for each in document["follows"]] == ["video"]

    async def test_export_holds_what_is_stored_and_delete_leaves_nothing(
        self, world: World
    ) -> None:
        await follow(world, category="cs.CL")
        await follow(world, keyword="video")
        await ask(world.member, world.nlp, "following stop", what="2")
        await world.services.archive.write(
            rules.save, rule(guild_id=world.guild.id, created_by=world.member.id, deleted=True)
        )
        await _a_day_passes(world)
        await world.deliver()
        shown = await ask(world.member, world.nlp, "privacy show")
        assert "1 thing that you followed and can still take back" in shown.words
        assert "My copies of 1 message to you" in shown.words
        assert "You set up 1 digest in servers" in shown.words
        answer = await ask(world.member, world.nlp, "following export")
        document = json.loads(await world.read(answer.message.attachments[0]))
        assert [each["query"] for each in document["follows"]] == ["cat:cs.CL"]
        assert [each["query"] for each in document["followed_before"]] == ["video"]
        assert [each["deleted"] for each in document["digests_you_set_up"]] == [True]
        (message,) = document["messages"]
        assert "Of Today" in str(message["components"])
        await ask(world.member, world.nlp, "privacy delete")
        assert await world.services.archive.read(named, world.member.id) == set()

    async def test_export_comes_here_when_messages_are_closed(self, world: World) -> None:
        await follow(world, keyword="video")
        world.close_messages()
        answer = await ask(world.member, world.nlp, "privacy export")
        assert answer.message.ephemeral
        (attachment,) = answer.message.attachments
        digest = json.loads(await world.read(attachment))["digest"]
        assert digest["suspended"] == ""
        assert digest["suspended_code"] is None

    async def test_export_has_reasons_in_words_and_as_codes(self, world: World) -> None:
        await follow(world, category="cs.CL")
        await _a_day_passes(world)
        world.close_messages()
        await world.deliver()
        answer = await ask(world.member, world.nlp, "privacy export")
        document = json.loads(await world.read(answer.message.attachments[0]))
        assert document["digest"]["suspended"] == "Your direct messages are closed to me."
        (message,) = document["messages"]
        for code in (document["digest"]["suspended_code"], message["code"]):
            assert code == "direct_messages_closed"
        assert message["reason"] == "Your direct messages are closed to me."

    async def test_delete_erases_at_once_and_says_what(self, world: World) -> None:
        await follow(world, category="cs.CL")
        server_rule = await world.services.archive.write(
            rules.save, rule(guild_id=world.guild.id, created_by=world.member.id)
        )
        await _a_day_passes(world)
        await world.deliver()
        answer = await ask(world.member, world.nlp, "privacy delete")
        assert (
            "Erased: 1 thing that you followed, my copies of 1 message and "
            "your name from 1 digest of servers." in answer.words
        )
        found = await world.services.archive.read(rules.get, server_rule)
        assert found is not None
        assert found.created_by == 0
        assert await digest(world, world.member) is None
        await follow(world, keyword="video")
        only = await ask(world.member, world.nlp, "privacy delete")
        assert "Erased: 1 thing that you followed. Messages that stand" in only.words
        again = await ask(world.member, world.nlp, "privacy delete")
        assert "There was nothing about you to erase." in again.words

    async def test_of_one_member_leaves_the_others_alone(self, world: World) -> None:
        await follow(world, keyword="video")
        await ask(world.admin, world.nlp, "follow", keyword="video")
        await ask(world.member, world.nlp, "privacy delete")
        assert await digest(world, world.admin) is not None
        assert len(await world.services.archive.read(follows.of_member, world.admin.id)) == 1


async def _a_day_passes(world: World) -> None:
    """Wednesday's listing is closed, and it is Thursday 09:05 UTC."""
    world.clock.advance(timedelta(hours=21, minutes=5))
    await world.services.archive.write(days.close, STILL_OPEN, now=world.clock.now(), late=False)


def _also(db: Database, member_id: int, query: str) -> None:
    follows.add(db, Follow(member_id=member_id, query=query, created_at=NOW))
