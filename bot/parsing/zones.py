"""Reads a time zone that somebody typed, and completes one.

Names of cities and countries are CLDR's, by Babel, and of cities that CLDR does not name GeoNames'
(``data/cities.csv``). Both are loaded when somebody first types what is no name of the time zone
database, which takes a tenth of a second.
"""

import difflib
import re
import zoneinfo
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from importlib import resources
from typing import NamedTuple
from zoneinfo import ZoneInfo

from bot.errors import InputError
from bot.problems import Code, Problem
from bot.text.fold import fold_letters

# What most people look for first. The others follow once something is typed.
_COMMON = (
    "UTC", "Europe/London", "Europe/Berlin", "Europe/Paris", "America/New_York",
    "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Toronto",
    "America/Sao_Paulo", "Africa/Lagos", "Africa/Johannesburg", "Asia/Jerusalem", "Asia/Dubai",
    "Asia/Kolkata", "Asia/Singapore", "Asia/Shanghai", "Asia/Hong_Kong", "Asia/Taipei",
    "Asia/Seoul", "Asia/Tokyo", "Australia/Sydney", "Pacific/Auckland",
)  # fmt: skip
_REGIONS = frozenset(
    ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe",
     "Indian", "Pacific", "UTC")
)  # fmt: skip
_NO_ZONES = ("Factory", "localtime", "posixrules")
_MAX_CLOSE = 3
_OFFSET = re.compile(r"(?:utc|gmt)? ?(?P<sign>[+-]) ?(?P<h>[0-9]{1,2})(?::?(?P<m>[0-5][0-9]))?")
_MAX_EAST, _MAX_WEST = 14, 12  # hours that the database has fixed clocks for
# Two clocks are one when they agree at each of these: every half month of three years.
_INSTANTS = tuple(datetime(2025, 1, 3, tzinfo=UTC) + timedelta(days=15 * n) for n in range(73))
_COUNTRIES = {"usa": "US", "america": "US", "uk": "GB", "great britain": "GB", "england": "GB"}


def find_zone(text: str) -> str:
    """The IANA name that ``text`` means: any name of the time zone database, in any case; a city
    or a country with one clock, in English and without accents; ``UTC+2``.

    Raises InputError, with close matches, also for what may be several clocks (``PST``).
    """
    typed = _squashed(text)
    if name := _names().get(typed):
        return name
    if offset := _OFFSET.fullmatch(typed):
        return _fixed(text, offset)
    close: Iterable[str] = ()
    for zones in _meanings(typed) if typed else ():
        clocks = _by_clock(zones)
        if len(clocks) == 1:
            return clocks[0]
        close = close or clocks
    raise _unknown(text, tuple(close) or (_similar(typed) if typed else ()))


def search_zones(text: str, limit: int = 25) -> list[str]:
    """Zones for completion: cities that begin so, then regions, then anything that holds it."""
    typed = _squashed(text)
    if not typed:
        return list(_COMMON[:limit])
    ranks: dict[str, int] = {}
    try:
        ranks[find_zone(text)] = 0
    except InputError as error:
        if _abbreviated(typed):
            ranks = dict.fromkeys(error.problem.arguments["close"], 0)
    places, folded = _places(), typed if "/" in typed else fold_letters(typed)
    for rank, names in (
        (1, {z for city, zones in places.cities.items() if city.startswith(folded) for z in zones}),
        (2, {n for n in zone_names() if _squashed(n).startswith(typed)}),
        (3, {z for city, zones in places.towns.items() if city.startswith(folded) for z in zones}),
        (4, {n for n in zone_names() if typed in _squashed(n)}),
        (5, {name for squashed, name in _names().items() if squashed.startswith(typed)}),
    ):
        for name in names:
            ranks.setdefault(name, rank)
    offered = sorted(ranks, key=lambda name: (ranks[name], name not in _COMMON, name))
    # The old names of a zone stand for it; they are offered where they alone were typed.
    named = dict.fromkeys(
        places.current.get(n, n) if ranks[n] and "/" not in typed else n for n in offered
    )
    return list(named)[:limit]


@lru_cache(maxsize=1)
def zone_names() -> tuple[str, ...]:
    """Every zone that is named by a place, and UTC; not the old names such as US/Eastern."""
    return tuple(sorted(n for n in _names().values() if n.partition("/")[0] in _REGIONS))


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    """Every name of the database by its squashed spelling."""
    return {_squashed(n): n for n in zoneinfo.available_timezones() if n not in _NO_ZONES}


def _squashed(text: str) -> str:
    return " ".join(text.casefold().replace("_", " ").split())


def _fixed(text: str, offset: re.Match[str]) -> str:
    """``UTC+2`` is Etc/GMT-2: POSIX counts west of Greenwich, people count east."""
    hours, minutes, east = int(offset["h"]), int(offset["m"] or 0), offset["sign"] == "+"
    if not minutes and hours <= (_MAX_EAST if east else _MAX_WEST):
        return f"Etc/GMT{'-' if east else '+'}{hours}" if hours else "UTC"
    ahead = timedelta(hours=hours, minutes=minutes) * (1 if east else -1)
    alike = [n for n in zone_names() if set(_clock(n)) == {ahead}]
    raise _unknown(text, _by_clock(alike))


def _unknown(text: str, close: Iterable[str]) -> InputError:
    shown = text if len(text) <= 40 else f"{text[:40]}…"
    return InputError(Problem(Code.NO_ZONE, text=shown, close=tuple(close)[:_MAX_CLOSE]))


# --- what a name may mean -----------------------------------------------------------------------


class _Places(NamedTuple):
    """Zones by the folded names of cities (of the database and CLDR), of other towns and of
    countries; ``current`` are the zones' names of today by older ones."""

    cities: dict[str, list[str]]
    towns: dict[str, list[str]]
    countries: dict[str, list[str]]
    current: dict[str, str]


@lru_cache(maxsize=1)
def _places() -> _Places:
    from babel.core import get_global  # no start waits for it
    from babel.localedata import load

    known, english = set(_names().values()), load("en")
    current = {old: new for old, new in get_global("zone_aliases").items() if new in known}
    cities: dict[str, list[str]] = {}
    for name in zone_names():
        cldr = english["time_zones"].get(name, {}).get("city")
        for city in filter(None, (name.rpartition("/")[2].replace("_", " "), cldr)):
            cities.setdefault(fold_letters(city), []).append(current.get(name, name))
    towns: dict[str, list[str]] = {}
    file = resources.files("bot.parsing") / "data" / "cities.csv"
    for line in file.read_text("utf-8").splitlines():
        zone, _, names = line.partition(",")
        if zone in known:
            for town in names.split("|"):
                towns.setdefault(town, []).append(zone)
    territories = get_global("territory_zones")
    countries = {
        fold_letters(name): [z for z in territories.get(code, ()) if z in known]
        for code, name in english["territories"].items()
    }
    countries |= {name: [*territories[code]] for name, code in _COUNTRIES.items()}
    return _Places(cities, towns, countries, current)


def _meanings(typed: str) -> Iterable[list[str]]:
    """What it may be the name of, the likeliest kind first."""
    places, folded = _places(), fold_letters(typed)
    yield from filter(None, [places.cities.get(folded, []), places.countries.get(folded, [])])
    if abbreviated := _abbreviated(typed):
        yield abbreviated
        return
    yield from filter(None, [places.towns.get(folded, [])])
    before, comma, _ = typed.partition(",")  # "Munich, Germany"
    if comma and before.strip():
        yield from _meanings(before.strip())


@lru_cache(maxsize=1024)
def _clock(name: str) -> tuple[timedelta | None, ...]:
    zone = ZoneInfo(name)
    return tuple(at.astimezone(zone).utcoffset() for at in _INSTANTS)


def _by_clock(zones: Iterable[str]) -> tuple[str, ...]:
    """One zone for each clock, the best known first."""
    names: dict[tuple[timedelta | None, ...], str] = {}
    for name in sorted(dict.fromkeys(zones), key=_fame):
        names.setdefault(_clock(name), name)
    return tuple(names.values())


def _fame(name: str) -> int:
    return _COMMON.index(name) if name in _COMMON else len(_COMMON)


def _abbreviated(typed: str) -> list[str]:
    return _abbreviations().get(typed.upper(), [])


@lru_cache(maxsize=1)
def _abbreviations() -> dict[str, list[str]]:
    """Zones by what their clocks are called in winter or summer: PST, CEST, IST."""
    names: dict[str, list[str]] = {}
    for zone in zone_names():
        for at in (_INSTANTS[0], _INSTANTS[12]):
            name = at.astimezone(ZoneInfo(zone)).tzname()
            if name and name.isalpha():
                names.setdefault(name, []).append(zone)
    return names


def _similar(typed: str) -> tuple[str, ...]:
    """Zones of cities spelt almost so. Three or four letters are like too many."""
    folded = fold_letters(typed)[:40]
    if len(folded) < 5:
        return ()
    places = _places()
    for known in (places.cities, places.towns, places.countries):
        if close := difflib.get_close_matches(folded, list(known), _MAX_CLOSE, 0.8):
            return tuple(dict.fromkeys(zone for city in close for zone in known[city]))
    return ()
