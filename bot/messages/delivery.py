"""What becomes of a digest or message and why, as ``/status``, ``/digest list`` and notices say it.

Such a reason is stored with what it is about, in the language of its day.
"""

from collections.abc import Sequence
from datetime import date

from bot.messages.common import listed, span, weekday_and_date
from bot.models import Period

# --- what Discord answered ----------------------------------------------------------------------

UNREACHABLE = "Discord could not be reached."
BROKEN = "The connection to Discord broke."
FAULT = "Discord had a fault."
THROTTLED = "Discord asked to wait."
LOGIN_REFUSED = "Discord refuses the bot's token."
ADDRESS_REFUSED = "Discord's front door refuses this address."
SWITCHED_OFF = "Discord has switched this off for a while."
CHANNEL_GONE = "The channel no longer exists."
SERVER_GONE = "The server no longer exists, or the bot was removed from it."
CHANNEL_UNSEEN = "The bot may not see this channel."
MEMBER_CLOSED = "This member's direct messages are closed to the bot."
WRONG_KIND = "Messages cannot be sent in a channel of this kind."
NOT_ALLOWED = "The bot may not send messages in this channel."
THREAD_ARCHIVED = "The thread is archived."
THREAD_LOCKED = "The thread is locked."
MEMBER_UNKNOWN = "The bot shares no server with this member any more."
CHANNEL_REFUSED = "Discord refuses this channel to the bot."
MESSAGE_REFUSED = "Discord refused the message."
OUTAGE = "Discord has an outage for this server."
NOT_CONNECTED = "The bot was not connected to Discord."
PART_BEFORE = "A part before it could not be posted."

# Of a part that was given up without anybody knowing.
MAYBE_POSTED = "It may have been posted"
SOMEBODY_DELETED_IT = "It was posted, and somebody deleted it."


def refusal(reason: str, status: int, code: int, said: str) -> str:
    """``said``: Discord's own words, if any; ``code`` is its own number, 0 for none."""
    detail = f"{status}, code {code}" if code else f"{status}"
    return in_detail(reason, f"{detail}: {said}" if said else detail)


def in_detail(reason: str, detail: str) -> str:
    return f"{reason} ({detail})"


def unreadable(why: str) -> str:
    return (
        f"What the archive holds of it cannot be read ({why}). Delete it and set it up again, or "
        "have the archive mended ('hotpapers archive check')."
    )


# --- why nobody knows whether something was posted ----------------------------------------------

HISTORY_UNREAD = "the bot may not read this channel's history"
TOO_MUCH_SINCE = "too much was written in this channel since"
ANSWER_UNREAD = "the answer cannot be read"
NO_ANSWER = "no answer"
ENDED_WHILE_SENDING = "The program ended while this was being sent."


def earlier_try(doubt: str) -> str:
    return f"an earlier try: {doubt}"


def answered(status: int) -> str:
    return f"answered {status}"


# --- why a slot ended without a post ------------------------------------------------------------

MERGED = "merged into a later digest"
SKIPPED = "skipped after downtime, as this channel asked for"
TOO_OLD = "more than seven days old: in the archive only"
PAUSED = "this digest was paused"
PAUSED_BEFORE = "the digest was paused before this was posted"
DELETED_BEFORE = "the digest was deleted before this was posted"
NOTHING_NEW = "nothing new since the last digest"
NOTHING_CLOSED = "no listing closed"
NOTHING_ABOVE = "nothing above the bar"
NOTHING_FOLLOWED = "nothing that this member follows"
A_DAY = "Given up after 24 hours."


def not_complete(days: Sequence[date]) -> str:
    return f"the listing of {', '.join(map(weekday_and_date, days))} is not complete"


def given_up(tries: int) -> str:
    return f"Given up after {tries} tries."


# --- what a digest needs, by the names in Discord's own settings --------------------------------

VIEW_CHANNEL = "View Channel"
SEND = "Send Messages"
SEND_IN_THREADS = "Send Messages in Threads"
READ_HISTORY = "Read Message History"
CREATE_THREADS = "Create Public Threads"

NOT_IN_SERVER = "The bot is not in this server any more."


def lacks(permissions: Sequence[str]) -> str:
    return f"The bot lacks {listed(permissions)} in this channel."


def thread_name(first: date, last: date) -> str:
    return f"Papers of {span(first, last, Period.DAY)}"
