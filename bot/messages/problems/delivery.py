"""What became of a message, a slot or a digest, and why."""

from collections.abc import Callable, Sequence
from datetime import date

from bot.messages.common import listed, weekday_and_date
from bot.problems import Code


def _with_answer(sentence: str) -> Callable[..., str]:
    """``status`` is HTTP's, ``number`` and ``text`` Discord's own, where it gave them."""

    def words(status: int = 0, number: int = 0, text: str = "") -> str:
        if not status:
            return sentence
        answer = f"{status}, code {number}" if number else f"{status}"
        return f"{sentence} ({answer}: {text})" if text else f"{sentence} ({answer})"

    return words


def _connection_broke(error: str = "") -> str:
    sentence = "The connection to Discord broke."
    return f"{sentence} ({error})" if error else sentence


def _missing_permissions(permissions: Sequence[str]) -> str:
    return f"The bot lacks {listed(permissions)} in this channel."


def _maybe_posted(reasons: Sequence[str]) -> str:
    return " ".join(["It may have been posted.", *reasons])


def _listings_not_complete(days: Sequence[str]) -> str:
    names = ", ".join(weekday_and_date(date.fromisoformat(day)) for day in days)
    return f"the listing of {names} is not complete"


WORDS: dict[Code, str | Callable[..., str]] = {
    # --- what Discord answered
    Code.DISCORD_UNREACHABLE: "Discord could not be reached.",
    Code.DISCORD_CONNECTION_BROKE: _connection_broke,
    Code.DISCORD_ANSWER_UNREADABLE: "Discord's answer cannot be read.",
    Code.DISCORD_FAULT: _with_answer("Discord had a fault."),
    Code.DISCORD_ASKED_TO_WAIT: "Discord asked to wait.",
    Code.DISCORD_SWITCHED_OFF: "Discord has switched this off for a while.",
    Code.DISCORD_OUTAGE: "Discord has an outage for this server.",
    Code.DISCORD_TOKEN_REFUSED: "Discord refuses the bot's token.",
    Code.DISCORD_ADDRESS_REFUSED: "Discord's front door refuses this address.",
    Code.EARLIER_TRY_ANSWERED: "Discord answered {status} to an earlier try of the same message.",
    Code.EARLIER_TRY_UNANSWERED: "Discord gave no answer to an earlier try of the same message.",
    Code.CHANNEL_REFUSED: _with_answer("Discord refuses this channel to the bot."),
    Code.MESSAGE_REFUSED: _with_answer("Discord refused the message."),
    # --- why a digest is suspended
    Code.CHANNEL_GONE: "The channel no longer exists.",
    Code.CHANNEL_NOT_VISIBLE: "The bot may not see this channel.",
    Code.WRONG_CHANNEL_KIND: "Messages cannot be sent in a channel of this kind.",
    Code.SENDING_NOT_ALLOWED: "The bot may not send messages in this channel.",
    Code.MISSING_PERMISSIONS: _missing_permissions,
    Code.SERVER_GONE: "The server no longer exists, or the bot was removed from it.",
    Code.NOT_IN_SERVER: "The bot is not in this server any more.",
    Code.THREAD_ARCHIVED: "The thread is archived.",
    Code.THREAD_LOCKED: "The thread is locked.",
    Code.DIRECT_MESSAGES_CLOSED: "Your direct messages are closed to me.",
    Code.NO_SHARED_SERVER: "The bot shares no server with this member any more.",
    Code.RULE_UNREADABLE: "What the archive holds of it cannot be read ({why}). Delete it and set "
    "it up again, or have the archive mended ('hotpapers archive check').",
    # --- what became of a message
    Code.MAYBE_POSTED: _maybe_posted,
    Code.DELETED_AFTER_POSTING: "It was posted, and somebody deleted it.",
    Code.GIVEN_UP_AFTER_TRIES: "Given up after {tries} tries. {why}",
    Code.GIVEN_UP_AFTER_A_DAY: "Given up after 24 hours. {why}",
    Code.EARLIER_PART_NOT_POSTED: "A part before it could not be posted.",
    Code.BOT_NOT_CONNECTED: "The bot was not connected to Discord.",
    Code.ENDED_WHILE_SENDING: "The program ended while this was being sent.",
    Code.HISTORY_NOT_READABLE: "The bot may not read this channel's history, "
    "so it cannot tell whether this was posted.",
    Code.TOO_MANY_MESSAGES_SINCE: "Too much was written in this channel since "
    "to tell whether this was posted.",
    # --- why a digest was not posted: clauses, which go on in a sentence
    Code.MERGED_INTO_LATER_DIGEST: "merged into a later digest",
    Code.SKIPPED_AFTER_DOWNTIME: "skipped after downtime, as this channel asked for",
    Code.TOO_OLD: "more than seven days old: in the archive only",
    Code.DIGEST_PAUSED: "this digest was paused",
    Code.SUSPENDED_TOO_LONG: "suspended for 24 hours ({why})",
    Code.PAUSED_BEFORE_POSTING: "the digest was paused before this was posted",
    Code.DELETED_BEFORE_POSTING: "the digest was deleted before this was posted",
    Code.NOTHING_NEW: "nothing new since the last digest",
    Code.DIGEST_WITHOUT_LISTING: "no listing: {why}",
    Code.NO_LISTING_CLOSED: "no listing closed",
    Code.NOTHING_ABOVE_BAR: "nothing above the bar",
    Code.NOTHING_FOLLOWED: "nothing that this member follows",
    Code.LISTINGS_NOT_COMPLETE: _listings_not_complete,
    Code.DIGEST_NOT_MADE: "it could not be made, which is a fault of hotpapers ({error})",
}
