"""The blog's days beside our own."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bot import queries
from bot.models import Era, Period, RankingQuery
from bot.store import Archive, days, papers
from tests.blog_posts import blog_post
from tests.cli.import_export.commands import AFTER, BEFORE, ROWS
from tests.cli.import_export.own import SETTINGS, import_text, own_day
from tests.factories import NOW, listed


async def test_our_own_counts_stay_and_the_post_is_kept_beside(tmp_path: Path) -> None:
    async with await Archive.open(tmp_path / "a.db") as archive:
        await own_day(archive, AFTER, "2009.09999")
        await import_text(archive, blog_post(AFTER, ROWS))
        own = await queries.ranking(archive, SETTINGS, RankingQuery(AFTER))
        assert own is not None
        assert (own.era, [p.paper.arxiv_id for p in own.papers]) == (
            Era.HOTPAPERS,
            ["2009.09999"],
        )
        era = Era.BLOG_REPOSTS_ADDED
        printed = await queries.ranking(archive, SETTINGS, RankingQuery(AFTER, era=era))
        assert printed is not None
        assert len(printed.papers) == 3
        post = await queries.blog_post(archive, SETTINGS, AFTER, era=era)
        assert post is not None
        assert len(post.papers) == 3


async def test_a_week_with_our_own_days_leaves_the_blogs_out(tmp_path: Path) -> None:
    async with await Archive.open(tmp_path / "a.db") as archive:
        await import_text(archive, blog_post(AFTER, ROWS))
        await own_day(archive, AFTER + timedelta(1), "2009.09999")
        week = await queries.ranking(archive, SETTINGS, RankingQuery(AFTER, period=Period.WEEK))
        assert week is not None
        assert (week.era, week.left_out) == (Era.HOTPAPERS, ((Era.BLOG_REPOSTS_ADDED, 1),))
        assert [p.paper.arxiv_id for p in week.papers] == ["2009.09999"]
        blog_week = await queries.ranking(
            archive, SETTINGS, RankingQuery(AFTER, period=Period.WEEK, era=Era.BLOG_REPOSTS_ADDED)
        )
        assert blog_week is not None
        assert blog_week.left_out == ((Era.HOTPAPERS, 1),)
        assert await queries.newest_day(archive) == AFTER + timedelta(1)


async def test_a_day_that_was_only_harvested_takes_the_blogs_counts(tmp_path: Path) -> None:
    async with await Archive.open(tmp_path / "a.db") as archive:
        await archive.write(days.open_day, AFTER)
        await archive.write(papers.save, [listed("2009.07118", day=AFTER, version=2)], now=NOW)
        await archive.write(days.close, AFTER, now=NOW, late=True)
        await import_text(archive, blog_post(AFTER, ROWS))
        found = await queries.ranking(archive, SETTINGS, RankingQuery(AFTER))
        assert found is not None
        assert found.era is Era.BLOG_REPOSTS_ADDED
        counted = await queries.counted(archive, SETTINGS, [AFTER])
        assert counted[AFTER][1] == 3
        known = await archive.read(papers.get, "2009.07118")
        assert known is not None
        assert known.title == "An Invented Study of 2009.07118"  # arXiv's own stays


async def test_what_arxiv_printed_replaces_the_blogs_day(tmp_path: Path) -> None:
    async with await Archive.open(tmp_path / "a.db") as archive:
        await import_text(archive, blog_post(AFTER, ROWS))
        better = listed("2009.07118", day=BEFORE, title="A Better Title")
        await archive.write(papers.save, [better], now=NOW)
        assert [day for day, _ in await archive.read(papers.days_of, "2009.07118")] == [BEFORE]
        found = await archive.read(papers.get, "2009.07118")
        assert found is not None
        assert found.title == "A Better Title"
        day = await queries.ranking(archive, SETTINGS, RankingQuery(AFTER))
        assert day is not None
        assert len(day.papers) == 3


async def test_a_span_shows_the_larger_part_of_those_that_are_sound(tmp_path: Path) -> None:
    async with await Archive.open(tmp_path / "a.db") as archive:
        for back in (0, 1):
            await import_text(archive, blog_post(BEFORE - timedelta(back), ROWS))
        await own_day(archive, AFTER, "2009.09999")
        query = RankingQuery(BEFORE, Period.WEEK)
        week = await queries.ranking(archive, SETTINGS, query)
        assert week is not None
        assert (week.era, week.left_out) == (Era.BLOG_ORIGINAL_POSTS, ((Era.HOTPAPERS, 1),))
        assert week.above_bar == week.listed == len(ROWS)
        own = await queries.ranking(archive, SETTINGS, replace(query, era=Era.HOTPAPERS))
        assert own is not None
        # Of what is shown: the papers of the blog's days are not counted among the listed.
        assert (own.above_bar, own.listed) == (1, 1)
