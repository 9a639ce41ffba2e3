"""Reads a time of day that somebody typed, in any of the readers' languages."""

import re
from datetime import time

from bot.errors import InputError
from bot.problems import Code, Problem
from bot.text.fold import without_accents

_MORNING = "am|a\\.m\\.|朝|午前|오전|아침|上午|早上|凌晨"
_AFTERNOON = "pm|p\\.m\\.|午後|夜|夕方|오후|저녁|下午|晚上"
_HOUR = re.compile(
    r"(?:(?:um|a|a las?|as) )?"
    rf"(?:(?P<am>{_MORNING})|(?P<pm>{_AFTERNOON}))? ?"
    r"(?P<h>[0-9]{1,2})"
    r"(?: ?(?:uhr|h|heures?|horas?|o'clock|時|시|点|點|时)(?: ?(?:(?P<m>[0-9]{2})|(?P<half>半|반))?"
    r"(?: ?(?:min|分|분))?)?"
    r"|[:. ]?(?P<minutes>[0-9]{2})(?: ?(?:uhr|h))?)?"
    r"(?: ?(?:(?P<am_after>am?|am\.|a\.m\.?|da manha|de la manana|du matin|morgens)"
    r"|(?P<pm_after>pm?|pm\.|p\.m\.?|da tarde|da noite|de la tarde|de la noche|du soir|abends)))?"
)
_NAMED = {
    **dict.fromkeys(
        ("noon", "midday", "mittag", "mittags", "midi", "mediodia", "meio-dia", "meio dia",
         "正午", "정오", "中午"),
        time(12),
    ),
    **dict.fromkeys(
        ("midnight", "mitternacht", "minuit", "medianoche", "meia-noite", "meia noite",
         "午前0時", "자정", "午夜"),
        time(0),
    ),
}  # fmt: skip


def parse_hour(text: str) -> time:
    """09:00, 9, 9:30 pm, 18.30, 1830, 18h30, noon; 9 Uhr, 朝9時, 오전 9시 30분, 下午3点半, midi.

    Raises InputError with examples.
    """
    typed = " ".join(without_accents(text).split())
    if typed in _NAMED:
        return _NAMED[typed]
    found = _HOUR.fullmatch(typed)
    if found is None:
        raise _unreadable(text)
    hour = int(found["h"])
    minute = 30 if found["half"] else int(found["m"] or found["minutes"] or 0)
    is_morning, is_afternoon = found["am"] or found["am_after"], found["pm"] or found["pm_after"]
    if is_morning or is_afternoon:
        if not (0 if found["am"] or found["pm"] else 1) <= hour <= 12:
            raise _unreadable(text)
        hour = hour % 12 + (12 if is_afternoon else 0)
    if (hour, minute) == (24, 0):
        hour = 0
    if hour > 23 or minute > 59:
        raise _unreadable(text)
    return time(hour, minute)


def _unreadable(text: str) -> InputError:
    shown = text if len(text) <= 40 else f"{text[:40]}…"
    return InputError(Problem(Code.NO_HOUR, text=shown))
