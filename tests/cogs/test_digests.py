"""/digest, its buttons and its form, as admins set digests up and members cannot."""

from dataclasses import replace
from datetime import datetime

import discord
import pytest
import simcord
from sqlite_utils import Database

from bot.app.rate_limit import MAX_REQUESTS, WITHIN
from bot.delivery import preview
from bot.models import CatchUp, Layout, Rhythm, Rule, TargetKind
from bot.problems import Code, Problem
from bot.store import ledger, rules
from tests.archive_world import BELOW_BAR, NEWEST, VIVIT
from tests.cogs.conftest import NLP, add, stored
from tests.factories import edit, rule
from tests.simcord_world import Answer, Member, World, ask, complete, fill_in, press


class TestFailures:
    async def test_the_list_says_since_when_a_digest_is_not_delivered_and_why(
        self, world: World
    ) -> None:
        await add(world)
        (saved,) = await stored(world)
        await world.services.archive.write(_refuse, saved, world.clock.now())
        listed = await ask(world.admin, world.nlp, "digest list")
        assert "Not delivered since 31 March 2021 at 12:00" in listed.words
        assert "Discord refused the message. (400, code 50035: Invalid Form Body)" in listed.words
        assert "Next digest" in listed.words


def _refuse(db: Database, rule: Rule, at: datetime) -> None:
    (row,) = ledger.plan(
        db, kind=TargetKind.CHANNEL, target_id=rule.channel_id, rule_id=rule.rule_id, slot_at=at,
        payloads=["[]"], listing_day=None, now=at,
    )  # fmt: skip
    reason = Problem(Code.MESSAGE_REFUSED, status=400, number=50035, text="Invalid Form Body")
    ledger.give_up(db, row.delivery_id, reason, now=at)


class TestAdd:
    async def test_answers_with_next_run_and_what_it_would_have_posted(self, world: World) -> None:
        answer = await add(world, top=8)
        assert answer.private
        assert "cs.CL and cs.IR · 09:00 Europe/Berlin, every mailing" in answer.words
        assert "Top 8 above the usual bar, compact" in answer.words
        # It is 14:00 in Berlin on Wednesday 31 March; the next 09:00 is Thursday's.
        assert "Next digest 1 April 2021 at 07:00" in answer.words
        assert (
            "Wed 24 Mar: 1 · Thu 25 Mar: 1 · Fri 26 Mar: 1 · Mon 29 Mar: 1 · Tue 30 Mar: 2"
            in answer.words
        )
        (found,) = await stored(world)
        assert (found.channel_id, found.categories) == (world.nlp.id, ("cs.CL", "cs.IR"))
        assert (found.created_by, found.created_at) == (world.admin.id, world.clock.now())

    async def test_before_a_first_complete_day_says_that_it_cannot_tell(self, world: World) -> None:
        await world.services.archive.write(_forget_closed)
        answer = await add(world)
        assert "Next digest" in answer.words
        assert "I cannot tell before a first listing day is complete" in answer.words

    async def test_suggests_a_bar_for_about_five_papers_a_day(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert "A bar of" not in (await add(world, categories="cs.*")).words  # there are fewer
        monkeypatch.setattr(preview, "SUGGESTION_DAYS", 1)
        answer = await add(world, categories="cs.*", bar=7)
        assert "A bar of 100 gives about five papers a day in these categories" in answer.words
        reaching = await world.services.archive.read(
            lambda db: db.conn.execute(
                "SELECT count(*) FROM standings WHERE score >= 100 AND day = ?", [str(NEWEST)]
            ).fetchone()[0]
        )
        assert reaching == preview.SUGGESTED_A_DAY
        for narrowed in ({"keywords": "agents"}, {"exclusions": "survey"}, {"bar": 100}):
            assert "A bar of" not in (await add(world, categories="cs.*", **narrowed)).words

    @pytest.mark.parametrize(
        ("score", "bar"), [(137.4, 130), (100.0, 100), (12.7, 12), (1.5, 1), (0.5, 0.5), (0.0, 0.0)]
    )
    def test_a_suggested_bar_is_one_that_people_choose(self, score: float, bar: float) -> None:
        assert preview.round_bar(score) == bar

    async def test_warns_when_that_is_mostly_nothing(self, world: World) -> None:
        answer = await add(world, categories="math.*")
        assert "On most of these days it would have had nothing" in answer.words

    async def test_warns_of_categories_that_are_not_harvested(self, world: World) -> None:
        foreign = "not harvested here"
        answer = await add(world, categories="cs.CL, hep-ph, cond-mat.*")
        assert f"hep-ph and cond-mat.* are {foreign}: only papers of cs.* and" in answer.words
        assert "Whoever runs this bot can add them" in answer.words
        assert foreign not in (await add(world, categories="cs.CL, stat.*, *")).words
        assert len(await stored(world)) == 2

    async def test_a_command_that_was_sent_twice_makes_one_digest(self, world: World) -> None:
        await add(world, keywords="agents")
        again = await add(world, keywords="agents")
        assert world.errors
        assert "Digest 1 posts just that there already" in again.words
        await add(world, keywords="agents", channel=world.quantum)
        assert [one.rule_id for one in await stored(world)] == [1, 2]

    async def test_takes_every_option(self, world: World) -> None:
        await add(
            world,
            channel=world.quantum,
            categories="quant-ph, cond-mat.*",
            hour="6:30 pm",
            zone="tokyo",
            days="weekly",
            top=3,
            bar=12.5,
            layout="full",
            cross_lists=False,
            keywords='qubit, "error correction", author:chen',
            exclusions="survey",
            thread=True,
            quiet_lines=False,
            catch_up="each",
        )
        (found,) = await stored(world)
        assert (found.categories, f"{found.at:%H:%M}", found.zone) == (
            ("quant-ph", "cond-mat.*"),
            "18:30",
            "Asia/Tokyo",
        )
        assert (found.rhythm, found.top, found.bar) == (Rhythm.WEEKLY, 3, 12.5)
        assert (found.layout, found.catch_up) == (Layout.FULL, CatchUp.EACH)
        assert found.keywords == ("qubit", '"error correction"', "author:chen")
        assert found.exclusions == ("survey",)
        assert (found.cross_lists, found.thread, found.quiet_lines) == (False, True, False)

    async def test_a_star_is_every_category(self, world: World) -> None:
        answer = await add(world, categories="*")
        assert "every category" in answer.words
        assert (await stored(world))[0].categories == ()

    async def test_names_what_is_missing_before_anything_is_saved(self, world: World) -> None:
        closed = world.close_channel("closed", send_messages=True, read_message_history=True)
        answer = await add(world, channel=closed)
        assert answer.private
        assert "Not set up yet" in answer.words
        assert "View Channel: there" in answer.words
        assert "Send Messages: missing" in answer.words
        assert "allow Send Messages and Read Message History" in answer.words
        assert await stored(world) == []

    async def test_a_digest_in_threads_needs_more(self, world: World) -> None:
        closed = world.close_channel("closed", create_public_threads=True)
        assert (
            "Create Public Threads: missing"
            in (await add(world, channel=closed, thread=True)).words
        )
        assert "Next digest" in (await add(world, channel=closed)).words

    @pytest.mark.parametrize(
        ("option", "typed", "said"),
        [
            ("categories", "cs.XX", "arXiv has no category 'cs.XX'"),
            ("categories", " , ", "No category is named there."),
            ("hour", "25:00", "'25:00' is not a time of day. Try 09:00"),
            ("zone", "Berln", "Did you mean Europe/Berlin?"),
            ("keywords", "a, !!!", "'!!!' has no letter or digit"),
            ("keywords", ",".join(f"w{n}" for n in range(21)), "At most 20 keywords"),
        ],
    )
    async def test_bad_input_is_explained_and_nothing_is_saved(
        self, world: World, option: str, typed: str, said: str
    ) -> None:
        answer = await add(world, **{option: typed})
        assert world.errors
        assert answer.private
        assert said in answer.words
        assert "Nothing was changed." in answer.words
        assert await stored(world) == []

    async def test_a_server_has_a_limit(self, world: World) -> None:
        for _ in range(25):
            await world.services.archive.write(rules.save, rule(guild_id=world.guild.id))
        answer = await add(world)
        assert world.errors
        assert "This server has 25 digests" in answer.words
        assert len(await stored(world)) == 25


class TestCompletion:
    async def test_hours(self, world: World) -> None:
        found = await complete(world.admin, world.nlp, "digest add", "hour", "9")
        assert found == [("09:00", "09:00"), ("09:30", "09:30")]
        assert len(await complete(world.admin, world.nlp, "digest add", "hour", "")) == 24

    async def test_zones_tell_their_time(self, world: World) -> None:
        found = await complete(world.admin, world.nlp, "digest add", "zone", "ber")
        assert found[0] == ("Europe/Berlin · now 14:00", "Europe/Berlin")
        assert await complete(world.admin, world.nlp, "digest add", "zone", "xyzzy") == []

    async def test_categories(self, world: World) -> None:
        found = await complete(world.admin, world.nlp, "digest add", "categories", "quant-ph, cs.")
        assert found[0][1] == "quant-ph, cs.*"

    async def test_digests_of_this_server(self, world: World) -> None:
        await add(world)
        await add(world, channel=world.quantum, categories="quant-ph")
        found = await complete(world.admin, world.nlp, "digest preview", "digest", "quantum")
        assert found == [("2 · #quantum · quant-ph · 09:00 Europe/Berlin", "2")]

    async def test_papers(self, world: World) -> None:
        found = await complete(world.admin, world.nlp, "digest why", "paper", "vivit")
        assert [value for _, value in found] == [VIVIT]
        found = await complete(world.admin, world.nlp, "digest why", "paper", "quiet result")
        assert [value for _, value in found] == [BELOW_BAR]

    async def test_a_paper_of_any_day_by_its_link(self, world: World) -> None:
        for typed in ("2103.12600", " https://arxiv.org/pdf/2103.12600v2"):
            found = await complete(world.member, world.nlp, "paper", "paper", typed)
            assert found == [("Work of Friday · 2103.12600", "2103.12600")]
        assert await complete(world.member, world.nlp, "paper", "paper", "1706.03762") == []


class TestList:
    async def test_shows_every_digest_with_its_buttons(self, world: World) -> None:
        await add(world)
        await add(world, channel=world.quantum, categories="quant-ph")
        answer = await ask(world.admin, world.nlp, "digest list")
        assert "2 digests in this server" in answer.words
        assert list(answer.buttons) == ["Edit", "Pause", "Test", "Delete"]

    async def test_says_how_to_begin(self, world: World) -> None:
        answer = await ask(world.admin, world.nlp, "digest list")
        assert "This server has no digest yet. Add one with /digest add." in answer.words

    async def test_has_pages_that_outlive_a_restart(self, world: World) -> None:
        for top in range(1, 6):
            await add(world, top=top)
        answer = await ask(world.admin, world.nlp, "digest list")
        await world.restart()
        second = await press(world.admin, answer, "Next")
        assert "Page 2 of 2" in second.words
        assert second.message.id == answer.message.id

    async def test_pause_and_resume_stay_in_the_list(self, world: World) -> None:
        await add(world)
        await add(world, channel=world.quantum)
        listed = await ask(world.admin, world.nlp, "digest list")
        paused = await press(world.admin, listed, "Pause")
        assert paused.message.id == listed.message.id
        assert "2 digests in this server" in paused.words
        assert "Paused: nothing is posted until you resume it." in paused.words
        assert [rule.paused for rule in await stored(world)] == [True, False]
        resumed = await press(world.admin, paused, "Resume")
        assert "Paused" not in resumed.words
        assert [rule.paused for rule in await stored(world)] == [False, False]

    async def test_delete_can_be_taken_back(self, world: World) -> None:
        await add(world)
        await add(world, channel=world.quantum)
        listed = await ask(world.admin, world.nlp, "digest list")
        gone = await press(world.admin, listed, "Delete")
        assert "is deleted." in gone.words
        assert len(await stored(world)) == 1
        await world.restart()
        back = await press(world.admin, gone, "Undo")
        assert "Digest 1 in" in back.words
        assert len(await stored(world)) == 2

    async def test_buttons_work_on_the_card_of_one_digest(self, world: World) -> None:
        card = await add(world)
        paused = await press(world.admin, card, "Pause")
        assert paused.message.id == card.message.id
        assert "Paused" in paused.words
        gone = await press(world.admin, paused, "Delete")
        assert list(gone.buttons) == ["Undo"]


class TestEdit:
    async def test_the_form_shows_what_is_and_stores_what_it_says(self, world: World) -> None:
        card = await add(world, bar=40, keywords="agents", exclusions="survey")
        form = await press(world.admin, card, "Edit")
        assert form.fields == {
            "Categories (empty for all)": "cs.CL, cs.IR",
            "Hour and time zone": "09:00 Europe/Berlin",
            "Papers at most, and the bar: 8 above 40": "10 above 40",
            "Only papers that say one of these": "agents",
            "Never papers that say one of these": "survey",
        }
        answer = await fill_in(
            world.admin,
            form,
            {
                "Categories (empty for all)": "",
                "Hour and time zone": "6 pm Tokyo",
                "Papers at most, and the bar: 8 above 40": "5",
                "Only papers that say one of these": 'qubit, "error, correction"',
                "Never papers that say one of these": "",
            },
        )
        assert answer.private
        assert "every category · 18:00 Asia/Tokyo" in answer.words
        (found,) = await stored(world)
        assert (found.categories, found.top, found.bar) == ((), 5, None)
        assert (found.keywords, found.exclusions) == (("qubit", '"error, correction"'), ())

    async def test_a_form_is_read_after_a_restart(self, world: World) -> None:
        form = await press(world.admin, await add(world), "Edit")
        await world.restart()
        await fill_in(world.admin, form, {"Hour and time zone": "noon UTC"})
        assert (await stored(world))[0].zone == "UTC"

    async def test_nothing_is_lost_by_a_field_that_cannot_be_read(self, world: World) -> None:
        form = await press(world.admin, await add(world), "Edit")
        answer = await fill_in(world.admin, form, {"Hour and time zone": "whenever"})
        assert answer.private
        assert "Write it like 09:00 Europe/Berlin" in answer.words
        assert (await stored(world))[0].zone == "Europe/Berlin"

    async def test_what_was_typed_is_there_again(self, world: World) -> None:
        form = await press(world.admin, await add(world), "Edit")
        typed = {"Hour and time zone": "whenever", "Only papers that say one of these": "agents"}
        refused = await fill_in(world.admin, form, typed)
        assert "What you typed is not lost" in refused.words
        again = await press(world.admin, refused, "Back to the form")
        assert again.fields == form.fields | typed
        answer = await fill_in(world.admin, again, {"Hour and time zone": "noon UTC"})
        assert answer.message.id == refused.message.id
        assert "Next digest" in answer.words
        assert (await stored(world))[0].keywords == ("agents",)

    async def test_what_was_typed_too_quickly_is_not_lost(self, world: World) -> None:
        form = await press(world.admin, await add(world), "Edit")
        for _ in range(MAX_REQUESTS):
            await ask(world.admin, world.nlp, "help")
        refused = await fill_in(world.admin, form, {"Hour and time zone": "noon UTC"})
        assert "That was quick" in refused.words
        assert world.errors
        world.clock.advance(WITHIN)
        again = await press(world.admin, refused, "Back to the form")
        assert again.fields["Hour and time zone"] == "noon UTC"

    async def test_what_was_typed_is_gone_when_all_about_the_member_is(self, world: World) -> None:
        form = await press(world.admin, await add(world), "Edit")
        refused = await fill_in(world.admin, form, {"Hour and time zone": "whenever"})
        await ask(world.admin, world.nlp, "privacy delete")
        answer = await press(world.admin, refused, "Back to the form")
        assert "I do not have any more what you typed." in answer.words

    async def test_what_was_typed_before_a_restart_is_said_to_be_gone(self, world: World) -> None:
        form = await press(world.admin, await add(world), "Edit")
        refused = await fill_in(world.admin, form, {"Hour and time zone": "whenever"})
        await world.restart()
        answer = await press(world.admin, refused, "Back to the form")
        assert answer.form is None
        assert answer.private
        assert "Press Edit again" in answer.words

    async def test_the_command_changes_only_what_is_named(self, world: World) -> None:
        await add(world, keywords="agents", bar=40)
        answer = await ask(
            world.admin, world.nlp, "digest edit", days="weekdays", layout="full", keywords="-"
        )
        assert "Monday to Friday" in answer.words
        (found,) = await stored(world)
        assert (found.rhythm, found.layout) == (Rhythm.WEEKDAYS, Layout.FULL)
        assert (found.keywords, found.bar, found.zone) == ((), 40, "Europe/Berlin")

    async def test_what_is_missing_already_keeps_nobody_from_editing(self, world: World) -> None:
        closed = world.close_channel("closed", send_messages=True)
        await add(world)
        (saved,) = await stored(world)
        await world.services.archive.write(edit, replace(saved, channel_id=closed.id))
        await world.posted_to(closed)
        answer = await ask(world.admin, world.nlp, "digest edit", top=3)
        assert "The bot lacks Send Messages" in answer.words
        assert (await stored(world))[0].top == 3
        answer = await ask(world.admin, world.nlp, "digest edit", thread=True)
        assert "Send Messages: missing" in answer.words
        assert not (await stored(world))[0].thread

    async def test_moving_checks_the_new_channel(self, world: World) -> None:
        await add(world)
        closed = world.close_channel("closed", send_messages=True)
        answer = await ask(world.admin, world.nlp, "digest edit", channel=closed)
        assert "Send Messages: missing" in answer.words
        assert (await stored(world))[0].channel_id == world.nlp.id

    async def test_moving_forgets_what_was_wrong_with_the_old_channel(self, world: World) -> None:
        await add(world)
        (saved,) = await stored(world)
        await world.services.archive.write(
            edit, replace(saved, suspended=Problem(Code.CHANNEL_GONE))
        )
        kept = await ask(world.admin, world.nlp, "digest edit", top=3)
        assert "no longer exists" in kept.words
        moved = await ask(world.admin, world.nlp, "digest edit", channel=world.quantum)
        assert "It is gone." not in moved.words
        assert (await stored(world))[0].suspended is None


class TestRemove:
    async def test_removes_the_only_one(self, world: World) -> None:
        await add(world)
        answer = await ask(world.admin, world.nlp, "digest remove")
        assert "is deleted." in answer.words
        assert await stored(world) == []
        again = await ask(world.admin, world.nlp, "digest remove", digest="1")
        assert world.errors
        assert "This server has no digest '1'" in again.words


class TestMembers:
    @pytest.mark.parametrize("command", ["list", "add", "edit", "remove", "preview", "test", "why"])
    async def test_do_not_see_admin_commands(self, world: World, command: str) -> None:
        assert f"digest {command}" not in world.member.available_commands(world.nlp)
        assert f"digest {command}" in world.admin.available_commands(world.nlp)

    async def test_cannot_use_any_even_where_a_server_shows_them(self, world: World) -> None:
        await add(world)
        commands = admin_commands(world)
        world.show_to_everyone("digest")
        world.show_to_everyone("status")
        options: dict[str, dict[str, object]] = {
            "digest add": {"channel": world.nlp, **NLP},
            "digest edit": {"digest": "1", "hour": "8"},
            "digest why": {"paper": VIVIT},
        }
        before = await stored(world)
        for command in commands:
            answer = await ask(world.member, world.nlp, command, **options.get(command, {}))
            assert answer.private
            assert "You need Manage Server in this server for that." in answer.words, command
        assert await complete(world.member, world.nlp, "digest preview", "digest", "") == []
        assert await stored(world) == before
        assert world.errors

    async def test_what_changes_a_server_is_registered_for_managers_only(
        self, world: World
    ) -> None:
        registered = [
            each.json for each in world.env.http_requests if each.path.endswith("/commands")
        ][-1]
        assert isinstance(registered, list)
        for command in registered:
            is_admins = command["name"] in {"digest", "status"}
            only_reads = command["name"] in {
                "hot", "why", "paper", "search", "help", "Papers in this message",
            }  # fmt: skip
            permissions = discord.Permissions(manage_guild=True).value if is_admins else None
            assert command["default_member_permissions"] == permissions, command["name"]
            contexts = [0] if is_admins else [0, 1, 2] if only_reads else [0, 1]
            assert command["contexts"] == contexts
            # What only reads somebody can have for themselves, in whatever conversation.
            assert command["integration_types"] == ([0, 1] if only_reads else [0])

    @pytest.mark.parametrize("label", ["Edit", "Pause", "Test", "Delete"])
    async def test_cannot_press_an_admins_button(self, world: World, label: str) -> None:
        await add(world)
        card = await world.show_rules_publicly()
        answer = await press(world.member, card, label)
        assert answer.private
        assert "You need Manage Server" in answer.words
        (found,) = await stored(world)
        assert not found.paused

    async def test_cannot_send_an_admins_form(self, world: World) -> None:
        once = world.newcomer("once", manage_guild=True)
        form = await press(once, await _own_card(world, once), "Edit")
        world.demote(once)
        answer = await fill_in(once, form, {"Hour and time zone": "noon UTC"})
        assert "You need Manage Server" in answer.words
        assert (await stored(world))[0].zone == "Europe/Berlin"

    async def test_of_another_server_cannot_touch_this_ones_digests(self, world: World) -> None:
        await add(world)
        stranger, elsewhere = world.other_server()
        answer = await ask(stranger, elsewhere, "digest remove", digest="1")
        assert world.errors
        assert "This server has no digest '1'" in answer.words
        assert len(await stored(world)) == 1

    async def test_admin_commands_are_not_for_direct_messages(self, world: World) -> None:
        with pytest.raises(simcord.SetupError, match="not visible"):
            await world.admin.user.slash("digest list")


def admin_commands(world: World) -> set[str]:
    """What an admin finds and a member does not."""
    admins = set(world.admin.available_commands(world.nlp))
    return admins - set(world.member.available_commands(world.nlp))


async def _own_card(world: World, who: Member) -> Answer:
    return await ask(who, world.nlp, "digest add", channel=world.nlp, **NLP)


def _forget_closed(db: Database) -> None:
    db.conn.execute("DELETE FROM days WHERE state = 'closed'")
