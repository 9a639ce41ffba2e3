"""Reads a time zone that somebody typed, and completes one."""

import difflib
import zoneinfo
from functools import lru_cache

from bot.errors import InputError
from bot.problems import Code, Problem

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
_CLOSE = 3


def find_zone(text: str) -> str:
    """The IANA name that ``text`` means: itself in any case, or the city alone.

    Raises InputError, with close matches.
    """
    typed = _squashed(text)
    names = [name for name in zone_names() if _squashed(name) == typed]
    names = names or [name for name in zone_names() if _city(name) == typed]
    if len(names) == 1:
        return names[0]
    close = names or [n for n in search_zones(text, _CLOSE) if typed] or _similar(typed)
    shown = text if len(text) <= 40 else f"{text[:40]}…"
    raise InputError(Problem(Code.NO_ZONE, text=shown, close=close[:_CLOSE]))


def search_zones(text: str, limit: int = 25) -> list[str]:
    """Zones for completion: cities that begin so, then regions, then anything that holds it."""
    typed = _squashed(text)
    if not typed:
        return list(_COMMON[:limit])
    ranked = [
        (rank, name not in _COMMON, name)
        for name in zone_names()
        if (rank := _rank(name, typed)) is not None
    ]
    return [name for _, _, name in sorted(ranked)[:limit]]


@lru_cache(maxsize=1)
def zone_names() -> tuple[str, ...]:
    """Every zone that is named by a place, and UTC; not the old names such as US/Eastern."""
    return tuple(
        sorted(n for n in zoneinfo.available_timezones() if n.partition("/")[0] in _REGIONS)
    )


def _rank(name: str, typed: str) -> int | None:
    if _city(name).startswith(typed):
        return 0
    whole = _squashed(name)
    if whole.startswith(typed):
        return 1
    return 2 if typed in whole else None


def _similar(typed: str) -> list[str]:
    cities = {_city(name): name for name in zone_names()}
    return [cities[c] for c in difflib.get_close_matches(typed[:40], list(cities), _CLOSE, 0.7)]


def _city(name: str) -> str:
    return _squashed(name.rpartition("/")[2])


def _squashed(text: str) -> str:
    return " ".join(text.casefold().replace("_", " ").split())
