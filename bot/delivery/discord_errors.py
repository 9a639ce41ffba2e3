"""What each answer of Discord means for a message. docs/delivery.md shows the same table.

Two questions decide: does Discord certainly not have the message (then it may be sent again), and
can asking again ever help (if not, the rule is suspended or the message given up, with its reason).
Facts: discord/discord-api-docs (topics/opcodes-and-status-codes, topics/rate-limits) and
discord.py 2.7.1 http.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

import aiohttp
import discord

from bot.errors import DeliveryError
from bot.problems import Code, Problem


class Action(StrEnum):
    RETRY = "retry"  # certainly not sent; try again later
    LOOK = "look"  # nobody knows; look in the channel before anything is sent again
    SUSPEND = "suspend"  # this channel cannot take messages until a person mends something
    GIVE_UP = "give up"  # this message will never be taken
    CLOSE = "close"  # it was sent, and nothing is left to do
    HALT = "halt"  # nothing can be sent anywhere for a while


class Unclear(DeliveryError):
    """Discord may or may not have the message."""


@dataclass(frozen=True, slots=True)
class Classification:
    """``wait`` is the least time before anything is asked again, where the answer says so.

    ``of_the_place``: it is about the channel or thread that was asked, and about no other.
    """

    action: Action
    reason: Problem
    wait: timedelta = timedelta(0)
    of_the_place: bool = False


# A ban by Cloudflare lasts about an hour, and every further request prolongs it.
LONG = timedelta(hours=1)

UNREACHABLE = "no connection"
BROKEN = "connection broken, time-out, unreadable answer"
FAULT = "5xx"
TIMED_OUT = "408"
THROTTLED = "429"
BANNED = "401"
AT_THE_DOOR = "403, 404, 429 from a proxy in front"
UNNAMED = "403, 404 with another code"
OTHER = "other 4xx"

TABLE: Mapping[str, Classification] = {
    UNREACHABLE: Classification(Action.RETRY, Problem(Code.DISCORD_UNREACHABLE)),
    BROKEN: Classification(Action.LOOK, Problem(Code.DISCORD_CONNECTION_BROKE)),
    FAULT: Classification(Action.LOOK, Problem(Code.DISCORD_FAULT)),
    TIMED_OUT: Classification(Action.LOOK, Problem(Code.DISCORD_CONNECTION_BROKE)),
    THROTTLED: Classification(Action.RETRY, Problem(Code.DISCORD_ASKED_TO_WAIT)),
    BANNED: Classification(Action.HALT, Problem(Code.DISCORD_TOKEN_REFUSED), LONG),
    AT_THE_DOOR: Classification(Action.HALT, Problem(Code.DISCORD_ADDRESS_REFUSED), LONG),
    "10003": Classification(Action.SUSPEND, Problem(Code.CHANNEL_GONE), of_the_place=True),
    "10004": Classification(Action.SUSPEND, Problem(Code.SERVER_GONE)),
    "40058": Classification(Action.SUSPEND, Problem(Code.WRONG_CHANNEL_KIND)),
    "50001": Classification(Action.SUSPEND, Problem(Code.CHANNEL_NOT_VISIBLE)),
    "50007": Classification(Action.SUSPEND, Problem(Code.DIRECT_MESSAGES_CLOSED)),
    "50008": Classification(Action.SUSPEND, Problem(Code.WRONG_CHANNEL_KIND)),
    "50013": Classification(Action.SUSPEND, Problem(Code.SENDING_NOT_ALLOWED)),
    "50024": Classification(Action.SUSPEND, Problem(Code.WRONG_CHANNEL_KIND)),
    "50083": Classification(Action.SUSPEND, Problem(Code.THREAD_ARCHIVED), of_the_place=True),
    "50278": Classification(Action.SUSPEND, Problem(Code.NO_SHARED_SERVER)),
    "160005": Classification(Action.SUSPEND, Problem(Code.THREAD_LOCKED), of_the_place=True),
    # To a repeated nonce whose message somebody has deleted meanwhile (Rapptz/discord.py#10116).
    "10008": Classification(Action.CLOSE, Problem(Code.DELETED_AFTER_POSTING)),
    # Cloudflare's block in the shape of Discord's answers (discord/discord-api-docs#6473).
    "40333": Classification(Action.HALT, Problem(Code.DISCORD_ADDRESS_REFUSED), LONG),
    "40004": Classification(Action.RETRY, Problem(Code.DISCORD_SWITCHED_OFF)),
    "40006": Classification(Action.RETRY, Problem(Code.DISCORD_SWITCHED_OFF)),
    UNNAMED: Classification(Action.SUSPEND, Problem(Code.CHANNEL_REFUSED)),
    OTHER: Classification(Action.GIVE_UP, Problem(Code.MESSAGE_REFUSED)),
}


def judge(error: BaseException) -> Classification:
    """What to do after a send raised ``error``. Raises it again when it is not Discord's."""
    match error:
        case discord.RateLimited():
            return replace(TABLE[THROTTLED], wait=timedelta(seconds=error.retry_after))
        case discord.HTTPException():
            return _detailed(TABLE[_row_of(error)], error)
        case aiohttp.ClientConnectorError():
            return TABLE[UNREACHABLE]
        case Unclear():
            return replace(TABLE[BROKEN], reason=error.problem)
        case TimeoutError() | aiohttp.ClientError() | OSError():
            name = type(error).__name__
            return replace(TABLE[BROKEN], reason=Problem(Code.DISCORD_CONNECTION_BROKE, error=name))
    raise error


def _row_of(error: discord.HTTPException) -> str:
    if error.status == 401:
        return BANNED
    if error.status == 408:
        return TIMED_OUT
    if error.status == 429:
        return THROTTLED if _is_discords(error) else AT_THE_DOOR
    if error.status >= 500:
        return FAULT
    if str(error.code) in TABLE:
        return str(error.code)
    if error.status in (403, 404):
        return UNNAMED if _is_discords(error) else AT_THE_DOOR
    return OTHER


def _is_discords(error: discord.HTTPException) -> bool:
    """Discord itself answers JSON, and its 429s carry ``Via``; a proxy in front sends a page.

    By this discord.py tells a ban by Cloudflare from a rate limit, too (http.py, ``request``).
    """
    headers = error.response.headers
    if error.status == 429 and "Via" not in headers:
        return False
    return headers.get("Content-Type", "").startswith("application/json")


def _detailed(verdict: Classification, error: discord.HTTPException) -> Classification:
    if verdict in (TABLE[FAULT], TABLE[OTHER], TABLE[UNNAMED]):
        text = " ".join(error.text.split())[:200] if _is_discords(error) else ""
        reason = Problem(verdict.reason.code, status=error.status, number=error.code, text=text)
        return replace(verdict, reason=reason)
    return verdict
