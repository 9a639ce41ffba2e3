"""Why Discord does not let the bot in: the library's errors as sentences with their mends."""

import aiohttp
import discord
from discord.ext import commands

PORTAL = "the developer portal (your application, Bot, Reset Token)"
_BAD_TOKEN = (
    f"Discord refuses the bot's token. Make a new one in {PORTAL} and give it to `hotpapers init`."
)
_LOOK = (
    "Look at this machine's network, at `proxy` under [http], `api_url` under [discord], and at "
    "discordstatus.com; `hotpapers doctor` tells when Discord answers again."
)
# Close codes of the gateway (topics/opcodes-and-status-codes).
_AUTHENTICATION_FAILED = 4004


def not_discord(api_url: str) -> str:
    """Of an answer without fault that is not the one Discord gives."""
    return f"What answers at {api_url} is not Discord: {_LOOK[0].lower()}{_LOOK[1:]}"


def is_passing(error: Exception) -> bool:
    """Whether the same start may go well later, without anybody's doing. Pure."""
    match error:
        case discord.HTTPException(status=status):
            return status >= 500 or status == 429
        case discord.RateLimited() | aiohttp.ClientError() | OSError():
            return True
    return False


def sentence(error: Exception) -> str:
    """Pure. For whatever ends a login or the connection for good."""
    match error:
        case discord.LoginFailure():
            return _BAD_TOKEN
        case discord.ConnectionClosed(code=code) if code == _AUTHENTICATION_FAILED:
            return _BAD_TOKEN
        case discord.PrivilegedIntentsRequired():
            return (
                "Discord refuses the connection's intents, although the bot asks for none that "
                "need leave. Update hotpapers."
            )
        case discord.ConnectionClosed(code=code):
            return f"Discord ended the connection for good (code {code}). Update hotpapers."
        case discord.RateLimited(retry_after=seconds):
            return (
                f"Discord asks the bot to wait for {seconds / 60:.0f} minutes, as it came too "
                "often. Start it again then."
            )
        case commands.ExtensionError():
            return f"A part of the bot cannot be loaded: {error}. Install hotpapers again."
        case discord.HTTPException(status=status) if status >= 500:
            return f"Discord has a fault (it answered {status}). {_LOOK}"
        case discord.HTTPException(status=status, text=said):
            is_page = said.lstrip().startswith("<")  # of a proxy, or of Discord's own guard
            why = "a web page" if is_page else " ".join(said.split())
            return f"Discord refuses the bot (it answered {status}: {why}). {_LOOK}"
        case aiohttp.ClientHttpProxyError(status=status):  # its own words hold the password
            return (
                f"The proxy does not let the bot through to Discord (it answered {status}). {_LOOK}"
            )
        case _:
            why = str(error).rstrip(".") or type(error).__name__
            return f"Discord cannot be reached: {why}. {_LOOK}"
