"""Which day a paper is listed on, checked against days that arXiv really made."""

import csv
from datetime import UTC, date, datetime, time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.arxiv import calendar, ids
from bot.messages.problems import words_or_nothing
from bot.problems import Code, Problem
from tests.shared_data import SHARED, needs

moments = st.datetimes(
    datetime.combine(date(1992, 1, 1), time()),
    datetime.combine(date(2035, 1, 1), time()),
    timezones=st.just(UTC),
)
days = st.dates(date(1992, 1, 1), date(2035, 1, 1))


def day(text: str) -> date:
    return date.fromisoformat(text)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def rows(name: str) -> list[dict[str, str]]:
    with (SHARED / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    ("submitted", "listed"),
    [
        ("2021-03-29T15:27:17Z", "2021-03-30"),  # Monday before the freeze
        ("2021-03-25T17:59:31Z", "2021-03-26"),  # 29 s before the freeze, summer time
        ("2021-03-25T18:00:00Z", "2021-03-29"),  # on it: the Sunday slot
        ("2023-03-01T19:00:02Z", "2023-03-03"),  # two seconds late, winter time
        ("2021-06-25T03:59:42Z", "2021-06-28"),  # Friday in London, Thursday in New York
        ("2021-06-04T17:59:59Z", "2021-06-07"),  # Friday before the freeze: Sunday evening
        ("2021-06-04T19:57:11Z", "2021-06-08"),  # Friday after it: Monday evening
        ("2012-12-09T10:12:37Z", "2012-12-11"),  # Sunday
        ("2011-02-02T20:57:25Z", "2011-02-03"),  # 15:57, when the freeze was at 16:00
        ("2011-02-01T21:00:00Z", "2011-02-03"),  # 16:00:00
        ("2017-01-02T19:30:00Z", "2017-01-04"),  # the first day of 14:00
        ("2016-12-30T20:30:00Z", "2017-01-02"),  # the last one of 16:00
    ],
)
def test_a_paper_is_listed_by_the_freeze_it_made(submitted: str, listed: str) -> None:
    assert calendar.listing_day(at(submitted)) == day(listed)


@pytest.mark.parametrize(
    ("submitted", "listed"),
    [
        ("2026-11-26T15:00:00Z", "2026-11-30"),  # Thanksgiving: no Thursday slot, no Friday listing
        ("2026-06-19T15:00:00Z", "2026-06-23"),  # a deferred Friday means the Sunday slot
        ("2020-12-25T15:00:00Z", "2020-12-29"),
        ("2026-12-29T15:00:00Z", "2026-12-31"),
        ("2025-07-04T15:00:00Z", "2025-07-08"),
        ("2021-11-25T15:00:00Z", "2021-11-29"),
        ("2021-07-05T15:00:00Z", "2021-07-06"),  # a federal holiday that arXiv did not keep
    ],
)
def test_papers_of_a_deferred_slot_fall_into_the_next(submitted: str, listed: str) -> None:
    assert calendar.listing_day(at(submitted)) == day(listed)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        calendar.listing_day(datetime.combine(date(2021, 3, 29), time(15)))


@needs(SHARED)
def test_the_worked_examples() -> None:
    for row in rows("truth/worked_examples.csv"):
        computed = calendar.listing_day(at(row["submitted_utc"]))
        if row["status"] == "held":
            assert computed <= day(row["actual_listing"]), row["paper_id"]
        else:
            assert computed == day(row["actual_listing"]), row["paper_id"]


@needs(SHARED)
def test_the_deferred_days_have_no_listing() -> None:
    for row in rows("truth/deferred_days.csv"):
        assert calendar.slot_of(day(row["date_as_printed"])) == day(row["slot_skipped"])
        assert not calendar.is_listing_day(day(row["listing_missing"]))


@needs(SHARED)
def test_the_days_that_the_old_blog_found_papers_on_are_listing_days() -> None:
    for post in (SHARED / "seed").glob("*---Hot-Papers.md"):
        assert calendar.is_listing_day(day(post.name[:10])), post.name


@given(moments)
def test_a_paper_is_listed_on_a_listing_day_after_the_day_of_submission(
    submitted: datetime,
) -> None:
    listed = calendar.listing_day(submitted)
    assert calendar.is_listing_day(listed)
    assert listed > submitted.astimezone(calendar.NEW_YORK).date()
    assert calendar.freeze(listed) > submitted
    earlier = calendar.previous_listing(listed)
    assert calendar.freeze(earlier) <= submitted


@given(moments, moments)
def test_who_submits_later_is_not_listed_earlier(one: datetime, other: datetime) -> None:
    first, second = sorted([one, other])
    assert calendar.listing_day(first) <= calendar.listing_day(second)


@given(days)
def test_next_and_previous_listing_are_neighbours(someday: date) -> None:
    following, before = calendar.next_listing(someday), calendar.previous_listing(someday)
    assert before < someday < following
    between = [someday] if calendar.is_listing_day(someday) else []
    assert list(calendar.listing_days(before, following)) == [before, *between, following]


@pytest.mark.parametrize(
    ("without", "reason"),
    [
        ("2026-11-21", "Saturday"),
        ("2026-11-22", "Sunday"),
        ("2026-11-27", "arXiv holiday, nothing announced for Friday 27 November"),
        ("2026-06-22", "arXiv holiday, nothing announced for Monday 22 June"),
        ("2018-03-27", "arXiv holiday, nothing announced for Tuesday 27 March"),
    ],
)
def test_a_day_without_a_listing_has_a_reason(without: str, reason: str) -> None:
    assert words_or_nothing(calendar.why_none(day(without))) == reason
    assert not calendar.is_listing_day(day(without))


@given(days)
def test_only_days_without_a_listing_have_a_reason(someday: date) -> None:
    assert (calendar.why_none(someday) is None) == calendar.is_listing_day(someday)


@pytest.mark.parametrize("printed", ["2030-03-29", "2030-03-30", "2030-03-31"])
def test_an_added_friday_or_weekend_takes_the_sunday_slot_away(printed: str) -> None:
    added = [day(printed)]
    monday = day("2030-04-01")
    assert calendar.is_listing_day(monday)
    assert not calendar.is_listing_day(monday, added)
    assert calendar.next_listing(day("2030-03-29"), added) == day("2030-04-02")
    assert calendar.previous_listing(day("2030-04-02"), added) == day("2030-03-29")
    assert calendar.why_none(monday, added) == Problem(Code.ARXIV_HOLIDAY, day=monday)
    assert calendar.listing_day(at("2030-03-29T12:00:00Z"), added) == day("2030-04-02")
    assert monday not in calendar.listing_days(monday, day("2030-04-05"), added)


def test_the_clock_of_one_night() -> None:
    monday = day("2026-11-23")
    assert calendar.freeze(monday) == at("2026-11-20T19:00:00Z")
    assert calendar.mailing_start(monday) == at("2026-11-23T01:00:00Z")
    assert calendar.feed_start(monday) == at("2026-11-23T05:00:00Z")
    assert calendar.mailing_start(day("2026-07-01")) == at("2026-07-01T00:00:00Z")
    assert calendar.freeze(day("2016-12-30")) == at("2016-12-29T21:00:00Z")


@pytest.mark.parametrize("moment", [calendar.freeze, calendar.mailing_start, calendar.feed_start])
def test_a_weekend_has_no_such_moment(moment: object) -> None:
    assert callable(moment)
    with pytest.raises(ValueError, match="no listing on Saturdays"):
        moment(day("2026-11-21"))


@pytest.mark.parametrize(
    ("now", "mailed", "in_feed"),
    [
        ("2026-11-23T00:59:59Z", "2026-11-20", "2026-11-20"),  # Sunday 19:59:59 in New York
        ("2026-11-23T01:00:00Z", "2026-11-23", "2026-11-20"),  # 20:00
        ("2026-11-23T05:00:00Z", "2026-11-23", "2026-11-23"),  # midnight
        ("2026-11-27T03:00:00Z", "2026-11-26", "2026-11-26"),  # Thanksgiving evening
        ("2026-11-28T12:00:00Z", "2026-11-26", "2026-11-26"),
        ("2026-07-01T00:00:00Z", "2026-07-01", "2026-06-30"),  # summer time
    ],
)
def test_the_newest_listing_out(now: str, mailed: str, in_feed: str) -> None:
    assert calendar.latest_mailed(at(now)) == day(mailed)
    assert calendar.latest_in_feed(at(now)) == day(in_feed)


@given(moments)
def test_a_listing_counts_as_out_from_its_first_moment_on(now: datetime) -> None:
    mailed, fed = calendar.latest_mailed(now), calendar.latest_in_feed(now)
    assert (
        calendar.mailing_start(mailed)
        <= now
        < calendar.mailing_start(calendar.next_listing(mailed))
    )
    assert calendar.feed_start(fed) <= now < calendar.feed_start(calendar.next_listing(fed))


def test_the_table_says_how_far_it_reaches() -> None:
    assert not calendar.table_covers(day("1999-12-25"))
    assert calendar.table_covers(day("2022-07-04"))
    assert calendar.table_covers(day("2026-12-31"))
    assert not calendar.table_covers(day("2027-01-04"))


# The correction by id neighbours


def test_a_held_paper_takes_the_day_of_its_neighbours() -> None:
    estimates = {
        "2308.16180": "2023-09-01",
        "2308.16188": "2023-08-07",  # submitted on 3 August, moderated until the 31st
        "2308.16240": "2023-09-01",
    }
    corrected = calendar.correct_by_neighbours([(id_, day(d)) for id_, d in estimates.items()])
    assert set(corrected.values()) == {day("2023-09-01")}


def test_between_two_days_a_held_paper_leads_the_later_batch() -> None:
    corrected = calendar.correct_by_neighbours(
        [
            ("2308.16900", day("2023-08-24")),
            ("2308.16912", day("2023-09-01")),
            ("2308.16800", day("2023-08-31")),
        ]
    )
    assert corrected == {
        "2308.16800": day("2023-08-31"),
        "2308.16900": day("2023-09-01"),
        "2308.16912": day("2023-09-01"),
    }


def test_no_paper_is_listed_before_the_first_freeze_of_its_ids_month() -> None:
    # 1 September 2023 was a Friday: its freeze is Monday's listing.
    assert calendar.correct_by_neighbours([("2309.00007", day("2023-08-14"))]) == {
        "2309.00007": day("2023-09-04")
    }


def test_a_known_day_wins_and_carries_its_neighbours() -> None:
    estimates = [
        ("2104.09000", day("2021-04-20")),
        ("2104.12000", day("2021-04-21")),
        ("2104.12255", day("2021-04-21")),
        ("2104.12300", day("2021-04-27")),
    ]
    known = {"2104.12000": day("2021-04-27")}
    corrected = calendar.correct_by_neighbours(estimates, known)
    assert corrected == {
        "2104.09000": day("2021-04-20"),
        "2104.12000": day("2021-04-27"),
        "2104.12255": day("2021-04-27"),
        "2104.12300": day("2021-04-27"),
    }


def test_months_and_old_archives_do_not_correct_each_other() -> None:
    estimates = [
        ("2103.17000", day("2021-04-01")),
        ("2104.00100", day("2021-04-02")),
        ("hep-th/9901300", day("1999-01-29")),
        ("math/9901005", day("1999-01-05")),
    ]
    assert calendar.correct_by_neighbours(estimates) == dict(estimates)


@given(st.lists(st.tuples(st.integers(1, 99_999), st.dates(date(2024, 11, 1), date(2025, 1, 9)))))
def test_a_correction_never_lists_a_paper_earlier_and_keeps_the_order_of_ids(
    papers: list[tuple[int, date]],
) -> None:
    estimates = {f"2412.{number:05}": calendar.next_listing(someday) for number, someday in papers}
    corrected = calendar.correct_by_neighbours(list(estimates.items()))
    assert corrected.keys() == estimates.keys()
    assert all(corrected[identifier] >= estimates[identifier] for identifier in estimates)
    in_order = [corrected[identifier] for identifier in sorted(corrected, key=ids.sort_key)]
    assert in_order == sorted(in_order)


def test_a_correction_uses_the_deferrals_that_were_added() -> None:
    added = [day("2029-11-01")]  # a Thursday: its ids begin with Friday's freeze
    assert calendar.correct_by_neighbours([("2911.00001", day("2029-10-20"))]) == {
        "2911.00001": day("2029-11-02")
    }
    assert calendar.correct_by_neighbours([("2911.00001", day("2029-10-20"))], {}, added) == {
        "2911.00001": day("2029-11-05")
    }


def test_a_year_has_about_250_listings() -> None:
    listed = list(calendar.listing_days(day("2024-01-01"), day("2024-12-31")))
    assert len(listed) == 262 - 9  # weekdays, less the nine deferrals printed for 2024's listings
    longest = max(pairwise(listed), key=lambda pair: pair[1] - pair[0])
    assert longest == (day("2024-12-25"), day("2024-12-30"))
