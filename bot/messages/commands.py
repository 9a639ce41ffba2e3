"""What commands answer beside cards: help, digests and their forms, following, status, privacy."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from bot.messages.common import counted, listed, short_date, soon, span
from bot.models import DeliveryState, Period

# --- reading ------------------------------------------------------------------------------------


# --- help ---------------------------------------------------------------------------------------


# --- the first message in a server --------------------------------------------------------------


# --- digests ------------------------------------------------------------------------------------


NOT_SET_UP = "## Not set up yet"


def preview_of(rule_id: int, channel_id: int, first: date, last: date) -> str:
    """Of the listings from ``first`` to ``last``."""
    listings = "listing" if first == last else "listings"
    about = f"on the {listings} of {span(first, last, Period.DAY)}"
    return f"Digest {rule_id} for <#{channel_id}>, {about}. Only you see it."


def tested(problem: str | None) -> str:
    if problem:
        return f"**It would not arrive.** {problem}"
    return "I have every permission that it needs there."


# --- editing ------------------------------------------------------------------------------------

# By the names of RuleFields; at most 45 characters each.
FIELDS = {
    "categories": "Categories (empty for all)",
    "when": "Hour and time zone",
    "size": "Papers at most, and the bar: 8 above 40",
    "keywords": "Only papers that say one of these",
    "exclusions": "Never papers that say one of these",
}


# --- following ----------------------------------------------------------------------------------

FOLLOW_WHAT = (
    "Say what to follow: category: cs.CL, author: yann lecun, keyword: speculative decoding, "
    "or search: with all of it."
)
FOLLOWS_NOTHING = "You follow nothing yet. Begin with /follow."


def not_followed(number: int | str) -> str:
    return f"You follow nothing with the number {number}. /following list shows all."


# --- status -------------------------------------------------------------------------------------


def status_slot(rule_id: int, channel_id: int, at: datetime, server: str) -> str:
    where = f" of {server}" if server else ""
    return f"- {soon(at)}: digest {rule_id} in <#{channel_id}>{where}"


def status_days(newest: date | None, still_open: Sequence[date]) -> str:
    closed = short_date(newest) if newest else "none"
    counted_still = _or_none(map(short_date, still_open))
    return f"Newest complete day: {closed}; still counted: {counted_still}"


_GOING = {"active": "active", "paused": "paused", "parked": "suspended"}
_MESSAGES = {
    DeliveryState.PLANNED: "planned",
    DeliveryState.RESERVED: "being sent",
    DeliveryState.SENT: "sent",
    DeliveryState.UNKNOWN: "in doubt",
    DeliveryState.DONE: "ended without a post",
    DeliveryState.FAILED: "given up",
}


def status_digests(rules: Mapping[str, int]) -> str:
    return f"Digests: {_or_none(f'{count:,} {_GOING[name]}' for name, count in rules.items())}"


def status_messages(states: Mapping[DeliveryState, int]) -> str:
    said = (f"{states[each]:,} {name}" for each, name in _MESSAGES.items() if each in states)
    return f"Messages: {_or_none(said)}"


def _or_none(words: Iterable[str]) -> str:
    return ", ".join(words) or "none"


# --- privacy ------------------------------------------------------------------------------------


def stored_digest(at: str, zone: str) -> str:
    return f"- Your messages come at {at} {zone}, in our direct messages"


def stored_stopped(count: int) -> str:
    things = counted(count, "thing")
    return f"- {things} that you followed and can still take back"


def erased(follows: int, messages: int, names: int) -> str:
    if not (follows or messages or names):
        return "There was nothing about you to erase."
    parts = [
        counted(follows, "thing that you followed", "things that you followed") if follows else "",
        f"my copies of {counted(messages, 'message')}" if messages else "",
        f"your name from {counted(names, 'digest')} of servers" if names else "",
    ]
    erased_ = listed([*filter(None, parts)])
    return f"Erased: {erased_}. Messages that stand in Discord are yours to delete."
