"""Every word that commands and errors say, beside the cards' own (``bot.cards.phrases``).

Plain functions of plain values. Another language is another such module.
"""

from collections.abc import Sequence
from datetime import date, datetime

from bot.cards.phrases import counted, day, listed, moment, soon

# --- errors: what happened, what the bot does now, what you can do ------------------------------

NOTHING_DONE = "Nothing was changed."
NOTED = "I have noted what happened, with the number below."
ASK_AGAIN = "Try again. If it keeps happening, tell whoever runs this bot the number below."

TYPE_IT_AGAIN = "Send the command again; while you type I offer what I know."
UNREADABLE = "I could not read that."
LATER = "Try again in a moment."

ARCHIVE_BUSY = "My archive is busy with something else."
ARCHIVE_FAILED = "My archive could not answer."
KEEPS_RUNNING = "Digests wait for it and are not lost."
SOURCE_FAILED = "A service that I asked did not answer."
TOO_LATE = "This took me too long."
DISCORD_REFUSED = "Discord did not take my answer."
FAILED = "Something went wrong on my side."
OUTDATED = "This command has changed since Discord last showed it to you."
RELOAD = "Restart your Discord app, or try again in an hour."
CHECK_MY_PERMISSIONS = "A server admin can check my permissions in this channel."


def not_allowed(permissions: Sequence[str]) -> str:
    return f"You need {listed(permissions)} in this server for that."


ASK_AN_ADMIN = "Ask an admin of this server to do it."


def slow_down(seconds: float) -> str:
    return f"That was quick: again in {counted(max(1, round(seconds)), 'second', 'seconds')}."


ONLY_IN_A_SERVER = "That works in a server only, as a digest belongs to a channel."


def bot_lacks(permissions: Sequence[str]) -> str:
    return f"I lack {listed(permissions)} here."


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


# --- choices while typing: no Markdown there ----------------------------------------------------


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


def zone_choice(zone: str, now: str) -> str:
    return f"{zone} · now {now}"


def digest_choice(rule_id: int, channel: str, categories: str, at: str) -> str:
    return f"{rule_id} · #{channel} · {categories} · {at}"


# --- what somebody typed ------------------------------------------------------------------------



def too_many_words(most: int) -> str:
    return f"At most {most} keywords, please."


def word_too_long(most: int) -> str:
    return f"A keyword has at most {most} characters."


def no_letters(word: str) -> str:
    return f"{word!r} has no letter or digit, so no paper says it."


def not_a_digest(text: str) -> str:
    return f"This server has no digest {text!r}. `/digest list` shows them all."


WHICH_DIGEST = "This server has several digests. Say which one with digest:"
NO_DIGEST = "This server has no digest yet. Add one with /digest add."
NO_DIGEST_IN_CHANNEL = "No digest is posted in that channel. /digest list shows them all."


def size_not_read(text: str) -> str:
    return f"{text!r} is not a size. Write 8 for the top 8, or 8 above 40 for a bar of 40."


def when_not_read(text: str) -> str:
    return f"{text!r} is not an hour with a time zone. Write it like 09:00 Europe/Berlin."


# --- digests ------------------------------------------------------------------------------------


def most_rules(most: int) -> str:
    return f"This server has {most} digests, and that is as many as one server can have."


def cannot_post(channel_id: int, missing: Sequence[str]) -> str:
    return f"I cannot post in <#{channel_id}> yet: I lack {listed(missing)}."


def channel_unseen(channel_id: int) -> str:
    return f"I cannot see <#{channel_id}>."


NOTHING_SAVED = "Nothing was saved."


def how_to_permit(bot_name: str, missing: Sequence[str]) -> str:
    allow = listed(missing)
    return (
        f"In the channel's settings open Permissions, add {bot_name}, allow {allow}, and send the "
        "command again."
    )


def preview_of(rule_id: int, channel_id: int, day_: date) -> str:
    return f"Digest {rule_id} for <#{channel_id}>, on the listing of {day(day_)}. Only you see it."


def has_all_permissions(channel_id: int) -> str:
    return f"I have every permission I need in <#{channel_id}>."


NOTHING_CLOSED = (
    "No listing day is complete in the archive yet, so there is nothing to preview. "
    "The first digest comes after the first one is."
)


def silent(reason: str) -> str:
    return f"Nothing would be posted, as this channel wants no quiet lines. ({reason})"


def why_in(rule_id: int, channel_id: int, day_: date) -> str:
    return f"Digest {rule_id} in <#{channel_id}>, listing of {day(day_)}:"


GETS_IT = "This channel gets it."


def was_posted(at: datetime, rank: int) -> str:
    return f"It was posted {soon(at)} as number {rank}."


def comes_with(at: datetime) -> str:
    return f"It comes with the digest of {soon(at)}, unless the counts change."


BEFORE_THE_RULE = "That listing came before this digest was set up, so it was never due here."
STILL_OPEN = "Its day is still being counted, so this may change."

# --- editing ------------------------------------------------------------------------------------

EDIT_CATEGORIES = "Categories (empty for all)"
EDIT_WHEN = "Hour and time zone"
EDIT_SIZE = "Papers at most, and the bar"
EDIT_KEYWORDS = "Only papers that say one of these"
EDIT_EXCLUSIONS = "Never papers that say one of these"


def edit_title(rule_id: int) -> str:
    return f"Edit digest {rule_id}"
