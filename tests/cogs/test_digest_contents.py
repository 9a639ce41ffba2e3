"""What a digest holds and what it leaves out: its preview and test, /digest why, and its posts."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlite_utils import Database

from bot.store import days, papers
from tests.archive_world import BELOW_BAR, CROSSED, HOSTILE, OPEN_PAPER, REPLACED, RETRIEVAL, VIVIT
from tests.cogs.conftest import add, stored
from tests.factories import edit, listed
from tests.simcord_world import World, ask, press


class TestPreviewAndTest:
    async def test_preview_is_the_newest_digest_seen_by_one(self, world: World) -> None:
        await add(world)
        answer = await ask(world.admin, world.nlp, "digest preview")
        assert answer.private
        assert "on the listing of Tuesday, 30 March 2021. Only you see it." in answer.words
        assert "1. Retrieval for the Impatient" in answer.words
        assert "2. Chips That Think" in answer.words
        assert world.posted(world.nlp, world.member) == []
        assert "Score" in (await press(world.admin, answer, "Why?")).words

    async def test_preview_of_a_week_is_of_its_days(self, world: World) -> None:
        await add(world, days="weekly")
        answer = await ask(world.admin, world.nlp, "digest preview")
        assert "on the listings of 29–30 March 2021. Only you see it." in answer.words
        assert "Hot papers · Week of 29 March – 2 April 2021" in answer.words
        assert "Retrieval for the Impatient" in answer.words
        assert "Work of Monday" in answer.words

    async def test_preview_of_nothing_says_so(self, world: World) -> None:
        await add(world, categories="math.CO")
        answer = await ask(world.admin, world.nlp, "digest preview")
        assert "nothing above the bar of 50" in answer.words
        await add(world, categories="math.CO", quiet_lines=False)
        silent = await ask(world.admin, world.nlp, "digest preview", digest="2")
        assert "Nothing would be posted, as this channel wants no quiet lines" in silent.words

    async def test_which_digest_must_be_said_when_there_are_several(self, world: World) -> None:
        await add(world)
        await add(world, channel=world.quantum)
        unclear = await ask(world.admin, world.nlp, "digest preview")
        assert "This server has several digests" in unclear.words
        missing = await ask(world.admin, world.nlp, "digest preview", digest="99")
        assert "This server has no digest '99'" in missing.words
        assert world.errors

    async def test_test_says_whether_it_would_arrive(self, world: World) -> None:
        card = await add(world)
        fine = await press(world.admin, card, "Test")
        assert fine.private
        assert "I have every permission that it needs there." in fine.words
        assert "1. Retrieval for the Impatient" in fine.words
        world.lock(world.nlp)
        locked = await ask(world.admin, world.quantum, "digest test")
        assert "It would not arrive. The bot lacks Send Messages" in locked.words
        assert world.posted(world.nlp, world.member) == []


class TestWhy:
    @pytest.mark.parametrize(
        ("paper", "said"),
        [
            (VIVIT, "Another category. It is cs.CV; this channel asked for cs.CL or cs.IR."),
            (BELOW_BAR, "Below the bar. Its score is 13; this channel's bar is 50."),
            (CROSSED, "Beyond the top. It is number 2 of those above the bar"),
            ("1706.03762", "Not harvested. 1706.03762 is not among the papers"),
            (REPLACED, "Not harvested. It was only replaced by a new version that day"),
            (HOSTILE, "Another category."),
        ],
    )
    async def test_names_the_stage(self, world: World, paper: str, said: str) -> None:
        await add(world, top=1)
        answer = await ask(world.admin, world.nlp, "digest why", paper=paper, channel=world.nlp)
        assert answer.private
        assert said in answer.words

    @pytest.mark.parametrize(
        ("options", "paper", "said"),
        [
            ({"cross_lists": False}, CROSSED, "A cross-list."),
            ({"keywords": "impatient"}, CROSSED, "Without the keywords."),
            ({"exclusions": "impatient"}, RETRIEVAL, "Excluded."),
        ],
    )
    async def test_names_the_stage_that_an_option_makes(
        self, world: World, options: dict[str, object], paper: str, said: str
    ) -> None:
        await add(world, **options)
        answer = await ask(world.admin, world.nlp, "digest why", paper=paper)
        assert said in answer.words

    async def test_says_when_it_was_posted(self, world: World) -> None:
        await add(world)
        await a_day(world)
        await world.deliver()
        (digest,) = world.posted(world.nlp, world.member)
        assert "1. Of Today" in digest.words
        answer = await ask(world.admin, world.nlp, "digest why", paper=OPEN_PAPER)
        assert "It was posted 1 April 2021 at 07:00" in answer.words
        assert "as number 1" in answer.words

    async def test_after_a_digest_says_what_kept_a_paper_out_of_it(self, world: World) -> None:
        await add(world, categories="*", hour="14:30", top=1)
        await _as_of_yesterday(world)
        await world.deliver()
        (digest,) = world.posted(world.nlp, world.member)
        assert "1. ViViT" in digest.words
        beyond = await ask(world.admin, world.nlp, "digest why", paper=RETRIEVAL)
        assert "Beyond the top. It is number 2 of those above the bar" in beyond.words
        await ask(world.admin, world.nlp, "digest edit", top=3)
        changed = await ask(world.admin, world.nlp, "digest why", paper=RETRIEVAL)
        assert "It is number 2 of 3 in this channel" in changed.words
        assert "The digest of 31 March 2021 at 12:30" in changed.words
        assert "was made without it" in changed.words

    async def test_of_a_weekly_digest_compares_with_the_whole_week(self, world: World) -> None:
        await add(world, categories="*", days="weekly", top=2)
        await _as_of_yesterday(world)
        answer = await ask(world.admin, world.nlp, "digest why", paper="2103.12900")
        assert "listing of Monday, 29 March 2021" in answer.words
        assert "Beyond the top. It is number 4 of those above the bar" in answer.words

    async def test_says_that_a_listing_came_before_the_digest(self, world: World) -> None:
        await add(world)
        answer = await ask(world.admin, world.nlp, "digest why", paper=RETRIEVAL)
        assert "That listing came before this digest was set up" in answer.words

    async def test_says_with_which_slot_it_will_come(self, world: World) -> None:
        await add(world, bar=20)
        answer = await ask(world.admin, world.nlp, "digest why", paper="2103.16111")
        assert "It comes with the digest of 1 April 2021 at 07:00" in answer.words
        assert "Its day is still being counted" in answer.words

    async def test_says_that_the_digest_is_or_was_paused(self, world: World) -> None:
        card = await press(world.admin, await add(world), "Pause")
        paused = await ask(world.admin, world.nlp, "digest why", paper=OPEN_PAPER)
        assert "This digest is paused, so nothing comes until it is resumed." in paused.words
        assert "It comes with" not in paused.words
        await a_day(world)
        await world.deliver()
        await press(world.admin, card, "Resume")
        was = await ask(world.admin, world.nlp, "digest why", paper=OPEN_PAPER)
        assert "The digest of 1 April 2021 at 07:00" in was.words
        assert "had its day and posted nothing: this digest was paused." in was.words

    async def test_a_channel_without_digests_says_so(self, world: World) -> None:
        await add(world)
        answer = await ask(world.admin, world.nlp, "digest why", paper=VIVIT, channel=world.quantum)
        assert world.errors
        assert "No digest is posted in that channel" in answer.words


class TestAFortnightWithoutADigest:
    """What fell due meanwhile is not posted afterwards, whether the bot was there or not."""

    @pytest.mark.parametrize("bot_was_there", [True, False])
    @pytest.mark.parametrize(("away", "back"), [("Pause", "Resume"), ("Delete", "Undo")])
    async def test_is_not_made_up_for(
        self, world: World, away: str, back: str, bot_was_there: bool
    ) -> None:
        card = await press(world.admin, await add(world, categories="*", bar=0), away)
        await a_fortnight(world, ticking=bot_was_there)
        if not bot_was_there:
            await world.restart()
        await press(world.admin, card, back)
        await world.deliver()
        assert world.posted(world.nlp, world.member) == []
        await a_day(world)
        await world.deliver()
        (digest,) = world.posted(world.nlp, world.member)
        assert "Wednesday, 14 April 2021" in digest.words
        assert "2104.04131" not in digest.words


async def a_fortnight(world: World, *, ticking: bool) -> None:
    for _ in range(14):
        await a_day(world)
        if ticking:
            await world.deliver()


async def _as_of_yesterday(world: World) -> None:
    """The only digest was set up a day ago, and an hour passes."""
    (made,) = await stored(world)
    before = replace(made, created_at=world.clock.now() - timedelta(days=1))
    await world.services.archive.write(edit, before)
    world.clock.advance(timedelta(hours=1))


async def a_day(world: World) -> None:
    """A day passes, whose listing is complete by then and has one paper."""
    world.clock.advance(timedelta(days=1))
    listing = (world.clock.now() - timedelta(days=1)).date()
    if listing.weekday() < 5:
        await world.services.archive.write(_listed_and_closed, listing, world.clock.now())


def _listed_and_closed(db: Database, day: date, now: datetime) -> None:
    days.open_day(db, day)
    papers.save(db, [listed(f"2104.{day:%m%d}1", day=day)], now=now)
    days.mark_harvested(db, day, now=now)
    days.close(db, day, now=now, late=False)


async def test_what_asks_about_a_digest_whose_zone_is_gone_is_answered(world: World) -> None:
    await add(world, days="weekly")
    (rule,) = await stored(world)
    await world.services.archive.write(edit, replace(rule, zone="Mars/Base"))
    await world.deliver()
    for paper in (OPEN_PAPER, RETRIEVAL):
        why = await ask(world.admin, world.nlp, "digest why", paper=paper)
        assert "It is number 1 of" in why.words
        assert "Suspended: 'Mars/Base' is not a time zone." in why.words
    preview = await ask(world.admin, world.nlp, "digest preview")
    assert "Retrieval for the Impatient" in preview.words
    mended = await ask(world.admin, world.nlp, "digest edit", zone="Asia/Tokyo")
    assert "Suspended" not in mended.words
