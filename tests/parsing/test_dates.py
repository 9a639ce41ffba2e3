"""Dates as members type them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import UnreadableDate
from bot.messages.common import plain_day
from bot.messages.problems import words_of
from bot.models import Period
from bot.parsing import DoubtfulDate, TypedDate, complete, parse, parse_span
from tests.words import raises_saying

SUNDAY = date(2026, 11, 22)
TUESDAY = date(2021, 3, 30)
DAYS = st.dates(date(1991, 8, 14), date(2050, 12, 31))


@pytest.mark.parametrize(
    "text",
    [
        "2021-03-30", "2021-3-30", "2021/03/30", "2021.03.30", "20210330", "30.3.2021",
        "30.03.2021", "30/3/2021", "3/30/2021", "30-03-2021", "march 30 2021", "30 march 2021",
        "Mar 30, 2021", "30 mar 2021", "30th march 2021", "the 30th of March, 2021",
        "Mar. 30th 2021", "30mar 2021", "2021 march 30", "Tue 30 Mar 2021",
        "tuesday, march 30, 2021", " MARCH 30 2021 ", "on 30 March 2021", "30. march 2021",
        "30.3.21", "30.03.21", "3/30/21", "21-03-30", "Tue, 30 Mar 21", "30-mar-21", "mar 30 '21",
    ],
)  # fmt: skip
def test_one_day_has_many_spellings(text: str) -> None:
    assert parse(text, SUNDAY) == TUESDAY


@pytest.mark.parametrize(
    ("text", "days_ago"),
    [
        ("today", 0), ("Yesterday", 1), ("the day before yesterday", 2), ("tomorrow", -1),
        ("3 days ago", 3), ("three days ago", 3), ("a day ago", 1), ("3d ago", 3),
        ("0 days ago", 0), ("a week ago", 7), ("one week ago", 7), ("2 weeks ago", 14),
        ("2w ago", 14), ("last week", 7), ("sun", 0), ("last sun", 7), ("next sunday", -7),
        ("this sun", 0), ("tue", 5), ("tues", 5), ("tuesday", 5), ("last tue", 5),
        ("last Tuesday", 5), ("this tue", 5), ("on tuesday", 5), ("next tue", -2), ("sat", 1),
        ("last sat", 1), ("thurs", 3), ("weds", 4),
    ],
)  # fmt: skip
def test_days_are_counted_from_today(text: str, days_ago: int) -> None:
    assert parse(text, SUNDAY) == SUNDAY - timedelta(days=days_ago)


def test_this_friday_is_of_the_week_from_monday_and_may_be_ahead() -> None:
    assert parse("this fri", TUESDAY) == date(2021, 4, 2)
    assert parse("this monday", TUESDAY) == date(2021, 3, 29)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("a month ago", date(2021, 2, 28)),
        ("last month", date(2021, 2, 28)),
        ("13 months ago", date(2020, 2, 29)),
        ("a year ago", date(2020, 3, 30)),
        ("2 years ago", date(2019, 3, 30)),
    ],
)
def test_months_and_years_back_end_on_a_day_that_exists(text: str, day: date) -> None:
    assert parse(text, TUESDAY) == day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("mar 30", date(2026, 3, 30)),
        ("30th march", date(2026, 3, 30)),
        ("22 november", SUNDAY),
        ("23 november", date(2025, 11, 23)),
        ("30.3.", date(2026, 3, 30)),
        ("30/3", date(2026, 3, 30)),
        ("feb 29", date(2024, 2, 29)),
        ("tue 30 mar", date(2021, 3, 30)),
        ("sun 29 feb", date(2004, 2, 29)),
    ],
)
def test_without_a_year_it_is_the_latest_such_day(text: str, day: date) -> None:
    assert parse(text, SUNDAY) == day


def test_a_day_ahead_is_returned_for_the_caller_to_explain() -> None:
    assert parse("2030-01-01", SUNDAY) == date(2030, 1, 1)


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "foo 5", "5", "30", "march", "march 2021", "2021", "2021-03", "31.30.21", "0.3.21",
        "2021-13-01", "2021-00-10", "0000-01-01", "30/31/2021",
        "march 32 2021", "march 0 2021", "last", "last last tue", "tueday", "noon", "days ago",
        "3 days", "-3 days ago", "9999999 days ago", "999999 days ago", "999999 years ago",
        "this week", "2021-03-30 extra", "2021-03-30T10:00", "2021-03/30", "٣ days ago", "on",
        "the", "<@123>",
    ],
)  # fmt: skip
def test_what_is_no_date_is_refused_with_examples(text: str) -> None:
    with raises_saying(UnreadableDate, "last tue") as caught:
        parse(text, SUNDAY)
    assert not isinstance(caught.value, DoubtfulDate)
    assert caught.value.text == text


def test_a_refusal_does_not_repeat_a_page_of_text() -> None:
    with pytest.raises(UnreadableDate) as caught:
        parse("x" * 6000, SUNDAY)
    assert len(words_of(caught.value)) < 250


@pytest.mark.parametrize(
    ("text", "reason", "readings"),
    [
        (
            "03/04/2021",
            "'03/04/2021' may be Sat 3 Apr 2021 or Thu 4 Mar 2021. Write 2021-04-03 or 2021-03-04.",
            (date(2021, 4, 3), date(2021, 3, 4)),
        ),
        (
            "3/4",
            "'3/4' may be Fri 3 Apr 2026 or Wed 4 Mar 2026. Write 2026-04-03 or 2026-03-04.",
            (date(2026, 4, 3), date(2026, 3, 4)),
        ),
        ("2021-02-30", "February 2021 has 28 days.", (date(2021, 2, 28),)),
        ("june 31 2021", "June 2021 has 30 days.", (date(2021, 6, 30),)),
        ("mon 30 mar 2021", "30 Mar 2021 is a Tuesday.", (TUESDAY,)),
    ],
)
def test_a_doubtful_date_says_why_and_what_it_may_be(
    text: str, reason: str, readings: tuple[date, ...]
) -> None:
    with pytest.raises(DoubtfulDate) as doubt:
        parse(text, SUNDAY)
    assert words_of(doubt.value) == reason
    assert doubt.value.readings == readings


def test_a_number_above_twelve_or_equal_numbers_leave_no_doubt() -> None:
    assert parse("13/04/2021", SUNDAY) == parse("4/13/2021", SUNDAY) == date(2021, 4, 13)
    assert parse("5/5/2021", SUNDAY) == date(2021, 5, 5)
    assert parse("3.4.2021", SUNDAY) == date(2021, 4, 3)


@given(DAYS, DAYS)
def test_a_written_date_reads_back(day: date, today: date) -> None:
    month = f"{day:%B}"
    written = [plain_day(day), str(day), f"{day:%Y%m%d}", f"{day.day}.{day.month}.{day.year}"]
    written += [f"{month} {day.day} {day.year}", f"{day.day} {month[:3].lower()} {day.year}"]
    assert {parse(text, today) for text in written} == {day}


@given(st.text(st.sampled_from("0123456789-/. abcdefjlmnorstuvy") | st.characters()), DAYS)
def test_any_text_is_a_date_that_is_also_offered_first_or_is_refused(
    text: str, today: date
) -> None:
    try:
        day = parse(text, today)
    except UnreadableDate:
        return
    assert complete(text, today)[0] == day


def test_dates_are_written_the_same_everywhere() -> None:
    assert plain_day(TUESDAY) == "Tue 30 Mar 2021"
    assert plain_day(date(2026, 5, 1)) == "Fri 1 May 2026"


def choices(text: str) -> list[str]:
    return [str(day) for day in complete(text, SUNDAY)]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("", ["2026-11-22", "2026-11-21", "2026-11-20"]),
        ("la", ["2026-11-21", "2026-11-20", "2026-11-19"]),
        ("last t", ["2026-11-19", "2026-11-17"]),
        ("yest", ["2026-11-21"]),
        ("tod", ["2026-11-22"]),
        ("tu", ["2026-11-17", "2026-11-10", "2026-11-03"]),
        ("tue", ["2026-11-17", "2026-11-10", "2026-11-03"]),
        ("mar", ["2026-03-31", "2026-03-30", "2026-03-29"]),
        ("march 3", ["2026-03-03", "2026-03-31", "2026-03-30"]),
        ("march 30 20", ["2026-03-30", "2025-03-30", "2024-03-30"]),
        ("march 2021", ["2021-03-31", "2021-03-30"]),
        ("30 mar", ["2026-03-30", "2025-03-30"]),
        ("tue mar", ["2026-03-31", "2026-03-24"]),
        ("2021-03", ["2021-03-31", "2021-03-30"]),
        ("2021-1", ["2021-12-31"]),
        ("2021-1-", ["2021-01-31"]),
        ("2021-03-3", ["2021-03-03", "2021-03-31", "2021-03-30"]),
        ("202103", ["2021-03-31"]),
        ("30.3", ["2026-03-30", "2025-03-30"]),
        ("3", ["2026-11-19", "2026-11-01"]),
        ("3 w", ["2026-11-01"]),
        ("3/4", ["2026-04-03", "2026-03-04"]),
        ("2021-02-30", ["2021-02-28"]),
        ("2030-01-01", ["2030-01-01"]),
    ],
)
def test_the_beginning_of_a_date_offers_the_likely_days(text: str, first: list[str]) -> None:
    assert choices(text)[: len(first)] == first


@pytest.mark.parametrize(
    "text", ["xyz", "last q", "2021-13", "1850", "foo 5", "march march 3 4 5 6", "m " * 3000]
)
def test_nothing_is_offered_for_what_cannot_become_a_date(text: str) -> None:
    assert choices(text) == []


@given(st.sampled_from(["", "l", "t", "m", "2", "20", "2021", "mar", "1", "f", "3/", "a"]), DAYS)
def test_choices_are_distinct_past_days_and_at_most_25(text: str, today: date) -> None:
    days = complete(text, today)
    assert len(set(days)) == len(days) <= 25
    assert all(day <= today for day in days)


def test_days_of_an_archive_are_offered_however_long_ago() -> None:
    held = {TUESDAY, date(2020, 3, 3), date(2026, 11, 20)}
    assert complete("", SUNDAY, held) == [date(2026, 11, 20), TUESDAY, date(2020, 3, 3)]
    assert complete("mar", SUNDAY, held) == [TUESDAY, date(2020, 3, 3)]
    assert complete("2021", SUNDAY, held) == [TUESDAY]
    assert complete("tue mar 3", SUNDAY, held) == [date(2026, 3, 3), TUESDAY, date(2020, 3, 3)]
    assert complete("xyz", SUNDAY, held) == []


def test_a_month_is_offered_whole_as_far_as_it_fits() -> None:
    assert choices("feb 2021") == [f"2021-02-{day:02}" for day in range(28, 3, -1)]


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("03.04.21", [date(2003, 4, 21), date(2021, 4, 3)]),
        ("3/4/21", [date(2021, 3, 4), date(2021, 4, 3)]),
        ("17-11-26", [date(2017, 11, 26), date(2026, 11, 17)]),
        ("12/11/99", [date(1999, 11, 12), date(1999, 12, 11)]),
    ],
)
def test_two_digits_that_may_be_several_are_asked_back(text: str, readings: list[date]) -> None:
    with pytest.raises(DoubtfulDate) as raised:
        parse(text, SUNDAY)
    assert list(raised.value.readings) == readings
    assert all(day.isoformat() in words_of(raised.value) for day in readings)


def test_a_reading_of_the_next_days_counts_as_well() -> None:
    with pytest.raises(DoubtfulDate) as raised:
        parse("03.04.21", date(2021, 4, 2))
    assert raised.value.readings == (date(2003, 4, 21), date(2021, 4, 3))


@pytest.mark.parametrize(
    ("text", "day", "period"),
    [
        ("july 2020", date(2020, 7, 31), Period.MONTH),
        ("Jul. 2020", date(2020, 7, 31), Period.MONTH),
        ("2020-07", date(2020, 7, 31), Period.MONTH), ("7/2020", date(2020, 7, 31), Period.MONTH),
        ("jul '20", date(2020, 7, 31), Period.MONTH),
        ("december", date(2025, 12, 31), Period.MONTH),
        ("november 2026", SUNDAY, Period.MONTH), ("this month", SUNDAY, Period.MONTH),
        ("last month", date(2026, 10, 22), Period.MONTH),
        ("2020", date(2020, 12, 31), Period.YEAR),
        ("this year", SUNDAY, Period.YEAR), ("last year", date(2025, 11, 22), Period.YEAR),
        ("this week", SUNDAY, Period.WEEK), ("last week", date(2026, 11, 15), Period.WEEK),
        ("now", SUNDAY, None), ("latest", None, None), ("Newest", None, None),
        ("yesterday", date(2026, 11, 21), None), ("30.3.21", TUESDAY, None),
    ],
)  # fmt: skip
def test_spans_set_the_period(text: str, day: date | None, period: Period | None) -> None:
    assert parse_span(text, SUNDAY) == TypedDate(day, period)


@pytest.mark.parametrize("text", ["1890", "2103", "2020-13", "13/2020", "next month", "july 1890"])
def test_spans_that_arxiv_cannot_have_are_refused(text: str) -> None:
    with raises_saying(UnreadableDate, "is not a date I can read"):
        parse_span(text, SUNDAY)
