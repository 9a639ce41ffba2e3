"""Errors as discord.py raises them, without a server."""

from types import SimpleNamespace
from typing import Any

import aiohttp
import discord
from aiohttp.client_reqrep import ConnectionKey


def refused(
    status: int, code: int = 0, *, text: str = "said", page: bool = False, via: bool = True
) -> discord.HTTPException:
    """An answer with an error; ``page`` is HTML of something in front of Discord."""
    headers = {"Content-Type": "text/html" if page else "application/json"}
    if via:
        headers["Via"] = "1.1 google"
    response: Any = SimpleNamespace(status=status, reason="Reason", headers=headers)
    kinds = {403: discord.Forbidden, 404: discord.NotFound}
    kind = kinds.get(status, discord.DiscordServerError if status >= 500 else discord.HTTPException)
    return kind(response, "<html>" if page else {"code": code, "message": text})


def unreachable() -> aiohttp.ClientConnectorError:
    key = ConnectionKey("127.0.0.1", 1, False, True, None, None, None)
    return aiohttp.ClientConnectorError(key, ConnectionRefusedError(111, "refused"))
