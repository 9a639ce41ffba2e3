"""What commands answer beside cards: help, digests and their forms, following, status, privacy."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from rich.filesize import decimal

from bot.messages.common import counted, listed, moment, short_date, soon, span
from bot.models import DeliveryState, Period

# --- reading ------------------------------------------------------------------------------------


def not_in_archive(arxiv_id: str) -> str:
    return (
        f"{arxiv_id} is not in the archive. It holds the papers of the days and categories "
        f"that are harvested here; see https://arxiv.org/abs/{arxiv_id} itself."
    )


FUTURE = "it has not been announced yet"
NOT_YOURS_TO_SEND = "You may not send messages in this channel, so I do not share it here."
NOTHING_POSTED = "That digest is not in the archive any more."


def as_posted(at: datetime) -> str:
    return f"As posted {moment(at)}:"


# --- help ---------------------------------------------------------------------------------------

HELP_TITLE = "What you can ask me"
HELP_READING = """\
**/hot** shows the papers of a listing day that people talk about most. All options may be left out:
- `date` is a day as you would say it: *yesterday*, *last tue*, *30 March 2021*
- `period` is the day, or the week, month or year around it, or all time
- `category` is one or several: *cs.CL*, or *cs.CL, cs.IR*, or *cond-mat.\\**
- `top` is how many papers at most
**/why** shows how a paper's score comes about, network by network.
**/paper** finds one paper by its id or by any link to it.
**/search** looks through the archive: `"state space" author:chen cat:cs.CL -survey after:2021`"""
HELP_FOLLOWING = """\
**/follow** sends you papers of an author, a category or words, once a day at most.
**/following list** shows what you follow, **/privacy show** what I store about you."""
HELP_ADMINS = """\
**For admins of a server** (Manage Server):
**/digest add** posts a digest into a channel, at an hour you choose.
**/digest list** shows them with buttons to edit, pause, test and delete.
**/digest preview** shows what a digest looks like, to you only.
**/digest why** tells why a paper was not posted.
**/status** tells how I, my sources and your digests are doing."""
HELP_SMALL = (
    "Answers are seen by you alone until you press Share here. A date is always the one that "
    "arXiv prints on its listing."
)

# --- the first message in a server --------------------------------------------------------------

WELCOME_TITLE = "## Good to be here"
WELCOME = """\
Every arXiv mailing day I find the papers that people talk about most. Begin with:
- `/digest add` posts them into a channel every day; for admins (Manage Server)
- `/hot` shows them to whoever asks, for any day
- `/help` tells the rest"""
WELCOME_PERMISSIONS = "For digests I need these, in this server or at least in their channels:"
ALL_PERMITTED = "All of it is there. A single channel may still forbid something; I check that."
WELCOME_SMALL = "I read no messages and ping nobody."


def how_to_permit_server(missing: Sequence[str]) -> str:
    return f"Allow me {listed(missing)} in Server Settings, Roles, or in the channel itself."


# --- digests ------------------------------------------------------------------------------------


def is_there_already(rule_id: int) -> str:
    return f"Digest {rule_id} posts just that there already. /digest list shows it."


def most_rules(most: int) -> str:
    return (
        f"This server has {most} digests, and that is as many as one server can have. "
        "Delete one first."
    )


def channel_unseen(name: str) -> str:
    return f"I cannot see #{name}. Allow me View Channel there, and send the command again."


NO_THREAD_IN_THREAD = (
    "A thread cannot hold threads. Choose a channel, or leave thread: out to post right there."
)
NOT_SET_UP = "## Not set up yet"


def cannot_post(channel_id: int) -> str:
    return f"I may not do everything in <#{channel_id}> that a digest needs, so nothing was saved."


def permission(name: str, *, granted: bool) -> str:
    return f"- {name}: {'there' if granted else '**missing**'}"


def how_to_permit(bot_id: int, missing: Sequence[str]) -> str:
    return (
        f"In the channel's settings open Permissions, add <@{bot_id}> or one of its roles, allow "
        f"{listed(missing)}, and send the command again."
    )


def preview_of(rule_id: int, channel_id: int, first: date, last: date) -> str:
    """Of the listings from ``first`` to ``last``."""
    listings = "listing" if first == last else "listings"
    about = f"on the {listings} of {span(first, last, Period.DAY)}"
    return f"Digest {rule_id} for <#{channel_id}>, {about}. Only you see it."


def tested(problem: str | None) -> str:
    if problem:
        return f"**It would not arrive.** {problem}"
    return "I have every permission that it needs there."


NOTHING_CLOSED = (
    "No listing day is complete in the archive yet, so there is nothing to preview. "
    "The first digest comes after the first one is."
)


def silent(reason: str) -> str:
    return f"Nothing would be posted, as this channel wants no quiet lines: {reason}."


# --- editing ------------------------------------------------------------------------------------

# By the names of RuleFields; at most 45 characters each.
FIELDS = {
    "categories": "Categories (empty for all)",
    "when": "Hour and time zone",
    "size": "Papers at most, and the bar: 8 above 40",
    "keywords": "Only papers that say one of these",
    "exclusions": "Never papers that say one of these",
}


def edit_title(rule_id: int) -> str:
    return f"Edit digest {rule_id}"


# --- following ----------------------------------------------------------------------------------

FOLLOW_WHAT = (
    "Say what to follow: category: cs.CL, author: yann lecun, keyword: speculative decoding, "
    "or search: with all of it."
)
FOLLOW_NO_PAPER = (
    "A single paper is news only once. Follow its authors, words or categories instead."
)
FOLLOWS_NOTHING = "You follow nothing yet. Begin with /follow."


def most_follows(most: int) -> str:
    return f"You follow {most} things, and that is as many as I keep. Stop one first."


def not_followed(number: int | str) -> str:
    return f"You follow nothing with the number {number}. /following list shows all."


def example_without_papers(query: str) -> str:
    return f"This is where papers for {query} will come. Lately there was none."


EXAMPLE_SENT = "-# I have sent you a direct message, so that you see how they come."
DM_CLOSED = "Your direct messages are closed to me."
DM_CLOSED_HELP = (
    "**I could not send you a direct message.** Allow them in this server's privacy settings, "
    "then `/following resume`. What you follow is kept."
)


def follow_choice(query: str, *, paused: bool) -> str:
    return f"{query} · paused" if paused else query


# --- status -------------------------------------------------------------------------------------

STATUS_TITLE = "How I am doing"
STATUS_SOURCES = "Sources"
STATUS_NEXT = "Next digests"
STATUS_NO_SLOT = "None: no digest is set up, or all are paused."


def status_of(version: str, at: datetime) -> str:
    return f"-# hotpapers {version} · {moment(at)}"


def last_success(at: datetime) -> str:
    return f"last success {moment(at, 'R')}"


def source_line(who: str, said: Sequence[str]) -> str:
    return f"- {who}: {' · '.join(filter(None, said))}"


def more_sources(count: int) -> str:
    return f"- {counted(count, 'more group')} of categories"


def status_slot(rule_id: int, channel_id: int, at: datetime, server: str) -> str:
    where = f" of {server}" if server else ""
    return f"- {soon(at)}: digest {rule_id} in <#{channel_id}>{where}"


def status_days(newest: date | None, still_open: Sequence[date]) -> str:
    closed = short_date(newest) if newest else "none"
    counted_still = _or_none(map(short_date, still_open))
    return f"Newest complete day: {closed}; still counted: {counted_still}"


def status_unreadable(rule_id: int, reason: str) -> str:
    return f"Digest {rule_id} is suspended: {reason}"


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


def status_archive(size: int) -> str:
    return f"Archive: {decimal(size)}"


def _or_none(words: Iterable[str]) -> str:
    return ", ".join(words) or "none"


# --- privacy ------------------------------------------------------------------------------------

STORED_TITLE = "## What I store about you"
STORED_NOTHING = "Nothing. I read no messages, and keep only what members ask me to keep."
STORED_SMALL = "`/privacy export` sends it to you, `/privacy delete` erases it at once."
ERASED_MEANWHILE = "Your data were erased before this was done, so nothing of it is stored."
EXPORT_NAME = "hotpapers-about-me.json"
EXPORT_SENT = "I have sent it to you as a direct message."
EXPORT_HERE = "Your direct messages are closed to me, so here it is."


def stored_follows(queries: Sequence[str]) -> str:
    return f"- You follow {listed(queries)}"


def stored_digest(at: str, zone: str) -> str:
    return f"- Your messages come at {at} {zone}, in our direct messages"


def stored_stopped(count: int) -> str:
    things = counted(count, "thing")
    return f"- {things} that you followed and can still take back"


def stored_messages(count: int) -> str:
    return f"- My copies of {counted(count, 'message')} to you"


def stored_set_up(count: int) -> str:
    return f"- You set up {counted(count, 'digest')} in servers"


def stored_typed(count: int) -> str:
    return f"- What you typed into {counted(count, 'form')} that I could not read"


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
