"""Who a token belongs to, and how the bot is invited. Asks Discord's API through ``bot.http``.

Nothing here needs the Discord library or a connection to the gateway.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import msgspec

import bot
from bot.clock import Clock
from bot.config import Secret, Settings
from bot.errors import Malformed
from bot.http import Http, http_date, proxies
from bot.problems import Code, Problem

T = TypeVar("T")

INVITE_URL = "https://discord.com/oauth2/authorize"
SCOPES = ("bot", "applications.commands")

# Application flags (discord-api-docs, resources/application): privileged intents that are
# switched on in the portal, each verified and for small bots.
_PRIVILEGED = {
    "presence": (1 << 12) | (1 << 13),
    "server members": (1 << 14) | (1 << 15),
    "message content": (1 << 18) | (1 << 19),
}


@dataclass(frozen=True, slots=True)
class Permission:
    """``name`` as Discord's settings show it, ``bit`` as its documentation numbers it."""

    name: str
    bit: int
    reason: str


# Everything a digest can need, and nothing else (topics/permissions).
PERMISSIONS = (
    Permission("View Channels", 10, "to see the channels that digests are for"),
    Permission("Send Messages", 11, "to post digests there"),
    Permission(
        "Read Message History",
        16,
        "to look, after a crash, whether a digest is there already, and never post it twice",
    ),
    Permission("Create Public Threads", 35, "only for digests that open a thread"),
    Permission("Send Messages in Threads", 38, "only for those, and for digests in a thread"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A bot user and its application. ``privileged`` names intents switched on in the portal."""

    bot_id: int
    bot_name: str
    application_id: int
    public: bool
    privileged: tuple[str, ...]


class _User(msgspec.Struct):
    id: int
    username: str


class _Application(msgspec.Struct):
    id: int
    flags: int = 0
    bot_public: bool = True


def discord_http(settings: Settings, clock: Clock) -> Http:
    """A client for Discord's API alone, by the proxy that the bot itself takes."""
    return Http(
        contact=settings.bot.contact,
        version=bot.__version__,
        clock=clock,
        seconds_per_try=min(settings.http.timeout_seconds, 15.0),
        tries=2,
        backoff=1.0,
        proxy=proxies.of_discord(settings),
    )


async def discord_time(http: Http, api_url: str) -> datetime | None:
    """Discord's own time, to the second, from an answer that needs no token."""
    answer = await http.get(_address(api_url, "/gateway"), headers=_headers())
    return http_date(answer.headers.get("Date", ""))


async def identify(http: Http, api_url: str, token: Secret) -> Identity:
    """Raises SourceError; Refused with status 401 when the token is none of Discord's."""
    headers = _headers() | {"Authorization": f"Bot {token.reveal()}"}
    answer = await http.get(_address(api_url, "/users/@me"), headers=headers)
    me = await answer.parsed(_parse, _User, answer.url)
    answer = await http.get(_address(api_url, "/applications/@me"), headers=headers)
    application = await answer.parsed(_parse, _Application, answer.url)
    return Identity(
        bot_id=me.id,
        bot_name=me.username,
        application_id=application.id,
        public=application.bot_public,
        privileged=tuple(n for n, bits in _PRIVILEGED.items() if application.flags & bits),
    )


def invite_link(application_id: int) -> str:
    """The link with which an admin adds the bot, asking for exactly ``PERMISSIONS``."""
    permissions = sum(1 << permission.bit for permission in PERMISSIONS)
    scope = "+".join(SCOPES)
    return f"{INVITE_URL}?client_id={application_id}&scope={scope}&permissions={permissions}"


def _address(api_url: str, path: str) -> str:
    return api_url.rstrip("/") + path


def _headers() -> dict[str, str]:
    # The form that Discord asks of bots (reference, "User Agent").
    return {"User-Agent": f"DiscordBot (hotpapers, {bot.__version__})"}


def _parse(body: bytes, kind: type[T], url: str) -> T:
    """Ids are numbers written as strings."""
    try:
        return msgspec.json.decode(body, type=kind, strict=False)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        problem = Problem(Code.ANSWER_UNREADABLE, service="Discord", technical=error)
        raise Malformed(problem, url=url) from error
