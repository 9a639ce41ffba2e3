"""What cards about papers say: buttons, rankings, a paper, why, a search, quiet lines."""

from collections.abc import Sequence
from datetime import date, datetime

from bot.messages.common import (
    counted,
    day,
    listed,
    moment,
    number,
    papers,
    points,
    rate,
    soon,
    span,
)
from bot.messages.networks import NAMES, amounts
from bot.models import Era, Period, ScorePart

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


def announced(day_: date, cross: bool) -> str:
    """One listing of a paper."""
    return f"cross-listed {day(day_)}" if cross else f"listed {day(day_)}"


def place(rank: int, day_: date) -> str:
    return f"number {number(rank)} of {day(day_)}"


# --- the head of a ranking ----------------------------------------------------------------------


_ERAS = {
    Era.BLOG_ORIGINAL_POSTS: "counted by the Hot Papers blog, original posts only",
    Era.BLOG_REPOSTS_ADDED: "counted by the Hot Papers blog, which added reposts' counts too",
}


def above_bar(above: int, of: int, bar: float, categories: str) -> str:
    """How many papers reach the bar, of how many that were looked at."""
    where = f" · {categories}" if categories else ""
    return f"**{number(above)}** of {papers(of)} above the bar of {points(bar)}{where}"


def counted_at(at: datetime, *, still_open: bool, late: bool) -> str:
    if late:
        return f"counted late, {moment(at)}"
    return f"counted so far, {moment(at)}" if still_open else f"counted {moment(at)}"


def era(value: Era) -> str | None:
    return _ERAS.get(value)


def left_out(value: Era, days: int) -> str:
    """Counts of different eras are not mixed."""
    return f"without {counted(days, 'day')} {_ERAS.get(value, 'counted by me')}"


def of_arxiv(several: Sequence[str], more: int) -> str:
    rest = [counted(more, "more reason")] if more > 0 else []
    return f"arXiv: {'; '.join([*several, *rest])}"


def missing(names: Sequence[str], reason: str, partly: bool) -> str:
    said = f"{listed(names)} {'in part' if partly else 'missing'}"
    return f"{said} ({reason})" if reason else said


def incomplete(name: str, reason: str) -> str:
    return f"{name} answered in part ({reason})" if reason else f"{name} answered in part"


def failed(name: str, reason: str) -> str:
    return f"{name} failed ({reason})" if reason else f"{name} failed"


def nothing_here(bar: float) -> str:
    return f"Nothing reached the bar of {points(bar)}."


def page_of(page: int, pages: int) -> str:
    return f"Page {number(page)} of {number(pages)}"


# --- days that have nothing to show -------------------------------------------------------------


def no_listing(day_: date, why: str) -> str:
    return f"arXiv has no listing dated {day(day_)}: {why}."


def neighbours(count: int) -> str:
    return "The nearest listing:" if count == 1 else "The nearest listings:"


def not_harvested(day_: date) -> str:
    return f"The listing of {day(day_)} is not in the archive."


def not_held(start: date, end: date, period: Period, era_: Era | None) -> str:
    """Of a whole span there is nothing."""
    counted_so = f" {_ERAS.get(era_, 'counted by me')}" if era_ else ""
    return f"Nothing of {_span(start, end, period)}{counted_so} is in the archive."


def _span(start: date, end: date, period: Period) -> str:
    if period is Period.ALL:
        return "all time"
    said = span(start, end, period)
    return f"the {said[0].lower()}{said[1:]}" if period is Period.WEEK else said


def nearest_days(days: Sequence[date]) -> str:
    """The days of the archive that are nearest, none if there are none."""
    return f"{in_the_archive(len(days))} {listed([day(each) for each in days])}." if days else ""


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


def no_mailing(reason: str, next_at: datetime | None) -> str:
    then = f" Next digest {soon(next_at)}." if next_at else ""
    return f"No arXiv listing today ({reason}).{then}"


def down(what: str, reason: str, next_at: datetime | None) -> str:
    why = f" ({reason})" if reason else ""
    then = f"with the next one, {soon(next_at)}" if next_at else "as soon as it is there"
    return f"No digest yet: I wait for {what}{why} and post it {then}."


# --- why ----------------------------------------------------------------------------------------


def network_sum(part: ScorePart, *, split: bool) -> str:
    """``**X**: 2,739 retweets + 330 likes = **3,069**``; with ``× 2`` where the rate is 2.

    ``split``: some of the posts share their points with other papers, so there is no product.
    """
    found = amounts(part.network, part.reposts, part.likes)
    said = " + ".join(f"{number(count)} {word}" for count, word in found)
    total = part.reposts + part.likes
    if split:
        said += f" × {rate(part.rate)}, shared out"
    elif part.rate != 1:
        said = f"({said})" if len(found) > 1 else said
        said += f" × {rate(part.rate)}"
    rounded = not split and round(part.rate * total, 6) != part.points
    equals = "≈" if rounded else "="
    return f"**{NAMES[part.network]}**: {said} {equals} **{points(part.points)}**"


def post_points(value: float, who: str, counts: str, shared: int) -> str:
    """``shared``: how many papers the post is split between."""
    among = f" (shared by {shared} papers)" if shared > 1 else ""
    return f"**{points(value)}** from {who}: {counts}{among}"


def more_posts(count: int, value: float) -> str:
    return f"**{points(value)}** from {counted(count, 'more post')}"


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
