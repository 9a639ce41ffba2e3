"""Reads a time of day that somebody typed."""

import re
from datetime import time

from bot.errors import InputError
from bot.problems import Code, Problem

_HOUR = re.compile(
    r"(?P<h>[0-9]{1,2})(?:[:.h ]?(?P<m>[0-9]{2}))?(?: ?(?P<half>[ap])\.?m\.?| ?(?:uhr|h|o'clock))?",
    re.IGNORECASE,
)
_NAMED = {"noon": time(12), "midday": time(12), "midnight": time(0)}


def parse_hour(text: str) -> time:
    """09:00, 9, 9:30 pm, 18.30, 1830, 18h30, noon. Raises InputError with examples."""
    typed = " ".join(text.casefold().split())
    if typed in _NAMED:
        return _NAMED[typed]
    found = _HOUR.fullmatch(typed)
    if found is None:
        raise _unreadable(text)
    hour, minute = int(found["h"]), int(found["m"] or 0)
    if found["half"]:
        if not 1 <= hour <= 12:
            raise _unreadable(text)
        hour = hour % 12 + (12 if found["half"] == "p" else 0)
    if (hour, minute) == (24, 0):
        hour = 0
    if hour > 23 or minute > 59:
        raise _unreadable(text)
    return time(hour, minute)


def _unreadable(text: str) -> InputError:
    shown = text if len(text) <= 40 else f"{text[:40]}…"
    return InputError(Problem(Code.NO_HOUR, text=shown))
