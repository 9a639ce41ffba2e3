"""Discord as such: whether it answers, what time it has, whether it knows the token."""

from bot.cli import discord_identity
from bot.cli.discord_identity import Identity
from bot.clock import Clock
from bot.config import Config
from bot.errors import SourceError
from bot.http import Http
from bot.messages.problems import words_of
from bot.monitoring import host_checks
from bot.monitoring.checks import Check, State

PORTAL = "Discord's developer portal (your application, Bot)"


async def examine(config: Config, clock: Clock) -> list[Check]:
    """Findings ``discord``, ``clock``, ``token``, ``intents``; later ones need the earlier."""
    async with discord_identity.discord_http(config.settings, clock) as http:
        try:
            discord_now = await discord_identity.discord_time(http, config.settings.discord.api_url)
        except SourceError as error:
            return [_unreachable(error), *_no_token(config)]
        checks = [
            Check("discord", State.OK, "Discord answers."),
            host_checks.clock(clock.now(), discord_now),
        ]
        return checks + (_no_token(config) or await _token(config, http))


def _unreachable(error: SourceError) -> Check:
    return Check(
        "discord",
        State.PROBLEM,
        f"Discord cannot be asked: {words_of(error)}.",
        "Look at this machine's network, `proxy` under [http], `api_url` under [discord], and "
        "discordstatus.com.",
    )


def _no_token(config: Config) -> list[Check]:
    if config.secrets.discord_token:
        return []
    return [
        Check(
            "token",
            State.PROBLEM,
            "HOTPAPERS_DISCORD_TOKEN is not set.",
            f"`hotpapers init` asks for it. It comes from {PORTAL}, Reset Token.",
        )
    ]


async def _token(config: Config, http: Http) -> list[Check]:
    try:
        who = await discord_identity.identify(
            http, config.settings.discord.api_url, config.secrets.discord_token
        )
    except SourceError as error:
        if error.status != 401:
            return [
                Check(
                    "token",
                    State.PROBLEM,
                    f"Discord did not say whose token it is: {words_of(error)}.",
                    "Try again in a moment.",
                )
            ]
        return [
            Check(
                "token",
                State.PROBLEM,
                "Discord refuses the token (401): it is wrong, or was replaced.",
                f"Make a new one in {PORTAL}, Reset Token, and give it to `hotpapers init`.",
            )
        ]
    return [
        Check("token", State.OK, f"Discord knows the token: {who.bot_name} ({who.bot_id})."),
        _intents(who),
    ]


def _intents(who: Identity) -> Check:
    if not who.privileged:
        return Check("intents", State.OK, "The bot asks for server events only.")
    return Check(
        "intents",
        State.HINT,
        f"The application may read more than it needs: {', '.join(who.privileged)}.",
        f"Switch these privileged intents off in {PORTAL}.",
    )
