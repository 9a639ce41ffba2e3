"""What is offered while somebody types. Discord shows no Markdown there."""

from bot.models import CatchUp, Era, Layout, Period, Rhythm


def day_without(human: str, why: str) -> str:
    return f"{human} · {why}"


def zone_choice(zone: str, now: str) -> str:
    return f"{zone} · now {now}"


EVERY_CATEGORY = "* – every category"

PERIODS = {
    Period.DAY: "Day",
    Period.WEEK: "Week",
    Period.MONTH: "Month",
    Period.YEAR: "Year",
    Period.ALL: "All time",
}
ERAS = {
    Era.HOTPAPERS: "This bot's",
    Era.BLOG_ORIGINAL_POSTS: "The old blog's, original posts only",
    Era.BLOG_REPOSTS_ADDED: "The old blog's, with reposts added",
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
