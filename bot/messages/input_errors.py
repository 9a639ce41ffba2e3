"""What is wrong with what somebody typed, and how it is written."""

from collections.abc import Sequence
from datetime import date

from bot.messages.common import MONTHS, WEEKDAYS, listed, plain_day
from bot.models import Unharvested


def did_you_mean(names: Sequence[str]) -> str:
    """Goes behind a sentence; nothing without names."""
    return f" Did you mean {' or '.join(names)}?" if names else ""


# --- days, hours and zones ----------------------------------------------------------------------


def no_date(text: str) -> str:
    return (
        f"{text!r} is not a date I can read. "
        "Try 2021-03-30, 'yesterday', 'last tue', '3 days ago' or 'march 30 2021'."
    )


def last_of_month(last: date) -> str:
    return f"{MONTHS[last.month - 1]} {last.year} has {last.day} days."


def several_days(text: str, readings: Sequence[date]) -> str:
    names = " or ".join(map(plain_day, readings))
    return f"{text!r} may be {names}. Write {' or '.join(map(str, readings))}."


def another_weekday(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1][:3]} {day.year} is a {WEEKDAYS[day.weekday()]}."


def no_hour(text: str) -> str:
    return f"{text!r} is not a time of day. Try 09:00, 9, 9:30 pm or 18.30."


def no_zone(text: str, close: Sequence[str] = ()) -> str:
    return f"{text!r} is not a time zone.{did_you_mean(close)} One is named like Europe/Berlin."


def when_not_read(text: str) -> str:
    return f"{text!r} is not an hour with a time zone. Write it like 09:00 Europe/Berlin."


# --- papers and categories ----------------------------------------------------------------------


def several_papers(text: str, arxiv_ids: Sequence[str]) -> str:
    return f"{text} names {len(arxiv_ids)} papers: {', '.join(arxiv_ids)}. Give one."


def no_paper(text: str) -> str:
    return (
        f"{text} is not an arXiv id or link. "
        "Try 2103.15691, hep-th/9901001 or https://arxiv.org/abs/2103.15691."
    )


def not_canonical(text: str) -> str:
    return f"{text} is not a canonical arXiv id, such as 2103.15691."


def no_category(text: str, close: Sequence[str]) -> str:
    return f"arXiv has no category {text!r}.{did_you_mean(close)}"


NO_CATEGORY_NAMED = "No category is named there. Write cs.CL, or * for all of them."


# --- keywords, digests, sizes ---------------------------------------------------------------------


def too_many_words(most: int) -> str:
    return f"At most {most} keywords, please."


def word_too_long(most: int) -> str:
    return f"A keyword has at most {most} characters."


def no_letters(word: str) -> str:
    return f"{word!r} has no letter or digit, so no paper says it."


def not_a_digest(text: str) -> str:
    return f"This server has no digest {text!r}. /digest list shows them all."


def not_harvested_here(found: Unharvested) -> str:
    are, them = ("is", "it") if len(found.asked) == 1 else ("are", "them")
    return (
        f"{listed(found.asked)} {are} not harvested here: only papers of "
        f"{listed(found.harvested)} that are cross-listed to {them} can be found. Whoever runs "
        f"this bot can add {them} to categories under [arxiv] in its configuration."
    )


WHICH_DIGEST = "This server has several digests. Say which one with digest:"
NO_DIGEST = "This server has no digest yet. Add one with /digest add."
NO_DIGEST_IN_CHANNEL = "No digest is posted in that channel. /digest list shows them all."


def size_not_read(text: str, most: int) -> str:
    return (
        f"{text!r} is not a size. Write 8 for the top 8, or 8 above 40 for a bar of 40; "
        f"at most {most}."
    )


def bar_too_high(most: int) -> str:
    return f"A bar is at most {most:,} points."
