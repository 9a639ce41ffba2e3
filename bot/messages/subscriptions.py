"""What cards say about what channels and members asked for: their digests, what they follow."""

from collections.abc import Sequence
from datetime import date, datetime

from bot.messages.common import counted, either, listed, number, points, short_day, soon
from bot.models import CatchUp, Layout, Rhythm

# --- rules --------------------------------------------------------------------------------------

EVERY_CATEGORY = "every category"

_RHYTHMS = {
    Rhythm.MAILING: "every mailing",
    Rhythm.WEEKDAYS: "Monday to Friday",
    Rhythm.WEEKLY: "Mondays, over the week",
    Rhythm.MONTHLY: "the 1st of a month, over the month",
}
_LAYOUTS = {Layout.COMPACT: "compact", Layout.FULL: "full"}
_CATCH_UPS = {
    CatchUp.EACH: "a digest for each missed day",
    CatchUp.SKIP: "nothing for missed days",
}


def rule_title(rule_id: int, channel_id: int) -> str:
    return f"Digest {rule_id} in <#{channel_id}>"


def when(rhythm: Rhythm, at: str, zone: str) -> str:
    return f"{at} {zone}, {_RHYTHMS[rhythm]}"


def size(top: int, bar: float | None, layout: Layout) -> str:
    above = f"above {points(bar)}" if bar is not None else "above the usual bar"
    return f"top {top} {above}, {_LAYOUTS[layout]}"


def catch_up(value: CatchUp) -> str:
    """Nothing for the usual: one digest for all missed days."""
    return f"after downtime {_CATCH_UPS[value]}" if value in _CATCH_UPS else ""


def suspended(reason: str) -> str:
    return f"Suspended: {reason} It goes on by itself once that is mended."


def not_delivered(since: datetime, reason: str) -> str:
    return f"Not delivered since {soon(since)}: {reason}"


def would_have(days: Sequence[tuple[date, int]]) -> str:
    shown = " · ".join(f"{short_day(day_)}: **{count}**" for day_, count in days)
    return f"Papers it would have had lately\n-# {shown}"


def mostly_nothing(ways: Sequence[str], days: int) -> str:
    """``ways`` are what would bring more; ``days`` is how many were looked at."""
    advice = either(ways)
    said = f"On {'that day' if days == 1 else 'most of these days'} it would have had nothing."
    return f"{said} {advice[:1].upper()}{advice[1:]}." if ways else said


def rules_title(count: int) -> str:
    return f"{counted(count, 'digest')} in this server"


# --- following ----------------------------------------------------------------------------------

STOP = "Stop this"


def because(query: str) -> str:
    return f"Because you follow {query}"


def also_because(queries: Sequence[str]) -> str:
    return f"Also because of {listed(queries, most=1)}"


def follows_title(count: int) -> str:
    return f"You follow {counted(count, 'thing')}"


def letters_at(at: str, zone: str, next_at: datetime | None) -> str:
    """When the member's message comes."""
    then = f"; the next one can come {soon(next_at)}" if next_at else ""
    return f"One message on days with papers, at {at} {zone}{then}."


def following(query: str) -> str:
    return f"Following {query}"


def would_have_sent(matches: int, shown: int, *, more: bool) -> str:
    """In the last 30 days; ``shown`` of them stand below."""
    if not matches:
        return "In the last 30 days no paper matched."
    about = "More than " if more else ""
    match = "paper" if matches == 1 else "papers"
    below = ", such as:" if more or shown < matches else ":"
    return f"In the last 30 days **{about}{number(matches)}** {match} matched{below}"
