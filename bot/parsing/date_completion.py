"""Completes a date while somebody types it."""

import re
from calendar import monthrange
from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta
from itertools import chain
from typing import NamedTuple

from bot.errors import UnreadableDate
from bot.models import Language
from bot.parsing.date_languages import beginnings, in_english
from bot.parsing.date_words import MONTHS, WEEKDAYS
from bot.parsing.dates import DAYS_AGO, UNITS, DoubtfulDate, before, normal, parse_english
from bot.text.fold import without_accents

MAX_CHOICES = 25  # An autocomplete answer holds no more (Discord's documentation, interactions).
_FIRST_YEAR = 1991  # arXiv's first papers are of August 1991.
_MAX_PARTS = 4  # such as "tue 30 mar 2021"
# "march 30 20" is most often the beginning of "march 30 2021".
_BEGUN_YEAR = re.compile(r"[^0-9](?:19|20)\s*$")
_COUNT = re.compile(r"[0-9]{1,3}")


def complete(
    text: str,
    today: date,
    among: Collection[date] | None = None,
    language: Language = Language.ENGLISH,
) -> list[date]:
    """The days that the beginning ``text`` of a date may become, best first, at most 25.

    With ``among`` only of those days, however long ago, and what ``parse`` reads.

    First what ``parse`` reads, then phrases ("la" is the beginning of "last fri"), then days
    from today backwards that fit every word and number: "mar" the days of the latest March,
    "2021-03" those of March 2021, "march 3" the 3rd, 30th and 31st. "" gives the latest days.
    The future only comes from ``parse``. What is typed may be of ``language`` or English.
    """
    readings = [*dict.fromkeys(_in_english(text, language))]
    guessed = chain(
        *(_from_phrases(normal(reading), today) for reading in readings),
        *(_from_parts(normal(reading), today, among) for reading in readings),
    )
    days = chain(
        *(_read(reading, today) for reading in readings),
        (d for d in guessed if among is None or d in among),
    )
    found: dict[date, None] = {}
    for day in days:
        found[day] = None
        if len(found) == MAX_CHOICES:
            break
    return list(found)


def _in_english(text: str, language: Language) -> Iterator[str]:
    """The text as it may be in English, its last word perhaps only begun."""
    if language is not Language.ENGLISH:
        if english := in_english(text, language):
            yield english
        *words, last = without_accents(text).replace(".", " ").split() or [""]
        names = beginnings(language)
        before = " ".join(names.get(word, word) for word in words)
        for name, english in names.items():
            if last and name.startswith(last):
                yield f"{before} {english}"
    yield text


def _read(text: str, today: date) -> tuple[date, ...]:
    if _BEGUN_YEAR.search(text):
        return ()
    try:
        return (parse_english(text, today),)
    except DoubtfulDate as doubt:
        return doubt.readings
    except UnreadableDate:
        return ()


def _from_phrases(typed: str, today: date) -> Iterator[date]:
    if typed:
        yield from (day for phrase, day in _phrases(typed, today) if phrase.startswith(typed))


def _phrases(typed: str, today: date) -> Iterator[tuple[str, date]]:
    for phrase, away in DAYS_AGO.items():
        if away >= 0:
            yield phrase, today - timedelta(days=away)
    for away in range(1, 8):
        day = today - timedelta(days=away)
        yield f"last {WEEKDAYS[day.weekday()]}", day
    for unit in UNITS:
        yield f"last {unit}", before(today, 1, unit)
        yield f"a {unit} ago", before(today, 1, unit)
    count = typed.split(" ")[0]
    for unit in UNITS if _COUNT.fullmatch(count) else ():
        yield f"{count} {unit}s ago", before(today, int(count), unit)


class _Parts(NamedTuple):
    """What a day must fit: ``year`` and ``day`` as far as they are typed, "" for any."""

    year: str = ""
    months: frozenset[int] = frozenset(range(1, 13))
    day: str = ""
    weekdays: frozenset[int] = frozenset(range(7))

    def fit_month(self, year: int, month: int) -> bool:
        return month in self.months and str(year).startswith(self.year)

    def fit_day(self, day: date) -> bool:
        return day.weekday() in self.weekdays and _begins(self.day, day.day)


def _begins(typed: str, number: int) -> bool:
    return str(number).startswith(typed) or f"{number:02}".startswith(typed)


def _months(typed: str) -> frozenset[int]:
    return frozenset(month for month in range(1, 13) if _begins(typed, month))


def _from_parts(typed: str, today: date, among: Collection[date] | None) -> Iterator[date]:
    """Days from ``today`` back that fit every part of ``typed``."""
    readings = _numeric(typed) or _worded(typed)
    if not readings:
        return
    for day in _backwards(readings, today) if among is None else sorted(among, reverse=True):
        if day <= today and any(
            each.fit_month(day.year, day.month) and each.fit_day(day) for each in readings
        ):
            yield day


def _backwards(readings: Sequence[_Parts], today: date) -> Iterator[date]:
    """The days of every month that a reading fits, newest first."""
    for year in range(today.year, _FIRST_YEAR - 1, -1):
        for month in range(12, 0, -1):
            if any(each.fit_month(year, month) for each in readings):
                for number in range(monthrange(year, month)[1], 0, -1):
                    yield date(year, month, number)


def _numeric(typed: str) -> list[_Parts]:
    """2021-0, 202103, 30.3, 3/30/20: complete between separators, else as far as it goes."""
    typed = _UNBROKEN.sub(_with_hyphens, typed) if typed.isdecimal() else typed
    if found := _YEAR_FIRST.fullmatch(typed):
        year, month, day = found["y"], found["m"] or "", found["d"]
        return [_Parts(year, _months(month if day is None else month.zfill(2)), day or "")]
    if found := _YEAR_LAST.fullmatch(typed):
        first, second, year = found["a"].zfill(2), found["b"], found["y"]
        month = second if year is None else second.zfill(2)
        readings = [_Parts(year or "", _months(month), first)]
        if found["separator"] == "/":
            readings.append(_Parts(year or "", _months(first), second))
        return readings
    return []


def _with_hyphens(found: re.Match[str]) -> str:
    return "-".join(filter(None, found.groups()))


def _worded(typed: str) -> list[_Parts]:
    """Words are beginnings of months or weekdays, numbers of days or (the second) years."""
    parts = _ORDINAL.sub("", typed).replace(".", " ").split()
    if len(parts) > _MAX_PARTS:
        return []
    readings = [_Parts()]
    for part in parts:
        if part.isdecimal():
            takes_day = len(part) < 3 and not readings[0].day
            readings = [
                each._replace(day=part) if takes_day else each._replace(year=part)
                for each in readings
            ]
        else:
            readings = [each for known in readings for each in _narrowed(known, part)]
        if not readings:
            return []
    return readings


def _narrowed(known: _Parts, word: str) -> Iterator[_Parts]:
    months = {month for month, name in enumerate(MONTHS, 1) if name.startswith(word)}
    weekdays = {place for place, name in enumerate(WEEKDAYS) if name.startswith(word)}
    if months:
        yield known._replace(months=known.months & months)
    if weekdays:
        yield known._replace(weekdays=known.weekdays & weekdays)


_YEAR_FIRST = re.compile(r"(?P<y>[0-9]{3,4})(?:[-/.](?P<m>[0-9]{0,2})(?:[-/.](?P<d>[0-9]{0,2}))?)?")
_UNBROKEN = re.compile(r"([0-9]{4})([0-9]{1,2})([0-9]{0,2})")
_YEAR_LAST = re.compile(
    r"(?P<a>[0-9]{1,2})(?P<separator>[./])(?P<b>[0-9]{0,2})(?:[./](?P<y>[0-9]{0,4}))?"
)
_ORDINAL = re.compile(r"(?<=[0-9])(?:st|nd|rd|th)\b")
