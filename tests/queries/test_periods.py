"""Spans of listing days."""

from datetime import date, timedelta
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from bot import queries
from bot.config import Settings
from bot.models import Announcement, Period, RankingQuery
from bot.output import json, terminal
from bot.queries.periods import period_bounds, unique_papers
from bot.store import Archive, days, papers
from tests import factories


@pytest.mark.parametrize(
    ("period", "start", "end"),
    [
        (Period.DAY, date(2024, 2, 29), date(2024, 2, 29)),
        (Period.WEEK, date(2024, 2, 26), date(2024, 3, 3)),
        (Period.MONTH, date(2024, 2, 1), date(2024, 2, 29)),
        (Period.YEAR, date(2024, 1, 1), date(2024, 12, 31)),
    ],
)
def test_bounds_of_a_period(period: Period, start: date, end: date) -> None:
    assert period_bounds(date(2024, 2, 29), period) == (start, end)


def test_a_week_may_run_over_the_year_end() -> None:
    assert period_bounds(date(2027, 1, 1), Period.WEEK) == (date(2026, 12, 28), date(2027, 1, 3))


@given(st.dates(), st.sampled_from([p for p in Period if p is not Period.ALL]))
def test_a_period_holds_its_day_and_is_the_same_from_each_of_its_days(
    day: date, period: Period
) -> None:
    start, end = period_bounds(day, period)
    assert start <= day <= end
    assert period_bounds(start, period) == period_bounds(end, period) == (start, end)


def test_all_time_holds_every_listing() -> None:
    start, end = period_bounds(date(2021, 3, 30), Period.ALL)
    assert start <= date(1991, 8, 14)
    assert end >= date(2126, 1, 1)


def test_a_paper_is_once_in_a_period_from_its_first_day() -> None:
    day = factories.DAY
    span = unique_papers(
        [
            factories.listed("2103.15691", day=day + timedelta(2), announcement=Announcement.CROSS),
            factories.listed("2103.15691", day=day, categories=("cs.CV",)),
            factories.listed("2103.14030", day=day + timedelta(1), announcement=Announcement.CROSS),
            factories.listed("2103.14030", day=day, announcement=Announcement.REPLACE),
            factories.listed("2103.10000", day=day, announcement=Announcement.REPLACE_CROSS),
        ]
    )
    assert [paper.arxiv_id for paper in span.papers] == ["2103.14030", "2103.15691"]
    assert span.days == {"2103.15691": day, "2103.14030": day + timedelta(1)}
    assert span.announcements == {
        "2103.15691": Announcement.NEW,
        "2103.14030": Announcement.CROSS,
    }


def test_a_paper_is_shown_as_it_was_last_announced() -> None:
    early = factories.listed(categories=("cs.CV",))
    late = factories.listed(
        day=factories.DAY + timedelta(1),
        announcement=Announcement.CROSS,
        categories=("cs.CV", "stat.ML"),
    )
    for order in ([early, late], [late, early]):
        (paper,) = unique_papers(order).papers
        assert paper.categories == ("cs.CV", "stat.ML")


@pytest.mark.parametrize(
    ("period", "held", "title"),
    [
        (Period.DAY, None, "Tuesday 30 March 2021"),
        (Period.WEEK, (2, 5), "week of 29 March 2021 to 2 April 2021 (2 of 5 listing days held)"),
        (Period.MONTH, (3, 23), "March 2021 (3 of 23 listing days held)"),
        (Period.YEAR, (3, 255), "2021 (3 of 255 listing days held)"),
        (Period.ALL, None, "all time, 26 March 2021 to 31 March 2021"),
    ],
)
async def test_a_period_says_how_many_of_its_listing_days_are_in_it(
    tmp_path: Path, period: Period, held: tuple[int, int] | None, title: str
) -> None:
    days_held = (date(2021, 3, 26), date(2021, 3, 30), date(2021, 3, 31))
    async with await Archive.open(tmp_path / "a.db") as archive:
        for number, day in enumerate(days_held, 1):
            await archive.write(days.open_day, day)
            await archive.write(
                papers.save, [factories.listed(f"2103.{number:05}", day=day)], now=factories.NOW
            )
        found = await queries.ranking(
            archive, Settings(), RankingQuery(date(2021, 3, 30), period=period)
        )
    assert found is not None
    assert found.held == held
    out = Console(file=StringIO(), width=200)
    terminal.show_ranking(found, out)
    assert isinstance(out.file, StringIO)
    assert out.file.getvalue().splitlines()[0] == f"Hot papers · {title}"
    assert json.ranking(found).get("days") == (held and {"held": held[0], "of": held[1]})
