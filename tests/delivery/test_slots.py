"""When a rule is due, and which listing days a slot covers."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.slots import Due, Listings, arxiv_listings, local_moment, next_due, slots_between
from bot.errors import InputError
from bot.messages.problems import render
from bot.models import Rhythm, Rule
from bot.problems import Code, Problem
from tests import factories

NEW_YORK = ZoneInfo("America/New_York")
ZONES = (
    "Asia/Tokyo",
    "America/New_York",
    "Europe/Berlin",
    "Pacific/Apia",
    "America/Nuuk",
    "Africa/Cairo",
    "Asia/Kathmandu",
    "Pacific/Kiritimati",
    "UTC",
)
HOLIDAY, NEW_YEAR = (Problem(Code.LEGACY, text=text) for text in ("an arXiv holiday", "New Year"))
HOLIDAYS = {
    date(2026, 11, 27): HOLIDAY,
    date(2026, 12, 28): HOLIDAY,
    date(2026, 12, 30): HOLIDAY,
    date(2027, 1, 1): NEW_YEAR,
}


def closes_at(day: date) -> datetime:
    """30 hours after the mailing at 20:00 on the evening before."""
    evening = datetime.combine(day - timedelta(days=1), time(20), NEW_YORK)
    return evening.astimezone(UTC) + timedelta(hours=30)


LISTINGS = Listings(
    closes_at=closes_at,
    is_listing_day=lambda day: day.weekday() < 5 and day not in HOLIDAYS,
    why_none=HOLIDAYS.get,
)


def utc(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def due(
    zone: str,
    at: time,
    start: date,
    end: date,
    rhythm: Rhythm = Rhythm.MAILING,
) -> tuple[Due, ...]:
    """The slots on local dates from ``start`` to ``end``, both included."""
    clock = ZoneInfo(zone)
    found = slots_between(
        factories.rule(zone=zone, at=at, rhythm=rhythm),
        datetime.combine(start, time(), clock).astimezone(UTC),
        datetime.combine(end + timedelta(days=1), time(), clock).astimezone(UTC),
        LISTINGS,
    )
    assert all(start <= d.slot.local_date <= end for d in found)
    return found


def dates(*days: int, month: int = 11) -> tuple[date, ...]:
    return tuple(date(2026, month, day) for day in days)


# --- rhythms ------------------------------------------------------------------------------------


def test_a_mailing_rule_has_a_slot_for_every_listing_once_it_has_closed() -> None:
    # Monday 16 November 2026 closes on Tuesday at 02:00 in New York, 08:00 in Berlin.
    week = due("Europe/Berlin", time(9), date(2026, 11, 16), date(2026, 11, 22))
    assert [(d.slot.local_date.day, d.days) for d in week] == [
        (17, dates(16)),
        (18, dates(17)),
        (19, dates(18)),
        (20, dates(19)),
        (21, dates(20)),
    ]
    assert week[0].slot.at == utc(2026, 11, 17, 8, 0)


def test_before_the_closing_hour_the_slot_is_a_day_later() -> None:
    week = due("Europe/Berlin", time(7), date(2026, 11, 16), date(2026, 11, 22))
    assert [(d.slot.local_date.day, d.days) for d in week] == [
        (18, dates(16)),
        (19, dates(17)),
        (20, dates(18)),
        (21, dates(19)),
        (22, dates(20)),
    ]


def test_at_the_closing_minute_the_day_is_covered() -> None:
    (first, *_) = due("America/New_York", time(2), date(2026, 11, 17), date(2026, 11, 17))
    assert first.days == dates(16)


def test_a_weekday_rule_gets_fridays_listing_on_monday() -> None:
    week = due("Europe/Berlin", time(9), date(2026, 11, 16), date(2026, 11, 23), Rhythm.WEEKDAYS)
    assert [(d.slot.local_date.day, d.days) for d in week] == [
        (16, dates(13)),
        (17, dates(16)),
        (18, dates(17)),
        (19, dates(18)),
        (20, dates(19)),
        (23, dates(20)),
    ]


def test_an_early_weekday_rule_gets_two_listings_on_monday_and_none_on_tuesday() -> None:
    week = due("Europe/Berlin", time(7), date(2026, 11, 20), date(2026, 11, 25), Rhythm.WEEKDAYS)
    assert [(d.slot.local_date.day, d.days) for d in week] == [
        (20, dates(18)),
        (23, dates(19, 20)),
        (25, dates(23)),
    ]


def test_a_weekly_slot_is_on_monday_over_what_closed_since_the_last() -> None:
    found = due("Asia/Tokyo", time(9), date(2026, 11, 10), date(2026, 11, 29), Rhythm.WEEKLY)
    assert [(d.slot.local_date.day, d.days) for d in found] == [
        (16, dates(9, 10, 11, 12, 13)),
        (23, dates(16, 17, 18, 19, 20)),
    ]


def test_a_weekly_slot_names_the_holidays_of_its_week() -> None:
    (found,) = due("Asia/Tokyo", time(9), date(2026, 11, 30), date(2026, 11, 30), Rhythm.WEEKLY)
    assert found.days == dates(23, 24, 25, 26)
    assert found.missing == dates(27)
    assert found.absent is None


def test_a_monthly_slot_is_on_the_first_whatever_the_weekday() -> None:
    found = due("Europe/Berlin", time(9), date(2026, 10, 2), date(2027, 1, 1), Rhythm.MONTHLY)
    assert [d.slot.local_date for d in found] == [
        date(2026, 11, 1),
        date(2026, 12, 1),
        date(2027, 1, 1),
    ]
    november = found[1].days
    assert (november[0], november[-1]) == (date(2026, 11, 2), date(2026, 11, 30))
    december = found[2]
    assert (december.days[0], december.days[-1]) == (date(2026, 12, 1), date(2026, 12, 31))
    assert december.missing == (date(2026, 12, 28), date(2026, 12, 30))


def test_a_day_that_closes_after_the_monthly_slot_goes_to_the_next() -> None:
    first, second = due("Asia/Tokyo", time(9), date(2026, 12, 1), date(2027, 1, 1), Rhythm.MONTHLY)
    assert first.days[-1] == date(2026, 11, 27) - timedelta(days=1)
    assert second.days[0] == date(2026, 11, 30)


# --- days without a listing ---------------------------------------------------------------------


def test_a_holiday_on_a_weekday_has_a_slot_of_its_own() -> None:
    found = due("Europe/Berlin", time(9), date(2026, 11, 27), date(2026, 12, 1))
    assert [(d.slot.local_date.day, d.days, d.missing, d.absent) for d in found] == [
        (27, dates(26), (), None),
        (28, (), dates(27), HOLIDAY),
        (1, dates(30), (), None),
    ]


def test_the_year_end() -> None:
    found = due("Asia/Tokyo", time(18, 30), date(2026, 12, 25), date(2027, 1, 5))
    assert [(d.slot.local_date, d.days or d.missing, d.absent) for d in found] == [
        (date(2026, 12, 25), (date(2026, 12, 24),), None),
        (date(2026, 12, 26), (date(2026, 12, 25),), None),
        (date(2026, 12, 29), (date(2026, 12, 28),), HOLIDAY),
        (date(2026, 12, 30), (date(2026, 12, 29),), None),
        (date(2026, 12, 31), (date(2026, 12, 30),), HOLIDAY),
        (date(2027, 1, 1), (date(2026, 12, 31),), None),
        (date(2027, 1, 2), (date(2027, 1, 1),), NEW_YEAR),
        (date(2027, 1, 5), (date(2027, 1, 4),), None),
    ]


def test_arxivs_own_calendar_gives_the_same_thanksgiving() -> None:
    listings = arxiv_listings(30)
    rule = factories.rule(at=time(9), zone="Europe/Berlin")
    found = slots_between(rule, utc(2026, 11, 27), utc(2026, 12, 2), listings)
    expected = slots_between(rule, utc(2026, 11, 27), utc(2026, 12, 2), LISTINGS)
    assert [(d.slot, d.days, d.missing) for d in found] == [
        (d.slot, d.days, d.missing) for d in expected
    ]
    assert found[1].absent is not None
    assert "holiday" in render(found[1].absent)


def test_a_day_that_the_operator_deferred_has_no_listing() -> None:
    listings = arxiv_listings(30, deferred=[date(2026, 11, 16)])
    rule = factories.rule(at=time(9), zone="Europe/Berlin")
    (found,) = slots_between(rule, utc(2026, 11, 18), utc(2026, 11, 19), listings)
    assert (found.days, found.missing) == ((), dates(17))


# --- clocks -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "day", "at", "moment"),
    [
        # Spring: 02:00 becomes 03:00.
        ("Europe/Berlin", date(2026, 3, 29), time(2, 30), utc(2026, 3, 29, 1, 0)),
        ("Europe/Berlin", date(2026, 3, 29), time(2, 0), utc(2026, 3, 29, 1, 0)),
        ("Europe/Berlin", date(2026, 3, 29), time(3, 0), utc(2026, 3, 29, 1, 0)),
        ("Europe/Berlin", date(2026, 3, 29), time(1, 59), utc(2026, 3, 29, 0, 59)),
        ("America/New_York", date(2026, 3, 8), time(2, 30), utc(2026, 3, 8, 7, 0)),
        # Autumn: 02:30 comes twice.
        ("Europe/Berlin", date(2026, 10, 25), time(2, 30), utc(2026, 10, 25, 0, 30)),
        ("America/New_York", date(2026, 11, 1), time(1, 30), utc(2026, 11, 1, 5, 30)),
        # Midnight itself is skipped; 23:00 to 24:00 is skipped.
        ("Africa/Cairo", date(2026, 4, 24), time(0, 0), utc(2026, 4, 23, 22, 0)),
        ("America/Nuuk", date(2026, 3, 28), time(23, 30), utc(2026, 3, 29, 1, 0)),
        # No clock change in Tokyo; half hours of offset in Nepal.
        ("Asia/Tokyo", date(2026, 3, 29), time(2, 30), utc(2026, 3, 28, 17, 30)),
        ("Asia/Kathmandu", date(2026, 3, 29), time(2, 30), utc(2026, 3, 28, 20, 45)),
        # Apia went from the 29th straight to the 31st.
        ("Pacific/Apia", date(2011, 12, 29), time(9, 0), utc(2011, 12, 29, 19, 0)),
        ("Pacific/Apia", date(2011, 12, 30), time(9, 0), None),
        ("Pacific/Apia", date(2011, 12, 31), time(9, 0), utc(2011, 12, 30, 19, 0)),
        ("Pacific/Apia", date(2011, 12, 31), time(0, 0), utc(2011, 12, 30, 10, 0)),
    ],
)
def test_the_moment_of_a_local_time(
    zone: str, day: date, at: time, moment: datetime | None
) -> None:
    assert local_moment(day, at, ZoneInfo(zone)) == moment


@pytest.mark.parametrize(
    ("zone", "night"),
    [
        ("Europe/Berlin", date(2026, 3, 29)),
        ("Europe/Berlin", date(2026, 10, 25)),
        ("America/New_York", date(2026, 3, 8)),
        ("America/New_York", date(2026, 11, 1)),
    ],
)
@pytest.mark.parametrize("at", [time(1, 30), time(2, 30), time(9, 0)])
def test_each_listing_comes_once_around_a_clock_change(zone: str, night: date, at: time) -> None:
    found = due(zone, at, night - timedelta(days=6), night + timedelta(days=8))
    covered = [day for d in found for day in d.days]
    assert covered == sorted(set(covered))
    assert len({d.slot.local_date for d in found}) == len(found)
    assert set(covered) >= {
        day
        for day in (night + timedelta(days=n) for n in range(-3, 5))
        if LISTINGS.is_listing_day(day)
    }


def test_a_zone_that_leaves_out_a_date_loses_no_listing() -> None:
    found = due("Pacific/Apia", time(9), date(2011, 12, 28), date(2012, 1, 4))
    assert [d.slot.local_date.day for d in found] == [28, 29, 31, 1, 4]
    assert [d.days for d in found] == [
        (date(2011, 12, 27),),
        (date(2011, 12, 28),),
        (date(2011, 12, 29),),
        (date(2011, 12, 30),),
        (date(2012, 1, 2),),
    ]


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../etc/passwd", "Europe"])
def test_a_zone_that_does_not_exist_is_refused(zone: str) -> None:
    with pytest.raises(InputError) as refused:
        slots_between(factories.rule(zone=zone), factories.NOW, factories.NOW, LISTINGS)
    assert refused.value.problem == Problem(Code.NO_ZONE, text=zone)


# --- properties ---------------------------------------------------------------------------------

rules = st.builds(
    factories.rule,
    zone=st.sampled_from(ZONES),
    at=st.times().map(lambda t: t.replace(microsecond=0)),
    rhythm=st.sampled_from(list(Rhythm)),
)
moments = st.integers(0, 500 * 24 * 60).map(lambda n: utc(2026, 1, 1) + timedelta(minutes=n))


@given(rules, moments, st.integers(1, 120), st.integers(0, 120))
def test_windows_side_by_side_give_what_one_window_gives(
    rule: Rule, start: datetime, days: int, cut: int
) -> None:
    end = start + timedelta(days=days)
    middle = min(end, start + timedelta(days=cut, hours=7))
    whole = slots_between(rule, start, end, LISTINGS)
    parts = slots_between(rule, start, middle, LISTINGS) + slots_between(
        rule, middle, end, LISTINGS
    )
    assert whole == parts
    instants = [d.slot.at for d in whole]
    assert instants == sorted(set(instants))
    assert len({d.slot.local_date for d in whole}) == len(whole)


@given(rules, moments)
def test_every_listing_day_is_covered_once_and_after_it_closed(rule: Rule, start: datetime) -> None:
    found = slots_between(rule, start, start + timedelta(days=100), LISTINGS)
    covered = [day for d in found for day in (*d.days, *d.missing)]
    assert sorted(covered) == sorted(set(covered))
    middle = [start.date() + timedelta(days=n) for n in range(40, 60)]
    assert {day for day in middle if day.weekday() < 5} <= set(covered)
    for d in found:
        assert all(closes_at(day) <= d.slot.at for day in (*d.days, *d.missing))
        assert all(map(LISTINGS.is_listing_day, d.days))
        assert (d.absent is None) == bool(d.days)


@given(rules, moments)
def test_the_next_slot_is_the_first_of_those_that_follow(rule: Rule, now: datetime) -> None:
    found = next_due(rule, now, LISTINGS)
    assert slots_between(rule, now, found.slot.at, LISTINGS) == ()
    assert next_due(rule, found.slot.at, LISTINGS) == found
    assert found.slot.at >= now
