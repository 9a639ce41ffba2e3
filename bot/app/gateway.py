"""The connection to Discord's gateway: where it leads.

discord.py (2.7.1, read in its gateway.py, shard.py and client.py) has no option for it and makes
its connections by the name of their class. So this is put on the HTTP client that it has made.
"""

from typing import Any

import aiohttp
from discord.http import HTTPClient
from yarl import URL

# Discord's own gateway names the machine that holds a session, for resuming it.
_DISCORDS = ".discord.gg"


def keep_to_api(http: HTTPClient) -> None:
    """From now on every connection to the gateway goes where ``GET /gateway/bot`` says.

    The library goes elsewhere by itself: to its DEFAULT_GATEWAY after an invalid session
    (gateway.py, ``received_message``, op 9), after any failed connection (shard.py, ``reconnect``)
    and when it is told how many shards there are (``launch_shards``); to READY's
    ``resume_gateway_url`` when it resumes. All of it passes ``ws_connect``. Requests, webhooks and
    answers to interactions go to ``Route.BASE``; the bot reads nothing of Discord's CDN.
    """
    ask, connect = http.get_bot_gateway, http.ws_connect
    given = ""

    async def get_bot_gateway() -> tuple[int, str, Any]:
        nonlocal given
        answer = await ask()
        given = answer[1]
        return answer

    async def ws_connect(url: str, *, compress: int = 0) -> aiohttp.ClientWebSocketResponse:
        if not given:
            await get_bot_gateway()
        return await connect(str(address(URL(url), URL(given))), compress=compress)

    http.get_bot_gateway = get_bot_gateway  # type: ignore[method-assign]  # discord.py takes no other
    http.ws_connect = ws_connect  # type: ignore[method-assign]


def address(wanted: URL, given: URL) -> URL:
    """Where to connect when the library wants ``wanted`` and the API gave ``given``. Pure.

    Another machine than the given one is Discord's to name, and only among its own.
    """
    both = (wanted, given)
    if all(url.scheme == "wss" and (url.host or "").endswith(_DISCORDS) for url in both):
        return wanted
    return given.with_query(wanted.query)
