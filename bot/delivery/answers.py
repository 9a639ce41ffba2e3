"""What each answer of Discord means for a message that was being sent. docs/delivery.md shows it.

Two questions decide: does Discord certainly not have the message (then it may be sent again), and
can asking again ever help (if not, the rule is parked or the message given up, with its reason).
Facts: discord/discord-api-docs (topics/opcodes-and-status-codes) and discord.py 2.7.1 http.py.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

import aiohttp
import discord


class Action(StrEnum):
    RETRY = "retry"  # certainly not sent; try again later
    LOOK = "look"  # nobody knows; look in the channel before anything is sent again
    PARK = "park"  # this channel cannot take messages until a person mends something
    GIVE_UP = "give up"  # this message will never be taken
    HALT = "halt"  # nothing can be sent anywhere for a while


@dataclass(frozen=True, slots=True)
class Verdict:
    action: Action
    reason: str
    wait: timedelta = timedelta(0)


# Codes of answers that say why a channel cannot take a message. 403s and 404s are final until a
# person changes something; repeating them counts against the invalid-request limit.
_PARK_CODES = {
    10003: "The channel no longer exists.",
    10004: "The server no longer exists, or the bot was removed from it.",
    50001: "The bot may not see this channel.",
    50007: "This member's direct messages are closed to the bot.",
    50013: "The bot may not send messages in this channel.",
    50083: "The thread is archived.",
    50278: "The bot shares no server with this member any more.",
    160005: "The thread is locked.",
}

# Discord answers 404 to a repeated nonce whose message somebody has deleted meanwhile.
_DELETED_MEANWHILE = 10008

CLOUDFLARE_WAIT = timedelta(hours=1)


def judge(error: BaseException) -> Verdict:
    """What to do after a send raised ``error``. Raises it again when it is not Discord's."""
    match error:
        case discord.RateLimited():
            wait = timedelta(seconds=error.retry_after)
            return Verdict(Action.RETRY, "Discord asked to wait.", wait)
        case discord.HTTPException():
            return _judge_status(error)
        case aiohttp.ClientConnectorError():
            return Verdict(Action.RETRY, "Discord could not be reached.")
        case TimeoutError() | aiohttp.ClientError() | OSError():
            return Verdict(Action.LOOK, f"The connection broke ({type(error).__name__}).")
    raise error


def _judge_status(error: discord.HTTPException) -> Verdict:
    if error.status == 401:
        return Verdict(Action.HALT, "Discord refuses the bot's token.", CLOUDFLARE_WAIT)
    if error.status == 429:
        # The library obeys ordinary 429s by itself; one that reaches us came from Cloudflare.
        return Verdict(Action.HALT, "Discord's front door refuses this address.", CLOUDFLARE_WAIT)
    if error.status >= 500:
        return Verdict(Action.LOOK, f"Discord answered {error.status}.")
    if error.code == _DELETED_MEANWHILE:
        return Verdict(Action.GIVE_UP, "It was posted, and deleted by somebody.")
    if error.code in _PARK_CODES:
        return Verdict(Action.PARK, _PARK_CODES[error.code])
    if error.status in (403, 404):
        return Verdict(Action.PARK, f"Discord answered {error.status} ({error.text or 'no text'}).")
    return Verdict(
        Action.GIVE_UP, f"Discord refused the message: {error.status}, code {error.code}."
    )
