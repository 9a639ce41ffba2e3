"""What is offered while somebody types. Discord shows no Markdown there."""

from bot.messages.common import counted
from bot.models import CatchUp, Layout, Period, Rhythm


def day_choice(human: str, ranked: int, *, still_open: bool) -> str:
    return f"{human} · {ranked} ranked{' so far' if still_open else ''}"


def day_without(human: str, why: str) -> str:
    return f"{human} · {why}"


NO_LISTING = "no listing"
NOT_IN_ARCHIVE = "not in the archive"
NOT_YET = "not announced yet"
EVERYTHING = "every category"


def whole_archive(pattern: str, name: str, count: int) -> str:
    return f"{pattern} – all of {name} ({counted(count, 'category', 'categories')})"


def unharvested(category: str) -> str:
    return f"{category} · not harvested here"


def zone_choice(zone: str, now: str) -> str:
    return f"{zone} · now {now}"


def digest_choice(rule_id: int, channel: str, categories: str, at: str) -> str:
    return f"{rule_id} · #{channel} · {categories} · {at}"


PERIODS = {
    Period.DAY: "Day",
    Period.WEEK: "Week",
    Period.MONTH: "Month",
    Period.YEAR: "Year",
    Period.ALL: "All time",
}
RHYTHMS = {
    Rhythm.MAILING: "Every mailing",
    Rhythm.WEEKDAYS: "Monday to Friday",
    Rhythm.WEEKLY: "Weekly, on Mondays",
    Rhythm.MONTHLY: "Monthly, on the 1st",
}
LAYOUTS = {
    Layout.COMPACT: "Compact: about five papers a message",
    Layout.FULL: "Full: a box for each paper, with more posts",
}
CATCH_UPS = {
    CatchUp.MERGE: "One digest for all missed days",
    CatchUp.EACH: "A digest for each missed day",
    CatchUp.SKIP: "Nothing for missed days",
}
