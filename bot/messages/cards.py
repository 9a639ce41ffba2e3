"""What cards about papers say: buttons, rankings, a paper, why, a search, quiet lines."""

from collections.abc import Sequence
from datetime import date

from bot.messages.common import (
    counted,
    day,
    listed,
    number,
    papers,
    points,
    span,
)
from bot.models import Era, Period

# --- buttons ------------------------------------------------------------------------------------

ABSTRACT = "Abstract"
WHY = "Why?"
PDF = "PDF"
NEXT = "Next"
MORE = "More"
SHARE = "Share here"
PAUSE = "Pause"
RESUME = "Resume"
UNDO = "Undo"

# --- a paper ------------------------------------------------------------------------------------

POST = "a post"


def people(count: int) -> str:
    return counted(count, "person talking", "people talking")


def bots(count: int, names: Sequence[str], *, counted_too: bool) -> str:
    """``names`` of some of them; ``counted_too``: their posts are part of the score."""
    more = [f"{number(count - len(names))} more"] if count > len(names) else []
    points = "" if counted_too else ", and their posts do not count"
    return f"Bots by their own word, no people talking{points}: {' · '.join([*names, *more])}"


# --- the head of a ranking ----------------------------------------------------------------------


_ERAS = {
    Era.BLOG_ORIGINAL_POSTS: "counted by the Hot Papers blog, original posts only",
    Era.BLOG_REPOSTS_ADDED: "counted by the Hot Papers blog, which added reposts' counts too",
}


def era(value: Era) -> str | None:
    return _ERAS.get(value)


def missing(names: Sequence[str], reason: str, partly: bool) -> str:
    what = f"{listed(names)} {'in part' if partly else 'missing'}"
    return f"{what} ({reason})" if reason else what


def failed(name: str, reason: str) -> str:
    return f"{name} failed ({reason})" if reason else f"{name} failed"


def nothing_here(bar: float) -> str:
    return f"Nothing reached the bar of {points(bar)}."


# --- days that have nothing to show -------------------------------------------------------------


def no_listing(day_: date, why: str) -> str:
    return f"arXiv has no listing dated {day(day_)}: {why}."


def not_harvested(day_: date) -> str:
    return f"The listing of {day(day_)} is not in the archive."


def not_held(start: date, end: date, period: Period, era_: Era | None) -> str:
    """Of a whole span there is nothing."""
    counted_so = f" {_ERAS.get(era_, 'counted by me')}" if era_ else ""
    return f"Nothing of {_span(start, end, period)}{counted_so} is in the archive."


def _span(start: date, end: date, period: Period) -> str:
    if period is Period.ALL:
        return "all time"
    name = span(start, end, period)
    return f"the {name[0].lower()}{name[1:]}" if period is Period.WEEK else name


def in_the_archive(count: int) -> str:
    return "The nearest day that is:" if count == 1 else "The nearest days that are:"


# --- quiet slots: one line each -----------------------------------------------------------------


def nothing_above_bar(
    span_: str, considered: int, bar: float, nearest: str | None, missing: str | None
) -> str:
    if considered == 0 and not missing:
        return f"{span_}: no paper of this channel's subjects was listed."
    looked = f"{span_}: nothing above the bar of {points(bar)}."
    if missing:
        looked = f"{looked} {missing}."
    if considered == 0:
        return looked
    of = f"{papers(considered)} {'was' if considered == 1 else 'were'} looked at"
    return f"{looked} {of}; nearest was {nearest}." if nearest else f"{looked} {of}."


def nearest(title: str, value: float) -> str:
    return f"{title} with {points(value)}"


# --- why ----------------------------------------------------------------------------------------


def total(values: Sequence[float], value: float) -> str:
    if len(values) == 1:
        return f"Score **{points(value)}**"
    return f"Score {' + '.join(map(points, values))} = **{points(value)}**"


# --- search -------------------------------------------------------------------------------------


def found(shown: int, matches: int | None = None) -> str:
    """``matches``: how many there are, if that is more than can be shown."""
    if matches is not None and matches > shown:
        return f"The best **{number(shown)}** of {number(matches)} papers found"
    return f"**{number(shown)}** {'paper' if shown == 1 else 'papers'} found"
