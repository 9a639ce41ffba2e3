"""Reads a date that somebody typed."""

import re
from calendar import monthrange
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import NamedTuple, TypeVar

from bot.errors import UnreadableDate
from bot.models import Language, Period
from bot.parsing.date_languages import in_english
from bot.parsing.date_words import MONTHS, WEEKDAYS
from bot.problems import Code, Problem

UNITS = ("day", "week", "month", "year")
DAYS_AGO = {
    "today": 0,
    "now": 0,
    "right now": 0,
    "yesterday": 1,
    "day before yesterday": 2,
    "tomorrow": -1,
}
_SOON = timedelta(days=7)  # a day so near may well be meant, one further ahead is a misreading
_QUOTED = 60  # characters of what was typed that an error repeats
_COUNTS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


_LATEST = ("latest", "newest", "last", "most recent")
_FIRST_YEAR = 1991  # arXiv's first papers are of August 1991.


_Read = TypeVar("_Read")


class TypedDate(NamedTuple):
    """A day, and the period around it where a week, month or year was typed.

    ``day`` is the last of the period that is not in the future, None for the newest there is.
    """

    day: date | None
    period: Period | None = None


class DoubtfulDate(UnreadableDate):
    """``text`` looks like a date, but it may be one of several, or there is no such day.

    ``readings`` are the days that may be meant, if any.
    """

    def __init__(self, text: str, problem: Problem, readings: tuple[date, ...] = ()) -> None:
        super().__init__(problem, text)
        self.readings = readings


def parse_span(text: str, today: date, language: Language = Language.ENGLISH) -> TypedDate:
    """What ``parse`` reads, and spans: "last week", "this month", "july 2020", "2020-07", "july",
    "2020"; "latest" and the like are the newest day. In every language that is known: the reader's
    first, then English, then all others. Raises as ``parse`` does of the English reading.
    """
    return _first_reading(_span, text, today, language)


def _first_reading(
    read: Callable[[str, date], _Read], text: str, today: date, language: Language
) -> _Read:
    """By the first of the languages in which the text is a date, be it a doubtful one."""
    for tried in dict.fromkeys((language, Language.ENGLISH, *Language)):
        english = in_english(text, tried)
        if english is not None:
            try:
                return read(english, today)
            except DoubtfulDate:
                raise
            except UnreadableDate:
                continue
    raise _unreadable(text)


def _span(text: str, today: date) -> TypedDate:
    typed = normal(text)
    if typed in _LATEST:
        return TypedDate(None)
    if found := _SPAN.fullmatch(typed):
        past = found["which"] not in ("this", "current")
        return TypedDate(before(today, int(past), found["unit"]), Period(found["unit"]))
    if _YEAR_ALONE.fullmatch(typed) and _FIRST_YEAR <= int(typed) <= today.year + 1:
        last = date(int(typed), 12, 31)
        return TypedDate(min(last, today) if last.year <= today.year else last, Period.YEAR)
    if month := _month(typed, today):
        last = month.replace(day=monthrange(month.year, month.month)[1])
        return TypedDate(min(last, today) if month <= today else last, Period.MONTH)
    return TypedDate(parse_english(text, today))


def _month(typed: str, today: date) -> date | None:
    """The first day of a month that is typed with its year, or the latest of its name."""
    found = next(filter(None, (form.fullmatch(typed) for form in _MONTH_FORMS)), None)
    if found is None:
        return None
    name, year = found["m"], found["y"] or found.groupdict().get("yy")
    month = int(name) if name.isdigit() else _index(name, MONTHS) + 1
    if year is None:
        return date(today.year - (month > today.month), month, 1)
    years = _century(int(year), today) if len(year) == 2 else int(year)
    return date(years, month, 1) if 1 <= month <= 12 and years >= _FIRST_YEAR else None


def parse(text: str, today: date, language: Language = Language.ENGLISH) -> date:
    """The day that ``text`` means to somebody for whom it is ``today``.

    Reads 2021-03-30 (also 2021/03/30, 2021.3.30, 20210330), 30.3.2021, 30/3/2021, "30 march
    2021", "Mar 30th, 2021", "tue 30 mar 21", "today", "yesterday", "3 days ago", "a week ago",
    "last month", "tue", "last tuesday", "this tue" (of the week from Monday), "next tue". A
    weekday alone is the latest one, today included; "last tue" is before today. Without a year
    it is the latest such day that is not in the future. Case and commas do not matter.

    A day in the future is returned like any other. Raises UnreadableDate for anything else, and
    its kind DoubtfulDate for days that do not exist, for a weekday that does not fit, and for
    03/04/2021, which is April in Europe and March in America. Of the readings of a year of two
    digits, which may stand first or last, those more than a week ahead do not count beside others.

    Other languages say the same in their words (``bot.parsing.date_languages``), and with the day
    before the month: the reader's is tried first, then English, then all others.
    """
    return _first_reading(parse_english, text, today, language)


def parse_english(text: str, today: date) -> date:
    """As ``parse``, in English alone."""
    typed = normal(text)
    for pattern, read in _FORMS:
        found = pattern.fullmatch(typed)
        if found:
            try:
                day = read(text, found, today)
            except (OverflowError, ValueError):  # Beyond the years 1 to 9999.
                break
            return day
    raise _unreadable(text)


def _unreadable(text: str) -> UnreadableDate:
    text = text if len(text) <= _QUOTED else f"{text[:_QUOTED]}…"
    return UnreadableDate(Problem(Code.NO_DATE, text=text), text)


def normal(text: str) -> str:
    """Lower case, single spaces, no words without meaning."""
    words = text.lower().replace(",", " ").split()
    if words[:1] == ["on"]:
        del words[0]
    return " ".join(word for word in words if word not in ("the", "of"))


def _index(word: str, names: tuple[str, ...]) -> int:
    """The place of the name that ``word`` (three letters or more) abbreviates."""
    return next(place for place, name in enumerate(names) if name.startswith(word[:3]))


def _day(text: str, year: int, month: int, day: int) -> date:
    if not 1 <= month <= 12 or not 1 <= day <= 31:
        raise _unreadable(text)
    last = date(year, month, monthrange(year, month)[1])
    if day > last.day:
        raise DoubtfulDate(text, Problem(Code.NO_SUCH_DAY_OF_MONTH, last=last), (last,))
    return date(year, month, day)


def _latest(text: str, month: int, day: int, today: date, weekday: int | None = None) -> date:
    """The latest such day up to ``today``; looks back far enough for 29 February on a Sunday."""
    for year in range(today.year, max(today.year - 41, 0), -1):
        exists = 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]
        if exists and date(year, month, day) <= today:
            found = date(year, month, day)
            if weekday in (None, found.weekday()):
                return found
    return _day(text, today.year, month, day)


def _iso(text: str, found: re.Match[str], _today: date) -> date:
    return _day(text, int(found["y"]), int(found["m"]), int(found["d"]))


def _dotted(text: str, found: re.Match[str], today: date) -> date:
    if found["y"]:
        return _iso(text, found, today)
    return _latest(text, int(found["m"]), int(found["d"]), today)


def _slashed(text: str, found: re.Match[str], today: date) -> date:
    """Day and month in an order that only numbers above 12 tell."""
    first, second = int(found["a"]), int(found["b"])
    orders = {(first, second), (second, first)}
    readings = [
        _day(text, int(found["y"]), month, day) if found["y"] else _latest(text, month, day, today)
        for day, month in sorted(orders)
        if month <= 12
    ]
    return _only(text, readings)


def _only(text: str, readings: Sequence[date]) -> date:
    """The one day that ``text`` can mean. Raises DoubtfulDate when it can mean several."""
    if not readings:
        raise _unreadable(text)
    if len(readings) > 1:
        raise DoubtfulDate(
            text, Problem(Code.SEVERAL_DATES, text=text, days=readings), tuple(readings)
        )
    return readings[0]


def _century(year: int, today: date) -> int:
    """The year of two digits that arXiv can mean: 1991 to next year, else of this century."""
    return year + (1900 if year >= _FIRST_YEAR % 100 and 2000 + year > today.year + 1 else 2000)


def _two_digits(text: str, found: re.Match[str], today: date) -> date:
    """30.3.21, 3/30/21, 21-03-30: which of the three is the year, and which the month?"""
    first, second, third = (int(found[name]) for name in "abc")
    orders = [(third, second, first)] if len(found["c"]) == 2 else []
    if orders and found["separator"] == "/":
        orders.append((third, first, second))
    if len(found["a"]) == 2:
        orders.append((first, second, third))
    days = {
        date(_century(year, today), month, day)
        for year, month, day in orders
        if 1 <= month <= 12 and 1 <= day <= monthrange(_century(year, today), month)[1]
    }
    near = date.max if today > date.max - _SOON else today + _SOON
    readings = sorted(day for day in days if day <= near) or sorted(days)
    return _only(text, readings)


def _written(text: str, found: re.Match[str], today: date) -> date:
    """A month by its name, with or without year and weekday."""
    month, day = _index(found["month"], MONTHS) + 1, int(found["d"])
    weekday = _index(found["weekday"], WEEKDAYS) if found["weekday"] else None
    if found["y"]:
        year = int(found["y"])
        meant = _day(text, year if year > 99 else _century(year, today), month, day)
    else:
        meant = _latest(text, month, day, today, weekday)
    if weekday not in (None, meant.weekday()):
        raise DoubtfulDate(text, Problem(Code.OTHER_WEEKDAY, day=meant), (meant,))
    return meant


def _relative(_text: str, found: re.Match[str], today: date) -> date:
    return today - timedelta(days=DAYS_AGO[found[0]])


def _ago(_text: str, found: re.Match[str], today: date) -> date:
    typed, unit = found["count"], found["unit"]
    count = int(typed) if typed.isdigit() else _COUNTS.index(typed) if typed in _COUNTS else 1
    unit = next(name for name in UNITS if name.startswith(unit))
    return before(today, count, unit)


def _of_last_week(_text: str, found: re.Match[str], today: date) -> date:
    weekday = _index(found["weekday"], WEEKDAYS)
    return today + timedelta(days=weekday - today.weekday() - 7)


def _last(_text: str, found: re.Match[str], today: date) -> date:
    return before(today, 1, found["unit"])


def before(today: date, count: int, unit: str) -> date:
    if unit in ("day", "week"):
        return today - timedelta(days=count * (7 if unit == "week" else 1))
    months = today.year * 12 + today.month - 1 - count * (12 if unit == "year" else 1)
    year, month = months // 12, months % 12 + 1
    last = monthrange(year, month)[1] if 1 <= year <= 9999 else 1
    return date(year, month, min(today.day, last))


def _on_weekday(_text: str, found: re.Match[str], today: date) -> date:
    away = (today.weekday() - _index(found["weekday"], WEEKDAYS)) % 7
    match found["which"]:
        case "last":
            return today - timedelta(days=away or 7)
        case "next":
            return today + timedelta(days=7 - away)
        case "this":
            monday = today - timedelta(days=today.weekday())
            return monday + timedelta(days=(today.weekday() - away) % 7)
        case _:
            return today - timedelta(days=away)


def _names(names: tuple[str, ...]) -> str:
    """A pattern for the names and their beginnings of three letters or more."""
    return "|".join(
        name[:3] + "".join(f"(?:{each}" for each in name[3:]) + ")?" * len(name[3:])
        for name in names
    )


_Form = Callable[[str, re.Match[str], date], date]
_WEEKDAY = rf"(?P<weekday>{_names(WEEKDAYS)}|weds)\.?"
_MONTH = rf"(?P<month>{_names(MONTHS)})\.?"
_NUMBER = r"(?P<d>[0-9]{1,2})(?:st|nd|rd|th|\.)?"
_YEAR = r"(?P<y>[0-9]{4})"
_ANY_YEAR = r"'?(?P<y>[0-9]{4}|[0-9]{2})"
_SPAN = re.compile(r"(?P<which>last|past|previous|this|current) (?P<unit>week|month|year)")
_YEAR_ALONE = re.compile(r"[0-9]{4}")
_MONTH_NAME = rf"(?P<m>{_names(MONTHS)})\.?"
_MONTH_FORMS = tuple(
    map(
        re.compile,
        (
            rf"{_MONTH_NAME}(?: (?P<y>[0-9]{{4}})| ?'(?P<yy>[0-9]{{2}}))?",
            rf"(?P<y>[0-9]{{4}}) {_MONTH_NAME}",
            r"(?P<y>[0-9]{4})[-/.](?P<m>[0-9]{1,2})",
            r"(?P<m>[0-9]{1,2})[-/.](?P<y>[0-9]{4})",
        ),
    )
)
_FORMS: tuple[tuple[re.Pattern[str], _Form], ...] = tuple(
    (re.compile(pattern), read)
    for pattern, read in (
        (r"(?P<y>[0-9]{4})([-/.])(?P<m>[0-9]{1,2})\2(?P<d>[0-9]{1,2})", _iso),
        (r"(?P<y>[0-9]{4})(?P<m>[0-9]{2})(?P<d>[0-9]{2})", _iso),
        (r"(?P<d>[0-9]{1,2})\.\s?(?P<m>[0-9]{1,2})\.\s?(?P<y>[0-9]{4})?", _dotted),
        (r"(?P<a>[0-9]{1,2})([-/])(?P<b>[0-9]{1,2})(?:\2(?P<y>[0-9]{4}))?", _slashed),
        (
            r"(?P<a>[0-9]{1,2})(?P<separator>[-/.])\s?(?P<b>[0-9]{1,2})(?P=separator)\s?"
            r"(?P<c>[0-9]{1,2})",
            _two_digits,
        ),
        (rf"(?:{_WEEKDAY} )?{_NUMBER}[ -]?{_MONTH}(?:[ -]{_ANY_YEAR})?", _written),
        (rf"(?:{_WEEKDAY} )?{_MONTH} ?{_NUMBER}(?: {_ANY_YEAR})?", _written),
        (rf"(?:{_WEEKDAY} )?{_YEAR} {_MONTH} {_NUMBER}", _written),
        ("|".join(DAYS_AGO), _relative),
        (
            rf"(?P<count>[0-9]{{1,6}}|an?|{'|'.join(_COUNTS)}) ?"
            r"(?P<unit>day|week|month|year|d|w|m|y)s? ago",
            _ago,
        ),
        (r"(?:last|past|previous) (?P<unit>week|month|year)", _last),
        (rf"(?:last|past|previous) week {_WEEKDAY}", _of_last_week),
        (rf"{_WEEKDAY} (?:last|past|previous) week", _of_last_week),
        (rf"(?:(?P<which>last|this|next) )?{_WEEKDAY}", _on_weekday),
    )
)
